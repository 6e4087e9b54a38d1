//! `skynet explain`: the page about a diagnostic, or why a job stands as it does.

use super::Exit;
use crate::{
    console::Console,
    failure::Failure,
    look::{self, explain::Why, is_part_of_id},
    nearby, pages,
};
use clap::Args;
use grammar::Code;
use std::fmt::Write as _;

/// Explain a diagnostic by its code, or why a job waits or failed
#[derive(Debug, Args)]
#[command(
    after_help = "Of a code there is a page, with an example and its mend. Of a job it is said what waits for what, why it failed,
and why no earlier result served. JOB is an id, or a part of one that no other has.

Examples:
  skynet explain E0401
  skynet explain 3f2a77c1
  skynet explain            list all codes"
)]
pub(super) struct Arguments {
    /// The code, for example E0401, or the job; all codes are listed if nothing is named.
    #[arg(value_name = "CODE|JOB")]
    what: Option<String>,
    /// Of a job, print it in JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Some(text) = self.what else {
            console.print(&list())?;
            return Ok(Exit::Success);
        };
        match text.parse::<Code>() {
            Ok(code) => page(code, console)?,
            Err(_) if is_part_of_id(&text) && !looks_like_a_code(&text) => job(&text, self.json, console)?,
            Err(_) => return Err(unknown(&text)),
        }
        Ok(Exit::Success)
    }
}

fn page(code: Code, console: &Console) -> Result<(), Failure> {
    let page = pages::page(code).ok_or_else(|| {
        Failure::new(format!("there is no page about {code}"), format!("it means: {}", code.title()))
    })?;
    console.print(&if console.is_styled() { pages::draw(page) } else { page.to_owned() })
}

fn job(part: &str, is_json: bool, console: &Console) -> Result<(), Failure> {
    let why = look::with(console, async |look| Why::of(look, &look.find(part).await?).await)?;
    if is_json { console.print_raw(&format!("{:#}\n", why.json())) } else { console.print(&why.human()) }
}

/// Whoever types `e0999` means a code, though it could be a part of an id.
fn looks_like_a_code(text: &str) -> bool {
    text.strip_prefix('e')
        .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_digit()))
}

fn list() -> String {
    let mut out = String::new();
    for code in Code::ALL {
        let _infallible = writeln!(out, "{code}  {}", code.title());
    }
    out
}

fn unknown(text: &str) -> Failure {
    let close = nearby::words(text, Code::ALL.iter().map(|code| code.as_str()));
    let help = match close.as_slice() {
        [] => "a code is `E` or `W` and four digits; `skynet explain` lists them all".to_owned(),
        codes => format!("did you mean {}? `skynet explain` lists them all", nearby::list(codes)),
    };
    Failure::new(format!("there is no code `{text}`"), help)
}

//! `skynet explain CODE`: the page about a diagnostic.

use super::Exit;
use crate::{console::Console, failure::Failure, nearby, pages};
use clap::Args;
use grammar::Code;
use std::fmt::Write as _;

/// Explain a diagnostic by its code, with an example and its mend
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skynet explain E0401\n  skynet explain            list all codes")]
pub(super) struct Arguments {
    /// The code, for example E0401; all codes are listed if none is given.
    code: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Some(text) = self.code else {
            console.print(&list())?;
            return Ok(Exit::Success);
        };
        let code = text.parse::<Code>().map_err(|_| unknown(&text))?;
        let page = pages::page(code).ok_or_else(|| {
            Failure::new(format!("there is no page about {code}"), format!("it means: {}", code.title()))
        })?;
        if console.is_styled() {
            console.print(&pages::draw(page))?
        } else {
            console.print(page)?
        }
        Ok(Exit::Success)
    }
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

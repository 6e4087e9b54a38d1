//! `skynet fmt`: one look for every file.

use super::{Exit, open};
use crate::{
    console::Console,
    diff,
    failure::Failure,
    file::{self, Place},
    fix,
    loader::Files,
    report::{Report, count},
};
use clap::Args;
use grammar::FileId;
use std::ffi::OsString;

/// Format files in place
#[derive(Debug, Args)]
#[command(
    after_help = "Only the layout is looked at: imports are not followed, and what `skynet check` would find is left as it is.

Examples:
  skynet fmt ship.skynet
  skynet fmt --check *.skynet      for CI: changes nothing, exits with 1 if something would change
  skynet fmt - < ship.skynet       prints the formatted text"
)]
pub(super) struct Arguments {
    /// The files; `-` formats standard input to standard output.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<OsString>,
    /// Change nothing; list what would change.
    #[arg(long)]
    check: bool,
    /// Apply the fixes that are safe first, so that a file with mistakes of spelling can be formatted.
    #[arg(long)]
    fix: bool,
}

/// How many files ended in which way.
#[derive(Debug, Default)]
struct Tally {
    changed: usize,
    unchanged: usize,
    refused: usize,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let places = Place::all(&self.files)?;
        let loader = Files::around(&places);
        let mut tally = Tally::default();
        for place in &places {
            match self.format(place, &loader, console) {
                Ok(Some(true)) => tally.changed += 1,
                Ok(Some(false)) => tally.unchanged += 1,
                Ok(None) => tally.refused += 1,
                Err(failure) => {
                    console.complain(&failure.to_string());
                    tally.refused += 1;
                }
            }
        }
        if places.iter().any(|place| matches!(place, Place::File(_))) {
            console.remark(&format!("{}\n", self.summary(&tally)));
        }
        Ok(match tally {
            Tally { refused: 1.., .. } => Exit::Invalid,
            Tally { changed: 1.., .. } if self.check => Exit::No,
            Tally { .. } => Exit::Success,
        })
    }

    /// Formats one file and returns whether that changes it; nothing if it has mistakes, which are shown.
    fn format(&self, place: &Place, loader: &Files, console: &Console) -> Result<Option<bool>, Failure> {
        let Some(mut source) = open(place, console)? else { return Ok(None) };
        let before = source.text().to_owned();
        if self.fix {
            let check = |text: &str| dsl::compile(&place.name(), text, loader).diagnostics;
            source.replace(fix::mend(before.clone(), FileId(0), check).text);
        }
        let formatted = match dsl::format::format(source.text()) {
            Ok(formatted) => formatted,
            Err(diagnostics) => {
                console.complain(&Report::of(&source, diagnostics).human(true));
                return Ok(None);
            }
        };
        let is_changed = formatted != before;
        match place {
            _ if self.check => {
                if is_changed {
                    console.print(&format!(
                        "{} is not formatted\n{}",
                        place.name(),
                        diff::draw(&before, &formatted)
                    ))?;
                }
            }
            Place::Stdin => console.print_raw(&formatted)?,
            Place::File(path) if is_changed => file::save(path, &formatted)?,
            Place::File(_) => {}
        }
        Ok(Some(is_changed))
    }

    fn summary(&self, tally: &Tally) -> String {
        let Tally { changed, unchanged, refused } = tally;
        let verb = if self.check { "would be formatted" } else { "formatted" };
        let mut text = format!("{} {verb}, {unchanged} unchanged", count(*changed, "file"));
        if *refused > 0 {
            text.push_str(&format!(", {refused} refused"));
        }
        text
    }
}

//! `skynet check`: everything the compiler has to say about files.

use super::Exit;
use crate::{
    console::Console,
    failure::Failure,
    file::{self, Place},
    fix,
    loader::Files,
    report::{self, Report},
    source::Source,
};
use clap::{Args, ValueEnum};
use grammar::FileId;
use std::ffi::OsString;

/// Check files: report every mistake, and mend those that can be mended safely
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  skynet check ship.skynet
  skynet check --fix ship.skynet
  skynet check --format sarif --deny warnings *.skynet > findings.sarif
  skynet check - < ship.skynet")]
pub(super) struct Arguments {
    /// The files; `-` is standard input.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<OsString>,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Make these findings decide the exit code too.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Apply the fixes that are safe to the files named; of standard input, print the mended text.
    #[arg(long)]
    fix: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object, places as bytes and as lines and columns
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Warnings give exit code 1
    Warnings,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let places = Place::all(&self.files)?;
        let loader = Files::around(&places);
        let mut exit = Exit::Success;
        let mut sources = Vec::new();
        for place in &places {
            match Source::read(place) {
                Ok(source) => sources.push((place, source)),
                Err(failure) => {
                    console.complain(&failure.to_string());
                    exit = Exit::Invalid;
                }
            }
        }
        let mut applied = self.fix.then_some(0);
        if let Some(applied) = &mut applied {
            for (place, source) in &mut sources {
                *applied += mend(place, source, &loader, console)?;
            }
        }
        let mut report = Report::new(applied);
        for (_, source) in &sources {
            report.add(source, &loader);
        }
        if !sources.is_empty() {
            self.deliver(&report, console)?;
        }
        Ok(exit.or(self.judge(&report)))
    }

    fn judge(&self, report: &Report) -> Exit {
        match (report.errors(), report.warnings(), self.deny) {
            (0, 0, _) | (0, _, None) => Exit::Success,
            (0, _, Some(Deny::Warnings)) => Exit::No,
            _ => Exit::Invalid,
        }
    }

    /// Gives the report out; beside standard error where the mended text has standard output for itself.
    fn deliver(&self, report: &Report, console: &Console) -> Result<(), Failure> {
        let text = match self.format {
            Format::Human => report.human(console.is_quiet()),
            Format::Json => report::json::write(report),
            Format::Sarif => report::sarif::write(report),
        };
        let mends_stdin = self.fix && self.files.iter().any(|file| file == "-");
        match self.format {
            _ if mends_stdin => {
                console.complain(&text);
                Ok(())
            }
            Format::Human => console.print(&text),
            Format::Json | Format::Sarif => console.print_raw(&text),
        }
    }
}

/// Mends a source and puts it where it came from; returns how many fixes went in.
fn mend(place: &Place, source: &mut Source, loader: &Files, console: &Console) -> Result<usize, Failure> {
    if source.unreadable().is_some() {
        return Ok(0);
    }
    let mended = fix::mend(source.text().to_owned(), FileId(0), |text| {
        dsl::compile(&place.name(), text, loader).diagnostics
    });
    match place {
        Place::Stdin => console.print_raw(&mended.text)?,
        Place::File(path) if mended.applied > 0 => file::save(path, &mended.text)?,
        Place::File(_) => {}
    }
    source.replace(mended.text);
    Ok(mended.applied)
}

//! `skynet convert`: from text to JSON and back, with nothing lost.

use super::{Exit, open};
use crate::{
    console::Console,
    failure::Failure,
    file::{self, Place},
    report::Report,
};
use clap::{Args, ValueEnum};
use dsl::{
    generate,
    json::{self, JsonError},
    twin::{self, NoTwin},
};
use grammar::{FileId, line_column};
use serde_json::Value;
use std::{ffi::OsString, path::PathBuf};

/// Convert a file to its JSON form, or back; also from the small form that models write
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  skynet convert ship.skynet -o ship.json
  skynet convert ship.json -o ship.skynet
  skynet convert written-by-a-model.json
  skynet convert - --to json < ship.skynet")]
pub(super) struct Arguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: OsString,
    /// The form to convert to; by default the other one than the file's name says.
    #[arg(long, value_enum)]
    to: Option<Form>,
    /// Write to this file.
    #[arg(long, short, value_name = "OUT", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The JSON form
    Json,
    /// Text in the language
    Skynet,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let place = Place::from(self.file.as_os_str());
        let Some(source) = open(&place, console)? else { return Ok(Exit::Invalid) };
        let text = source.text();
        let converted = match self.form(&place) {
            Form::Skynet => from_json(text).map_err(|(form, error)| {
                Failure::new(
                    format!("`{}` is not the JSON form of a file: {error}", place.name()),
                    format!("`skynet schema {form}` prints what the form allows"),
                )
            })?,
            Form::Json => {
                let parsed = grammar::parse(FileId(0), text);
                let report = Report::of(&source, parsed.diagnostics);
                if report.errors() > 0 {
                    console.complain(&report.human(true));
                    return Ok(Exit::Invalid);
                }
                json::print(&twin::to_json(&parsed.tree).map_err(|error| no_twin(&place, text, &error))?)
            }
        };
        match &self.output {
            Some(path) => file::save(path, &converted)?,
            None => console.print_raw(&converted)?,
        }
        Ok(Exit::Success)
    }

    fn form(&self, place: &Place) -> Form {
        let is_json = match place {
            Place::File(path) => path.extension().is_some_and(|ending| ending == "json"),
            Place::Stdin => false,
        };
        self.to.unwrap_or(if is_json { Form::Skynet } else { Form::Json })
    }
}

/// Reads either JSON form: the small one that models write has `steps` where the other has `file`. An error comes with
/// the name of the form it was read as.
fn from_json(text: &str) -> Result<String, (&'static str, JsonError)> {
    match serde_json::from_str(text) {
        Ok(Value::Object(form)) if form.contains_key("steps") && !form.contains_key("file") => {
            generate::from_generation(text).map_err(|error| ("generation", error))
        }
        Ok(_) | Err(_) => twin::to_text(text).map_err(|error| ("twin", error)),
    }
}

fn no_twin(place: &Place, text: &str, error: &NoTwin) -> Failure {
    let (line, column) = line_column(text, error.span.range().start);
    Failure::new(
        format!("`{}` has no JSON form: {error} (line {line}, column {column})", place.name()),
        "give the inner parts names with `let`",
    )
}

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
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Convert a file to its JSON form, or back; also from the small form that models write
#[derive(Debug, Args)]
#[command(
    after_help = "The name of FILE says which form it is in; of standard input and other names, the first character.
Only the form is looked at: imports are not followed, and what `skynet check` would find is left as it is.

Examples:
  skynet convert ship.skynet -o ship.json
  skynet convert ship.json -o ship.skynet
  skynet convert written-by-a-model.json
  skynet convert - < ship.json"
)]
pub(super) struct Arguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: OsString,
    /// The form to convert to; by default the other one than the file is in.
    #[arg(long, value_enum)]
    to: Option<Form>,
    /// Write to this file; `-` is standard output.
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
        let converted = match self.form(&place, text)? {
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
        file::put(self.output.as_deref(), &converted, console)?;
        Ok(Exit::Success)
    }

    /// Returns the form to convert to. What is asked for, the name of the output and the input must agree.
    fn form(&self, place: &Place, text: &str) -> Result<Form, Failure> {
        // No file in the language begins with a brace, unless it is damaged.
        let begins = if text.trim_start().starts_with('{') { Form::Json } else { Form::Skynet };
        let given = Form::of_name(place).unwrap_or(begins);
        let named = self.output.as_deref().and_then(|path| Some((path, Form::of_ending(path)?)));
        let form = self.to.or(named.map(|(_, form)| form)).unwrap_or(given.other());
        if let Some((path, named)) = named.filter(|(_, named)| *named != form) {
            return Err(Failure::new(
                format!("`{}` is the name of {}, and not of {}", path.display(), named.title(), form.title()),
                "leave `--to` out, or give the output another name",
            ));
        }
        if form == given {
            return Err(Failure::new(
                format!("`{}` is {} already", place.name(), form.title()),
                format!("convert it to {}, or copy it as it is", form.other().title()),
            ));
        }
        Ok(form)
    }
}

impl Form {
    fn of_name(place: &Place) -> Option<Self> {
        match place {
            Place::File(path) => Self::of_ending(path),
            Place::Stdin => None,
        }
    }

    fn of_ending(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "json" => Some(Self::Json),
            "skynet" => Some(Self::Skynet),
            _ => None,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Json => Self::Skynet,
            Self::Skynet => Self::Json,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Json => "the JSON form",
            Self::Skynet => "text in the language",
        }
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

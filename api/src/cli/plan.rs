//! `skynet plan`: what a job would do, before anything is started.

use super::{Exit, choose, open};
use crate::{
    console::Console,
    failure::Failure,
    file::{Place, read_file, reason},
    loader::Files,
    params, preview,
    report::{self, Report},
};
use clap::{Args, ValueEnum};
use grammar::limit::MAX_FILE_BYTES;
use serde_json::Value as Json;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Show what would run, with which arguments, in which order
#[derive(Debug, Args)]
#[command(after_help = "Nothing is started. What only run time knows is shown as <step.build.output.image>.

Examples:
  skynet plan ship.skynet --param env=prod --param version=1.4.2
  skynet plan ship.skynet --params-file prod.json --format json")]
pub(super) struct Arguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: OsString,
    /// Give a param a value; lists, maps and records as JSON. Wins over the params file.
    #[arg(long = "param", short, value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Take params from a JSON object in a file.
    #[arg(long, value_name = "JSON", value_hint = clap::ValueHint::FilePath)]
    params_file: Option<PathBuf>,
    /// Which workflow of the file; the first if none is named.
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
    /// The form of the plan.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object
    Json,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let place = Place::from(self.file.as_os_str());
        let Some(source) = open(&place, console)? else { return Ok(Exit::Invalid) };
        let file = self.params_file.as_deref().map(read_params).transpose()?;
        let compiled = source.compile(&Files::around(std::slice::from_ref(&place)));
        let chosen = choose(&compiled, self.workflow.as_deref())?.and_then(|workflow| workflow.plan.clone());
        let report = Report::of_compiled(compiled);
        let Some(plan) = chosen.filter(|_| report.errors() == 0) else {
            console.complain(&report.human(true));
            return Ok(Exit::Invalid);
        };
        let previewed = params::read(&plan, file.as_ref(), &self.params)
            .and_then(|given| preview::preview(&plan, &given));
        match previewed {
            Ok(preview) => {
                match self.format {
                    Format::Human => console.print(&preview::draw(&preview))?,
                    Format::Json => console.print_raw(&report::to_text(&preview))?,
                }
                Ok(Exit::Success)
            }
            Err(failures) => {
                for failure in failures {
                    console.complain(&failure.to_string());
                }
                Ok(Exit::Invalid)
            }
        }
    }
}

fn read_params(path: &Path) -> Result<Json, Failure> {
    let name = path.display();
    let bytes = read_file(path).map_err(|error| {
        let what = format!("cannot read the params file `{name}`: {}", reason(&error));
        Failure::new(what, "give the path of a JSON file")
    })?;
    if bytes.len() > MAX_FILE_BYTES {
        let what = format!("the params file `{name}` is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err(Failure::new(what, "large data belongs into files that steps read"));
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(
            format!("the params file `{name}` is not JSON: {error}"),
            "write one field for each param: { \"name\": \"value\" }",
        )
    })
}

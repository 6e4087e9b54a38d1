//! A workflow to run or to plan: the file, which workflow of it, and its params.

use super::{choose, open};
use crate::{
    console::Console,
    failure::Failure,
    file::{Place, read_file, reason},
    loader::Files,
    params::{self, Given},
    report::Report,
};
use clap::Args;
use engine::plan::Plan;
use grammar::limit::MAX_FILE_BYTES;
use serde_json::Value as Json;
use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A workflow and its params.
#[derive(Debug, Args)]
pub(super) struct Input {
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
}

impl Input {
    /// Compiles the workflow and reads its params. If either is wrong, says so and returns none.
    pub(super) fn read(&self, console: &Console) -> Result<Option<(Arc<Plan>, Given)>, Failure> {
        let file = self.params_file.as_deref().map(read_params).transpose()?;
        let plan = compile(self.file.as_os_str(), self.workflow.as_deref(), console)?;
        let Some(plan) = plan else { return Ok(None) };
        match params::read(&plan, file.as_ref(), &self.params) {
            Ok(given) => Ok(Some((plan, given))),
            Err(failures) => {
                failures.iter().for_each(|failure| console.complain(&failure.to_string()));
                Ok(None)
            }
        }
    }
}

/// Compiles a workflow of a file. If it is wrong, says so and returns none.
pub(super) fn compile(
    file: &OsStr,
    workflow: Option<&str>,
    console: &Console,
) -> Result<Option<Arc<Plan>>, Failure> {
    let place = Place::from(file);
    let Some(source) = open(&place, console)? else { return Ok(None) };
    let compiled = source.compile(&Files::around(std::slice::from_ref(&place)));
    let chosen = choose(&compiled, workflow)?.and_then(|workflow| workflow.plan.clone());
    let report = Report::of_compiled(compiled);
    let plan = chosen.filter(|_| report.errors() == 0);
    if plan.is_none() {
        console.complain(&report.human(true));
    }
    Ok(plan)
}

fn read_params(path: &Path) -> Result<Json, Failure> {
    let name = path.display();
    let bytes = read_file(path).map_err(|error| {
        let what = format!("cannot read the params file `{name}`: {}", reason(&error));
        Failure::new(what, "give the path of a JSON file; standard input is /dev/stdin")
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

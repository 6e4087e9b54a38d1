//! `skynet schema`: the JSON Schemas of the two JSON forms of a workflow.

use super::Exit;
use crate::{console::Console, failure::Failure};
use clap::{Args, ValueEnum};
use dsl::{json, json_schema};

/// Print a JSON Schema: of the JSON form of a file, or of the small form that models write
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which form.
    #[arg(value_enum, default_value_t = Form::Twin)]
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The whole file, nothing lost: what `skynet convert` writes and reads
    Twin,
    /// The small form for models: flat, and quick to fill in
    Generation,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let schema = match self.form {
            Form::Twin => json_schema::twin_schema(),
            Form::Generation => json_schema::generation_schema(),
        };
        console.print_raw(&json::print(&schema))?;
        Ok(Exit::Success)
    }
}

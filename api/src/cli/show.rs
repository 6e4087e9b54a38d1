//! `skynet show`: one job.

use super::Exit;
use crate::{
    app::SystemClock,
    console::Console,
    failure::Failure,
    look::{self, show::Shown},
};
use clap::Args;
use engine::port::Clock as _;

/// Show a job: how each step stands, what it waits for, what it gave
#[derive(Debug, Args)]
#[command(after_help = super::JOB_HELP)]
pub(super) struct Arguments {
    /// The job.
    job: String,
    /// Print all of it in JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let shown = look::with(console, async |look| {
            Shown::of(look, &look.find(&self.job).await?, SystemClock.now()).await
        })?;
        if self.json {
            console.print_raw(&format!("{:#}\n", shown.json()))?;
        } else {
            console.print(&shown.human())?;
        }
        Ok(Exit::Success)
    }
}

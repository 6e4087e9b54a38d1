//! `skynet logs`: what the steps of a job printed.

use super::Exit;
use crate::{
    console::Console,
    failure::Failure,
    look::{self, logs},
};
use clap::Args;

/// Print what the steps of a job printed
#[derive(Debug, Args)]
#[command(
    after_help = "JOB is an id, or a part of one that no other has, from its beginning or its end. INSTANCE is the key
or the position of one instance of a step with `for_each`.

Examples:
  skynet logs 3f2a77c1
  skynet logs 3f2a77c1/build -f
  skynet logs 3f2a77c1/featurize/berlin"
)]
pub(super) struct Arguments {
    /// The job, and if wanted one of its steps, and one instance of that.
    #[arg(value_name = "JOB[/STEP[/INSTANCE]]")]
    what: String,
    /// Go on until the job is over.
    #[arg(long, short)]
    follow: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let wanted = logs::Wanted::read(&self.what);
        look::with(console, async |look| {
            let id = look.find(&wanted.job).await?;
            logs::show(look, &id, &wanted, self.follow, console).await
        })?;
        Ok(Exit::Success)
    }
}

//! `skynet worker`: drive jobs, until told to stop.

use super::{Exit, run::duration, runtime};
use crate::{background, console::Console, failure::Failure};
use clap::Args;
use std::time::Duration;

/// Drive jobs: a share of all that the database has, and those of workers that died
#[derive(Debug, Args)]
#[command(
    after_help = "It ends with SIGTERM or Ctrl-C: what runs here is stopped, and another worker goes on with it.

Examples:
  skynet worker
  skynet worker --idle 10m"
)]
pub(super) struct Arguments {
    /// End when no job has been here for so long, as in `10m`.
    #[arg(long, value_name = "DURATION")]
    idle: Option<String>,
    /// Leave the terminal.
    #[arg(long, hide = true)]
    background: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let millis = self.idle.as_deref().map(duration).transpose()?;
        let idle = millis.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis);
        if self.background {
            // It is a group of its own by now, and leads no session; if it cannot, a hang-up may end it.
            let _session = rustix::process::setsid();
        }
        runtime()?.block_on(background::drive(idle, *console))
    }
}

//! `skynet doctor`: whether this machine has what Skynet needs.

use super::{Exit, runtime};
use crate::{config::Config, console::Console, doctor, failure::Failure};
use clap::Args;

/// Check that this machine has what Skynet needs
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 all is well, 1 something has to be mended.")]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let checks = runtime()?.block_on(doctor::examine(&Config::read()));
        console.print(&doctor::draw(&checks))?;
        let is_well = checks.iter().all(|check| check.found.is_ok());
        Ok(if is_well { Exit::Success } else { Exit::No })
    }
}

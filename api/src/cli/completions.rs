//! `skynet completions SHELL`: what a shell needs to complete commands.

use super::{Cli, Exit};
use crate::{console::Console, failure::Failure};
use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "Example, for bash:\n  source <(skynet completions bash)")]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "skynet", &mut script);
        console.print_raw(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Success)
    }
}

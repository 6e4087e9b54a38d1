//! `skynet replay`: show the states that a job went through, from a file of its events.

use super::Exit;
use crate::{console::Console, failure::Failure, file::Place, replay, visible::clean};
use clap::Args;
use std::{ffi::OsString, fmt::Write as _};

/// Show every state of a past execution
#[derive(Debug, Args)]
#[command(after_help = "FILE is what `skynet run --events FILE` wrote. Nothing is started.

Examples:
  skynet replay ship.jsonl
  skynet replay ship.jsonl --to 12
  skynet replay ship.jsonl --verify")]
pub(super) struct Arguments {
    /// The file of events; `-` is standard input.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: OsString,
    /// Stop after the event of this number.
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Which job of the file; the first if none is named.
    #[arg(long, value_name = "ID")]
    job: Option<String>,
    /// Decide every command again, and compare with what was decided then.
    #[arg(long)]
    verify: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let history = replay::read(&Place::from(self.file.as_os_str()))?;
        if self.verify {
            let verified = history.verify()?;
            let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
            let text = format!(
                "{} of {} decided again, {} as before\n",
                count(verified.commands, "command"),
                count(verified.jobs, "job"),
                count(verified.events, "event"),
            );
            return match verified.difference {
                None => {
                    console.print(&text)?;
                    Ok(Exit::Success)
                }
                Some(difference) => {
                    console.complain(&difference.to_string());
                    Ok(Exit::No)
                }
            };
        }
        let mut text = String::new();
        for state in history.states(self.job.as_deref(), self.to)? {
            let _ = writeln!(text, "{:>5}  {}  {}", state.seq, state.at, clean(&state.event));
            for line in state.changes {
                let _ = writeln!(text, "{:35}{}", "", clean(&line));
            }
        }
        console.print(&text)?;
        Ok(Exit::Success)
    }
}

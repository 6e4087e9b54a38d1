//! `skynet events`: what happened to a job.

use super::Exit;
use crate::{
    console::Console,
    failure::Failure,
    look::{self, events},
};
use clap::Args;
use engine::{event::upcast, port::LogError};

/// Print what happened to a job, event by event
#[derive(Debug, Args)]
#[command(after_help = super::JOB_HELP)]
pub(super) struct Arguments {
    /// The job.
    job: String,
    /// Print each event as a line of JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let text = look::with(console, async |look| {
            let id = look.find(&self.job).await?;
            let mut text = String::new();
            if self.json {
                for event in look.events(&id, 0).await? {
                    let line = upcast::write(&event).map_err(|error| LogError::Corrupt(error.to_string()))?;
                    text.push_str(&line);
                    text.push('\n');
                }
            } else {
                look.walk(&id, |job, recorded| text.push_str(&events::line(job, recorded))).await?;
            }
            Ok(text)
        })?;
        if self.json {
            console.print_raw(&text)?
        } else {
            console.print(&text)?
        }
        Ok(Exit::Success)
    }
}

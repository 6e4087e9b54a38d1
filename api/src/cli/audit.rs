//! `skynet audit`: whether the log is what was written.

use super::Exit;
use crate::{
    console::Console,
    failure::Failure,
    file::Draft,
    look::{self, Look, audit, words::count},
    sink::Sink,
    visible::clean,
};
use clap::{Args, Subcommand};
use std::{
    io,
    path::{Path, PathBuf},
};
use store::audit::{Scope, export, seal};

/// Prove that the log is what was written, or take it out
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Look at every event: its hash, what it follows, whether it can have happened
    #[command(
        after_help = "Without JOB, seals are looked at as well. Who can write to the database can make all of it anew;
only seals that were kept elsewhere show that, so give them with --seals.

Exit codes: 0 nothing is wrong, 1 something was done to the log."
    )]
    Verify {
        /// The job; all if none is named.
        job: Option<String>,
        /// Seals that were kept elsewhere, as `skynet audit seal` printed them.
        #[arg(long, value_name = "JSONL", value_hint = clap::ValueHint::FilePath, conflicts_with = "job")]
        seals: Option<PathBuf>,
        /// Print what was found in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Seal all events since the last seal, and print the seal: a line to keep where the database cannot be written
    Seal,
    /// Write events as lines of JSON, each with all that its hash covers
    Export {
        /// The job; all if none is named.
        job: Option<String>,
        /// Where to put them; standard output if nothing is named.
        #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        output: Option<PathBuf>,
    },
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        look::with(console, async |look| match &self.what {
            What::Verify { job, seals, json } => {
                verify(look, job.as_deref(), seals.as_deref(), *json, console).await
            }
            What::Seal => {
                match seal(look.database()).await? {
                    Some(seal) => console.print_raw(&format!("{}\n", line(&seal)?))?,
                    None => console.remark("Nothing has happened since the last seal.\n"),
                }
                Ok(Exit::Success)
            }
            What::Export { job, output } => {
                let scope = scope(look, job.as_deref()).await?;
                let output = output.as_deref().filter(|path| *path != Path::new("-"));
                let count_of = match output {
                    None => export(look.database(), &scope, &mut Sink(io::stdout())).await?,
                    Some(path) => {
                        let mut sink = Sink(Draft::of(path)?);
                        let written = export(look.database(), &scope, &mut sink).await?;
                        sink.0.keep()?;
                        written
                    }
                };
                console.remark(&format!("{} written\n", count(count_of, "event")));
                Ok(Exit::Success)
            }
        })
    }
}

async fn scope(look: &Look, job: Option<&str>) -> Result<Scope, Failure> {
    Ok(match job {
        Some(part) => Scope::Job(look.find(part).await?),
        None => Scope::All,
    })
}

async fn verify(
    look: &Look,
    job: Option<&str>,
    seals: Option<&Path>,
    is_json: bool,
    console: &Console,
) -> Result<Exit, Failure> {
    let outside = seals.map(audit::seals).transpose()?.unwrap_or_default();
    let found = audit::look(look, &scope(look, job).await?, &outside).await?;
    if is_json {
        console.print_raw(&format!("{:#}\n", found.json()))?;
    } else {
        for problem in found.proofs.iter().chain(&found.doubts) {
            console.print(&format!("{}\n", clean(problem)))?;
        }
        console.print(&found.summary())?;
    }
    Ok(if found.is_well() { Exit::Success } else { Exit::No })
}

fn line(seal: &store::audit::Seal) -> Result<String, Failure> {
    serde_json::to_string(seal)
        .map_err(|error| Failure::new(format!("the seal cannot be written: {error}"), "seal once more"))
}

//! `skynet artifacts`: the files that the steps of a job left behind.

use super::Exit;
use crate::{
    console::Console,
    failure::Failure,
    file::{Draft, unwritten},
    look::{self, Look, artifacts},
};
use clap::{Args, Subcommand};
use engine::{id::JobId, port::BlobReader};
use futures_util::StreamExt as _;
use serde_json::Value as Json;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};
use store::view::ArtifactRow;

/// List the files that the steps of a job left behind, or get one
#[derive(Debug, Args)]
#[command(
    subcommand_negates_reqs = false,
    after_help = "JOB is an id, or a part of one that no other has, from its beginning or its end.

Examples:
  skynet artifacts 3f2a77c1
  skynet artifacts 3f2a77c1 get report.pdf -o report.pdf"
)]
pub(super) struct Arguments {
    /// The job.
    job: String,
    /// Print the list in JSON.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Get the content of one
    Get {
        /// Its name, with its step before it if others have the same: `build/report`.
        name: String,
        /// Where to put it; standard output if nothing is named.
        #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        output: Option<PathBuf>,
    },
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        look::with(console, async |look| {
            let id = look.find(&self.job).await?;
            let all = look.views.artifacts(&id).await?;
            match &self.what {
                Some(What::Get { name, output }) => {
                    let content = artifacts::open(look, artifacts::choose(&all, &id, name)?).await?;
                    put(content, output.as_deref().filter(|path| *path != Path::new("-")), console).await
                }
                None if self.json => {
                    let all = Json::Array(all.iter().map(artifacts::json).collect());
                    console.print_raw(&format!("{all:#}\n"))
                }
                None => list(look, &id, &all, console).await,
            }
        })?;
        Ok(Exit::Success)
    }
}

async fn list(look: &Look, id: &JobId, all: &[ArtifactRow], console: &Console) -> Result<(), Failure> {
    let job = look.fold(id).await?;
    let is_fan_out = |it: &ArtifactRow| job.step(&it.step).is_some_and(|step| step.fan_out.is_some());
    console.print(&artifacts::table(all, is_fan_out))?;
    if all.is_empty() {
        console.remark("It has left no file behind.\n");
    }
    Ok(())
}

async fn put(mut content: BlobReader, output: Option<&Path>, console: &Console) -> Result<(), Failure> {
    let damaged = |error: engine::port::BlobError| {
        Failure::new(error.to_string(), "see what `skynet audit verify` says of its job")
    };
    let mut draft = output.map(Draft::of).transpose()?;
    while let Some(piece) = content.next().await {
        let piece = piece.map_err(damaged)?;
        match (&mut draft, output) {
            (Some(draft), Some(path)) => draft.write_all(&piece).map_err(|error| unwritten(path, &error))?,
            _ => console.print_bytes(&piece)?,
        }
    }
    draft.map_or(Ok(()), Draft::keep)
}

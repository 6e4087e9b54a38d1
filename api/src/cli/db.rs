//! `skynet db`: the database, for people who want to look into it.

use super::{Exit, runtime};
use crate::{app, config::Config, console::Console, failure::Failure, install, upkeep};
use clap::{Args, Subcommand};
use std::{ffi::OsString, path::PathBuf, process::Command};
use store::embedded::{self, Embedded, Stopped};
use tokio::signal::unix::{SignalKind, signal};

/// Look into the database, keep it running, or stop it
#[derive(Debug, Args)]
#[command(
    after_help = "Where DATABASE_URL is not set, Skynet has a private Postgres: it starts when a program needs it
and stops with the last one that uses it. `skynet doctor` says where it is.

Examples:
  skynet db psql -c 'SELECT version()'
  pg_dump \"$(skynet db url)\" > backup.sql && skynet db stop"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the address of the database, and keep it running so that the address is of use
    Url,
    /// Start psql in the database
    Psql {
        /// What psql is to be told.
        #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Start the private database and keep it running
    Start,
    /// Unpack the programs of Postgres, on a machine that has no package of them
    #[command(
        after_help = "Beside the archive there has to be its SHA-256, in a file of the same name with `.sha256` behind it.
Taken from the same place, it tells damage, not deceit: choose a place that you trust."
    )]
    Install {
        /// The archive, an `https://` address or a file; if none is named, one that volunteers build for this platform.
        #[arg(long, value_name = "URL|FILE")]
        from: Option<String>,
    },
    /// Make what is shown of jobs anew from the log, and say what was otherwise
    Rebuild {
        /// Which projection: job, step or audit; all if none is named.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Drop the weeks of the log that are over, old, read by all projections and sealed
    #[command(
        after_help = "What is dropped is gone but for its seals: write it to a file with --export, or have a backup.
Only whole weeks are dropped, by when their jobs were begun, and only if each of these jobs has ended."
    )]
    Retain {
        /// How long ago the last event of a week must be, as in `90d`.
        #[arg(long, value_name = "DURATION")]
        older_than: String,
        /// Say what would be dropped, and drop nothing.
        #[arg(long)]
        dry_run: bool,
        /// Write what is dropped to this file first, as `skynet audit export` does.
        #[arg(long, value_name = "JSONL", value_hint = clap::ValueHint::FilePath, conflicts_with = "dry_run")]
        export: Option<PathBuf>,
    },
    /// Stop the private database
    Stop {
        /// Also if it is in use.
        #[arg(long)]
        force: bool,
    },
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let config = Config::read();
        let runtime = runtime()?;
        match (self.what, &config.database_url) {
            (What::Url, Some(url)) => {
                console.print_raw(&format!("{url}\n"))?;
                Ok(Exit::Success)
            }
            (What::Url, None) => {
                let url = runtime.block_on(keep(&config))?;
                console.print_raw(&format!("{url}\n"))?;
                console.remark("It keeps running; `skynet db stop` stops it.\n");
                Ok(Exit::Success)
            }
            (What::Psql { arguments }, _) => runtime.block_on(psql(&config, arguments)),
            (What::Start | What::Stop { .. }, Some(_)) => Err(Failure::new(
                "DATABASE_URL names the database, and that is not ours to start or stop",
                "unset DATABASE_URL if you mean the private one",
            )),
            (What::Start, None) => {
                runtime.block_on(keep(&config))?;
                console.remark("It keeps running; `skynet db stop` stops it.\n");
                Ok(Exit::Success)
            }
            (What::Install { from }, _) => {
                let config = app::private_database(&config)?;
                let found = runtime.block_on(install::install(&config, from.as_deref()))?;
                console.remark(&format!("PostgreSQL {} is in {}\n", found.version, found.folder.display()));
                Ok(Exit::Success)
            }
            (What::Rebuild { names }, _) => runtime.block_on(upkeep::rebuild(&config, &names, console)),
            (What::Retain { older_than, dry_run, export }, _) => {
                let older_than = super::run::duration(&older_than)?;
                runtime.block_on(upkeep::retain(&config, older_than, dry_run, export.as_deref(), console))
            }
            (What::Stop { force }, None) => runtime.block_on(stop(&config, force, console)),
        }
    }
}

async fn keep(config: &Config) -> Result<String, Failure> {
    let embedded = Embedded::open(&app::private_database(config)?).await?;
    embedded.keep()?;
    let url = embedded.url();
    embedded.close().await?;
    Ok(url)
}

async fn stop(config: &Config, by_force: bool, console: &Console) -> Result<Exit, Failure> {
    match embedded::stop(&app::private_database(config)?, by_force).await? {
        Stopped::Yes => console.remark("It is stopped.\n"),
        Stopped::NotRunning => console.remark("It did not run.\n"),
        Stopped::InUse => {
            let failure = Failure::new(
                "the database is in use by another program",
                "end that one first, or stop the database all the same with `--force`",
            );
            console.complain(&failure.to_string());
            return Ok(Exit::No);
        }
    }
    Ok(Exit::Success)
}

async fn psql(config: &Config, arguments: Vec<OsString>) -> Result<Exit, Failure> {
    let private = app::private_database(config);
    let beside = match &private {
        Ok(private) => private.find_binaries().await.ok().map(|found| found.folder),
        Err(_) => None,
    };
    let program = find_psql(config, beside)?;
    // Ctrl-C is for psql, which breaks off a query and goes on; we wait for its end.
    let _ours = signal(SignalKind::interrupt()).map_err(|error| {
        Failure::new(format!("Ctrl-C cannot be heard: {error}"), "check the limits on open files")
    })?;
    let run = |url: &str| {
        Command::new(&program).arg(url).args(&arguments).status().map_err(|error| {
            Failure::new(
                format!("{} cannot be started: {}", program.display(), crate::file::reason(&error)),
                "see whether it runs when started by hand",
            )
        })
    };
    let status = match &config.database_url {
        Some(url) => run(url)?,
        None => {
            let embedded = Embedded::open(&private?).await?;
            let status = run(&embedded.url());
            embedded.close().await?;
            status?
        }
    };
    Ok(if status.success() { Exit::Success } else { Exit::No })
}

fn find_psql(config: &Config, beside: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let mut candidates = beside.iter().chain(&config.path).map(|folder| folder.join("psql"));
    candidates.find(|program| program.is_file()).ok_or_else(|| {
        Failure::new(
            "there is no program `psql` on this machine",
            "install the package `postgresql-client`, or give `skynet db url` to another program",
        )
    })
}

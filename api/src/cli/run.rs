//! `skynet run`: compile a workflow, run it as a job, and show what happens.

use super::{Exit, input::Input};
use crate::{
    console::Console,
    failure::Failure,
    run::{self, Options, Shown},
};
use clap::Args;
use std::path::PathBuf;

/// Run a workflow and show what happens
#[derive(Debug, Args)]
#[command(
    after_help = "Ctrl-C once cancels: what runs is asked to end, and undone if the policy says so. Twice kills. So do SIGTERM and SIGHUP.
The job is kept in the database, save with --mock and --memory; --events writes it to a file that `skynet replay` reads.
Exit codes: 0 succeeded, 1 failed, 2 does not compile or cannot be written, 3 refused, 4 cancelled.

Examples:
  skynet run hello.skynet --param name=Ada
  skynet run ship.skynet --mock --yes
  skynet run nightly.skynet --events nightly.jsonl --json"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Pretend: steps give what their `mock` block says, and nothing is started.
    #[arg(long)]
    mock: bool,
    /// Keep the job in memory only, without a database: nothing of it is left when the program ends.
    #[arg(long)]
    memory: bool,
    /// Return at once: a worker in the background drives the job, and its id is printed.
    #[arg(long, short, conflicts_with_all = ["memory", "yes", "json", "events"])]
    detach: bool,
    /// A name for this execution, with --detach: if a job was begun by the same one before, nothing begins, and that job's
    /// id is printed.
    #[arg(long, value_name = "NAME", requires = "detach")]
    key: Option<String>,
    /// Agree to what is asked, save where a phrase must be typed.
    #[arg(long, short)]
    yes: bool,
    /// Print each event as a line of JSON.
    #[arg(long)]
    json: bool,
    /// Keep plans, commands and events in this file, as lines of JSON.
    #[arg(long, value_name = "JSONL", value_hint = clap::ValueHint::FilePath)]
    events: Option<PathBuf>,
    /// Send a signal before the first step; its body as JSON.
    #[arg(long = "signal", value_name = "NAME[=JSON]")]
    signals: Vec<String>,
    /// How many attempts may run at once.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    parallel: u32,
    /// How long the job may wait for a place in its group, as in `10m`.
    #[arg(long, value_name = "DURATION")]
    queue_timeout: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let signals = self.signals.iter().map(|word| signal("--signal ", word)).collect::<Result<_, _>>()?;
        let queue_timeout = self.queue_timeout.as_deref().map(duration).transpose()?;
        let Some((plan, given)) = self.input.read(console)? else { return Ok(Exit::Invalid) };
        let shown = if self.json { Shown::Json } else { Shown::Human };
        let options = Options {
            mock: self.mock,
            in_memory: self.memory,
            yes: self.yes,
            shown,
            events: self.events,
            signals,
            parallel: self.parallel,
            queue_timeout,
            key: self.key.map(Into::into),
        };
        if self.detach {
            return super::runtime()?.block_on(run::detach(plan, &given, &options, console));
        }
        run::run(plan, &given, options, *console)
    }
}

/// Reads `NAME[=JSON]`, written behind `option`.
pub(super) fn signal(option: &str, word: &str) -> Result<(engine::id::Name, engine::value::Value), Failure> {
    let (name, body) = word.split_once('=').unwrap_or((word, "null"));
    let body = serde_json::from_str(body).map_err(|error| {
        Failure::new(
            format!("the body of the signal `{name}` is not JSON: {error}"),
            format!("write {option}'{name}={{ \"field\": \"value\" }}'"),
        )
    })?;
    Ok((name.into(), engine::value::from_json(&body)))
}

pub(super) fn duration(word: &str) -> Result<i64, Failure> {
    match engine::value::parse_text(&engine::value::Type::Duration, word) {
        Ok(engine::value::Value::Duration(ms)) => Ok(ms),
        _ => Err(Failure::new(format!("`{word}` is no duration"), "write 90s, 10m or 1h30m")),
    }
}

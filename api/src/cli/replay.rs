//! `skynet replay`: show the states that a job went through, from a file of its events or from the log.

use super::Exit;
use crate::{
    app::SystemClock,
    console::Console,
    failure::Failure,
    file::Place,
    look::{
        self, audit, is_part_of_id,
        words::{count, moment},
    },
    replay::{self, State, Until},
    visible::clean,
};
use clap::Args;
use engine::port::{Clock as _, LogError};
use std::{ffi::OsString, fmt::Write as _, path::Path};
use store::audit::Scope;

/// Show every state of a past execution
#[derive(Debug, Args)]
#[command(
    after_help = "FILE is what `skynet run --events FILE` wrote. What is no file is a job in the database: its id, or a part of
one that no other has. Nothing is started.

With --verify every command of a file is decided again, and the decisions are compared. The log keeps no commands: of a job
each event is checked against the hash that chains it to the one before, and against what can follow.

Examples:
  skynet replay ship.jsonl
  skynet replay ship.jsonl --verify
  skynet replay 3f2a77c1 --to 12
  skynet replay 3f2a77c1 --at 2026-05-01T12:30:00Z"
)]
pub(super) struct Arguments {
    /// The file of events, or the job; `-` is standard input.
    #[arg(value_name = "FILE|JOB", value_hint = clap::ValueHint::FilePath)]
    what: OsString,
    /// Stop after the event of this number.
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Stop before the first event that is later: 2026-05-01T12:30:00Z, or how long ago, as 2h.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Which job of the file; the first if none is named.
    #[arg(long, value_name = "ID")]
    job: Option<String>,
    /// Prove it: see below.
    #[arg(long)]
    verify: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let at = self.at.as_deref().map(|word| moment(word, SystemClock.now())).transpose()?;
        let until = Until { seq: self.to, at };
        let part = self.what.to_str().filter(|word| is_part_of_id(word) && !Path::new(word).exists());
        if let Some(part) = part.filter(|part| *part != "-") {
            return if self.verify { verify_job(part, console) } else { replay_job(part, until, console) };
        }
        let history = replay::read(&Place::from(self.what.as_os_str()))?;
        if let Some(line) = history.cut() {
            console.remark(&format!("warning: line {line}, the last, is cut; what is before it is shown\n"));
        }
        if self.verify {
            return verify_file(&history, console);
        }
        show(history.states(self.job.as_deref(), until)?, console)
    }
}

fn show(states: Vec<State>, console: &Console) -> Result<Exit, Failure> {
    if states.is_empty() {
        console.remark("Nothing had happened by then.\n");
    }
    console.print(&draw(states))?;
    Ok(Exit::Success)
}

fn draw(states: Vec<State>) -> String {
    let mut text = String::new();
    for state in states {
        let _infallible = writeln!(text, "{:>5}  {}  {}", state.seq, state.at, clean(&state.event));
        for line in state.changes {
            let _infallible = writeln!(text, "{:35}{}", "", clean(&line));
        }
    }
    text
}

fn verify_file(history: &replay::History, console: &Console) -> Result<Exit, Failure> {
    let verified = history.verify()?;
    let many = |n: usize, word: &str| count(n as u64, word);
    let text = format!(
        "{} of {} decided again, {} as before\n",
        many(verified.commands, "command"),
        many(verified.jobs, "job"),
        many(verified.events, "event"),
    );
    match verified.difference {
        None => {
            console.print(&text)?;
            Ok(Exit::Success)
        }
        Some(difference) => {
            console.complain(&difference.to_string());
            Ok(Exit::No)
        }
    }
}

fn replay_job(part: &str, until: Until, console: &Console) -> Result<Exit, Failure> {
    let states = look::with(console, async |look| {
        let (shape, events) = look.history(&look.find(part).await?).await?;
        replay::states(shape, events.iter().map(|event| &**event), until)
            .map_err(|corrupt| LogError::Corrupt(corrupt.to_string()).into())
    })?;
    show(states, console)
}

/// What it proves that nothing was found.
const PROVED: &str = "\
Each of them can follow on those before it, and carries a hash over all of them, up to the last one that the job's head
names. So none was changed, left out or put in between since, unless all hashes behind it were made anew with it: that,
seals show which were kept elsewhere (`skynet audit verify --seals`).
";

fn verify_job(part: &str, console: &Console) -> Result<Exit, Failure> {
    let found =
        look::with(console, async |look| audit::look(look, &Scope::Job(look.find(part).await?), &[]).await)?;
    for problem in found.proofs.iter().chain(&found.doubts) {
        console.print(&format!("{}\n", clean(problem)))?;
    }
    console.print(&found.summary())?;
    if found.is_well() && found.doubts.is_empty() {
        console.print(PROVED)?;
    }
    Ok(if found.is_well() { Exit::Success } else { Exit::No })
}

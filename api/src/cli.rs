//! The command line: which verbs there are, and how what they did becomes an exit code.

mod act;
mod artifacts;
mod audit;
mod bench;
mod check;
mod completions;
mod convert;
mod db;
mod doctor;
mod events;
mod explain;
mod fmt;
mod fork;
mod graph;
mod input;
mod jobs;
mod logs;
mod plan;
mod replay;
mod run;
mod schema;
mod show;
mod worker;

use crate::{
    console::{Color, Console},
    failure::Failure,
    file::Place,
    nearby,
    report::Report,
    source::Source,
};
use act::Act;
use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind};
use dsl::{Compiled, Workflow};
use engine::command::Command;
use std::{ffi::OsString, io, process::ExitCode};

/// Workflows as typed text: checked before they run, drawn as a graph, planned step by step.
#[derive(Debug, Parser)]
#[command(name = "skynet", version, max_term_width = 100, disable_help_subcommand = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are honoured.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", hide_possible_values = true)]
    color: Color,
    /// Print results and errors only.
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Arguments),
    Fmt(fmt::Arguments),
    Graph(graph::Arguments),
    Plan(plan::Arguments),
    Run(run::Arguments),
    Jobs(jobs::Arguments),
    Show(show::Arguments),
    Events(events::Arguments),
    Logs(logs::Arguments),
    Artifacts(artifacts::Arguments),
    Replay(replay::Arguments),
    Audit(audit::Arguments),
    Worker(worker::Arguments),
    /// Cancel a job: what runs is asked to end, and undone if the policy says so
    Cancel(act::Whole),
    /// Kill a job: what runs is ended at once, and nothing is undone
    Kill(act::Whole),
    /// Hold a job: no step starts until it is resumed
    Pause(act::Whole),
    /// Let a job go on that was paused
    Resume(act::Whole),
    /// Run again what failed
    Retry(act::Retried),
    /// Let what needs a step go on without it
    Skip(act::Part),
    Fork(fork::Arguments),
    /// Send a signal to a job
    Signal(act::Signal),
    /// Say what came of an attempt of which nobody knows
    Settle(act::Settled),
    /// Take back what a job did
    Undo(act::Whole),
    /// Agree to what a job asks
    Approve(act::Answer),
    /// Refuse what a job asks
    Deny(act::Answer),
    Db(db::Arguments),
    Doctor(doctor::Arguments),
    Bench(bench::Arguments),
    Explain(explain::Arguments),
    Convert(convert::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// What a verb came to, beside failing.
/// The graver comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well: 0.
    Success,
    /// The answer is no: 1. Warnings that are denied, files that are not formatted.
    No,
    /// The input does not compile or cannot be read: 2.
    Invalid,
    /// A policy refuses it, or nobody is there to agree: 3.
    Refused,
    /// It was cancelled: 4.
    Cancelled,
}

impl Exit {
    /// Returns the code the shell sees.
    #[must_use]
    pub fn code(self) -> ExitCode {
        match self {
            Self::Success => ExitCode::SUCCESS,
            Self::No => ExitCode::from(1),
            Self::Invalid => ExitCode::from(2),
            Self::Refused => ExitCode::from(3),
            Self::Cancelled => ExitCode::from(4),
        }
    }

    /// Returns the graver of two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

const AFTER_HELP: &str = "\
FILE is a path, or `-` for standard input.
Exit codes: 0 all is well, 1 the answer is no, 2 the input is not valid.";

/// What is said of the argument JOB.
const JOB_HELP: &str = "JOB is an id, or a part of one that no other has, from its beginning or its end.";

/// Runs the program with these arguments, the first being its own name.
#[must_use]
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let color = wanted_color(&arguments);
    let mut command = Cli::command().color(match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    });
    let parsed = command.try_get_matches_from_mut(arguments).and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Whoever does not read the help needs no word about it.
            let is_told = match error.print() {
                Ok(()) => true,
                Err(unwritten) => unwritten.kind() == io::ErrorKind::BrokenPipe,
            };
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked && is_told { Exit::Success.code() } else { Exit::Invalid.code() };
        }
    };
    let console = Console::open(cli.color, cli.quiet);
    match cli.verb.run(&console) {
        Ok(exit) => exit.code(),
        Err(failure) => {
            console.complain(&failure.to_string());
            Exit::Invalid.code()
        }
    }
}

impl Verb {
    fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self {
            Self::Check(arguments) => arguments.run(console),
            Self::Fmt(arguments) => arguments.run(console),
            Self::Graph(arguments) => arguments.run(console),
            Self::Plan(arguments) => arguments.run(console),
            Self::Run(arguments) => arguments.run(console),
            Self::Worker(arguments) => arguments.run(console),
            Self::Bench(arguments) => arguments.run(console),
            Self::Jobs(arguments) => arguments.run(console),
            Self::Show(arguments) => arguments.run(console),
            Self::Events(arguments) => arguments.run(console),
            Self::Logs(arguments) => arguments.run(console),
            Self::Artifacts(arguments) => arguments.run(console),
            Self::Cancel(job) => Act::Simple(job, Command::CancelJob).run(console),
            Self::Kill(job) => Act::Simple(job, Command::KillJob).run(console),
            Self::Pause(job) => Act::Simple(job, Command::PauseJob).run(console),
            Self::Resume(job) => Act::Simple(job, Command::ResumeJob).run(console),
            Self::Undo(job) => Act::Simple(job, Command::UndoJob).run(console),
            Self::Retry(retried) => Act::Retry(retried).run(console),
            Self::Fork(arguments) => arguments.run(console),
            Self::Skip(part) => Act::Skip(part).run(console),
            Self::Signal(signal) => Act::Signal(signal).run(console),
            Self::Settle(settled) => Act::Settle(settled).run(console),
            Self::Approve(answer) => Act::Answer(answer, true).run(console),
            Self::Deny(answer) => Act::Answer(answer, false).run(console),
            Self::Replay(arguments) => arguments.run(console),
            Self::Audit(arguments) => arguments.run(console),
            Self::Db(arguments) => arguments.run(console),
            Self::Doctor(arguments) => arguments.run(console),
            Self::Explain(arguments) => arguments.run(console),
            Self::Convert(arguments) => arguments.run(console),
            Self::Schema(arguments) => arguments.run(console),
            Self::Completions(arguments) => arguments.run(console),
        }
    }
}

/// Starts what waits for databases and programs.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new(
            format!("no runtime can be started: {error}"),
            "check the limits on threads and open files",
        )
    })
}

/// Reads a source; of one whose bytes are no text, shows why and returns none.
fn open(place: &Place, console: &Console) -> Result<Option<Source>, Failure> {
    let source = Source::read(place)?;
    match source.unreadable() {
        None => Ok(Some(source)),
        Some(found) => {
            console.complain(&Report::of(&source, vec![found.clone()]).human(true));
            Ok(None)
        }
    }
}

/// Finds the workflow that is asked for; the first if none is named, none if the file has none.
fn choose<'a>(compiled: &'a Compiled, name: Option<&str>) -> Result<Option<&'a Workflow>, Failure> {
    let Some(name) = name else { return Ok(compiled.workflows.first()) };
    let found = compiled.workflows.iter().find(|workflow| &*workflow.name == name);
    found.map(Some).ok_or_else(|| {
        let known: Vec<&str> = compiled.workflows.iter().map(|workflow| &*workflow.name).collect();
        let help = match (nearby::words(name, known.iter().copied()).as_slice(), known.as_slice()) {
            (_, []) => "the file has no workflow".to_owned(),
            ([], known) => format!("it has {}", nearby::list(known)),
            (close, _) => format!("did you mean {}?", nearby::list(close)),
        };
        Failure::new(format!("there is no workflow `{name}` in the file"), help)
    })
}

/// Looks for `--color` ahead of parsing: what parsing itself prints is to have the wanted colours too.
fn wanted_color(arguments: &[OsString]) -> Color {
    let mut texts =
        arguments.iter().filter_map(|argument| argument.to_str()).take_while(|text| *text != "--");
    while let Some(text) = texts.next() {
        let value = if text == "--color" { texts.next() } else { text.strip_prefix("--color=") };
        match value {
            Some("always") => return Color::Always,
            Some("never") => return Color::Never,
            Some(_) | None => {}
        }
    }
    Color::Auto
}

//! A job on this machine, from its first event to its end, with somebody watching.
//!
//! ```text
//!   runtime ──► Watch (observer) ──► Screen: tree or lines, what steps print
//!      ▲              │
//!      │              └──► Record: --events
//!      └── answers, Ctrl-C, `kill`
//! ```

mod answer;
mod detach;
mod foresee;
mod house;
mod interrupt;
mod out;
pub mod record;
mod screen;
mod terminal;
pub(crate) mod told;
mod watch;

use crate::{
    cli::Exit,
    config::Config,
    console::Console,
    failure::Failure,
    params::{self, Given},
    worker,
};
pub use detach::detach;
use engine::{
    command::{Command, Submit},
    event::{Actor, Door},
    id::{JobId, Name},
    job::JobState,
    plan::Plan,
    runtime::{Handle, Refused},
    value::Value,
};
use house::House;
use interrupt::Interrupts;
use out::Out;
use record::Record;
use screen::Screen;
use std::{
    io::IsTerminal as _,
    path::PathBuf,
    sync::{Arc, Mutex},
};
pub(crate) use told::told;
use watch::{Notice, Watch};

/// How a job is run.
#[derive(Debug)]
pub struct Options {
    /// Whether steps only pretend.
    pub mock: bool,
    /// Whether questions are answered with yes.
    pub yes: bool,
    /// Whether it is forgotten when the program ends.
    pub in_memory: bool,
    /// For whom it is shown.
    pub shown: Shown,
    /// Where events are kept.
    pub events: Option<PathBuf>,
    /// Signals sent before the first step.
    pub signals: Vec<(Name, Value)>,
    /// How many attempts may run at once.
    pub parallel: u32,
    /// How long it may wait for a place in its group, in milliseconds.
    pub queue_timeout: Option<i64>,
    /// What it is known by: the same key again begins nothing.
    pub key: Option<Name>,
}

/// For whom a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Runs a job to its end.
///
/// # Errors
/// If the world fails: a folder that cannot be made, a file that cannot be written.
pub fn run(plan: Arc<Plan>, given: &Given, options: Options, console: Console) -> Result<Exit, Failure> {
    let runtime = crate::cli::runtime()?;
    let out = Out::start(console);
    let ended = runtime.block_on(async {
        let ended = drive(plan, given, options, &out).await;
        // Who waits for a reader that does not read can still leave.
        tokio::select! {
            () = out.drained() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        ended
    });
    runtime.shutdown_background();
    match ended? {
        // Who asked for results and did not get them must not take it for a success.
        Exit::Success if out.has_failed() => Ok(Exit::Invalid),
        exit => Ok(exit),
    }
}

async fn drive(plan: Arc<Plan>, given: &Given, options: Options, out: &Out) -> Result<Exit, Failure> {
    let config = Config::read();
    let workspace = std::env::current_dir().map_err(|error| {
        Failure::new(format!("the current folder cannot be read: {error}"), "change to a folder that exists")
    })?;
    let scratch = tempfile::Builder::new().prefix("skynet-").tempdir().map_err(|error| {
        Failure::new(
            format!("no folder for the run can be made: {error}"),
            "set TMPDIR to one that can be written",
        )
    })?;
    let is_set = |name: &str| config.variables.iter().any(|(set, _)| set == name);
    let is_attended = std::io::stdin().is_terminal();
    if let Some((failure, exit)) = foresee::obstacle(&plan, given, &options, is_attended, is_set) {
        out.complain(failure.to_string());
        return Ok(exit);
    }
    let record = options.events.as_deref().map(Record::create).transpose()?;
    let screen = Arc::new(Mutex::new(Screen::open(options.shown, out.clone(), options.yes)));
    // Heard from before the first step: what started must not outlive a Ctrl-C that comes early, or between two looks.
    let mut interrupts = Interrupts::open()?;
    let logs = Arc::new(watch::Output::new(Arc::clone(&screen), out.clone()));
    let (watch, mut notices) = Watch::new(Arc::clone(&screen), record);
    let mut house = if options.mock || options.in_memory {
        House::in_memory(&config, workspace.clone(), scratch.path(), logs, watch)?
    } else {
        let complaints = Arc::clone(&screen);
        let place = worker::Place {
            config: &config,
            workspace: workspace.clone(),
            scratch: scratch.path(),
            logs: Some(logs),
            observer: Box::new(watch),
            complain: Box::new(move |failure| {
                screen::with(&complaints, |screen| screen.say(&failure.to_string()))
            }),
        };
        House::in_database(&config, place).await?
    };

    let person = Actor::Person { name: format!("user:{}", config.user).into(), door: Door::Shell };
    let job = house.new_id();
    let params = params::values(given);
    let submit = Submit {
        job: Arc::clone(&job),
        params,
        door: Door::Shell,
        workspace: workspace.to_str().map(Into::into),
        mock: options.mock,
        max_parallel: options.parallel,
        queue_timeout: options.queue_timeout,
        seed: params::seed(&job),
        parent: None,
        kinds: house.kinds().clone(),
        fork: None,
    };
    screen::with(&screen, |screen| screen.begin(&job));
    match house.submit(plan, person.clone(), submit).await {
        Ok(()) => {}
        Err(Refused::Rejected(rejection)) => {
            out.complain(Failure::new(rejection.to_string(), "mend it and run again").to_string());
            house.close().await?;
            return Ok(Exit::Invalid);
        }
        Err(refused) => return Err(failed(&refused)),
    }
    let handle = house.handle().clone();
    for (name, body) in options.signals.clone() {
        let sent = handle.command(Arc::clone(&job), person.clone(), Command::SendSignal { name, body }).await;
        if let Err(refused) = sent {
            screen::with(&screen, |screen| screen.say(&format!("the signal was not taken: {refused}")));
        }
    }

    let mut attendant = answer::Attendant::new(handle, (Arc::clone(&screen), out.clone()), person, &options);
    let mut clicks = 0;
    let state = loop {
        let tick = tokio::time::sleep(screen::TICK);
        tokio::select! {
            notice = notices.recv() => match notice {
                Some(Notice::Over(id, state)) if id == job => break state,
                Some(Notice::Over(id, _)) => attendant.forget(&id),
                Some(Notice::Asked(question)) => attendant.ask(*question),
                Some(Notice::Short(question, missing)) => attendant.fall_short(&question, missing).await,
                None => return Err(house.failed().await),
            },
            failure = house.failed() => return Err(failure),
            () = attendant.next() => {}
            () = interrupts.next() => {
                clicks += 1;
                stop(&attendant.handle, &screen, &job, &attendant.person, clicks).await;
            }
            () = tick => screen::with(&screen, Screen::tick),
        }
    };
    let was_refused = attendant.is_refused;
    drop(attendant);
    house.close().await?;
    screen::with(&screen, Screen::finish);
    Ok(match state {
        // Who asked for events and did not get them must not take it for a success.
        JobState::Succeeded if screen::with(&screen, |screen| screen.has_lost()) => Exit::Invalid,
        JobState::Succeeded => Exit::Success,
        JobState::Cancelled | JobState::Failed { .. } if was_refused => Exit::Refused,
        JobState::Cancelled => Exit::Cancelled,
        JobState::Failed { .. }
        | JobState::TimedOut
        | JobState::Absent
        | JobState::Planned
        | JobState::Queued { .. }
        | JobState::Running { .. } => Exit::No,
    })
}

async fn stop(handle: &Handle, screen: &Mutex<Screen>, job: &JobId, person: &Actor, clicks: u32) {
    let (command, words) = match clicks {
        1 => (Command::CancelJob, "cancelling: what runs is asked to end; Ctrl-C again kills it"),
        _ => (Command::KillJob, "killing: what runs is ended at once, and nothing is undone"),
    };
    screen::with(screen, |screen| screen.say(words));
    if let Err(refused) = handle.command(Arc::clone(job), person.clone(), command).await {
        screen::with(screen, |screen| screen.say(&refused.to_string()));
    }
}

fn failed(refused: &Refused) -> Failure {
    Failure::new(refused.to_string(), "run again")
}

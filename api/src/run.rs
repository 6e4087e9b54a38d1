//! A job on this machine, from its first event to its end, with somebody watching.
//!
//! ```text
//!   runtime ──► Watch (observer) ──► Screen: tree or lines, what steps print
//!      ▲              │
//!      │              └──► Record: --events
//!      └── answers, Ctrl-C
//! ```

mod answer;
pub mod record;
mod screen;
mod told;
mod watch;

use crate::{app, cli::Exit, config::Config, console::Console, failure::Failure, params::Given};
use engine::{
    command::{Command, Submit},
    event::{Actor, Door, Values},
    id::{Digest, JobId, Name},
    job::{JobState, Shape},
    plan::Plan,
    port::Clock as _,
    runtime::{Handle, Refused, Runtime},
    value::Value,
};
use record::Record;
use screen::Screen;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::signal::unix::{SignalKind, signal};
use watch::{Notice, Watch};

/// How a job is run.
#[derive(Debug)]
pub struct Options {
    /// Whether steps only pretend.
    pub mock: bool,
    /// Whether questions are answered with yes.
    pub yes: bool,
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
    let ended = runtime.block_on(drive(plan, given, options, console));
    // Somebody may still be asked at the terminal: a read that nobody can take back.
    runtime.shutdown_background();
    ended
}

async fn drive(plan: Arc<Plan>, given: &Given, options: Options, console: Console) -> Result<Exit, Failure> {
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
    let record = options.events.as_deref().map(Record::create).transpose()?;
    let screen = Arc::new(Mutex::new(Screen::open(options.shown, console)));
    // Heard from before the first step: what started must not outlive a Ctrl-C that comes early, or between two looks.
    let deaf = |error| Failure::new(format!("Ctrl-C cannot be heard: {error}"), "run again");
    let mut interrupts = signal(SignalKind::interrupt()).map_err(deaf)?;
    let world = app::world(
        &config,
        workspace.clone(),
        scratch.path(),
        Arc::new(watch::Output::new(Arc::clone(&screen))),
    )?;
    let clock = app::SystemClock;
    let kinds = world.providers.keys().cloned().collect();
    let (watch, mut notices) = Watch::new(Arc::clone(&screen), record);
    let (handle, runtime) = Runtime::new(world, Box::new(watch));
    let driving = tokio::spawn(runtime.run());

    let person = Actor::Person { name: format!("user:{}", config.user).into(), door: Door::Shell };
    let now = clock.now();
    let job = new_id(now);
    let params: Values =
        Arc::new(given.iter().filter_map(|(name, value)| Some((Arc::clone(name), value.clone()?))).collect());
    let submit = Submit {
        job: Arc::clone(&job),
        params,
        door: Door::Shell,
        workspace: workspace.to_str().map(Into::into),
        mock: options.mock,
        max_parallel: options.parallel,
        queue_timeout: options.queue_timeout,
        seed: seed(&job),
        parent: None,
        kinds,
        fork: None,
    };
    screen::with(&screen, |screen| screen.begin(&job));
    match handle.submit(Shape::new(plan), person.clone(), submit).await {
        Ok(()) => {}
        Err(Refused::Rejected(rejection)) => {
            console.complain(&Failure::new(rejection.to_string(), "mend it and run again").to_string());
            return Ok(Exit::Invalid);
        }
        Err(refused) => return Err(failed(&refused)),
    }
    for (name, body) in options.signals {
        let sent = handle.command(Arc::clone(&job), person.clone(), Command::SendSignal { name, body }).await;
        if let Err(refused) = sent {
            screen::with(&screen, |screen| screen.say(&format!("the signal was not taken: {refused}")));
        }
    }

    let mut attendant = answer::Attendant::new(handle, Arc::clone(&screen), person, options.yes);
    let mut clicks = 0;
    let state = loop {
        let tick = tokio::time::sleep(screen::TICK);
        tokio::select! {
            notice = notices.recv() => match notice {
                Some(Notice::Over(id, state)) if id == job => break state,
                Some(Notice::Over(id, _)) => attendant.forget(&id),
                Some(Notice::Asked(question)) => attendant.ask(*question),
                None => return Err(Failure::new("the runtime ended before the job did", "run again")),
            },
            () = attendant.next() => {}
            _ = interrupts.recv() => {
                clicks += 1;
                stop(&attendant.handle, &screen, &job, &attendant.person, clicks).await;
            }
            () = tick => screen::with(&screen, Screen::tick),
        }
    };
    let was_refused = attendant.nobody_answers;
    drop(attendant);
    match driving.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(Failure::new(format!("the log failed: {error}"), "run again")),
        Err(error) => return Err(Failure::new(format!("the runtime broke: {error}"), "run again")),
    }
    screen::with(&screen, Screen::finish);
    Ok(match state {
        // Who asked for events or results and did not get them must not take it for a success.
        JobState::Succeeded if screen::with(&screen, |screen| screen.has_lost()) => Exit::Invalid,
        JobState::Succeeded => Exit::Success,
        JobState::Cancelled if was_refused => Exit::Refused,
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

/// Makes the id of a job: no two runs on one machine have the same.
fn new_id(now: i64) -> JobId {
    let text = format!("{now}/{}/{:?}", std::process::id(), std::thread::current().id());
    let digest = Digest::of(text.as_bytes()).to_string();
    let short = digest.get(..8).unwrap_or(&digest);
    format!("{now:x}{short}").into()
}

fn seed(job: &JobId) -> u64 {
    Digest::of(job.as_bytes()).0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

//! Past executions, read from a file of events or from the log: the same fold that recovers a job shows what it went
//! through, and of a file the same decisions can be made again. Nothing is started.

use crate::{
    failure::Failure,
    file::{Place, reason},
    run::record::EDITION,
};
use engine::{
    command::Command,
    decide::decide,
    event::{Actor, Event, Recorded, upcast},
    evolve::Corrupt,
    job::{Job, JobState, Shape, Status},
    plan::Plan,
    port::HousePolicy,
    value::Value,
    wait,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    sync::Arc,
};

/// The executions of a file.
#[derive(Debug)]
pub struct History {
    /// In the order in which they began.
    jobs: Vec<Execution>,
    /// The job of the last line that is whole.
    latest: usize,
    /// The number of the last line, if it is not whole.
    cut: Option<usize>,
}

/// One execution.
#[derive(Debug)]
struct Execution {
    job: String,
    shape: Arc<Shape>,
    /// What was asked, and what was decided on it.
    decisions: Vec<Decided>,
}

#[derive(Debug)]
struct Decided {
    actor: Actor,
    at: i64,
    command: Command,
    events: Vec<Recorded>,
}

/// How far it is gone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Until {
    /// Up to this event.
    pub seq: Option<u64>,
    /// Up to this time.
    pub at: Option<i64>,
}

/// A state that a job went through.
#[derive(Debug)]
pub struct State {
    /// The number of the event that led to it.
    pub seq: u64,
    /// When that was.
    pub at: String,
    /// What happened, as JSON.
    pub event: String,
    /// What it changed: the state of the job, of steps, and why they wait.
    pub changes: Vec<String>,
}

/// What came of deciding again.
#[derive(Debug)]
pub struct Verified {
    /// How many jobs there are.
    pub jobs: usize,
    /// How many commands were decided.
    pub commands: usize,
    /// How many events came out as before.
    pub events: usize,
    /// Where it first came out otherwise.
    pub difference: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(rename = "skynet-events")]
    edition: Option<u64>,
    job: Option<String>,
    actor: Option<Actor>,
    at: Option<i64>,
    #[serde(borrow)]
    plan: Option<&'a RawValue>,
    #[serde(borrow)]
    command: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read, or is not what `skynet run --events` writes: which line is wrong.
pub fn read(place: &Place) -> Result<History, Failure> {
    let name = place.name();
    let unreadable = |error: &std::io::Error| {
        let what = format!("cannot read `{name}`: {}", reason(error));
        Failure::new(what, "give the path of a file that `skynet run --events` wrote")
    };
    let file = place.open().map_err(|error| unreadable(&error))?;
    let mut history = History { jobs: Vec::new(), latest: 0, cut: None };
    let mut numbers = BTreeMap::new();
    for (number, line) in (1_usize..).zip(BufReader::new(file).split(b'\n')) {
        let line = line.map_err(|error| unreadable(&error))?;
        let wrong = |why: String| {
            let what = format!("line {number} of `{name}` is not a line of events: {why}");
            Failure::new(what, "give a file that `skynet run --events` wrote, as it wrote it")
        };
        let read = serde_json::from_slice::<Line<'_>>(&line);
        if number == 1 {
            match read.ok().and_then(|line| line.edition) {
                Some(EDITION) => continue,
                Some(other) => {
                    return Err(wrong(format!(
                        "it has the edition {other}, and this program knows {EDITION}"
                    )));
                }
                None => return Err(wrong("the first line must be {\"skynet-events\":1}".to_owned())),
            }
        }
        let read = match read {
            Ok(read) => read,
            // Each line but one whose writer was killed ends, and so is whole.
            Err(error) if error.is_eof() && !history.jobs.is_empty() => {
                history.cut = Some(number);
                continue;
            }
            Err(error) => return Err(wrong(error.to_string())),
        };
        if let Some(cut) = history.cut {
            return Err(wrong(format!("line {cut} before it is not whole")));
        }
        history.take(&read, &mut numbers).map_err(wrong)?;
    }
    if history.jobs.is_empty() {
        return Err(Failure::new(format!("`{name}` has no job in it"), "run a workflow with --events first"));
    }
    Ok(history)
}

impl History {
    fn take(&mut self, line: &Line<'_>, numbers: &mut BTreeMap<String, usize>) -> Result<(), String> {
        let job = line.job.as_deref().ok_or("it names no job")?;
        if let Some(plan) = line.plan {
            let plan = Plan::from_json(plan.get()).map_err(|error| error.to_string())?;
            self.latest = self.jobs.len();
            if numbers.insert(job.to_owned(), self.latest).is_some() {
                return Err(format!("job {job} has a plan above it, and a job begins once"));
            }
            let shape = Shape::new(Arc::new(plan));
            self.jobs.push(Execution { job: job.to_owned(), shape, decisions: Vec::new() });
            return Ok(());
        }
        let number = *numbers.get(job).ok_or("its job has no plan above it")?;
        let execution = self.jobs.get_mut(number).ok_or("its job has no plan above it")?;
        self.latest = number;
        if let Some(command) = line.command {
            let command = serde_json::from_str(command.get()).map_err(|error| error.to_string())?;
            let (actor, at) = line.actor.clone().zip(line.at).ok_or("it says not who asked, or when")?;
            execution.decisions.push(Decided { actor, at, command, events: Vec::new() });
            return Ok(());
        }
        let event = line.event.ok_or("it has no plan, no command and no event")?;
        let event = upcast::read(event.get()).map_err(|error| error.to_string())?;
        execution.decisions.last_mut().ok_or("no command is above it")?.events.push(event);
        Ok(())
    }

    /// Returns the number of the last line, if that is cut: what is before it was read.
    #[must_use]
    pub const fn cut(&self) -> Option<usize> {
        self.cut
    }

    /// Folds one job, event by event.
    ///
    /// # Errors
    /// If there is no such job, or an event cannot follow on those before it.
    pub fn states(&self, id: Option<&str>, until: Until) -> Result<Vec<State>, Failure> {
        let execution = match id {
            None => self.jobs.first(),
            Some(id) => self.jobs.iter().find(|execution| execution.job == id),
        };
        let execution = execution.ok_or_else(|| {
            let known: Vec<&str> = self.jobs.iter().map(|execution| execution.job.as_str()).collect();
            Failure::new(
                format!("the file has no job {}", id.unwrap_or_default()),
                format!("it has {}", known.join(", ")),
            )
        })?;
        let events = execution.decisions.iter().flat_map(|decided| &decided.events);
        states(Arc::clone(&execution.shape), events, until).map_err(|corrupt| damaged(&corrupt.to_string()))
    }

    /// Decides every command again and compares.
    ///
    /// # Errors
    /// If an event cannot follow on those before it.
    pub fn verify(&self) -> Result<Verified, Failure> {
        let mut verified = Verified { jobs: self.jobs.len(), commands: 0, events: 0, difference: None };
        for (number, execution) in self.jobs.iter().enumerate() {
            let mut job = Job::new(Arc::clone(&execution.shape));
            let last = execution.decisions.len().saturating_sub(1);
            for (turn, Decided { actor, at, command, events }) in execution.decisions.iter().enumerate() {
                // Of the decision that was being written the rest may be missing.
                let is_cut = self.cut.is_some() && number == self.latest && turn == last;
                let decided = decide(&mut job, actor, command, *at, &HousePolicy);
                verified.commands += 1;
                let same = decided.as_ref().is_ok_and(|decided| {
                    (decided.len() == events.len() || is_cut && decided.len() > events.len())
                        && decided.iter().zip(events).all(|(now, then)| **now == *then)
                });
                if !same {
                    let first = events.first().map_or(0, |event| event.seq);
                    let now = match &decided {
                        Ok(decided) => decided
                            .iter()
                            .map(|event| in_short(&event.event))
                            .collect::<Vec<_>>()
                            .join("\n  "),
                        Err(rejection) => format!("refused: {rejection}"),
                    };
                    let then: Vec<_> = events.iter().map(|event| in_short(&event.event)).collect();
                    verified.difference = Some(Failure::new(
                        format!(
                            "job {} decides otherwise at event {first}\nthen:\n  {}\nnow:\n  {now}",
                            execution.job,
                            then.join("\n  ")
                        ),
                        "the file was changed by hand, or by a skynet that decides otherwise",
                    ));
                    return Ok(verified);
                }
                verified.events += events.len();
            }
        }
        Ok(verified)
    }
}

/// Folds a job, event by event, as far as is wanted.
///
/// # Errors
/// If an event cannot follow on those before it.
pub fn states<'a>(
    shape: Arc<Shape>,
    events: impl IntoIterator<Item = &'a Recorded>,
    until: Until,
) -> Result<Vec<State>, Corrupt> {
    let mut job = Job::new(shape);
    let mut seen = BTreeMap::new();
    let mut states = Vec::new();
    for event in events {
        if until.seq.is_some_and(|to| event.seq > to) || until.at.is_some_and(|at| event.at > at) {
            break;
        }
        job.evolve(event)?;
        let of = instance(&job, &event.event).map(|name| format!("instance: {name}"));
        states.push(State {
            seq: event.seq,
            at: Value::Time(event.at).to_string(),
            event: in_short(&event.event),
            changes: of.into_iter().chain(changes(&job, &mut seen)).collect(),
        });
    }
    Ok(states)
}

fn damaged(why: &str) -> Failure {
    Failure::new(
        format!("the events cannot be: {why}"),
        "the file was changed or is not whole; nothing of it is used",
    )
}

fn in_short(event: &Event) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

/// Names the instance that an event is about, if its step fans out.
fn instance(job: &Job, event: &Event) -> Option<String> {
    #[derive(Deserialize)]
    struct About {
        step: String,
        #[serde(default)]
        instance: usize,
    }
    let about: About = serde_json::from_str(&in_short(event)).ok()?;
    let items = job.step(&about.step)?.fan_out.as_ref()?;
    let is_one = !matches!(event, Event::FanOutExpanded { .. } | Event::StepBlocked { .. });
    is_one.then(|| format!("{}[{}]", about.step, items.name(about.instance)))
}

/// Says what is otherwise than after the event before.
fn changes(job: &Job, seen: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut now = BTreeMap::new();
    let paused = if job.paused_by.is_some() { ", held" } else { "" };
    let stopping = match job.state {
        JobState::Running { stopping: Some(_) } => ", stopping",
        _ => "",
    };
    now.insert("job".to_owned(), format!("{}{paused}{stopping}", job.state.as_str()));
    for (ix, step) in job.steps.iter().enumerate() {
        let name = job.place(ix, 0).step;
        let counts: Vec<String> = match &step.fan_out {
            Some(items) => {
                let ended =
                    [Status::Succeeded, Status::Failed, Status::Skipped, Status::Blocked, Status::Cancelled];
                let counted = ended
                    .into_iter()
                    .map(|status| (status, step.count(status)))
                    .filter(|(_, count)| *count > 0);
                counted
                    .map(|(status, count)| format!("{count} of {} {}", items.len(), status.as_str()))
                    .collect()
            }
            None => Vec::new(),
        };
        let counts = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        now.insert(format!("step {name}"), format!("{}{counts}", step.status.as_str()));
    }
    for (at, wait) in wait::waits(job) {
        if let Some(at) = at {
            now.entry(format!("step {}", at.step)).and_modify(|text| {
                if !text.contains(", ") && !matches!(wait, wait::Wait::Needs { .. }) {
                    *text = format!("{text}, {wait}");
                }
            });
        }
    }
    let changed = now.iter().filter(|(what, how)| seen.get(*what) != Some(*how));
    let lines = changed.filter(|(what, how)| seen.contains_key(*what) || how.as_str() != "pending");
    let lines = lines.map(|(what, how)| format!("{what}: {how}")).collect();
    *seen = now;
    lines
}

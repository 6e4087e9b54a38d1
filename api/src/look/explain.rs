//! Why a job stands as it does: what it waits for, why it failed, why no earlier result served.

use super::{
    Look, short,
    words::{time, values},
};
use crate::{
    failure::Failure,
    run::told::{Told, label, told},
    visible::clean,
};
use engine::{
    event::{At, Event, Recorded},
    id::JobId,
    job::{Job, JobState, Status, Stopping},
    wait::{Wait, waits},
};
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fmt::Write as _};

/// Why a job stands as it does.
pub struct Why {
    /// The job.
    pub job: Job,
    /// What waits, and why; none is the whole job.
    pub waits: Vec<(Option<At>, Wait)>,
    /// Instances that failed or were lost to doubt, and what is to be known of that.
    failed: BTreeMap<At, Told>,
    /// Where no earlier result served, and why.
    missed: BTreeMap<At, String>,
}

impl Why {
    /// Finds out.
    ///
    /// # Errors
    /// If the log or the plan cannot be read.
    pub async fn of(look: &Look, id: &JobId) -> Result<Self, Failure> {
        let (mut failed, mut missed) = (BTreeMap::new(), BTreeMap::new());
        let job = look.walk(id, |job, recorded| note(job, recorded, &mut failed, &mut missed)).await?;
        failed.retain(|at, _| job.at(at).is_some_and(|(_, it)| it.state.status() == Status::Failed));
        Ok(Self { waits: waits(&job), job, failed, missed })
    }

    /// Says it to people.
    #[must_use]
    pub fn human(&self) -> String {
        let Self { job, .. } = self;
        let mut text = format!("{}: job {} {}\n", clean(&job.shape.plan.name), job.id(), state(job));
        for (at, wait) in &self.waits {
            let of = at.as_ref().map_or_else(|| "job".to_owned(), |at| label(job, at));
            let until = until(wait).map_or_else(String::new, |until| format!(", until {}", time(until)));
            let _infallible = writeln!(text, "  {}: {}{until}", clean(&of), clean(&wait.to_string()));
        }
        for (ix, instance) in job.running() {
            let _infallible = writeln!(text, "  {}: runs", clean(&label(job, &job.place(ix, instance))));
        }
        for told in self.failed.values() {
            let _infallible = writeln!(text, "  {}: {}", clean(&told.of), clean(&told.line));
            for line in &told.below {
                let _infallible = writeln!(text, "    {}", clean(line));
            }
        }
        for (at, why) in self.held_up() {
            let _infallible = writeln!(text, "  {}: {}", clean(&label(job, &at)), clean(&why));
        }
        if let Some(why) = job.undo.as_ref().and_then(|undo| undo.failed.as_ref()) {
            let _infallible = writeln!(text, "  undo: failed: {}", clean(why));
        }
        for (at, why) in &self.missed {
            let of = clean(&label(job, at));
            let _infallible = writeln!(text, "  {of}: no earlier result served: {}", clean(why));
        }
        if *job.state.as_str() == *JobState::Succeeded.as_str() {
            for line in values(&job.outputs) {
                let _infallible = writeln!(text, "  it gave {}", clean(&line));
            }
        }
        text.push_str(&format!("next: {}\n", self.next()));
        text
    }

    /// Steps that did not run as a whole: where, and why.
    fn held_up(&self) -> Vec<(At, String)> {
        let job = &self.job;
        let steps = job.steps.iter().enumerate();
        let held = steps.filter_map(|(ix, step)| {
            let word = match step.status {
                Status::Blocked => "does not start",
                Status::Skipped => "skipped",
                Status::Pending
                | Status::Waiting
                | Status::Running
                | Status::Succeeded
                | Status::Failed
                | Status::Cancelled => return None,
            };
            Some((job.place(ix, 0), format!("{word}: {}", step.why.as_deref()?)))
        });
        held.collect()
    }

    /// Says how to go on.
    #[must_use]
    pub fn next(&self) -> String {
        let job = &self.job;
        let id = job.id();
        let id = short(&id);
        if let Some(answer) = self.waits.iter().find_map(|(at, wait)| answer(id, job, at.as_ref(), wait)) {
            return answer;
        }
        match &job.state {
            JobState::Failed { .. } | JobState::TimedOut => match self.failed.keys().next() {
                Some(at) => format!(
                    "`skynet logs {id}/{}` shows what it printed; `skynet retry {id}` runs again what failed",
                    at.step
                ),
                None => format!("`skynet events {id}` shows what led to it"),
            },
            JobState::Absent | JobState::Planned | JobState::Queued { .. } | JobState::Running { .. } => {
                format!("`skynet logs {id} -f` follows it")
            }
            JobState::Succeeded | JobState::Cancelled => {
                format!("`skynet events {id}` shows what happened")
            }
        }
    }

    /// Says it to programs.
    #[must_use]
    pub fn json(&self) -> Json {
        let job = &self.job;
        let waits = self.waits.iter().map(|(at, wait)| {
            json!({ "at": at.as_ref().map(|at| label(job, at)), "wait": wait, "says": wait.to_string() })
        });
        let failed =
            self.failed.values().map(|told| json!({ "at": told.of, "says": told.line, "more": told.below }));
        let pairs = |pairs: Vec<(At, String)>| -> Vec<Json> {
            pairs.into_iter().map(|(at, why)| json!({ "at": label(job, &at), "says": why })).collect()
        };
        json!({
            "job": &*job.id(),
            "state": job.state.as_str(),
            "says": state(job),
            "waits": waits.collect::<Vec<_>>(),
            "failed": failed.collect::<Vec<_>>(),
            "did_not_run": pairs(self.held_up()),
            "cache_missed": pairs(self.missed.clone().into_iter().collect()),
        })
    }
}

/// Says how a person ends a wait, if one can.
fn answer(id: &str, job: &Job, at: Option<&At>, wait: &Wait) -> Option<String> {
    let is_fan_out = |at: &At| job.step(&at.step).is_some_and(|step| step.fan_out.is_some());
    let step = at.map_or_else(String::new, |at| match is_fan_out(at) {
        true => format!("{}/{}", at.step, at.instance),
        false => at.step.to_string(),
    });
    match wait {
        Wait::Approval { .. } => {
            Some(format!("`skynet approve {id} {step}` agrees, `skynet deny {id} {step}` refuses"))
        }
        Wait::Settlement { .. } => {
            Some(format!("`skynet settle {id} {step} done`, or `failed`, or `retry`, says what came of it"))
        }
        Wait::Signal { name, .. } => Some(format!("`skynet signal {id} {name}` sends the signal")),
        Wait::Paused { .. } => Some(format!("`skynet resume {id}` lets it go on")),
        Wait::Needs { .. }
        | Wait::Timer { .. }
        | Wait::Slot { .. }
        | Wait::Retry { .. }
        | Wait::Round { .. }
        | Wait::Cache
        | Wait::Room { .. } => None,
    }
}

fn note(job: &Job, recorded: &Recorded, failed: &mut BTreeMap<At, Told>, missed: &mut BTreeMap<At, String>) {
    if let Event::StepFailed { at, retry_at: None, .. } = &recorded.event {
        failed.extend(told(job, recorded).map(|told| (at.clone(), told)));
    } else if let Event::CacheMissed { at, why } = &recorded.event {
        missed.insert(at.clone(), why.clone());
    } else if let Event::JobRetried { steps } = &recorded.event {
        failed.retain(|at, _| !steps.contains(&at.step));
        missed.retain(|at, _| !steps.contains(&at.step));
    }
}

/// Says how a job stands.
#[must_use]
pub fn state(job: &Job) -> String {
    if job.undo.as_ref().is_some_and(|undo| !undo.is_finished) {
        let why =
            job.failing.as_ref().map_or_else(String::new, |why| format!(", as it fails: {}", clean(why)));
        return format!("takes back what it did{why}");
    }
    match &job.state {
        JobState::Running { stopping: Some(Stopping::Cancel) } => "is being cancelled".to_owned(),
        JobState::Running { stopping: Some(Stopping::Kill) } => "is being killed".to_owned(),
        JobState::Running { stopping: Some(Stopping::Expired) } => {
            "has no time left and is stopped".to_owned()
        }
        JobState::Running { stopping: None } => "is running".to_owned(),
        JobState::Failed { cause } => format!("failed: {}", clean(cause)),
        JobState::TimedOut => "timed out".to_owned(),
        JobState::Absent | JobState::Planned => "has not started".to_owned(),
        JobState::Queued { slot, .. } => format!("waits for a place in `{}`", clean(&slot.group)),
        JobState::Succeeded => "succeeded".to_owned(),
        JobState::Cancelled => "was cancelled".to_owned(),
    }
}

/// Returns when a wait ends by itself.
const fn until(wait: &Wait) -> Option<i64> {
    match wait {
        Wait::Timer { until } => Some(*until),
        Wait::Approval { until, .. } | Wait::Signal { until, .. } => *until,
        Wait::Retry { at, .. } | Wait::Round { at, .. } => Some(*at),
        Wait::Needs { .. }
        | Wait::Slot { .. }
        | Wait::Cache
        | Wait::Room { .. }
        | Wait::Settlement { .. }
        | Wait::Paused { .. } => None,
    }
}

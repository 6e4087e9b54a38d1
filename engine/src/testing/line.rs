//! An event in a few words, as it stands in the cases and snapshots of tests.

use crate::{
    event::{At, Event, Values},
    request::Stopped,
    value::to_json,
};
use std::fmt::Write as _;

pub(super) fn place(at: &At) -> String {
    if at.instance == 0 { at.step.to_string() } else { format!("{}[{}]", at.step, at.instance) }
}

fn values(values: &Values) -> String {
    let mut text = String::new();
    for (name, value) in values.iter() {
        let _ = write!(text, " {name}={}", to_json(value));
    }
    text
}

fn until(time: Option<i64>) -> String {
    time.map(|time| format!(" until {time}")).unwrap_or_default()
}

/// Says what happened. Numbers are times in milliseconds.
#[must_use]
pub fn line(event: &Event) -> String {
    match event {
        Event::JobCreated(created) => format!("job created{}", values(&created.params)),
        Event::JobQueued { slot, until: time } => format!("job queued for {}{}", slot.group, until(*time)),
        Event::JobStarted { deadline } => format!("job started{}", until(*deadline)),
        Event::JobPaused => "job paused".to_owned(),
        Event::JobResumed => "job resumed".to_owned(),
        Event::JobCancelRequested { kill: false } => "cancel requested".to_owned(),
        Event::JobCancelRequested { kill: true } => "kill requested".to_owned(),
        Event::JobExpired => "job expired".to_owned(),
        Event::JobRetried { steps } => format!("job retried: {}", steps.join(" ")),
        Event::JobSucceeded { outputs } => format!("job succeeded{}", values(outputs)),
        Event::JobFailed { cause } => format!("job failed: {cause}"),
        Event::JobCancelled => "job cancelled".to_owned(),
        Event::JobTimedOut => "job timed out".to_owned(),
        Event::FanOutExpanded { step, over, keys, .. } => {
            let named = if keys.is_empty() { String::new() } else { format!(" as {}", keys.join(" ")) };
            format!("{step} fans out over {}{named}", to_json(over))
        }
        Event::StepStarted(started) => {
            format!("{} started, attempt {}{}", place(&started.at), started.attempt, until(started.deadline))
        }
        Event::StepSucceeded(done) => {
            let invented: String = done.invented.iter().map(|name| format!(", {name} invented")).collect();
            let (outputs, artifacts) = (values(&done.outputs), values(&done.artifacts));
            format!("{} succeeded{outputs}{artifacts}{invented}", place(&done.at))
        }
        Event::StepFailed { at, class, message, retry_at, .. } => match retry_at {
            Some(time) => format!("{} failed with {class}, again at {time}", place(at)),
            None => format!("{} failed with {class}: {message}", place(at)),
        },
        Event::StepOutcomeUnknown { at, why } => format!("{} unknown: {why}", place(at)),
        Event::StepLost { at, .. } => format!("{} lost", place(at)),
        Event::StepSkipped { at, why, .. } => format!("{} skipped: {why}", place(at)),
        Event::StepBlocked { step, by } => format!("{step} blocked: {by}"),
        Event::StepCancelled { at, stopped } => {
            let proof = match stopped {
                None => "",
                Some(Stopped::Confirmed) => ", stopped",
                Some(Stopped::Unconfirmed { .. }) => ", may still run",
            };
            format!("{} cancelled{proof}", place(at))
        }
        Event::StepReused { at, from, outputs, .. } => {
            format!("{} reused from {from}{}", place(at), values(outputs))
        }
        Event::CacheAsked { at, .. } => format!("{} asks the cache", place(at)),
        Event::CacheMissed { at, why } => format!("{} missed the cache: {why}", place(at)),
        Event::RoundFinished { at, round, next_at } => {
            format!("{} round {round}, next at {next_at}", place(at))
        }
        Event::TimerSet { at, until: time, signal: None } => format!("{} waits{}", place(at), until(*time)),
        Event::TimerSet { at, until: time, signal: Some(name) } => {
            format!("{} waits for {name}{}", place(at), until(*time))
        }
        Event::TimerFired { at } => format!("{} is due", place(at)),
        Event::SignalReceived { name, body } => format!("signal {name} {}", to_json(body)),
        Event::SlotRequested { at, slot } => format!("{} asks for a place in {}", place(at), slot.group),
        Event::SlotTaken { at } => {
            format!("{} has its place", at.as_ref().map_or_else(|| "job".to_owned(), place))
        }
        Event::SlotLost { at, why } => format!("{} loses its place: {why}", place(at)),
        Event::ApprovalRequested(asked) => {
            let (who, risk) = (asked.approvers.join(" "), asked.risk.as_str());
            format!("{} asks {who}, {risk} risk{}", place(&asked.at), until(asked.expires))
        }
        Event::ApprovalGiven { at, by, .. } => format!("{} approved by {by}", place(at)),
        Event::ApprovalRefused { at, by, .. } => {
            format!("{} refused by {}", place(at), by.as_ref().map_or("nobody", |by| by))
        }
        Event::ChildStarted { at, attempt, params, deadline, .. } => {
            format!("{} calls, attempt {attempt}{}{}", place(at), until(*deadline), values(params))
        }
        Event::ChildExpired { at } => format!("{} takes too long", place(at)),
        Event::UndoStarted { order } => {
            format!("undo started: {}", order.iter().map(place).collect::<Vec<_>>().join(" "))
        }
        Event::UndoStepStarted { at, .. } => format!("{} is taken back", place(at)),
        Event::UndoStepSucceeded { at } => format!("{} was taken back", place(at)),
        Event::UndoStepFailed { at, message } => format!("{} was not taken back: {message}", place(at)),
        Event::UndoStepLost { at, .. } => format!("{} was lost as it was taken back", place(at)),
        Event::UndoStepUnknown { at, why } => format!("{} was taken back or not: {why}", place(at)),
        Event::UndoFinished => "undo finished".to_owned(),
    }
}

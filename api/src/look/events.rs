//! What happened to a job, event by event, in words.

use super::words::time;
use crate::{run::told::told, visible::clean};
use engine::{
    event::{Actor, At, Event, Recorded},
    job::Job,
};
use std::fmt::Write as _;

/// Says an event; `job` is as it left it.
#[must_use]
pub fn line(job: &Job, recorded: &Recorded) -> String {
    let told = told(job, recorded);
    let (of, line, below) = match told {
        Some(told) => (told.of, told.line, told.below),
        None => {
            let (at, line) = quiet(&recorded.event);
            (at.map_or_else(String::new, |at| crate::run::told::label(job, at)), line, Vec::new())
        }
    };
    let who = match &recorded.actor {
        Actor::Engine | Actor::Worker => String::new(),
        Actor::Person { name, .. } => format!("  ({name})"),
    };
    let of = if of.is_empty() { "job".to_owned() } else { of };
    let mut text = String::new();
    let _infallible =
        writeln!(text, "{:>5}  {}  {}: {}{who}", recorded.seq, time(recorded.at), clean(&of), clean(&line));
    for line in below {
        let _infallible = writeln!(text, "{:35}{}", "", clean(&line));
    }
    text
}

/// Says what people who watch a run need not hear of.
fn quiet(event: &Event) -> (Option<&At>, String) {
    match event {
        Event::JobCreated(created) => (None, format!("is begun: {}", created.workflow)),
        Event::JobStarted { .. } => (None, "starts".to_owned()),
        Event::CacheAsked { at, .. } => (Some(at), "looks for an earlier result".to_owned()),
        Event::TimerSet { at, .. } => (Some(at), "waits".to_owned()),
        Event::TimerFired { at } => (Some(at), "its time has come".to_owned()),
        Event::SlotRequested { at, slot } => (Some(at), format!("asks for a place in `{}`", slot.group)),
        Event::SlotTaken { at } => (at.as_ref(), "has its place".to_owned()),
        Event::ApprovalRequested(asked) => (Some(&asked.at), format!("asks people: {}", asked.message)),
        Event::ApprovalGiven { at, by, .. } => (Some(at), format!("{by} agrees")),
        Event::ApprovalRefused { at, by: Some(by), comment } => {
            let comment = comment.as_ref().map_or_else(String::new, |comment| format!(": {comment}"));
            (Some(at), format!("{by} refuses{comment}"))
        }
        Event::ApprovalRefused { at, by: None, .. } => (Some(at), "nobody answered in time".to_owned()),
        Event::UndoStepStarted { at, attempt } => {
            (Some(at), format!("is being taken back, attempt {attempt}"))
        }
        // These are told.
        Event::JobQueued { .. }
        | Event::JobPaused
        | Event::JobResumed
        | Event::JobCancelRequested { .. }
        | Event::JobExpired
        | Event::JobRetried { .. }
        | Event::JobSucceeded { .. }
        | Event::JobFailed { .. }
        | Event::JobCancelled
        | Event::JobTimedOut
        | Event::FanOutExpanded { .. }
        | Event::StepStarted(_)
        | Event::StepSucceeded(_)
        | Event::StepFailed { .. }
        | Event::StepOutcomeUnknown { .. }
        | Event::StepLost { .. }
        | Event::StepSkipped { .. }
        | Event::StepBlocked { .. }
        | Event::StepCancelled { .. }
        | Event::StepReused { .. }
        | Event::CacheMissed { .. }
        | Event::RoundFinished { .. }
        | Event::SignalReceived { .. }
        | Event::SlotLost { .. }
        | Event::ChildStarted { .. }
        | Event::ChildExpired { .. }
        | Event::UndoStarted { .. }
        | Event::UndoStepSucceeded { .. }
        | Event::UndoStepFailed { .. }
        | Event::UndoStepLost { .. }
        | Event::UndoStepUnknown { .. }
        | Event::UndoFinished => (None, "something happened".to_owned()),
    }
}

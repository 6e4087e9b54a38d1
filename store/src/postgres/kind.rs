//! The numbers of the kinds of events, as the table `event_kinds` has them. A number is never given twice.

use engine::event::{Event, Recorded};
use std::sync::Arc;

/// Returns the number of an event's kind.
pub(crate) const fn kind(event: &Event) -> i16 {
    match event {
        Event::JobCreated(_) => 1,
        Event::JobQueued { .. } => 2,
        Event::JobStarted { .. } => 3,
        Event::JobPaused => 4,
        Event::JobResumed => 5,
        Event::JobCancelRequested { .. } => 6,
        Event::JobExpired => 7,
        Event::JobRetried { .. } => 8,
        Event::JobSucceeded { .. } => 9,
        Event::JobFailed { .. } => 10,
        Event::JobCancelled => 11,
        Event::JobTimedOut => 12,
        Event::FanOutExpanded { .. } => 20,
        Event::StepStarted(_) => 21,
        Event::StepSucceeded(_) => 22,
        Event::StepFailed { .. } => 23,
        Event::StepOutcomeUnknown { .. } => 24,
        Event::StepLost { .. } => 25,
        Event::StepSkipped { .. } => 26,
        Event::StepBlocked { .. } => 27,
        Event::StepCancelled { .. } => 28,
        Event::StepReused { .. } => 29,
        Event::CacheAsked { .. } => 30,
        Event::CacheMissed { .. } => 31,
        Event::RoundFinished { .. } => 32,
        Event::TimerSet { .. } => 40,
        Event::TimerFired { .. } => 41,
        Event::SignalReceived { .. } => 42,
        Event::SlotRequested { .. } => 43,
        Event::SlotTaken { .. } => 44,
        Event::SlotLost { .. } => 45,
        Event::ApprovalRequested(_) => 50,
        Event::ApprovalGiven { .. } => 51,
        Event::ApprovalRefused { .. } => 52,
        Event::ChildStarted { .. } => 60,
        Event::ChildExpired { .. } => 61,
        Event::UndoStarted { .. } => 70,
        Event::UndoStepStarted { .. } => 71,
        Event::UndoStepSucceeded { .. } => 72,
        Event::UndoStepFailed { .. } => 73,
        Event::UndoFinished => 74,
    }
}

/// Returns whether a job is over after events; none if they do not say.
pub(crate) fn done(events: &[Arc<Recorded>]) -> Option<bool> {
    events.iter().rev().find_map(|recorded| match kind(&recorded.event) {
        // succeeded, failed, cancelled, timed out
        9..=12 => Some(true),
        // retried
        8 => Some(false),
        _ => None,
    })
}

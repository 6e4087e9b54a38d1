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
        Event::UndoStepLost { .. } => 75,
        Event::UndoStepUnknown { .. } => 76,
    }
}

/// Returns whether a job is over after events; none if they do not say.
pub(crate) fn done(events: &[Arc<Recorded>]) -> Option<bool> {
    events.iter().rev().find_map(|recorded| match kind(&recorded.event) {
        // succeeded, failed, cancelled, timed out
        9..=12 => Some(true),
        // An undo that was asked for when all was over is over with its end.
        74 => Some(true),
        // retried, undone
        8 | 70 => Some(false),
        _ => None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    /// Reads `(1, 'job_created')` from the migration and `Event::JobCreated … => 1` from this file.
    #[test]
    fn the_table_has_the_names_that_events_have_in_json() {
        let migration = include_str!("../../migrations/0001_log.up.sql");
        let (_, values) = migration.split_once("INSERT INTO skynet.event_kinds (kind, name) VALUES").unwrap();
        let (values, _) = values.split_once(';').unwrap();
        let table: Vec<(i16, String)> = values
            .split('(')
            .skip(1)
            .map(|row| {
                let (number, name) = row.split_once(", '").unwrap();
                (number.parse().unwrap(), name.split('\'').next().unwrap().to_owned())
            })
            .collect();
        let ours: Vec<(i16, String)> = include_str!("kind.rs")
            .lines()
            .filter_map(|line| {
                let (variant, number) = line.trim().strip_prefix("Event::")?.split_once(" => ")?;
                let variant = variant.split([' ', '(']).next()?;
                Some((number.trim_end_matches(',').parse().ok()?, in_small_letters(variant)))
            })
            .collect();
        assert!(ours.len() > 40, "{ours:?}");
        assert_eq!(table, ours);
    }

    /// What serde makes of the name of a variant.
    fn in_small_letters(variant: &str) -> String {
        let mut name = String::new();
        for letter in variant.chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }
}

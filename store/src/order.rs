//! What every log asks of events before it takes them.

use engine::{
    event::Recorded,
    port::{AppendError, LogError},
};
use std::sync::Arc;

/// Refuses events that are none, or whose numbers do not follow on the last one without a gap.
pub(crate) fn follows(expected: u64, events: &[Arc<Recorded>]) -> Result<(), AppendError> {
    let why = if events.is_empty() {
        "there are no events to append".to_owned()
    } else if (expected + 1..).zip(events).all(|(seq, event)| event.seq == seq) {
        return Ok(());
    } else {
        format!("the events do not follow on number {expected} without a gap")
    };
    Err(AppendError::Log(LogError::Corrupt(why)))
}

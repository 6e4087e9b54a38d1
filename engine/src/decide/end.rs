//! The end of a job: what it comes to, once all that must be has been taken back.

use super::{Decision, undo::undo_order};
use crate::{
    event::{Event, Values},
    job::{JobState, Stopping},
    plan::UndoOn,
    scope::JobScope,
};
use std::sync::Arc;

/// What a job comes to.
enum End {
    Succeeded(Values),
    Failed(String),
    Cancelled,
    TimedOut,
}

impl Decision<'_> {
    /// Ends the job if nothing is left to do, after taking back what must be.
    pub(super) fn end(&mut self) {
        if self.broken.is_some() {
            return;
        }
        if self.job.undo.as_ref().is_some_and(|undo| !undo.is_finished) {
            self.undo_next();
            if self.job.undo.as_ref().is_some_and(|undo| !undo.is_finished) {
                return;
            }
        }
        let JobState::Running { stopping } = self.job.state else { return };
        let is_done = match stopping {
            Some(_) => self.job.running.is_empty(),
            None => self.job.unfinished == 0,
        };
        if !is_done {
            return;
        }
        if stopping.is_some() {
            self.leave_unsettled();
        }
        let end = match stopping {
            Some(Stopping::Cancel | Stopping::Kill) => End::Cancelled,
            Some(Stopping::Expired) => End::TimedOut,
            None => self.verdict(),
        };
        let wants_undo = self.job.shape.plan.policy.undo_on == UndoOn::Failure
            && stopping != Some(Stopping::Kill)
            && !matches!(end, End::Succeeded(_));
        if wants_undo && self.job.undo.is_none() {
            let order = undo_order(self.job);
            if !order.is_empty() {
                self.emit(Event::UndoStarted { order });
                self.undo_next();
                return;
            }
        }
        self.emit(match end {
            End::Succeeded(outputs) => Event::JobSucceeded { outputs },
            End::Failed(cause) => Event::JobFailed { cause },
            End::Cancelled => Event::JobCancelled,
            End::TimedOut => Event::JobTimedOut,
        });
    }

    fn verdict(&self) -> End {
        if let Some(cause) = &self.job.failing {
            return End::Failed(cause.clone());
        }
        let scope = JobScope::new(self.job);
        let outputs = self.job.shape.plan.outputs.iter().filter_map(|output| {
            let value = scope.value(output.value.as_ref()?);
            Some(value.map(|value| (Arc::clone(&output.name), value)).map_err(|why| (output, why)))
        });
        match outputs.collect::<Result<_, _>>() {
            Ok(outputs) => End::Succeeded(Arc::new(outputs)),
            Err((output, why)) => End::Failed(format!("output `{}` has no value: {why}", output.name)),
        }
    }
}

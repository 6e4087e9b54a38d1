//! The end of a job: what is taken back before it, and what it comes to.

use super::Decision;
use crate::{
    event::{At, Event, Values},
    job::{Job, JobState, Status, Stopping, Undo},
    plan::UndoOn,
    rejection::Rejection,
    request::{Outcome, Stopped},
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

    fn undo_next(&mut self) {
        let Some(Undo { order, done, is_running, failed, is_killed, .. }) = &self.job.undo else { return };
        if *is_running {
            return;
        }
        let next = order.get(*done).filter(|_| failed.is_none() && !is_killed).cloned();
        match next {
            Some(at) => self.emit(Event::UndoStepStarted { at }),
            None => self.emit(Event::UndoFinished),
        }
    }

    /// Takes note of what came of taking a step back.
    pub(super) fn take_undo_outcome(&mut self, at: &At, outcome: &Outcome) -> Result<(), Rejection> {
        let undo = self.job.undo.as_ref().filter(|undo| undo.is_running && !undo.is_finished);
        if undo.and_then(|undo| undo.order.get(undo.done)) != Some(at) {
            return Err(Rejection::Fenced { reported: 0, present: 0 });
        }
        let at = at.clone();
        let message = match outcome {
            Outcome::Done(done) => crate::judge::failure_of(done).map(|(_, message)| message),
            Outcome::Failed { message, .. } => Some(message.clone()),
            Outcome::Unknown { why } => Some(format!("nobody knows whether it was taken back: {why}")),
            Outcome::Cancelled(Stopped::Confirmed) => Some("taking it back was stopped".to_owned()),
            Outcome::Cancelled(Stopped::Unconfirmed { why }) => {
                Some(format!("taking it back was stopped, and may still run: {why}"))
            }
        };
        match message {
            None => self.emit(Event::UndoStepSucceeded { at }),
            Some(message) => self.emit(Event::UndoStepFailed { at, message }),
        }
        Ok(())
    }

    pub(super) fn take_undo(&mut self) -> Result<(), Rejection> {
        let not_now = |why: &str| Err(Rejection::NotNow { why: why.to_owned() });
        if !self.job.state.is_final() {
            return not_now("the job still runs; cancel it first");
        }
        if self.job.undo.is_some() {
            return not_now("what the job did has been taken back before");
        }
        let order = undo_order(self.job);
        if order.is_empty() {
            return not_now("no step that ran has an `undo`");
        }
        self.emit(Event::UndoStarted { order });
        Ok(())
    }
}

/// Returns what can be taken back, the last first: what this job did, not what it took over from another.
fn undo_order(job: &Job) -> Vec<At> {
    let mut order = Vec::new();
    for &ix in job.shape.order.iter().rev() {
        let (Some(plan), Some(step)) = (job.shape.step(ix), job.steps.get(ix)) else { continue };
        let Some(undo) = &plan.undo else { continue };
        let first = order.len();
        for (at, instance) in (0..).zip(&step.instances) {
            let status = instance.state.status();
            let went_well = status == Status::Succeeded && !instance.is_reused;
            let failed_midway = undo.partial && status != Status::Succeeded && instance.has_begun();
            if went_well || failed_midway {
                order.push(At::new(Arc::clone(&plan.name), at));
            }
        }
        if let Some(own) = order.get_mut(first..) {
            own.reverse();
        }
    }
    order
}

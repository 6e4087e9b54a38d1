//! Taking back what a job did, the last first, each instance once. One whose outcome is not known is tried again if that
//! is safe, else a person says what came of it; then the chain goes on. One that fails ends it, until a person has the
//! rest tried again.

use super::{Decision, loss::MAX_LOST};
use crate::{
    command::Settlement,
    event::{At, Event},
    job::{Job, Status, Turn},
    plan::Risk,
    rejection::Rejection,
    request::{Outcome, Stopped},
    resolve,
};
use std::sync::Arc;

impl Decision<'_> {
    /// Lets the next instance have its turn, or ends the chain.
    pub(super) fn undo_next(&mut self) {
        let Some(undo) = self.job.undo.as_ref().filter(|undo| !undo.is_finished) else { return };
        let is_over = undo.failed.is_some() || undo.is_killed;
        match (&undo.turn, undo.present().cloned()) {
            (Turn::Running, _) => {}
            (Turn::Idle, Some(at)) if !is_over => {
                let last = self.job.at(&at).map_or(0, |(_, instance)| instance.attempt);
                let attempt = last.max(undo.attempt) + 1;
                self.emit(Event::UndoStepStarted { at, attempt });
            }
            (Turn::Unknown { .. }, _) if !undo.is_killed => {}
            (Turn::Idle | Turn::Unknown { .. }, _) => self.emit(Event::UndoFinished),
        }
    }

    /// Returns whether it is the turn of this instance.
    pub(super) fn is_being_undone(&self, at: &At) -> bool {
        self.job.undo.as_ref().is_some_and(|undo| undo.present() == Some(at))
    }

    pub(super) fn is_undo_unknown(&self, at: &At) -> bool {
        self.is_being_undone(at) && self.job.undo.as_ref().is_some_and(|undo| undo.unknown().is_some())
    }

    /// Takes note of what came of taking the present instance back.
    pub(super) fn take_undo_outcome(
        &mut self,
        at: &At,
        attempt: u32,
        outcome: &Outcome,
    ) -> Result<(), Rejection> {
        let Some(undo) = &self.job.undo else { return Err(Rejection::NotAsked) };
        if undo.running() != Some(attempt) {
            return Err(Rejection::Fenced { reported: attempt, present: undo.attempt });
        }
        let failure = match outcome {
            Outcome::Done(done) => crate::judge::failure_of(done).map(|(_, message)| message),
            Outcome::Failed { message, .. } => Some(message.clone()),
            Outcome::Cancelled(Stopped::Confirmed) if undo.is_killed => {
                Some("taking it back was stopped".to_owned())
            }
            Outcome::Cancelled(Stopped::Confirmed) => {
                self.undo_lost(at, "it was stopped, and nobody here asked for it");
                return Ok(());
            }
            Outcome::Cancelled(Stopped::Unconfirmed { why }) => {
                self.undo_lost(at, &format!("it was stopped, and may still run: {why}"));
                return Ok(());
            }
            Outcome::Unknown { why } => {
                self.undo_lost(at, why);
                return Ok(());
            }
        };
        let at = at.clone();
        self.emit(match failure {
            None => Event::UndoStepSucceeded { at },
            Some(message) => Event::UndoStepFailed { at, message },
        });
        Ok(())
    }

    fn undo_lost(&mut self, at: &At, why: &str) {
        let (at, why) = (at.clone(), why.to_owned());
        let goes_on = |undo: &crate::job::Undo| !undo.is_killed && undo.lost + 1 < MAX_LOST;
        if self.job.undo.as_ref().is_some_and(goes_on) && self.is_safe_to_undo_again(&at) {
            self.emit(Event::UndoStepLost { at, why });
        } else {
            self.emit(Event::UndoStepUnknown { at, why });
        }
    }

    fn is_safe_to_undo_again(&self, at: &At) -> bool {
        self.job.shape.find(&at.step).is_some_and(|ix| {
            let is_irreversible = self.job.shape.step(ix).is_none_or(|step| step.irreversible);
            let request = resolve::undo(self.job, ix, at.instance, 0);
            !is_irreversible && request.is_ok_and(|request| request.risk < Risk::High)
        })
    }

    pub(super) fn settle_undo(&mut self, at: &At, verdict: Settlement) {
        let at = at.clone();
        self.emit(match verdict {
            Settlement::Done => Event::UndoStepSucceeded { at },
            Settlement::Failed => {
                Event::UndoStepFailed { at, message: "a person says that it was not taken back".to_owned() }
            }
            Settlement::Retry => Event::UndoStepLost { at, why: "a person has it tried again".to_owned() },
        });
    }

    pub(super) fn take_undo(&mut self) -> Result<(), Rejection> {
        let not_now = |why: &str| Err(Rejection::NotNow { why: why.to_owned() });
        if !self.job.state.is_final() {
            return not_now("the job still runs; cancel it first");
        }
        let order = match &self.job.undo {
            None => undo_order(self.job),
            Some(undo) if !undo.is_finished => return not_now("what the job did is being taken back"),
            Some(undo) if undo.rest().is_empty() => {
                return not_now("what the job did has been taken back before");
            }
            Some(undo) => undo.rest().to_vec(),
        };
        if order.is_empty() {
            return not_now("no step that ran has an `undo`");
        }
        self.emit(Event::UndoStarted { order });
        Ok(())
    }
}

/// Returns what can be taken back, the last first: what this job did, not what it took over from another.
pub(super) fn undo_order(job: &Job) -> Vec<At> {
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

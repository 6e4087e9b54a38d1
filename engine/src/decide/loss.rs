//! Attempts that were lost: whoever performed them is gone, or does not know what came of them. What is safe to repeat
//! is tried again, and the author's `retry` is not used for that; of all else a person says what came of it.

use super::Decision;
use crate::{
    command::Settlement,
    event::{At, Event},
    job::{InstanceState, Running, StepIx},
    plan::Risk,
    rejection::Rejection,
    request::{Done, FailureClass, Stopped},
    resolve,
};

/// How many attempts are lost one after another until it is no accident any more.
pub(super) const MAX_LOST: u32 = 3;

impl Decision<'_> {
    /// Treats an attempt of which nobody knows whether it took effect.
    pub(super) fn lost(&mut self, ix: StepIx, at: &At, running: &Running, why: &str) {
        let is_irreversible = self.job.shape.step(ix).is_some_and(|step| step.irreversible);
        let lost = self.job.instance(ix, at.instance).map_or(0, |it| it.lost) + 1;
        let (at, why) = (at.clone(), why.to_owned());
        if self.job.stopping().is_some() {
            self.emit(Event::StepCancelled { at, stopped: Some(Stopped::Unconfirmed { why }) });
        } else if running.risk >= Risk::High || is_irreversible {
            self.emit(Event::StepOutcomeUnknown { at, why });
        } else if let Some(why) = self.evicted(ix, &at) {
            self.fail(ix, at.instance, FailureClass::Busy, why);
        } else if self.is_given_up(ix) {
            let message = format!("{why}; the job fails, so it is not tried again");
            self.fail(ix, at.instance, FailureClass::Lost, message);
        } else if lost >= MAX_LOST {
            let message = format!("{MAX_LOST} attempts were lost one after another; the last: {why}");
            self.fail(ix, at.instance, FailureClass::Lost, message);
        } else {
            self.emit(Event::StepLost { at, why });
        }
    }

    /// Says of each attempt that a person was to settle that nobody knows what came of it: the job ends without that.
    pub(super) fn leave_unsettled(&mut self) {
        let mut unknown = Vec::new();
        for (ix, step) in self.job.steps.iter().enumerate().filter(|(_, step)| !step.status.is_final()) {
            for (at, instance) in (0..).zip(&step.instances) {
                if let InstanceState::Unknown { why } = &instance.state {
                    unknown.push((self.job.place(ix, at), why.to_string()));
                }
            }
        }
        for (at, why) in unknown {
            self.emit(Event::StepCancelled { at, stopped: Some(Stopped::Unconfirmed { why }) });
        }
    }

    pub(super) fn take_settlement(&mut self, at: &At, verdict: Settlement) -> Result<(), Rejection> {
        if self.is_undo_unknown(at) {
            self.settle_undo(at, verdict);
            return Ok(());
        }
        let (ix, instance) = self.find(at)?;
        if !matches!(instance.state, InstanceState::Unknown { .. }) {
            return Err(Rejection::NotAsked);
        }
        self.must_wait()?;
        match verdict {
            Settlement::Retry if self.is_given_up(ix) => {
                let why = "the job fails, so nothing is tried again; say whether it took effect".to_owned();
                return Err(Rejection::NotNow { why });
            }
            Settlement::Retry => {
                self.emit(Event::StepLost { at: at.clone(), why: "a person has it tried again".to_owned() });
            }
            Settlement::Failed => {
                self.fail(ix, at.instance, FailureClass::Lost, "a person says that it did not take effect");
            }
            Settlement::Done => {
                self.settle(ix, at, &Done { result: resolve::succeeded(), ..Done::default() });
            }
        }
        Ok(())
    }
}

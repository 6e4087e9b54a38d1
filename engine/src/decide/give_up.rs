//! A job that has begun to fail, under `fail_fast`: what runs may end, and nothing else begins. No attempt, no round, no
//! instance, but for the steps with an `after` edge, which are there to tidy up.

use super::Decision;
use crate::{
    event::{At, Event},
    job::{Due, InstanceState, StepIx},
    plan::EdgeKind,
    request::FailureClass,
};
use std::collections::BTreeSet;

impl Decision<'_> {
    /// Returns whether only steps with an `after` edge still go on.
    pub(super) fn is_giving_up(&self) -> bool {
        self.job.gives_up && self.job.shape.plan.fail_fast
    }

    /// Returns whether nothing of this step begins any more.
    pub(super) fn is_given_up(&self, ix: StepIx) -> bool {
        self.is_giving_up() && !self.has_after(ix)
    }

    fn has_after(&self, ix: StepIx) -> bool {
        self.job.shape.incoming(ix).iter().any(|(_, kind)| *kind == EdgeKind::After)
    }

    /// Ends what has not begun, and what waits: for people, signals, places, a time, room, or another attempt.
    pub(super) fn close_waits(&mut self) {
        let given_up = |ix: StepIx| self.is_given_up(ix);
        // What tidies up may be large, and wait for a lot.
        if !(0..).zip(&self.job.steps).any(|(ix, step)| !step.status.is_final() && given_up(ix)) {
            return;
        }
        let opened: Vec<StepIx> = self.job.open.iter().copied().filter(|&ix| given_up(ix)).collect();
        let timed = self.job.timers.iter().filter_map(|(_, due)| match due {
            Due::Instance(ix, at) => Some((*ix, *at)),
            Due::Job | Due::Queue => None,
        });
        // In the order of the plan, whatever they wait for.
        let waits: BTreeSet<(StepIx, u32)> =
            self.job.asking.iter().copied().chain(timed).filter(|&(ix, _)| given_up(ix)).collect();
        let by = self.job.failing.clone().unwrap_or_default();
        for ix in opened {
            let At { step, .. } = self.job.place(ix, 0);
            let begun = self.job.steps.get(ix).map(|step| {
                let has_begun = |at: &u32| step.instance(*at).is_some_and(crate::job::Instance::has_begun);
                let (begun, fresh): (Vec<u32>, Vec<u32>) = step.open.iter().partition(|at| has_begun(at));
                (begun, !fresh.is_empty())
            });
            let Some((begun, has_fresh)) = begun else { continue };
            if has_fresh {
                self.emit(Event::StepBlocked { step, by: by.clone() });
            }
            for at in begun {
                self.close_wait(ix, at);
            }
        }
        for (ix, at) in waits {
            self.close_wait(ix, at);
        }
    }

    /// Ends an instance that would have gone on. If something of it is not known or went wrong before, that is its end.
    fn close_wait(&mut self, ix: StepIx, instance: u32) {
        let Some(own) = self.job.instance(ix, instance) else { return };
        let is_lost = own.lost > 0;
        match own.state.clone() {
            InstanceState::Retry { class, message, .. } => self.fail(ix, instance, class, &*message),
            InstanceState::Open
            | InstanceState::Approval(_)
            | InstanceState::Slot(_)
            | InstanceState::Cache(_)
            | InstanceState::Timer { .. }
            | InstanceState::Round { .. } => {
                if is_lost {
                    let message =
                        "nobody knows what came of its last attempt; the job fails, so there is no other";
                    self.fail(ix, instance, FailureClass::Lost, message);
                } else {
                    let at = self.job.place(ix, instance);
                    self.emit(Event::StepCancelled { at, stopped: None });
                }
            }
            InstanceState::Running(_)
            | InstanceState::Child { .. }
            | InstanceState::Unknown { .. }
            | InstanceState::Succeeded
            | InstanceState::Failed { .. }
            | InstanceState::Skipped
            | InstanceState::Blocked
            | InstanceState::Cancelled => {}
        }
    }
}

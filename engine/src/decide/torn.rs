//! What a decision left undone. A store keeps a decision whole or not at all; but if a log was cut within one, what would
//! have followed at once follows with the next tick. In a log that was not cut, nothing here finds anything.

use super::Decision;
use crate::{
    job::{InstanceState, JobState, StepIx},
    plan::{Action, Wait},
    value::Value,
};
use std::sync::Arc;

impl Decision<'_> {
    pub(super) fn take_up(&mut self) {
        if matches!(self.job.state, JobState::Planned) {
            self.begin_job();
        }
        if self.must_wait().is_err() {
            return;
        }
        for (ix, instance, signal) in self.answered() {
            match signal {
                Some(body) => self.finish_signal(ix, instance, &body),
                None => self.finish_question(ix, &self.job.place(ix, instance)),
            }
        }
    }

    /// Returns the instances that wait for an answer which is there: enough people, or a signal with what it says.
    fn answered(&self) -> Vec<(StepIx, u32, Option<Value>)> {
        let shape = Arc::clone(&self.job.shape);
        let mut answered = Vec::new();
        for (ix, state) in self.job.steps.iter().enumerate().filter(|(_, step)| !step.status.is_final()) {
            let Some(step) = shape.step(ix) else { continue };
            if !matches!(step.action, Action::Approve(_) | Action::Wait(Wait::Signal { .. })) {
                continue;
            }
            for (at, instance) in (0..).zip(&state.instances) {
                match &instance.state {
                    InstanceState::Approval(approval) if approval.missing() == 0 => {
                        answered.push((ix, at, None));
                    }
                    InstanceState::Timer { signal: Some(name), .. } => {
                        let body = self.signal_body(ix, at, step, name).ok().flatten();
                        answered.extend(body.map(|body| (ix, at, Some(body))));
                    }
                    _ => {}
                }
            }
        }
        answered
    }
}

//! What a decision left undone. A store keeps a decision whole or not at all; but if a log was cut within one, what would
//! have followed at once follows with the next tick. In a log that was not cut, nothing here finds anything.

use super::Decision;
use crate::{
    event::At,
    id::Name,
    job::{InstanceState, JobState},
    plan::{Action, Wait},
    value::Value,
};

impl Decision<'_> {
    pub(super) fn take_up(&mut self) {
        if matches!(self.job.state, JobState::Planned) {
            self.begin_job();
        }
        if self.must_wait().is_err() {
            return;
        }
        for (at, signal) in self.answered() {
            let Some((ix, _)) = self.job.at(&at) else { continue };
            match signal.and_then(|name| self.job.signals.get(&name).cloned()) {
                Some(body) => self.finish_signal(ix, at.instance, &body),
                None => self.finish_question(ix, &at),
            }
        }
    }

    /// Returns the instances that wait for an answer which is there: enough people, or the signal of this name.
    fn answered(&self) -> Vec<(At, Option<Name>)> {
        let asks = |ix| {
            let action = self.job.shape.step(ix).map(|step| &step.action);
            matches!(action, Some(Action::Approve(_) | Action::Wait(Wait::Signal { .. })))
        };
        let steps = self.job.steps.iter().enumerate();
        let mut answered = Vec::new();
        for (ix, step) in steps.filter(|(ix, step)| !step.status.is_final() && asks(*ix)) {
            for (at, instance) in (0..).zip(&step.instances) {
                let found: Option<Option<Name>> = match &instance.state {
                    InstanceState::Approval(approval) => (approval.missing() == 0).then_some(None),
                    InstanceState::Timer { signal: Some(name), .. } => {
                        let body: Option<&Value> = self.job.signals.get(name);
                        body.map(|_| Some(Name::clone(name)))
                    }
                    _ => None,
                };
                answered.extend(found.map(|signal| (self.job.place(ix, at), signal)));
            }
        }
        answered
    }
}

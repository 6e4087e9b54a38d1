//! The end of a step: its status, what its instances gave together, and who waits for it.

use crate::{
    event::Values,
    id::Name,
    job::{Instance, InstanceState, Job, Status, StepIx, StepState},
    plan::{Action, OnFailure},
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

impl Job {
    pub(super) fn find(&self, name: &str) -> Result<StepIx, String> {
        self.shape.find(name).ok_or_else(|| format!("the plan has no step `{name}`"))
    }

    /// Skips a step that has not begun.
    pub(super) fn skip(&mut self, name: &Name, why: &str) -> Result<(), String> {
        let ix = self.find(name)?;
        if self.steps.get(ix).is_none_or(|step| step.status != Status::Pending) {
            return Err(format!("`{name}` has begun before"));
        }
        self.close(ix, Status::Skipped, Some(why));
        Ok(())
    }

    /// Ends all of a step that has not begun. Instances that are to be tried again are.
    pub(super) fn block(&mut self, name: &Name, by: &str) -> Result<(), String> {
        let ix = self.find(name)?;
        let Some(step) = self.steps.get_mut(ix).filter(|step| !step.status.is_final()) else {
            return Err(format!("`{name}` has ended before"));
        };
        if step.instances.is_empty() {
            self.close(ix, Status::Blocked, Some(by));
            return Ok(());
        }
        step.why = Some(by.to_owned());
        let unbegun = |at: &u32| step.instance(*at).is_some_and(|it| !it.has_begun());
        let unbegun: Vec<u32> = step.open.iter().copied().filter(unbegun).collect();
        for at in unbegun {
            self.set((ix, at), InstanceState::Blocked);
        }
        Ok(())
    }

    /// Ends a step all of whose instances have ended.
    pub(super) fn over(&mut self, ix: StepIx) {
        let Some(step) = self.steps.get(ix) else { return };
        let worst = [Status::Failed, Status::Cancelled, Status::Blocked, Status::Succeeded, Status::Skipped];
        let status = worst.into_iter().find(|status| step.count(*status) > 0).unwrap_or(Status::Succeeded);
        self.close(ix, status, None);
    }

    /// Ends a step, gathers what it gave, and lets those that wait for it know.
    pub(super) fn close(&mut self, ix: StepIx, status: Status, why: Option<&str>) {
        let shape = Arc::clone(&self.shape);
        let Some(plan) = shape.step(ix) else { return };
        let Some(step) = self.steps.get_mut(ix).filter(|step| !step.status.is_final()) else { return };
        step.status = status;
        if let Some(why) = why {
            step.why = Some(why.to_owned());
        }
        let has_failed_unknown = plan.fan_out.is_some() && !step.instances.is_empty();
        if step.fan_out.is_some() || has_failed_unknown {
            // A call gives what its workflow gives, declared here or not.
            let given = match &plan.action {
                Action::Call { workflow, .. } => {
                    shape.plan.callees.get(workflow).map_or(&plan.outputs, |callee| &callee.outputs)
                }
                Action::Run { .. }
                | Action::Script { .. }
                | Action::Do { .. }
                | Action::Http(_)
                | Action::Agent { .. }
                | Action::Approve(_)
                | Action::Wait(_) => &plan.outputs,
            };
            step.outputs =
                gather(step, given.iter().map(|output| &output.name), |instance| &instance.outputs);
            step.artifacts =
                gather(step, plan.artifacts.iter().map(|(name, _)| name), |instance| &instance.artifacts);
        } else if let Some(instance) = step.instances.first() {
            (step.outputs, step.artifacts) = (Arc::clone(&instance.outputs), Arc::clone(&instance.artifacts));
        }
        self.ready.remove(&ix);
        self.open.remove(&ix);
        self.unfinished = self.unfinished.saturating_sub(1);
        self.note_failure(ix);
        for &next in shape.outgoing(ix) {
            let Some(step) = self.steps.get_mut(next) else { continue };
            step.unmet = step.unmet.saturating_sub(1);
            if step.unmet > 0 {
                continue;
            }
            if step.status == Status::Pending {
                self.ready.insert(next);
            }
            let is_approved = self.is_approved_above(next);
            if let Some(step) = self.steps.get_mut(next) {
                step.is_approved = is_approved;
            }
        }
    }

    /// Returns whether a question to people succeeded somewhere above a step, all of whose predecessors have ended.
    pub(super) fn is_approved_above(&self, ix: StepIx) -> bool {
        self.shape.incoming(ix).iter().any(|&(from, _)| {
            let is_question =
                || self.shape.step(from).is_some_and(|it| matches!(it.action, Action::Approve(_)));
            self.steps
                .get(from)
                .is_some_and(|step| step.is_approved || (step.status == Status::Succeeded && is_question()))
        })
    }

    /// Keeps why the job will fail: the first step, or instance of one, that failed and does not let it go on.
    pub(super) fn note_failure(&mut self, ix: StepIx) {
        let (Some(plan), Some(step)) = (self.shape.step(ix), self.steps.get(ix)) else { return };
        if step.count(Status::Failed) == 0 || plan.on_failure == OnFailure::Continue {
            return;
        }
        self.gives_up = true;
        if self.failing.is_some() {
            return;
        }
        let failure = step.instances.iter().enumerate().find_map(|(at, instance)| match &instance.state {
            InstanceState::Failed { message, .. } => Some((at, message)),
            InstanceState::Open
            | InstanceState::Approval(_)
            | InstanceState::Slot(_)
            | InstanceState::Cache(_)
            | InstanceState::Timer { .. }
            | InstanceState::Running(_)
            | InstanceState::Child { .. }
            | InstanceState::Retry { .. }
            | InstanceState::Round { .. }
            | InstanceState::Unknown { .. }
            | InstanceState::Succeeded
            | InstanceState::Skipped
            | InstanceState::Blocked
            | InstanceState::Cancelled => None,
        });
        let (name, message) = (&plan.name, failure.map_or("", |(_, message)| message));
        let key = failure.zip(step.fan_out.as_ref()).map(|((at, _), items)| items.name(at));
        self.failing = Some(match key {
            Some(key) => format!("step `{name}[{key}]` failed: {message}"),
            None => format!("step `{name}` failed: {message}"),
        });
    }
}

/// Gathers what the instances of a fan-out gave, by name: a list or a map. What one did not give is missing there.
fn gather<'a>(
    step: &StepState,
    names: impl Iterator<Item = &'a Name>,
    of: impl Fn(&Instance) -> &Values,
) -> Values {
    let value = |instance: &Instance, name: &Name| of(instance).get(name).cloned().unwrap_or(Value::Null);
    let keys = step.fan_out.as_ref().and_then(|items| items.map_keys());
    let gathered = names.map(|name| {
        let values = step.instances.iter().map(|instance| value(instance, name));
        let all = match keys {
            Some(keys) => Value::map(keys.iter().cloned().zip(values).collect::<BTreeMap<_, _>>()),
            None => Value::list(values.collect()),
        };
        (Arc::clone(name), all)
    });
    Arc::new(gathered.collect())
}

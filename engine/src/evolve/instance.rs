//! The state of an instance, and what follows from a change of it for its step and its job.

use crate::{
    event::{At, StepStarted, Values},
    id::{Digest, Name},
    job::{Due, Instance, InstanceState, Items, Job, Running, Status, StepIx},
};
use std::sync::Arc;

/// A step and an instance of it.
type Place = (StepIx, u32);

impl Job {
    /// Finds an instance that has not ended and of which something holds; one that has not begun begins.
    pub(super) fn expect(&mut self, at: &At, holds: impl Fn(&Instance) -> bool) -> Result<Place, String> {
        let ix = self.find(&at.step)?;
        self.ensure_begun(ix)?;
        let instance = self.instance(ix, at.instance);
        let instance = instance.ok_or_else(|| format!("`{}` has no instance {}", at.step, at.instance))?;
        if instance.state.status().is_final() {
            return Err(format!("`{}` {} has ended before", at.step, at.instance));
        }
        if !holds(instance) {
            return Err(format!("`{}` {} is in another state", at.step, at.instance));
        }
        Ok((ix, at.instance))
    }

    /// Gives a step its instances.
    pub(super) fn begin(&mut self, ix: StepIx, items: Option<Items>) -> Result<(), String> {
        let step = self.steps.get_mut(ix).ok_or("there is no such step")?;
        if step.status != Status::Pending || !step.instances.is_empty() {
            return Err("the step has begun before".to_owned());
        }
        let count = items.as_ref().map_or(1, Items::len);
        step.fan_out = items.map(Arc::new);
        step.instances = vec![Instance { attempt: step.attempts, ..Instance::default() }; count];
        step.open = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        step.status = Status::Waiting;
        self.ready.remove(&ix);
        if count == 0 {
            self.close(ix, Status::Succeeded, None);
        } else {
            self.open.insert(ix);
        }
        Ok(())
    }

    /// Makes the one instance of a step that does not fan out, when the first event about it comes.
    fn ensure_begun(&mut self, ix: StepIx) -> Result<(), String> {
        let has_none =
            self.steps.get(ix).is_some_and(|step| step.instances.is_empty() && !step.status.is_final());
        let is_single = || self.shape.step(ix).is_some_and(|step| step.fan_out.is_none());
        if has_none && is_single() { self.begin(ix, None) } else { Ok(()) }
    }

    /// Gives a step that fails before it is known what it fans out over an instance that can fail.
    pub(super) fn ensure_one(&mut self, at: &At) -> Result<(), String> {
        let ix = self.find(&at.step)?;
        let has_none =
            self.steps.get(ix).is_some_and(|step| step.instances.is_empty() && !step.status.is_final());
        if has_none && at.instance == 0 { self.begin(ix, None) } else { Ok(()) }
    }

    pub(super) fn started(&mut self, now: i64, started: &StepStarted) -> Result<(), String> {
        let follows = |it: &Instance| super::is_open(it) && it.attempt + 1 == started.attempt;
        let place = self.expect(&started.at, follows)?;
        self.change(place, |instance| {
            instance.attempt = started.attempt;
            instance.tries += 1;
        });
        let running = Running {
            since: now,
            provider: Arc::clone(&started.provider),
            subject: started.subject,
            risk: started.risk,
            deadline: started.deadline,
        };
        self.set(place, InstanceState::Running(Box::new(running)));
        Ok(())
    }

    pub(super) fn gave(&mut self, place: Place, outputs: &Values, artifacts: &Values) {
        self.change(place, |instance| {
            instance.outputs = Arc::clone(outputs);
            instance.artifacts = Arc::clone(artifacts);
        });
    }

    pub(super) fn agreed(&mut self, at: &At, subject: Digest, by: &Name) -> Result<(), String> {
        let asks =
            |it: &Instance| matches!(&it.state, InstanceState::Approval(it) if it.asked.subject == subject);
        let place = self.expect(at, asks)?;
        let mut goes_on = false;
        self.change(place, |instance| {
            if let InstanceState::Approval(approval) = &mut instance.state {
                approval.given.push(Arc::clone(by));
                goes_on = approval.missing() == 0 && !approval.asked.is_step;
            }
            if goes_on {
                instance.approved = Some(subject);
            }
        });
        if goes_on {
            self.set(place, InstanceState::Open);
        }
        Ok(())
    }

    /// Changes what an instance keeps beside its state.
    pub(super) fn change(&mut self, (ix, at): Place, change: impl FnOnce(&mut Instance)) {
        let instances = self.steps.get_mut(ix).map(|step| &mut step.instances);
        let place = usize::try_from(at).ok();
        if let Some(instance) = instances.zip(place).and_then(|(instances, place)| instances.get_mut(place)) {
            change(instance);
        }
    }

    /// Gives an instance its next state, and keeps all that follows from it right.
    pub(super) fn set(&mut self, (ix, at): Place, state: InstanceState) {
        let Some(step) = self.steps.get_mut(ix) else { return };
        let Some(instance) = usize::try_from(at).ok().and_then(|at| step.instances.get_mut(at)) else {
            return;
        };
        let (was, is) = (instance.state.status(), state.status());
        let (due_before, due) = (instance.state.due(), state.due());
        let asks = |state: &InstanceState| {
            matches!(state, InstanceState::Approval(_) | InstanceState::Slot(_) | InstanceState::Cache(_))
        };
        let (asked, asks) = (asks(&instance.state), asks(&state));
        instance.state = state;
        if is.is_final() {
            instance.has_slot = false;
        }

        if was == Status::Pending {
            step.open.remove(&at);
            step.in_flight += 1;
        }
        if is == Status::Pending {
            step.open.insert(at);
            step.in_flight = step.in_flight.saturating_sub(1);
        }
        if is.is_final() {
            step.in_flight = step.in_flight.saturating_sub(1);
            step.ended.add(is);
        }
        if is == Status::Running {
            step.status = Status::Running;
        }
        if was == Status::Pending || is == Status::Pending {
            if step.open.is_empty() {
                self.open.remove(&ix);
            } else {
                self.open.insert(ix);
            }
        }
        let is_over = usize::try_from(step.ended.total()).is_ok_and(|ended| ended == step.instances.len());

        if let Some(due) = due_before {
            self.timers.remove(&(due, Due::Instance(ix, at)));
        }
        self.timers.extend(due.map(|due| (due, Due::Instance(ix, at))));
        if asked {
            self.asking.remove(&(ix, at));
        }
        if asks {
            self.asking.insert((ix, at));
        }
        if was == Status::Running {
            self.running.remove(&(ix, at));
        }
        if is == Status::Running {
            self.running.insert((ix, at));
        }
        if is_over {
            self.over(ix);
        }
    }
}

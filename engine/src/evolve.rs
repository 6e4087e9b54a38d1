//! From a state and an event to the next state: one total match, and the only place that changes a [`Job`].
//!
//! An event that cannot follow is [`Corrupt`], never a panic: the job then stays as it was before it.

use crate::{
    event::{At, Event, Recorded, StepStarted, Values},
    id::Name,
    job::{
        Approval, Due, Instance, InstanceState, Items, Job, JobState, Running, Status, StepIx, StepState,
        Stopping, Undo, step::CacheQuestion,
    },
    plan::{Action, OnFailure},
    value::Value,
};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Why an event cannot follow: the log cannot be what it is, and the job must not be touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrupt {
    /// The number of the event.
    pub seq: u64,
    /// What is wrong.
    pub why: String,
}

impl std::error::Error for Corrupt {}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} cannot be: {}", self.seq, self.why)
    }
}

impl Job {
    /// Takes the next event.
    ///
    /// # Errors
    /// If it cannot follow. What it would change first is unchanged then.
    pub fn evolve(&mut self, recorded: &Recorded) -> Result<(), Corrupt> {
        let corrupt = |why: String| Corrupt { seq: recorded.seq, why };
        if recorded.seq != self.seq + 1 {
            return Err(corrupt(format!("the one before it has the number {}", self.seq)));
        }
        let is_first = matches!(recorded.event, Event::JobCreated(_));
        if is_first != matches!(self.state, JobState::Absent) {
            return Err(corrupt("a job begins with `job_created`, once".to_owned()));
        }
        self.apply(recorded.at, &recorded.actor, &recorded.event).map_err(corrupt)?;
        self.seq = recorded.seq;
        self.updated_at = recorded.at;
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "one total match; each arm is a line or two")]
    fn apply(&mut self, now: i64, actor: &crate::event::Actor, event: &Event) -> Result<(), String> {
        match event {
            Event::JobCreated(created) => {
                if created.plan != self.shape.digest {
                    return Err(format!("it runs the plan {}, not {}", created.plan, self.shape.digest));
                }
                self.created = Some(Arc::new(created.clone()));
                self.created_at = now;
                self.state = JobState::Planned;
            }
            Event::JobQueued { slot, until } => {
                self.state = JobState::Queued { slot: slot.clone(), until: *until };
                self.timers.extend(until.map(|until| (until, Due::Queue)));
            }
            Event::JobStarted { deadline } => self.start(*deadline),
            Event::JobPaused => self.paused_by = Some(actor.to_string().into()),
            Event::JobResumed => self.paused_by = None,
            Event::JobCancelRequested { kill } => {
                self.stop(if *kill { Stopping::Kill } else { Stopping::Cancel });
            }
            Event::JobExpired => self.stop(Stopping::Expired),
            Event::JobRetried { steps } => self.reopen(steps)?,
            Event::JobSucceeded { outputs } => {
                self.outputs = Arc::clone(outputs);
                self.end(JobState::Succeeded);
            }
            Event::JobFailed { cause } => self.end(JobState::Failed { cause: cause.clone() }),
            Event::JobCancelled => self.end(JobState::Cancelled),
            Event::JobTimedOut => self.end(JobState::TimedOut),

            Event::FanOutExpanded { step, over, keys, parallel } => {
                let ix = self.find(step)?;
                self.begin(ix, Some(Items::new(over, keys.clone(), *parallel)?))?;
            }
            Event::StepStarted(started) => self.started(now, started)?,
            Event::StepSucceeded(done) => {
                self.gave(&done.at, &done.outputs, &done.artifacts)?;
                self.set_at(&done.at, InstanceState::Succeeded)?;
            }
            Event::StepFailed { at, class, message, retry_at, .. } => {
                let (class, message) = (class.clone(), Arc::from(message.as_str()));
                let state = match retry_at {
                    Some(retry_at) => InstanceState::Retry { at: *retry_at, class, message },
                    None => InstanceState::Failed { class, message },
                };
                self.set_at(at, state)?;
            }
            Event::StepOutcomeUnknown { at, why } => {
                self.set_at(at, InstanceState::Unknown { why: why.as_str().into() })?;
            }
            Event::StepLost { at, .. } => {
                self.change(at, |instance| instance.lost += 1)?;
                self.set_at(at, InstanceState::Open)?;
            }
            Event::StepSkipped { at, whole: true, why } => {
                let ix = self.find(&at.step)?;
                self.close(ix, Status::Skipped, Some(why));
            }
            Event::StepSkipped { at, whole: false, .. } => self.set_at(at, InstanceState::Skipped)?,
            Event::StepBlocked { step, by } => self.block(step, by)?,
            Event::StepCancelled { at, .. } => self.set_at(at, InstanceState::Cancelled)?,
            Event::StepReused { at, outputs, artifacts, .. } => {
                self.gave(at, outputs, artifacts)?;
                self.set_at(at, InstanceState::Succeeded)?;
            }
            Event::CacheAsked { at, key, ttl } => {
                self.set_at(at, InstanceState::Cache(Box::new(CacheQuestion { key: *key, ttl: *ttl })))?;
            }
            Event::CacheMissed { at, .. } => {
                self.change(at, |instance| instance.missed_cache = true)?;
                self.set_at(at, InstanceState::Open)?;
            }
            Event::RoundFinished { at, round, next_at } => {
                self.change(at, |instance| {
                    instance.round = *round;
                    instance.tries = 0;
                })?;
                self.set_at(at, InstanceState::Round { at: *next_at })?;
            }

            Event::TimerSet { at, until, signal } => {
                self.set_at(at, InstanceState::Timer { until: *until, signal: signal.clone() })?;
            }
            Event::TimerFired { at } => self.set_at(at, InstanceState::Open)?,
            Event::SignalReceived { name, body } => {
                self.signals.insert(Arc::clone(name), body.clone());
            }
            Event::SlotRequested { at, slot } => {
                self.set_at(at, InstanceState::Slot(Box::new(slot.clone())))?;
            }
            Event::SlotTaken { at: Some(at) } => {
                self.change(at, |instance| instance.has_slot = true)?;
                self.set_at(at, InstanceState::Open)?;
            }
            Event::SlotTaken { at: None } => {
                self.timers.retain(|(_, due)| *due != Due::Queue);
                self.state = JobState::Planned;
            }

            Event::ApprovalRequested(asked) => {
                let approval = Approval { asked: asked.clone(), given: Vec::new() };
                self.set_at(&asked.at, InstanceState::Approval(Box::new(approval)))?;
            }
            Event::ApprovalGiven { at, subject, by } => self.agreed(at, *subject, by)?,
            // The failure that follows from it is an event of its own.
            Event::ApprovalRefused { .. } => {}

            Event::ChildStarted { at, attempt, job, deadline, .. } => {
                self.change(at, |instance| {
                    instance.attempt = *attempt;
                    instance.tries += 1;
                })?;
                self.set_at(at, InstanceState::Child { job: Arc::clone(job), deadline: *deadline })?;
            }

            Event::UndoStarted { order } => {
                let order = order.clone();
                self.timers.clear();
                self.undo =
                    Some(Undo { order, done: 0, is_running: false, failed: None, is_finished: false });
            }
            Event::UndoStepStarted { .. } => self.undoing()?.is_running = true,
            Event::UndoStepSucceeded { .. } => {
                let undo = self.undoing()?;
                undo.is_running = false;
                undo.done += 1;
            }
            Event::UndoStepFailed { message, .. } => {
                let undo = self.undoing()?;
                undo.is_running = false;
                undo.failed = Some(message.clone());
            }
            Event::UndoFinished => self.undoing()?.is_finished = true,
        }
        Ok(())
    }

    fn start(&mut self, deadline: Option<i64>) {
        self.state = JobState::Running { stopping: None };
        self.deadline = deadline;
        self.timers.extend(deadline.map(|deadline| (deadline, Due::Job)));
        let begins = |step: &StepState| step.unmet == 0 && step.status == Status::Pending;
        self.ready = (0..self.steps.len()).filter(|&ix| self.steps.get(ix).is_some_and(begins)).collect();
    }

    fn stop(&mut self, why: Stopping) {
        // What waits will wait no more; only what is performed must still be heard of.
        let mut timers = std::mem::take(&mut self.timers);
        timers.retain(|(_, due)| match due {
            Due::Instance(ix, at) => {
                self.instance(*ix, *at).is_some_and(|it| matches!(it.state, InstanceState::Running(_)))
            }
            Due::Job | Due::Queue => false,
        });
        self.timers = timers;
        self.state = JobState::Running { stopping: Some(why) };
    }

    /// Ends the job. What has not ended by itself was stopped with it.
    fn end(&mut self, state: JobState) {
        for ix in 0..self.steps.len() {
            self.cancel_rest(ix);
        }
        self.state = state;
        self.timers.clear();
        self.ready.clear();
        self.open.clear();
    }

    fn cancel_rest(&mut self, ix: StepIx) {
        let Some(step) = self.steps.get(ix).filter(|step| !step.status.is_final()) else { return };
        if step.instances.is_empty() {
            self.close(ix, Status::Cancelled, None);
            return;
        }
        let rest: Vec<u32> = (0..)
            .zip(&step.instances)
            .filter(|(_, instance)| !instance.state.status().is_final())
            .map(|(at, _)| at)
            .collect();
        for at in rest {
            self.set(ix, at, InstanceState::Cancelled);
        }
    }

    /// Makes steps as they were before they began, and the job run again.
    fn reopen(&mut self, steps: &[Name]) -> Result<(), String> {
        for name in steps {
            let ix = self.find(name)?;
            let unmet = self.shape.incoming(ix).len();
            if let Some(step) = self.steps.get_mut(ix) {
                if step.status.is_final() {
                    self.unfinished += 1;
                }
                *step = StepState::new(unmet);
            }
            self.ready.remove(&ix);
            self.open.remove(&ix);
        }
        for name in steps {
            let ix = self.find(name)?;
            let unmet = self
                .shape
                .incoming(ix)
                .iter()
                .filter(|(from, _)| self.steps.get(*from).is_some_and(|step| !step.status.is_final()));
            let unmet = unmet.count();
            if let Some(step) = self.steps.get_mut(ix) {
                step.unmet = unmet;
            }
            if unmet == 0 {
                self.ready.insert(ix);
            }
        }
        self.failing = None;
        self.deadline = None;
        for ix in 0..self.steps.len() {
            self.note_failure(ix);
        }
        self.state = JobState::Running { stopping: None };
        Ok(())
    }

    /// Gives a step its instances.
    fn begin(&mut self, ix: StepIx, items: Option<Items>) -> Result<(), String> {
        let step = self.steps.get_mut(ix).ok_or("there is no such step")?;
        if step.status != Status::Pending || !step.instances.is_empty() {
            return Err("the step has begun before".to_owned());
        }
        let count = items.as_ref().map_or(1, Items::len);
        step.fan_out = items.map(Arc::new);
        step.instances = vec![Instance::default(); count];
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
        let is_single = self.shape.step(ix).is_some_and(|step| step.fan_out.is_none());
        if has_none && is_single { self.begin(ix, None) } else { Ok(()) }
    }

    fn started(&mut self, now: i64, started: &StepStarted) -> Result<(), String> {
        self.change(&started.at, |instance| {
            instance.attempt = started.attempt;
            instance.tries += 1;
        })?;
        let running = Running {
            since: now,
            provider: Arc::clone(&started.provider),
            subject: started.subject,
            risk: started.risk,
            deadline: started.deadline,
        };
        self.set_at(&started.at, InstanceState::Running(Box::new(running)))
    }

    fn gave(&mut self, at: &At, outputs: &Values, artifacts: &Values) -> Result<(), String> {
        self.change(at, |instance| {
            instance.outputs = Arc::clone(outputs);
            instance.artifacts = Arc::clone(artifacts);
        })
    }

    fn agreed(&mut self, at: &At, subject: crate::id::Digest, by: &Name) -> Result<(), String> {
        let mut goes_on = false;
        self.change(at, |instance| {
            if let InstanceState::Approval(approval) = &mut instance.state {
                approval.given.push(Arc::clone(by));
                let enough = u32::try_from(approval.given.len()).unwrap_or(u32::MAX) >= approval.asked.quorum;
                goes_on = enough && !approval.asked.is_step;
            }
            if goes_on {
                instance.approved = Some(subject);
            }
        })?;
        if goes_on { self.set_at(at, InstanceState::Open) } else { Ok(()) }
    }

    /// Ends all of a step that has not begun; nothing of it can start any more.
    fn block(&mut self, name: &Name, by: &str) -> Result<(), String> {
        let ix = self.find(name)?;
        let Some(step) = self.steps.get_mut(ix) else { return Ok(()) };
        if step.instances.is_empty() {
            self.close(ix, Status::Blocked, Some(by));
            return Ok(());
        }
        step.why = Some(by.to_owned());
        for at in std::mem::take(&mut step.open) {
            self.set(ix, at, InstanceState::Blocked);
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<StepIx, String> {
        self.shape.find(name).ok_or_else(|| format!("the plan has no step `{name}`"))
    }

    fn undoing(&mut self) -> Result<&mut Undo, String> {
        self.undo.as_mut().ok_or_else(|| "nothing is being taken back".to_owned())
    }

    /// Changes what an instance keeps beside its state.
    fn change(&mut self, at: &At, change: impl FnOnce(&mut Instance)) -> Result<(), String> {
        let ix = self.find(&at.step)?;
        self.ensure_begun(ix)?;
        let instances = self.steps.get_mut(ix).map(|step| &mut step.instances);
        let place = usize::try_from(at.instance).ok();
        let instance = instances.zip(place).and_then(|(instances, place)| instances.get_mut(place));
        change(instance.ok_or_else(|| format!("`{}` has no instance {}", at.step, at.instance))?);
        Ok(())
    }

    fn set_at(&mut self, at: &At, state: InstanceState) -> Result<(), String> {
        let ix = self.find(&at.step)?;
        self.ensure_begun(ix)?;
        let instance = self.instance(ix, at.instance);
        let instance = instance.ok_or_else(|| format!("`{}` has no instance {}", at.step, at.instance))?;
        if instance.state.status().is_final() {
            return Err(format!("`{}` {} has ended before", at.step, at.instance));
        }
        self.set(ix, at.instance, state);
        Ok(())
    }

    /// Gives an instance its next state, and keeps all that follows from it right.
    fn set(&mut self, ix: StepIx, at: u32, state: InstanceState) {
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
            *step.ended.entry(is).or_default() += 1;
        }
        if is == Status::Running {
            step.status = Status::Running;
        }
        if step.open.is_empty() {
            self.open.remove(&ix);
        } else {
            self.open.insert(ix);
        }
        let ended: u32 = step.ended.values().sum();
        let is_over = usize::try_from(ended).is_ok_and(|ended| ended == step.instances.len());

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

    /// Ends a step all of whose instances have ended.
    fn over(&mut self, ix: StepIx) {
        let Some(step) = self.steps.get(ix) else { return };
        let worst = [Status::Failed, Status::Cancelled, Status::Blocked, Status::Succeeded, Status::Skipped];
        let status = worst.into_iter().find(|status| step.count(*status) > 0).unwrap_or(Status::Succeeded);
        self.close(ix, status, None);
    }

    /// Ends a step, gathers what it gave, and lets those that wait for it know.
    fn close(&mut self, ix: StepIx, status: Status, why: Option<&str>) {
        let Some(plan) = self.shape.step(ix) else { return };
        // A call gives what its workflow gives, declared here or not.
        let given = match &plan.action {
            Action::Call { workflow, .. } => {
                self.shape.plan.callees.get(workflow).map_or(&plan.outputs, |callee| &callee.outputs)
            }
            Action::Run { .. }
            | Action::Script { .. }
            | Action::Do { .. }
            | Action::Http(_)
            | Action::Agent { .. }
            | Action::Approve(_)
            | Action::Wait(_) => &plan.outputs,
        };
        let outputs = given.iter().map(|output| Arc::clone(&output.name)).collect();
        let artifacts = plan.artifacts.iter().map(|(name, _)| Arc::clone(name)).collect();
        let Some(step) = self.steps.get_mut(ix) else { return };
        if step.status.is_final() {
            return;
        }
        step.status = status;
        if let Some(why) = why {
            step.why = Some(why.to_owned());
        }
        if status != Status::Skipped || !step.instances.is_empty() {
            step.outputs = gather(step, outputs, |instance| &instance.outputs);
            step.artifacts = gather(step, artifacts, |instance| &instance.artifacts);
        }
        self.ready.remove(&ix);
        self.open.remove(&ix);
        self.unfinished = self.unfinished.saturating_sub(1);
        self.note_failure(ix);
        let shape = Arc::clone(&self.shape);
        for &next in shape.outgoing(ix) {
            let Some(step) = self.steps.get_mut(next) else { continue };
            step.unmet = step.unmet.saturating_sub(1);
            if step.unmet == 0 && step.status == Status::Pending {
                self.ready.insert(next);
            }
        }
    }

    /// Keeps why the job will fail: the first step that failed and does not let it go on.
    fn note_failure(&mut self, ix: StepIx) {
        let (Some(plan), Some(step)) = (self.shape.step(ix), self.steps.get(ix)) else { return };
        if step.status != Status::Failed || plan.on_failure == OnFailure::Continue || self.failing.is_some() {
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

/// Gathers what the instances gave, by name: one value if the step does not fan out, else a list or a map.
fn gather(step: &StepState, names: Vec<Name>, of: impl Fn(&Instance) -> &Values) -> Values {
    let value = |instance: &Instance, name: &Name| of(instance).get(name).cloned().unwrap_or(Value::Null);
    let Some(items) = &step.fan_out else {
        return step.instances.first().map_or_else(Values::default, |instance| Arc::clone(of(instance)));
    };
    let gathered = names.into_iter().map(|name| {
        let values = step.instances.iter().map(|instance| value(instance, &name));
        let all = match items.map_keys() {
            Some(keys) => Value::map(keys.iter().cloned().zip(values).collect::<BTreeMap<_, _>>()),
            None => Value::list(values.collect()),
        };
        (name, all)
    });
    Arc::new(gathered.collect())
}

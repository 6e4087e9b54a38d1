//! The beginning of an instance: its own `when`, its place in a group, an earlier result, an approval, and then the
//! attempt. Each of these may make it wait; when that is over it comes here again and goes on where it was.

use super::{Decision, asked::asked, submit::slot};
use crate::{
    command::CacheHit,
    event::{ApprovalRequested, At, Event, StepStarted, Values},
    id::Name,
    job::{Instance, InstanceState, StepIx},
    plan::{Action, Approve, Risk, Step, Wait},
    port::{Question, Verdict},
    rejection::Rejection,
    request::{FailureClass, Request, Resolved},
    resolve,
    scope::JobScope,
    value::Value,
};
use std::sync::Arc;

impl Decision<'_> {
    pub(super) fn begin(&mut self, ix: StepIx, instance: u32) {
        let shape = Arc::clone(&self.job.shape);
        let Some(step) = shape.step(ix) else { return };
        if let Err(why) = self.try_begin(ix, instance, step) {
            self.fail(ix, instance, FailureClass::Expression, why);
        }
    }

    fn try_begin(&mut self, ix: StepIx, instance: u32, step: &Step) -> Result<(), String> {
        let is_first = self.job.instance(ix, instance).is_none_or(Instance::is_untouched);
        let at = At::new(Arc::clone(&step.name), instance);
        if is_first && step.fan_out.is_some() {
            let holds = step.when.as_ref().map(|when| self.scope(ix, instance).bool(when)).transpose();
            if !holds.map_err(|why| format!("`when`: {why}"))?.unwrap_or(true) {
                let why = step.when.as_ref().map(ToString::to_string).unwrap_or_default();
                self.emit(Event::StepSkipped { at, whole: false, why });
                return Ok(());
            }
        }
        let has_slot = self.job.instance(ix, instance).is_some_and(|it| it.has_slot);
        if let Some(limit) = step.concurrency.as_ref().filter(|_| !has_slot) {
            let slot =
                slot(limit, &self.scope(ix, instance)).map_err(|why| format!("`concurrency`: {why}"))?;
            self.emit(Event::SlotRequested { at, slot });
            return Ok(());
        }
        match &step.action {
            Action::Wait(wait) => self.begin_wait(ix, at, step, wait),
            Action::Approve(approve) => self.begin_question(ix, at, step, approve),
            Action::Call { workflow, params } => self.begin_call(ix, at, step, workflow, params),
            Action::Run { .. }
            | Action::Script { .. }
            | Action::Do { .. }
            | Action::Http(_)
            | Action::Agent { .. } => self.begin_attempt(ix, at, step),
        }
    }

    pub(super) fn scope(&self, ix: StepIx, instance: u32) -> JobScope<'_> {
        let items = self.job.steps.get(ix).and_then(|step| step.fan_out.as_deref());
        JobScope::new(self.job).each(items, instance)
    }

    fn begin_wait(&mut self, ix: StepIx, at: At, step: &Step, wait: &Wait) -> Result<(), String> {
        let scope = self.scope(ix, at.instance);
        let (until, signal): (Option<i64>, Option<Name>) = match wait {
            // In a mock run no time passes.
            Wait::For(_) | Wait::Until(_) if self.job.is_mock() => (Some(self.now), None),
            Wait::For(duration) => (Some(self.now.saturating_add(scope.pause("for", duration)?)), None),
            Wait::Until(time) => (Some(scope.millis(time)?), None),
            Wait::Signal { name, expires } => {
                let expires = expires.as_ref().map(|expires| scope.length("expires", expires)).transpose()?;
                let until = expires.map(|expires| self.now.saturating_add(expires));
                (until, Some(scope.text(name)?.into()))
            }
        };
        let body = signal.as_ref().map(|name| self.signal_body(ix, at.instance, step, name)).transpose()?;
        self.emit(Event::TimerSet { at: at.clone(), until, signal });
        match body {
            Some(Some(body)) => self.finish_signal(ix, at.instance, &body),
            Some(None) => {}
            None if until.is_some_and(|until| until <= self.now) => self.finish_wait(ix, at.instance),
            None => {}
        }
        Ok(())
    }

    /// Returns what a signal says, if it came before; in a mock run nobody is waited for.
    pub(super) fn signal_body(
        &self,
        ix: StepIx,
        instance: u32,
        step: &Step,
        name: &Name,
    ) -> Result<Option<Value>, String> {
        let mocked = self.mocked(step, &["body", "output"], &self.scope(ix, instance))?;
        let nothing = || self.job.is_mock().then_some(Value::Null);
        Ok(mocked.or_else(|| self.job.signals.get(name).cloned()).or_else(nothing))
    }

    /// Returns what the mock of a step says under one of these names, in a job that only pretends.
    fn mocked(&self, step: &Step, names: &[&str], scope: &JobScope<'_>) -> Result<Option<Value>, String> {
        let mock = step.mock.as_ref().filter(|_| self.job.is_mock());
        let found = mock.and_then(|mock| mock.iter().find(|(name, _)| names.contains(&&**name)));
        found.map(|(_, value)| scope.value(value)).transpose()
    }

    fn begin_question(&mut self, ix: StepIx, at: At, step: &Step, approve: &Approve) -> Result<(), String> {
        let scope = self.scope(ix, at.instance);
        let message = approve.message.as_ref().map(|message| scope.text(message)).transpose()?;
        let message = message.map_or_else(|| format!("Go on with {}?", step.name), |it| it.trim().to_owned());
        let approvers = match scope.value(&approve.approvers)? {
            Value::List(names) => names.iter().map(|name| name.to_string().into()).collect::<Vec<Name>>(),
            other => return Err(format!("`approvers` is a {} and should be a list", other.kind())),
        };
        let quorum =
            approve.quorum.as_ref().map(|quorum| scope.count(quorum)).transpose()?.unwrap_or(1).max(1);
        let expires = approve.expires.as_ref().map(|expires| scope.length("expires", expires)).transpose()?;
        let job = self.job.id();
        let plan = self.job.shape.digest;
        let subject = resolve::question(plan, &job, &step.name, at.instance, &message, &approvers);
        let risk = self.risk_below(ix).max(step.risk);
        self.emit(Event::ApprovalRequested(ApprovalRequested {
            is_step: true,
            message,
            subject,
            risk,
            approvers,
            quorum,
            expires: expires.map(|expires| self.now.saturating_add(expires)),
            phrase: phrase(risk, step).filter(|_| !self.job.is_mock()),
            at,
        }));
        Ok(())
    }

    /// Returns the highest risk of the steps that wait for this one, which is what an approval lets happen.
    fn risk_below(&self, ix: StepIx) -> Risk {
        let shape = &self.job.shape;
        let mut met = vec![false; shape.len()];
        let (mut risk, mut open) = (Risk::Low, vec![ix]);
        while let Some(at) = open.pop() {
            for &next in shape.outgoing(at) {
                if let Some(seen) = met.get_mut(next)
                    && !std::mem::replace(seen, true)
                {
                    risk = risk.max(shape.step(next).map_or(Risk::Low, |step| step.risk));
                    open.push(next);
                }
            }
        }
        risk
    }

    fn begin_call(
        &mut self,
        ix: StepIx,
        at: At,
        step: &Step,
        workflow: &Name,
        params: &[(Name, crate::expression::Expr)],
    ) -> Result<(), String> {
        if !self.job.shape.callees.contains_key(workflow) {
            return Err(format!("the plan does not carry `{workflow}`"));
        }
        let scope = self.scope(ix, at.instance);
        if let Some(Value::Map(outputs)) = self.mocked(step, &["output"], &scope)? {
            self.judge_call(ix, &at, &outputs);
            return Ok(());
        }
        let given = params.iter().map(|(name, value)| Ok((Arc::clone(name), scope.value(value)?)));
        let params = given.collect::<Result<_, String>>()?;
        let timeout = step.timeout.as_ref().map(|timeout| scope.length("timeout", timeout)).transpose()?;
        let attempt = self.last_attempt(ix, at.instance) + 1;
        let job = self.job.key(ix, at.instance, attempt).child();
        let deadline = timeout.map(|timeout| self.now.saturating_add(timeout));
        self.emit(Event::ChildStarted { at, attempt, job, params: Arc::new(params), deadline });
        Ok(())
    }

    fn begin_attempt(&mut self, ix: StepIx, at: At, step: &Step) -> Result<(), String> {
        let request = resolve::attempt(self.job, ix, at.instance)?;
        let own = self.job.instance(ix, at.instance);
        let (approved, missed) = own.map_or((None, None), |own| (own.approved, own.missed_cache));
        let attempt = self.last_attempt(ix, at.instance) + 1;
        if let Some(cache) = step.cache.as_ref().filter(|_| missed.is_none()) {
            let scope = self.scope(ix, at.instance);
            let more = cache.key.as_ref().map(|key| scope.value(key)).transpose()?.unwrap_or(Value::Null);
            let ttl = cache.ttl.as_ref().map(|ttl| scope.length("ttl", ttl)).transpose()?;
            self.emit(Event::CacheAsked { at, key: request.cache_key(&more), ttl });
            return Ok(());
        }
        let subject = request.subject(self.job.shape.digest);
        let question = self.question(ix, step, &request)?;
        match self.policy.decide(&question) {
            Verdict::Allow => {}
            Verdict::Ask if approved == Some(subject) => {}
            Verdict::Ask => {
                let (risk, message) = (request.risk, asked(&request));
                self.emit(Event::ApprovalRequested(ApprovalRequested {
                    at,
                    is_step: false,
                    message,
                    subject,
                    risk,
                    approvers: vec![crate::port::OPERATORS.into()],
                    quorum: 1,
                    expires: None,
                    phrase: phrase(risk, step),
                }));
                return Ok(());
            }
            Verdict::Deny => {
                let why = format!("the policy forbids this, which is of {} risk", request.risk.as_str());
                self.fail(ix, at.instance, FailureClass::Refused, why);
                return Ok(());
            }
        }
        self.emit(Event::StepStarted(StepStarted {
            at,
            attempt,
            provider: request.place.kind,
            subject,
            risk: request.risk,
            deadline: request.timeout.map(|timeout| self.now.saturating_add(timeout)),
        }));
        Ok(())
    }

    /// Returns the number of the latest attempt.
    fn last_attempt(&self, ix: StepIx, instance: u32) -> u32 {
        let step = self.job.steps.get(ix);
        step.map_or(0, |step| step.instance(instance).map_or(step.attempts, |it| it.attempt))
    }

    fn question(&self, ix: StepIx, step: &Step, request: &Request) -> Result<Question, String> {
        let word = self.job.shape.plan.policy.approve_at.as_ref();
        let word = word.map(|word| JobScope::new(self.job).text(word)).transpose()?;
        let approved = self.job.steps.get(ix).is_some_and(|step| step.is_approved);
        let is_blocked = match &request.action {
            Resolved::Do { action, .. } => crate::catalog::is_blocked(action),
            Resolved::Run { .. }
            | Resolved::Script { .. }
            | Resolved::Http { .. }
            | Resolved::Agent { .. }
            | Resolved::Mock { .. } => false,
        };
        Ok(Question {
            risk: if matches!(request.action, Resolved::Mock { .. }) { Risk::Low } else { request.risk },
            approve_at: word.and_then(|word| Risk::parse(&word)),
            // People agreed to what the file says. What turned out to be more dangerous is another matter.
            approved: approved.then_some(step.risk),
            is_own: self.job.created.as_ref().is_some_and(|it| it.door == crate::event::Door::Shell),
            is_blocked,
        })
    }

    pub(super) fn take_slot(&mut self, at: Option<&At>) -> Result<(), Rejection> {
        match at {
            None if matches!(self.job.state, crate::job::JobState::Queued { .. }) => {
                self.emit(Event::SlotTaken { at: None });
                self.actor = crate::event::Actor::Engine;
                self.begin_steps();
                Ok(())
            }
            Some(at) if matches!(self.find(at)?.1.state, InstanceState::Slot(_)) => {
                self.must_wait()?;
                self.emit(Event::SlotTaken { at: Some(at.clone()) });
                Ok(())
            }
            None | Some(_) => Err(Rejection::NotAsked),
        }
    }

    pub(super) fn take_refused_slot(&mut self, at: Option<&At>, why: &str) -> Result<(), Rejection> {
        match at {
            None if matches!(self.job.state, crate::job::JobState::Queued { .. }) => {
                self.emit(Event::JobFailed { cause: why.to_owned() });
                Ok(())
            }
            Some(at) => {
                let (ix, instance) = self.find(at)?;
                self.must_wait()?;
                match &instance.state {
                    InstanceState::Running(_) | InstanceState::Child { .. } if instance.has_slot => {
                        if instance.evicted.is_none() {
                            self.emit(Event::SlotLost { at: at.clone(), why: why.to_owned() });
                        }
                    }
                    InstanceState::Slot(_) => self.fail(ix, at.instance, FailureClass::Busy, why),
                    InstanceState::Open
                    | InstanceState::Approval(_)
                    | InstanceState::Cache(_)
                    | InstanceState::Timer { .. }
                    | InstanceState::Retry { .. }
                    | InstanceState::Round { .. }
                        if instance.has_slot =>
                    {
                        self.fail(ix, at.instance, FailureClass::Busy, why);
                    }
                    // It holds none, or nobody knows whether it still runs there.
                    InstanceState::Open
                    | InstanceState::Approval(_)
                    | InstanceState::Cache(_)
                    | InstanceState::Timer { .. }
                    | InstanceState::Running(_)
                    | InstanceState::Child { .. }
                    | InstanceState::Retry { .. }
                    | InstanceState::Round { .. }
                    | InstanceState::Unknown { .. }
                    | InstanceState::Succeeded
                    | InstanceState::Failed { .. }
                    | InstanceState::Skipped
                    | InstanceState::Blocked
                    | InstanceState::Cancelled => return Err(Rejection::NotAsked),
                }
                Ok(())
            }
            None => Err(Rejection::NotAsked),
        }
    }

    pub(super) fn take_cache(&mut self, at: &At, found: &Result<CacheHit, String>) -> Result<(), Rejection> {
        let InstanceState::Cache(question) = &self.find(at)?.1.state else { return Err(Rejection::NotAsked) };
        self.must_wait()?;
        let ttl = question.ttl;
        let at = at.clone();
        match found {
            Ok(hit) if ttl.is_none_or(|ttl| self.now.saturating_sub(hit.made_at) <= ttl) => {
                let (outputs, artifacts): (Values, Values) =
                    (Arc::clone(&hit.outputs), Arc::clone(&hit.artifacts));
                let why = "the action, its place and all it is given are the same".to_owned();
                self.emit(Event::StepReused { at, from: Arc::clone(&hit.job), why, outputs, artifacts });
            }
            Ok(hit) => {
                let age = Value::Duration(self.now.saturating_sub(hit.made_at));
                let why = format!(
                    "the result of job {} is {age} old, and `ttl` is {}",
                    hit.job,
                    Value::Duration(ttl.unwrap_or(0))
                );
                self.emit(Event::CacheMissed { at, why });
            }
            Err(why) => self.emit(Event::CacheMissed { at, why: why.clone() }),
        }
        Ok(())
    }
}

/// Returns what must be typed to agree: the step's name, where the risk is critical.
fn phrase(risk: Risk, step: &Step) -> Option<String> {
    (risk == Risk::Critical).then(|| step.name.to_string())
}

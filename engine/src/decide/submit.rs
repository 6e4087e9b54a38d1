//! The beginning of a job: its params, and whether it can run here at all.

use super::Decision;
use crate::{
    command::Submit,
    event::{Event, JobCreated, Slot},
    expression::{Expr, Fault, Read, evaluate},
    id::Name,
    job::JobState,
    plan::{Action, Concurrency, Param, Step},
    rejection::Rejection,
    scope::JobScope,
    value::{Value, convert},
};
use std::{collections::BTreeMap, sync::Arc};

impl Decision<'_> {
    pub(super) fn take_submit(&mut self, submit: &Submit) -> Result<(), Rejection> {
        if !matches!(self.job.state, JobState::Absent) {
            return Err(Rejection::Exists);
        }
        let plan = Arc::clone(&self.job.shape.plan);
        for step in plan.graph.node_weights() {
            self.check_place(step, &step.action, submit)?;
            if let Some(undo) = &step.undo {
                self.check_place(step, &undo.action, submit)?;
            }
        }
        let params = self.params(submit)?;
        let scope = |read: &Read| self.known(submit, &params, read);
        let max_parallel = match &plan.policy.max_parallel {
            Some(expr) => match evaluate(expr, &scope) {
                Ok(Value::Int(most)) => u32::try_from(most.max(1)).unwrap_or(u32::MAX),
                Ok(_) => u32::MAX,
                Err(fault) => return Err(Rejection::Setting { what: "max_parallel", why: fault.message }),
            },
            None => u32::MAX,
        };
        self.emit(Event::JobCreated(JobCreated {
            job: Arc::clone(&submit.job),
            workflow: Arc::clone(&plan.name),
            plan: self.job.shape.digest,
            params: Arc::new(params),
            door: submit.door,
            workspace: submit.workspace.clone(),
            mock: submit.mock,
            max_parallel: max_parallel.min(submit.max_parallel).max(1),
            queue_timeout: submit.queue_timeout,
            seed: submit.seed,
            parent: submit.parent.clone(),
            fork: submit.fork.as_ref().map(|reuse| reuse.from.clone()),
        }));
        self.actor = crate::event::Actor::Engine;
        // Before anything starts, so that nothing starts that is taken over.
        if let Some(reuse) = &submit.fork {
            self.reuse(reuse);
        }
        self.begin_job();
        Ok(())
    }

    /// Lets the job start, or queue for a place in its group.
    pub(super) fn begin_job(&mut self) {
        let limit = self.job.shape.plan.concurrency.clone();
        match limit.map(|limit| slot(&limit, &JobScope::new(self.job))).transpose() {
            Ok(Some(slot)) => {
                let most = self.job.created.as_ref().and_then(|created| created.queue_timeout);
                let until = most.map(|most| self.now.saturating_add(most));
                self.emit(Event::JobQueued { slot, until });
            }
            Ok(None) => self.begin_steps(),
            Err(why) => self.emit(Event::JobFailed { cause: format!("`concurrency` has no value: {why}") }),
        }
    }

    /// Lets steps start.
    pub(super) fn begin_steps(&mut self) {
        let timeout = self.job.shape.plan.timeout.clone();
        match timeout.map(|timeout| JobScope::new(self.job).length("timeout", &timeout)).transpose() {
            Ok(timeout) => {
                let deadline = timeout.map(|timeout| self.now.saturating_add(timeout));
                self.emit(Event::JobStarted { deadline });
            }
            Err(why) => self.emit(Event::JobFailed { cause: format!("the job cannot start: {why}") }),
        }
    }

    fn check_place(&self, step: &Step, action: &Action, submit: &Submit) -> Result<(), Rejection> {
        let step_name = || Arc::clone(&step.name);
        let kind: Name = match (action, &step.on) {
            (Action::Agent { .. }, _) => {
                return if submit.mock || step.mock.is_some() {
                    Ok(())
                } else {
                    Err(Rejection::NoModel { step: step_name() })
                };
            }
            (Action::Call { .. } | Action::Approve(_) | Action::Wait(_), _) => return Ok(()),
            (Action::Http(_), _) => "http".into(),
            (Action::Run { .. } | Action::Script { .. } | Action::Do { .. }, None) => "local".into(),
            (Action::Run { .. } | Action::Script { .. } | Action::Do { .. }, Some(on)) => {
                let target = self.job.shape.plan.target_of(step);
                target.map_or_else(|| Arc::clone(on), |target| Arc::clone(&target.kind))
            }
        };
        if submit.mock || submit.kinds.contains(&kind) {
            Ok(())
        } else {
            Err(Rejection::NoProvider { step: step_name(), kind })
        }
    }

    /// Gives each param its value and checks it.
    fn params(&self, submit: &Submit) -> Result<BTreeMap<Name, Value>, Rejection> {
        let declared = &self.job.shape.plan.params;
        let rejected = |name: &Name, why: String| Rejection::Param { name: Arc::clone(name), why };
        if let Some(unknown) =
            submit.params.keys().find(|name| !declared.iter().any(|param| param.name == **name))
        {
            let names: Vec<&str> = declared.iter().map(|param| &*param.name).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(rejected(unknown, format!("the workflow does not declare it; it has {known}")));
        }
        let mut params = BTreeMap::new();
        for param in declared {
            let value = self.param(param, submit, &params).map_err(|why| rejected(&param.name, why))?;
            params.insert(Arc::clone(&param.name), value);
        }
        for param in declared {
            let Some(check) = &param.check else { continue };
            match evaluate(check, &|read: &Read| self.known(submit, &params, read)) {
                Ok(Value::Bool(true)) => {}
                Ok(_) => {
                    let value = params.get(&param.name).map(ToString::to_string).unwrap_or_default();
                    let why = format!("{value:?} does not pass its check, `{check}`");
                    return Err(rejected(
                        &param.name,
                        param.help.as_ref().map_or(why.clone(), |help| format!("{why}. {help}")),
                    ));
                }
                Err(fault) => return Err(rejected(&param.name, fault.message)),
            }
        }
        Ok(params)
    }

    fn param(&self, param: &Param, submit: &Submit, known: &BTreeMap<Name, Value>) -> Result<Value, String> {
        let default = |expr: &Expr| -> Result<Value, Fault> {
            evaluate(expr, &|read: &Read| self.known(submit, known, read))
        };
        match (submit.params.get(&param.name), &param.default) {
            (Some(given), _) => convert(given, &param.ty).map_err(|mismatch| mismatch.to_string()),
            (None, Some(expr)) => {
                default(expr).map_err(|fault| format!("its default fails: {}", fault.message))
            }
            (None, None) if param.ty.is_optional() => Ok(Value::Null),
            (None, None) => Err(format!("it must be given: --param {}=…", param.name)),
        }
    }

    /// Reads what is known before there is a job.
    fn known(&self, submit: &Submit, params: &BTreeMap<Name, Value>, read: &Read) -> Option<Value> {
        match read {
            Read::Param(name) => params.get(name).cloned(),
            Read::Job(field) => match &**field {
                "id" => Some(Value::Text(Arc::clone(&submit.job))),
                "name" => Some(Value::Text(Arc::clone(&self.job.shape.plan.name))),
                "started_at" => Some(Value::Time(self.now)),
                _ => None,
            },
            Read::Let(_)
            | Read::Secret(_)
            | Read::Output { .. }
            | Read::Artifact { .. }
            | Read::Status(_)
            | Read::SelfOutput(_)
            | Read::SelfArtifact(_)
            | Read::Result(_)
            | Read::EachKey
            | Read::EachValue
            | Read::EachIndex
            | Read::Event(_)
            | Read::Local(_) => None,
        }
    }
}

/// Evaluates which place is asked for.
pub(crate) fn slot(limit: &Concurrency, scope: &JobScope<'_>) -> Result<Slot, String> {
    let rate = match (&limit.rate, &limit.per) {
        (Some(rate), Some(per)) => Some((scope.count(rate)?.max(1), scope.length("per", per)?)),
        (Some(rate), None) => Some((scope.count(rate)?.max(1), 1000)),
        (None, _) => None,
    };
    Ok(Slot {
        group: scope.text(&limit.group)?.into(),
        limit: Some(limit.limit.as_ref().map_or(Ok(1), |limit| scope.count(limit))?.max(1)),
        when_busy: limit.when_busy,
        rate,
    })
}

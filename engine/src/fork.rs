//! Going on from an earlier execution: which of its steps need not run again, and why the others do.

use crate::{
    decide::Decision,
    event::{At, Event, Fork, Values},
    id::{JobId, Name},
    job::{InstanceState, Items, Job, Status, StepIx},
    plan::Step,
    value::Value,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What a job may take over from an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reuse {
    /// Which execution, up to which of its events.
    pub from: Fork,
    /// Its params.
    pub params: Values,
    /// What its steps gave, by name; steps that did not end well are left out.
    pub steps: BTreeMap<Name, Reused>,
}

/// What a step of an earlier execution gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reused {
    /// The step as it was in the plan then, as JSON.
    definition: String,
    /// What it fanned out over, and the names of the instances, if it did.
    over: Option<(Value, Vec<Name>)>,
    /// Outputs and artifacts of each instance.
    gave: Vec<(Values, Values)>,
    /// Whether a person changed what it gave.
    is_edited: bool,
}

impl Reuse {
    /// Takes what a job has to give. `edits` changes outputs of steps that do not fan out; what reads them runs again.
    ///
    /// # Errors
    /// If an edit names a step or an output that the job did not give.
    pub fn of(job: &Job, edits: &BTreeMap<(Name, Name), Value>) -> Result<Self, String> {
        let mut steps = BTreeMap::new();
        for (ix, state) in job.steps.iter().enumerate().filter(|(_, step)| step.status == Status::Succeeded) {
            let Some(step) = job.shape.step(ix) else { continue };
            let gave = state.instances.iter().filter(|it| it.state == InstanceState::Succeeded);
            let gave: Vec<_> = gave.map(|it| (Arc::clone(&it.outputs), Arc::clone(&it.artifacts))).collect();
            if gave.len() != state.instances.len() {
                continue;
            }
            let over = state.fan_out.as_ref().map(|items| (over(items), names(items)));
            let reused = Reused { definition: definition(step, job), over, gave, is_edited: false };
            steps.insert(Arc::clone(&step.name), reused);
        }
        for ((step, output), value) in edits {
            let reused = steps.get_mut(step).filter(|reused| reused.over.is_none());
            let gave = reused.and_then(|reused| {
                reused.is_edited = true;
                reused.gave.first_mut()
            });
            let outputs =
                gave.map(|(outputs, _)| Arc::make_mut(outputs)).filter(|it| it.contains_key(output));
            let place = outputs
                .ok_or_else(|| format!("step `{step}` gave no output `{output}` that can be changed"))?;
            place.insert(Arc::clone(output), value.clone());
        }
        let params = job.created.as_ref().map(|created| Arc::clone(&created.params)).unwrap_or_default();
        Ok(Self { from: Fork { job: job.id(), seq: job.seq }, params, steps })
    }

    /// Says for each step of the plan of a new job whether it is taken over, and if not, why not. The job has its
    /// params and nothing more.
    #[must_use]
    pub fn plan(&self, job: &Job) -> Vec<(Name, Result<(), String>)> {
        let mut fresh: BTreeSet<StepIx> = BTreeSet::new();
        let mut plan = Vec::new();
        for &ix in &job.shape.order {
            let Some(step) = job.shape.step(ix) else { continue };
            let verdict = self.verdict(job, ix, step, &fresh);
            if verdict.is_err() || self.steps.get(&step.name).is_some_and(|reused| reused.is_edited) {
                fresh.insert(ix);
            }
            plan.push((Arc::clone(&step.name), verdict));
        }
        plan
    }

    fn verdict(&self, job: &Job, ix: StepIx, step: &Step, fresh: &BTreeSet<StepIx>) -> Result<(), String> {
        let Some(reused) = self.steps.get(&step.name) else {
            return Err("it did not end well in the execution before".to_owned());
        };
        let definition = definition(step, job);
        if definition != reused.definition {
            return Err("it is written differently now".to_owned());
        }
        if let Some(&(from, _)) = job.shape.incoming(ix).iter().find(|(from, _)| fresh.contains(from)) {
            let At { step, .. } = job.place(from, 0);
            return Err(format!("it waits for `{step}`, which is new"));
        }
        let now = job.created.as_ref().map(|created| Arc::clone(&created.params)).unwrap_or_default();
        let changed =
            params_read(&definition, job).into_iter().find(|name| now.get(name) != self.params.get(name));
        match changed {
            Some(name) => Err(format!("param `{name}` is another")),
            None => Ok(()),
        }
    }
}

impl Decision<'_> {
    /// Takes over what an earlier execution gave.
    pub(crate) fn reuse(&mut self, reuse: &Reuse) {
        for (name, verdict) in reuse.plan(self.job) {
            let Some(reused) = reuse.steps.get(&name).filter(|_| verdict.is_ok()) else { continue };
            if let Some((over, keys)) = &reused.over {
                let (step, over, keys) = (Arc::clone(&name), over.clone(), keys.clone());
                self.emit(Event::FanOutExpanded { step, over, keys, parallel: None });
            }
            for (instance, (outputs, artifacts)) in (0..).zip(&reused.gave) {
                let why = if reused.is_edited {
                    "its outputs were changed by hand"
                } else {
                    "nothing it reads has changed"
                };
                self.emit(Event::StepReused {
                    at: At::new(Arc::clone(&name), instance),
                    from: JobId::clone(&reuse.from.job),
                    why: why.to_owned(),
                    outputs: Arc::clone(outputs),
                    artifacts: Arc::clone(artifacts),
                });
            }
        }
    }
}

/// Writes a step with all of the plan that bears on it: its target, the variables of the plan, the workflow it calls.
fn definition(step: &Step, job: &Job) -> String {
    let plan = &job.shape.plan;
    let target = step.on.as_ref().and_then(|on| plan.targets.iter().find(|target| target.name == *on));
    let callee = match &step.action {
        crate::plan::Action::Call { workflow, .. } => {
            job.shape.callees.get(workflow).map(|callee| callee.digest)
        }
        _ => None,
    };
    serde_json::to_string(&(step, target, &plan.env, callee)).unwrap_or_default()
}

/// Finds the params that a definition reads, through lets too. In the JSON of a plan an expression that reads one is
/// `{"param":"name"}`, and one that reads a let `{"let":"name"}`.
fn params_read(definition: &str, job: &Job) -> BTreeSet<Name> {
    let plan = &job.shape.plan;
    let (mut params, mut lets) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![serde_json::from_str(definition).unwrap_or(Json::Null)];
    while let Some(json) = open.pop() {
        match json {
            Json::Array(items) => open.extend(items),
            Json::Object(members) => {
                for (key, value) in members {
                    match (key.as_str(), &value) {
                        ("param", Json::String(name)) => {
                            params.insert(Name::from(name.as_str()));
                        }
                        ("let", Json::String(name)) => {
                            let found = plan.lets.iter().find(|(known, _)| **known == **name);
                            if let Some((_, expr)) = found
                                && lets.insert(name.clone())
                            {
                                open.extend(serde_json::to_value(expr));
                            }
                        }
                        _ => open.push(value),
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
    params
}

fn over(items: &Items) -> Value {
    let values = (0..items.len()).filter_map(|at| items.value(at).cloned());
    match items.map_keys() {
        Some(keys) => Value::map(keys.iter().cloned().zip(values).collect()),
        None => Value::list(values.collect()),
    }
}

fn names(items: &Items) -> Vec<Name> {
    (0..items.len()).map(|at| items.name(at)).collect()
}

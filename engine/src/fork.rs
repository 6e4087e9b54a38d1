//! Going on from an earlier execution: which of its steps need not run again, and why the others do.

use crate::{
    decide::Decision,
    event::{At, Event, Fork, Values},
    expression::Read,
    id::{Digest, JobId, Name},
    job::{InstanceState, Items, Job, Status, StepIx, Undo},
    plan::{Action, Step},
    value::{Value, convert},
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
    /// The plan it ran.
    plan: Digest,
    /// Its params.
    pub params: Values,
    /// Whether it only pretended.
    #[serde(default)]
    is_mock: bool,
    /// What its steps gave, by name; steps that did not end well, or were taken back, are left out.
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
    /// Why it was skipped, if it was, as a whole.
    skipped: Option<String>,
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
        let undone = job.undo.as_ref().map_or(&[][..], Undo::touched);
        for (ix, state) in job.steps.iter().enumerate() {
            let Some(step) = job.shape.step(ix) else { continue };
            if undone.iter().any(|at| at.step == step.name) {
                continue;
            }
            let skipped = match state.status {
                Status::Succeeded => None,
                Status::Skipped if state.instances.is_empty() => Some(state.why.clone().unwrap_or_default()),
                Status::Pending
                | Status::Waiting
                | Status::Running
                | Status::Failed
                | Status::Skipped
                | Status::Blocked
                | Status::Cancelled => continue,
            };
            let gave = state.instances.iter().filter(|it| it.state == InstanceState::Succeeded);
            let gave: Vec<_> = gave.map(|it| (Arc::clone(&it.outputs), Arc::clone(&it.artifacts))).collect();
            if gave.len() != state.instances.len() {
                continue;
            }
            let over = state.fan_out.as_ref().map(|items| (over(items), names(items)));
            let reused = Reused { definition: definition(step, job), over, gave, skipped, is_edited: false };
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
            let declared = job
                .shape
                .find(step)
                .and_then(|ix| job.shape.step(ix))
                .and_then(|it| it.outputs.iter().find(|it| it.name == *output));
            let value = match declared {
                Some(output) => convert(value, &output.ty)
                    .map_err(|why| format!("output `{}` of `{step}`: {why}", output.name))?,
                None => value.clone(),
            };
            place.insert(Arc::clone(output), value);
        }
        let params = job.created.as_ref().map(|created| Arc::clone(&created.params)).unwrap_or_default();
        let from = Fork { job: job.id(), seq: job.seq };
        Ok(Self { from, plan: job.shape.digest, params, is_mock: job.is_mock(), steps })
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
            return Err("it did not end well in the execution before, or was taken back".to_owned());
        };
        if self.is_mock && !job.is_mock() {
            return Err("the execution before only pretended".to_owned());
        }
        let definition = definition(step, job);
        if definition != reused.definition {
            return Err("it is written differently now".to_owned());
        }
        // Where a person says what it gave, nothing is left to ask.
        if reused.is_edited {
            return Ok(());
        }
        let now = job.created.as_ref().map(|created| Arc::clone(&created.params)).unwrap_or_default();
        // People agreed to all that comes below, and so to the whole as it was.
        let is_same = self.plan == job.shape.digest
            && self.params == now
            && !self.steps.values().any(|it| it.is_edited);
        if matches!(step.action, Action::Approve(_)) && !is_same {
            return Err("what people agreed to is not the same any more".to_owned());
        }
        if let Some(&(from, _)) = job.shape.incoming(ix).iter().find(|(from, _)| fresh.contains(from)) {
            let At { step, .. } = job.place(from, 0);
            return Err(format!("it waits for `{step}`, which is new"));
        }
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
            if let Some(why) = &reused.skipped {
                let (at, why) = (At::new(Arc::clone(&name), 0), why.clone());
                self.emit(Event::StepSkipped { at, whole: true, why });
                continue;
            }
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

/// Writes a step with all of the plan that bears on it: its target, the variables of the plan, the workflow it calls,
/// and the lets they read.
fn definition(step: &Step, job: &Job) -> String {
    let plan = &job.shape.plan;
    let target = plan.target_of(step);
    let callee = match &step.action {
        Action::Call { workflow, .. } => job.shape.callees.get(workflow).map(|callee| callee.digest),
        _ => None,
    };
    let own = serde_json::to_value((step, target, &plan.env, callee)).unwrap_or_default();
    let (_, lets) = read_by(&own, job);
    serde_json::to_string(&(own, lets)).unwrap_or_default()
}

fn params_read(definition: &str, job: &Job) -> BTreeSet<Name> {
    read_by(&serde_json::from_str(definition).unwrap_or(Json::Null), job).0
}

/// Finds the params that a definition reads, through lets too, and those lets. In the JSON of a plan an expression that
/// reads one is `{"read":"param.name"}`, and one that reads a let `{"read":"let.name"}`.
fn read_by(definition: &Json, job: &Job) -> (BTreeSet<Name>, BTreeMap<Name, Json>) {
    let plan = &job.shape.plan;
    let (mut params, mut lets) = (BTreeSet::new(), BTreeMap::new());
    let mut open = vec![definition.clone()];
    while let Some(json) = open.pop() {
        match json {
            Json::Array(items) => open.extend(items),
            Json::Object(members) => {
                for (key, value) in members {
                    let read = match (key.as_str(), &value) {
                        ("read", Json::String(path)) => Read::parse(path),
                        _ => None,
                    };
                    match read {
                        Some(Read::Param(name)) => {
                            params.insert(name);
                        }
                        Some(Read::Let(name)) => {
                            let found = plan.lets.iter().find(|(known, _)| *known == name);
                            if let Some((name, expr)) = found
                                && !lets.contains_key(name)
                            {
                                let expr = serde_json::to_value(expr).unwrap_or_default();
                                lets.insert(Arc::clone(name), expr.clone());
                                open.push(expr);
                            }
                        }
                        Some(_) | None => open.push(value),
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
    (params, lets)
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

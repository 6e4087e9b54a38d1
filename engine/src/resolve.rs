//! From a step of the plan to a request: every value is put in, but for the secrets.
//!
//! It is a function of the job. The worker resolves again right before it acts, and what comes out then must have the
//! subject that the log has.

mod files;

use crate::{
    catalog,
    expression::Expr,
    id::{Digest, Name},
    job::{Job, StepIx},
    plan::{
        Action, Argument, Interpreter, Plan, Risk, Step,
        action::{Http, Script},
        risk,
    },
    request::{Body, Place, Request, Resolved, Sealed},
    scope::JobScope,
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

/// Resolves the next attempt of an instance, or the one that is performed.
///
/// # Errors
/// If an expression has no value, or a value is none that may be used there: why.
pub fn attempt(job: &Job, ix: StepIx, instance: u32) -> Result<Request, String> {
    let step = job.shape.step(ix).ok_or("there is no such step")?;
    let state = job.steps.get(ix).ok_or("there is no such step")?;
    let scope = JobScope::new(job).each(state.fan_out.as_deref(), instance);
    let number = state.instance(instance).map_or(0, |instance| instance.attempt);
    let mut resolving = Resolving { plan: &job.shape.plan, step, scope };
    let place = resolving.place(&step.action, job.is_mock())?;
    let timeout = resolving.timeout(&step.action, step.timeout.as_ref())?;
    let unset = step.outputs.iter().filter(|output| output.value.is_none());
    let outputs = unset.map(|output| Arc::clone(&output.name)).collect();
    if &*place.kind == "mock" {
        // Nothing is done, so nothing is given: no secret leaves its store for a pretence.
        return Ok(Request {
            key: job.key(ix, instance, number),
            is_undo: false,
            action: resolving.mock()?,
            place: Place { settings: BTreeMap::new(), ..place },
            workspace: None,
            workdir: None,
            env: Vec::new(),
            stdin: None,
            files: Vec::new(),
            outputs,
            artifacts: files::kept(&resolving.scope, &step.artifacts)?,
            timeout,
            risk: step.risk,
        });
    }
    let action = resolving.action(&step.action)?;
    Ok(Request {
        key: job.key(ix, instance, number),
        workspace: workspace(job),
        is_undo: false,
        risk: step.risk.max(floor(&action)),
        workdir: step.workdir.as_ref().map(|workdir| resolving.scope.text(workdir)).transpose()?,
        env: resolving.env(&step.env)?,
        stdin: step.stdin.as_ref().map(|stdin| resolving.scope.sealed(stdin)).transpose()?,
        files: files::laid(&resolving.scope, &step.files)?,
        outputs,
        artifacts: files::kept(&resolving.scope, &step.artifacts)?,
        action,
        place,
        timeout,
    })
}

fn workspace(job: &Job) -> Option<Arc<str>> {
    job.created.as_ref()?.workspace.clone()
}

/// Resolves what takes an instance back.
///
/// # Errors
/// If an expression has no value: why.
pub fn undo(job: &Job, ix: StepIx, instance: u32, attempt: u32) -> Result<Request, String> {
    let step = job.shape.step(ix).ok_or("there is no such step")?;
    let undo = step.undo.as_ref().ok_or("the step has no undo")?;
    let state = job.steps.get(ix).ok_or("there is no such step")?;
    let own = state.instance(instance).ok_or("there is no such instance")?;
    let scope = JobScope::new(job).each(state.fan_out.as_deref(), instance).own(&own.outputs, &own.artifacts);
    let mut resolving = Resolving { plan: &job.shape.plan, step, scope };
    let place = resolving.place(&undo.action, job.is_mock())?;
    let action = match &*place.kind {
        "mock" => Resolved::Mock { result: succeeded(), outputs: BTreeMap::new(), delay: 0 },
        _ => resolving.action(&undo.action)?,
    };
    let timeout = resolving.timeout(&undo.action, undo.timeout.as_ref())?;
    Ok(Request {
        key: job.key(ix, instance, attempt),
        workspace: workspace(job),
        is_undo: true,
        risk: step.risk.max(floor(&action)),
        workdir: step.workdir.as_ref().map(|workdir| resolving.scope.text(workdir)).transpose()?,
        env: resolving.env(&undo.env)?,
        stdin: None,
        files: Vec::new(),
        outputs: Vec::new(),
        artifacts: Vec::new(),
        action,
        place,
        timeout,
    })
}

/// Returns the digest that an approval of a question is bound to: the plan, the step, and what is read.
#[must_use]
pub(crate) fn question(
    plan: Digest,
    job: &str,
    step: &str,
    instance: u32,
    message: &str,
    approvers: &[Name],
) -> Digest {
    let json = serde_json::json!([plan, job, step, instance, message, approvers]);
    Digest::of(json.to_string().as_bytes())
}

/// Returns the kind of place that an action of a step is done in.
pub(crate) fn kind(plan: &Plan, step: &Step, action: &Action, is_mock: bool) -> Name {
    match (action, plan.target_of(step)) {
        _ if is_mock => "mock".into(),
        (Action::Http(_), _) => "http".into(),
        // Until models can be asked, an agent gives what its mock says.
        (Action::Agent { .. }, _) => "mock".into(),
        (_, Some(target)) => Arc::clone(&target.kind),
        (_, None) => "local".into(),
    }
}

/// Returns the least risk of an action in which all is known.
fn floor(action: &Resolved) -> Risk {
    let literal = |word: &String| Argument::One(Expr::Literal(Value::text(word)));
    let action = match action {
        Resolved::Run { argv } => Action::Run {
            program: argv.first().map(String::as_str).unwrap_or_default().into(),
            arguments: argv.iter().skip(1).map(literal).collect(),
        },
        Resolved::Script { interpreter, body, arguments } => Action::Script {
            interpreter: *interpreter,
            body: Script::literal(body),
            arguments: arguments.iter().map(literal).collect(),
        },
        Resolved::Do { action, .. } => Action::Do { action: Arc::clone(action), params: Vec::new() },
        Resolved::Http { method, url, .. } => Action::Http(Box::new(Http {
            method: Arc::clone(method),
            url: Expr::Literal(Value::text(url)),
            headers: Vec::new(),
            query: Vec::new(),
            body: None,
            auth: None,
        })),
        Resolved::Agent { prompt, tools, .. } => Action::Agent {
            model: None,
            prompt: Expr::Literal(Value::text(prompt)),
            tools: (!tools.is_empty())
                .then(|| Expr::Literal(Value::list(tools.iter().map(|tool| Value::text(tool)).collect()))),
        },
        Resolved::Mock { .. } => return Risk::Low,
    };
    risk::floor(&action).0
}

/// What `result` has after a program that went well and said nothing.
pub(crate) fn succeeded() -> BTreeMap<Name, Value> {
    [("stdout", Value::text("")), ("stderr", Value::text("")), ("exit_code", Value::Int(0))]
        .map(|(name, value)| (Arc::from(name), value))
        .into_iter()
        .collect()
}

struct Resolving<'a> {
    plan: &'a Plan,
    step: &'a Step,
    scope: JobScope<'a>,
}

impl Resolving<'_> {
    /// Returns where the action is done.
    fn place(&self, action: &Action, is_mock: bool) -> Result<Place, String> {
        let target = self.plan.target_of(self.step);
        let mut settings = BTreeMap::new();
        for (name, value) in target.iter().flat_map(|target| &target.settings).chain(&self.step.overrides) {
            settings.insert(Arc::clone(name), self.scope.sealed(value)?);
        }
        let kind = kind(self.plan, self.step, action, is_mock);
        Ok(Place { target: self.step.on.clone(), kind, settings })
    }

    fn action(&mut self, action: &Action) -> Result<Resolved, String> {
        let scope = &self.scope;
        match action {
            Action::Run { program, arguments } => {
                let mut argv = vec![program.to_string()];
                self.arguments(arguments, &mut argv)?;
                Ok(Resolved::Run { argv })
            }
            Action::Script { interpreter, body, arguments } => {
                let (interpreter, body): (Interpreter, Arc<str>) = (*interpreter, body.as_str().into());
                let mut words = Vec::new();
                self.arguments(arguments, &mut words)?;
                Ok(Resolved::Script { interpreter, body, arguments: words })
            }
            Action::Do { action, params } => self.catalog(action, params),
            Action::Http(http) => {
                let sealed = |pairs: &[(Name, Expr)]| {
                    let pairs =
                        pairs.iter().map(|(name, value)| Ok((Arc::clone(name), scope.sealed(value)?)));
                    pairs.collect::<Result<Vec<_>, String>>()
                };
                let query = http.query.iter().map(|(name, value)| Ok((Arc::clone(name), scope.text(value)?)));
                let body = http.body.as_ref().map(|body| scope.value(body)).transpose()?;
                Ok(Resolved::Http {
                    method: http.method.to_ascii_uppercase().into(),
                    url: scope.text(&http.url)?,
                    headers: sealed(&http.headers)?,
                    query: query.collect::<Result<_, String>>()?,
                    body: body.map(|body| match body {
                        Value::Text(text) => Body::Text(text.to_string()),
                        other => Body::Json(other),
                    }),
                    auth: http.auth.as_ref().map(|auth| scope.sealed(auth)).transpose()?,
                })
            }
            Action::Agent { model, prompt, tools } => Ok(Resolved::Agent {
                model: model.as_ref().map(|model| scope.text(model)).transpose()?,
                prompt: scope.text(prompt)?,
                tools: tools.as_ref().map(|tools| self.words(tools)).transpose()?.unwrap_or_default(),
            }),
            Action::Call { .. } | Action::Approve(_) | Action::Wait(_) => {
                Err("no provider performs a call, a question or a wait".to_owned())
            }
        }
    }

    fn arguments(&self, arguments: &[Argument], into: &mut Vec<String>) -> Result<(), String> {
        for argument in arguments {
            match argument {
                Argument::One(value) => into.push(self.scope.text(value)?),
                Argument::Spread(list) => into.extend(self.words(list)?),
            }
        }
        Ok(())
    }

    fn words(&self, list: &Expr) -> Result<Vec<String>, String> {
        match self.scope.value(list)? {
            Value::List(words) => Ok(words.iter().map(ToString::to_string).collect()),
            other => Err(format!("`{list}` is a {} and should be a list", other.kind())),
        }
    }

    /// Resolves an action of the catalog, and checks its params as the compiler did with those it knew.
    fn catalog(&self, action: &Name, params: &[(Name, Expr)]) -> Result<Resolved, String> {
        let spec = catalog::find(action).ok_or_else(|| format!("the catalog has no action `{action}`"))?;
        let mut resolved = BTreeMap::new();
        for param in spec.params {
            let given = params.iter().find(|(name, _)| **name == *param.name);
            let value = given
                .map(|(_, value)| self.scope.value(value))
                .transpose()?
                .or_else(|| param.presence.default());
            let Some(value) = value else { continue };
            param.ty.check(&value).map_err(|why| format!("`{}` of `{action}`: {why}", param.name))?;
            resolved.insert(param.name.into(), value);
        }
        Ok(Resolved::Do { action: Arc::clone(action), params: resolved })
    }

    /// Resolves what the mock gives; where it says nothing, a program went well and said nothing.
    fn mock(&self) -> Result<Resolved, String> {
        let mut result = match &self.step.action {
            Action::Http(_) => [("status", Value::Int(200)), ("body", Value::text(""))]
                .map(|(name, value)| (Arc::from(name), value))
                .into_iter()
                .chain([("headers".into(), Value::map(BTreeMap::new())), ("json".into(), Value::Null)])
                .collect(),
            Action::Agent { .. } => BTreeMap::new(),
            Action::Run { .. }
            | Action::Script { .. }
            | Action::Do { .. }
            | Action::Call { .. }
            | Action::Approve(_)
            | Action::Wait(_) => succeeded(),
        };
        let (mut outputs, mut delay) = (BTreeMap::new(), 0);
        for (name, value) in self.step.mock.iter().flatten() {
            match (&**name, self.scope.value(value)?) {
                ("output", Value::Map(given)) => {
                    result.insert("json".into(), Value::Map(Arc::clone(&given)));
                    outputs = given.as_ref().clone();
                }
                ("delay", Value::Duration(_)) => delay = self.scope.pause("delay", value)?,
                ("body", Value::Text(text)) => {
                    let json = serde_json::from_str(&text)
                        .map_or(Value::Null, |json| crate::value::from_json(&json));
                    result.extend([("json".into(), json), ("body".into(), Value::Text(text))]);
                }
                ("body", other) => {
                    let text = crate::value::to_json(&other).to_string();
                    result.extend([("body".into(), Value::text(&text)), ("json".into(), other)]);
                }
                (_, value) => {
                    result.insert(Arc::clone(name), value);
                }
            }
        }
        Ok(Resolved::Mock { result, outputs, delay })
    }

    fn env(&self, own: &[(Name, Expr)]) -> Result<Vec<(Name, Sealed)>, String> {
        let target = self.plan.target_of(self.step);
        let mut env = BTreeMap::new();
        for (name, value) in
            self.plan.env.iter().chain(target.iter().flat_map(|target| &target.env)).chain(own)
        {
            env.insert(Arc::clone(name), self.scope.sealed(value)?);
        }
        Ok(env.into_iter().collect())
    }

    /// Returns how long the action may take, in milliseconds; an action of the catalog knows that itself.
    fn timeout(&self, action: &Action, own: Option<&Expr>) -> Result<Option<i64>, String> {
        match (own, action) {
            (Some(timeout), _) => self.scope.length("timeout", timeout).map(Some),
            (None, Action::Do { action, .. }) => {
                Ok(catalog::find(action).map(|spec| i64::from(spec.timeout_seconds) * 1000))
            }
            (None, _) => Ok(None),
        }
    }
}

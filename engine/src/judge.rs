//! Whether an attempt that was performed to its end went well, and what it gave.

mod invent;

use crate::{
    expression::{Expr, Read},
    id::{Digest, Name},
    job::{Job, StepIx},
    plan::{Action, Output, Step, Wait},
    request::{Done, FailureClass},
    resolve,
    scope::JobScope,
    value::{Artifact, Type, Value, convert, from_json, quoted},
};
use std::{collections::BTreeMap, sync::Arc};

/// What a good attempt gave.
pub(crate) struct Judged {
    pub(crate) outputs: BTreeMap<Name, Value>,
    pub(crate) artifacts: BTreeMap<Name, Value>,
    /// Those of the outputs that nobody gave: a job that only pretends has them all the same.
    pub(crate) invented: Vec<Name>,
    /// Under which key it may serve again.
    pub(crate) cache_key: Option<Digest>,
    /// If the step repeats and its condition does not hold: the condition, the time between rounds, and how many there
    /// may be.
    pub(crate) goes_on: Option<(String, i64, u32)>,
}

type Failure = (FailureClass, String);

/// Returns how it failed, if the program or the server says so.
pub(crate) fn failure_of(done: &Done) -> Option<Failure> {
    match (done.result.get("exit_code"), done.result.get("status")) {
        (Some(Value::Int(code)), _) if *code != 0 => Some((
            FailureClass::Exit(*code),
            format!("the program ended with exit code {code}{}", signal(*code)),
        )),
        (_, Some(Value::Int(status))) if !(200..300).contains(status) => {
            let class = FailureClass::Http(u16::try_from(*status).unwrap_or_default());
            Some((class, format!("the server answered with status {status}")))
        }
        _ => None,
    }
}

/// Names the signal that an exit code tells of: shells and Skynet say so with 128 and its number.
fn signal(code: i64) -> &'static str {
    // These have the same number everywhere.
    match code - 128 {
        1 => ", by SIGHUP",
        2 => ", by SIGINT",
        3 => ", by SIGQUIT",
        4 => ", by SIGILL",
        6 => ", by SIGABRT",
        8 => ", by SIGFPE",
        9 => ", by SIGKILL",
        11 => ", by SIGSEGV",
        13 => ", by SIGPIPE",
        14 => ", by SIGALRM",
        15 => ", by SIGTERM",
        _ => "",
    }
}

/// Says that the body of an answer is no JSON, if that is why a value that reads it as such has none.
fn unread(done: &Done, expr: &Expr, why: String) -> String {
    let reads_json = expr.reads().any(|read| matches!(read, Read::Result(field) if &**field == "json"));
    match (done.result.get("json"), done.result.get("body")) {
        (Some(Value::Null), Some(Value::Text(body))) if reads_json && body.trim() != "null" => {
            format!("{why}; the body of the answer is not JSON")
        }
        _ => why,
    }
}

/// Computes what an attempt gave, and asks `expect` and `until`.
pub(crate) fn judge(job: &Job, ix: StepIx, instance: u32, done: &Done) -> Result<Judged, Failure> {
    let broken = |why: String| (FailureClass::Expression, why);
    let step = job.shape.step(ix).ok_or_else(|| broken("there is no such step".to_owned()))?;
    let items = job.steps.get(ix).and_then(|state| state.fan_out.as_deref());
    let cache_key =
        job.instance(ix, instance).and_then(|own| own.missed_cache).filter(|_| step.cache.is_some());
    let artifacts = kept(job, &JobScope::new(job).each(items, instance), step, done)?;
    let mut outputs = match &step.action {
        // A call has the outputs of its workflow.
        Action::Call { .. } => done.outputs.clone(),
        _ => BTreeMap::new(),
    };
    let mut invented = Vec::new();
    // Where the file says nothing of what a step gives in a mock run, all goes well there.
    let is_free = job.is_mock() && step.mock.is_none();
    for output in &step.outputs {
        let value = match &output.value {
            // What would be made of the result of an action that nobody performed.
            Some(expr) if is_free && expr.reads().any(|read| matches!(read, Read::Result(_))) => Ok(None),
            Some(expr) => {
                let scope =
                    JobScope::new(job).each(items, instance).result(&done.result).own(&outputs, &artifacts);
                match scope.value(expr).and_then(|value| fitted(&value, &output.ty)) {
                    Err(_) if is_free => Ok(None),
                    value => value.map(Some).map_err(|why| unread(done, expr, why)),
                }
            }
            None => given(step, output, done),
        };
        let value = match value {
            Ok(Some(value)) => Ok(value),
            Ok(None) if job.is_mock() => {
                invented.push(Arc::clone(&output.name));
                Ok(invent::invent(&output.ty, job.created_at))
            }
            Ok(None) if output.ty.is_optional() => Ok(Value::Null),
            Ok(None) => Err(missing(step, output)),
            Err(why) => Err(why),
        };
        let value =
            value.map_err(|why| (FailureClass::Output, format!("output `{}`: {why}", output.name)))?;
        outputs.insert(Arc::clone(&output.name), value);
    }
    let scope = JobScope::new(job).each(items, instance).result(&done.result).own(&outputs, &artifacts);
    if let Some(expect) = step.expect.as_ref().filter(|_| !is_free) {
        match scope.bool(expect) {
            Ok(true) => {}
            Ok(false) => return Err((FailureClass::Expect, format!("`expect` is false: {expect}"))),
            Err(why) => {
                return Err((FailureClass::Expect, format!("`expect`: {}", unread(done, expect, why))));
            }
        }
    }
    let mut goes_on = None;
    if let Some(repeat) = step.repeat.as_ref().filter(|_| !is_free)
        && !scope.bool(&repeat.until).map_err(|why| broken(format!("`until`: {why}")))?
    {
        let every =
            repeat.every.as_ref().map_or(Ok(0), |every| scope.pause("every", every)).map_err(broken)?;
        goes_on = Some((repeat.until.to_string(), every, scope.count(&repeat.max).map_err(broken)?));
    }
    Ok(Judged { outputs, artifacts, invented, cache_key, goes_on })
}

/// Returns the artifacts. Each that the step declares must be there, unless it only pretends: that leaves empty files.
fn kept(job: &Job, scope: &JobScope<'_>, step: &Step, done: &Done) -> Result<BTreeMap<Name, Value>, Failure> {
    let mut kept = done.artifacts.clone();
    let is_mock = &*resolve::kind(&job.shape.plan, step, &step.action, job.is_mock()) == "mock";
    for (name, path) in &step.artifacts {
        if kept.contains_key(name) {
            continue;
        }
        let path = scope.text(path).map_err(|why| (FailureClass::Expression, why))?;
        if !is_mock {
            let why = format!("the artifact `{name}` is missing: there is no file `{path}`");
            return Err((FailureClass::Output, why));
        }
        let empty = Artifact { path: path.as_str().into(), sha256: Digest::of(b""), bytes: 0 };
        kept.insert(Arc::clone(name), Value::Artifact(Arc::new(empty)));
    }
    Ok(kept)
}

/// Returns an output that has no value in the file: it is read. None if it is not there.
fn given(step: &Step, output: &Output, done: &Done) -> Result<Option<Value>, String> {
    let field = |of: &str| match done.result.get(of) {
        Some(Value::Map(fields)) => fields.get(&output.name).cloned(),
        _ => None,
    };
    let found = match &step.action {
        Action::Agent { .. } => field("json"),
        Action::Wait(Wait::Signal { .. }) => field("body"),
        Action::Wait(Wait::For(_) | Wait::Until(_))
        | Action::Run { .. }
        | Action::Script { .. }
        | Action::Do { .. }
        | Action::Http(_)
        | Action::Call { .. }
        | Action::Approve(_) => done.outputs.get(&output.name).cloned(),
    };
    let value = found.map(|value| match (&step.action, &value) {
        (Action::Run { .. } | Action::Script { .. }, Value::Text(text)) => from_file(text, &output.ty),
        _ => fitted(&value, &output.ty),
    });
    value.transpose()
}

/// Says where an output that is read should have been.
fn missing(step: &Step, output: &Output) -> String {
    match &step.action {
        Action::Agent { .. } => "the answer has no such field".to_owned(),
        Action::Wait(Wait::Signal { .. }) => "the signal has no such field".to_owned(),
        Action::Wait(Wait::For(_) | Wait::Until(_))
        | Action::Run { .. }
        | Action::Script { .. }
        | Action::Do { .. }
        | Action::Http(_)
        | Action::Call { .. }
        | Action::Approve(_) => format!("the step did not write $SKYNET_OUT/{}", output.name),
    }
}

/// Reads the content of a file under `$SKYNET_OUT`: text for text, JSON for all else.
fn from_file(text: &str, ty: &Type) -> Result<Value, String> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    match ty.required() {
        Type::Text | Type::Enum(_) => fitted(&Value::text(line), ty),
        _ => {
            let json = serde_json::from_str(text).map_err(|error| {
                let found = quoted(line);
                if matches!(ty.required(), Type::List(_) | Type::Map(_) | Type::Record(_) | Type::Json) {
                    format!("expected {ty} as JSON, found {found}: {error}")
                } else {
                    format!("expected {ty}, found {found}")
                }
            })?;
            fitted(&from_json(&json), ty)
        }
    }
}

fn fitted(value: &Value, ty: &Type) -> Result<Value, String> {
    convert(value, ty).map_err(|mismatch| mismatch.to_string())
}

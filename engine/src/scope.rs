//! What an expression reads while a job runs.

use crate::{
    expression::{Expr, Fault, FaultKind, Part, Read, Scope, evaluate},
    id::Name,
    job::{Items, Job},
    request::{Piece, Sealed},
    value::Value,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    sync::Arc,
};

type Named = BTreeMap<Name, Value>;

/// What an expression reads: the job, and what is known at one place in it.
pub(crate) struct JobScope<'a> {
    job: &'a Job,
    each: Option<(&'a Items, usize)>,
    result: Option<&'a BTreeMap<Name, Value>>,
    own: Option<(&'a Named, &'a Named)>,
    /// The lets that were read, each evaluated once.
    lets: RefCell<BTreeMap<Name, Value>>,
    /// Why the last let that was read has no value, and how deep lets are being evaluated.
    fault: RefCell<Option<Fault>>,
    depth: Cell<usize>,
}

impl<'a> JobScope<'a> {
    /// Knows what the whole job knows.
    pub(crate) const fn new(job: &'a Job) -> Self {
        Self {
            job,
            each: None,
            result: None,
            own: None,
            lets: RefCell::new(BTreeMap::new()),
            fault: RefCell::new(None),
            depth: Cell::new(0),
        }
    }

    /// Knows for which item it is, too.
    pub(crate) fn each(mut self, items: Option<&'a Items>, at: u32) -> Self {
        self.each = items.zip(usize::try_from(at).ok());
        self
    }

    /// Knows what the action gave, too.
    pub(crate) const fn result(mut self, result: &'a BTreeMap<Name, Value>) -> Self {
        self.result = Some(result);
        self
    }

    /// Knows what the step itself gave, too: outputs and artifacts.
    pub(crate) const fn own(
        mut self,
        outputs: &'a BTreeMap<Name, Value>,
        artifacts: &'a BTreeMap<Name, Value>,
    ) -> Self {
        self.own = Some((outputs, artifacts));
        self
    }

    /// Evaluates an expression.
    pub(crate) fn value(&self, expr: &Expr) -> Result<Value, String> {
        evaluate(expr, self).map_err(|fault| self.explain(expr, &fault))
    }

    /// Evaluates an expression that gives true or false.
    pub(crate) fn bool(&self, expr: &Expr) -> Result<bool, String> {
        Ok(matches!(self.value(expr)?, Value::Bool(true)))
    }

    /// Evaluates an expression that gives a count; what is out of range is as near to it as can be.
    pub(crate) fn count(&self, expr: &Expr) -> Result<u32, String> {
        match self.value(expr)? {
            Value::Int(count) => Ok(u32::try_from(count.max(0)).unwrap_or(u32::MAX)),
            other => Err(format!("`{expr}` is a {} and should be a whole number", other.kind())),
        }
    }

    /// Evaluates an expression that gives a length or a point of time, in milliseconds.
    pub(crate) fn millis(&self, expr: &Expr) -> Result<i64, String> {
        match self.value(expr)? {
            Value::Duration(ms) | Value::Time(ms) => Ok(ms),
            other => Err(format!("`{expr}` is a {} and should be a time", other.kind())),
        }
    }

    /// Evaluates a setting that is a length of time, in milliseconds. It has to be longer than nothing.
    pub(crate) fn length(&self, word: &str, expr: &Expr) -> Result<i64, String> {
        match self.millis(expr)? {
            ms @ 1.. => Ok(ms),
            ms => Err(format!("`{word}` must be longer than 0s, and `{expr}` is {}", Value::Duration(ms))),
        }
    }

    /// Evaluates a setting that is a length of time, in milliseconds. It may be nothing.
    pub(crate) fn pause(&self, word: &str, expr: &Expr) -> Result<i64, String> {
        match self.millis(expr)? {
            ms @ 0.. => Ok(ms),
            ms => Err(format!("`{word}` must not be negative, and `{expr}` is {}", Value::Duration(ms))),
        }
    }

    /// Evaluates an expression that gives text.
    pub(crate) fn text(&self, expr: &Expr) -> Result<String, String> {
        self.value(expr).map(|value| value.to_string())
    }

    /// Evaluates an expression that gives text and may read secrets, which stay names.
    ///
    /// The types allow secrets by themselves, inside text, and as a branch of a choice; nothing computes with them.
    pub(crate) fn sealed(&self, expr: &Expr) -> Result<Sealed, String> {
        if !expr.reads().any(|read| matches!(read, Read::Secret(_))) {
            return Ok(Sealed::text(&as_text(&self.value(expr)?)));
        }
        let mut pieces = Vec::new();
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Read(Read::Secret(name)) => pieces.push(Piece::Secret(Arc::clone(name))),
                Expr::Text(parts) => {
                    for part in parts {
                        match part {
                            Part::Chars(chars) => pieces.push(Piece::Text(Arc::clone(chars))),
                            Part::Value(value) => pieces.extend(self.sealed(value)?.pieces),
                        }
                    }
                }
                Expr::If(condition, yes, no) => open.push(if self.bool(condition)? { yes } else { no }),
                Expr::Convert(_, inner) => open.push(inner),
                Expr::Literal(_)
                | Expr::Read(_)
                | Expr::Field(..)
                | Expr::Index(..)
                | Expr::Call(..)
                | Expr::Not(_)
                | Expr::Negate(_)
                | Expr::Binary(..)
                | Expr::List(_)
                | Expr::Map(_)
                | Expr::For(_) => pieces.push(Piece::Text(as_text(&self.value(expr)?).into())),
            }
        }
        Ok(Sealed { pieces })
    }

    fn explain(&self, expr: &Expr, fault: &Fault) -> String {
        let inner = (fault.kind == FaultKind::Unknown).then(|| self.fault.borrow_mut().take()).flatten();
        match inner {
            Some(inner) => inner.message,
            None => format!("{} in `{}`", fault.message, expr.part(&fault.at)),
        }
    }

    fn read_let(&self, name: &Name) -> Option<Value> {
        if let Some(value) = self.lets.borrow().get(name) {
            return Some(value.clone());
        }
        let (_, expr) = self.job.shape.plan.lets.iter().find(|(known, _)| known == name)?;
        // A let reads only earlier ones, so this ends; the bound keeps the stack small whatever the plan says.
        let depth = self.depth.get();
        if depth > MAX_LET_DEPTH {
            return None;
        }
        self.depth.set(depth + 1);
        let value = evaluate(expr, self);
        self.depth.set(depth);
        match value {
            Ok(value) => {
                self.lets.borrow_mut().insert(Arc::clone(name), value.clone());
                Some(value)
            }
            Err(fault) => {
                let first = self.fault.borrow_mut().take();
                *self.fault.borrow_mut() = Some(first.unwrap_or(fault));
                None
            }
        }
    }
}

/// How deep lets may read each other.
const MAX_LET_DEPTH: usize = 256;

/// Prints a value as text; a list or a map as JSON.
fn as_text(value: &Value) -> String {
    match value {
        Value::List(_) | Value::Map(_) => crate::value::to_json(value).to_string(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_)
        | Value::Artifact(_) => value.to_string(),
    }
}

impl Scope for JobScope<'_> {
    fn read(&self, read: &Read) -> Option<Value> {
        let created = self.job.created.as_ref()?;
        match read {
            Read::Param(name) => created.params.get(name).cloned(),
            Read::Let(name) => self.read_let(name),
            Read::Output { step, output } => {
                let step = self.job.step(step).filter(|step| step.status.is_final())?;
                Some(step.outputs.get(output).cloned().unwrap_or(Value::Null))
            }
            Read::Artifact { step, artifact } => {
                let step = self.job.step(step).filter(|step| step.status.is_final())?;
                Some(step.artifacts.get(artifact).cloned().unwrap_or(Value::Null))
            }
            Read::Status(step) => {
                let step = self.job.step(step).filter(|step| step.status.is_final())?;
                Some(Value::text(step.status.as_str()))
            }
            Read::SelfOutput(name) => self.own.and_then(|(outputs, _)| outputs.get(name).cloned()),
            Read::SelfArtifact(name) => self.own.and_then(|(_, artifacts)| artifacts.get(name).cloned()),
            Read::Result(name) => self.result.and_then(|result| result.get(name).cloned()),
            Read::EachKey => self.each.map(|(items, at)| Value::Text(items.key(at))),
            Read::EachValue => self.each.and_then(|(items, at)| items.value(at).cloned()),
            Read::EachIndex => self.each.and_then(|(_, at)| i64::try_from(at).ok()).map(Value::Int),
            Read::Job(field) => match &**field {
                "id" => Some(Value::Text(Arc::clone(&created.job))),
                "name" => Some(Value::Text(Arc::clone(&created.workflow))),
                "started_at" => Some(Value::Time(self.job.created_at)),
                _ => None,
            },
            // A secret has no value in the heart; an event has one only where a trigger sets params; a local is bound
            // by the evaluator itself.
            Read::Secret(_) | Read::Event(_) | Read::Local(_) => None,
        }
    }
}

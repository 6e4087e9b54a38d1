//! The params of a job, as they are given on a command line or in a file.

use crate::{
    failure::Failure,
    nearby,
    preview::{Known, Outcome},
};
use engine::{
    event::Values,
    expression::{Expr, Read},
    id::{Digest, JobId, Name},
    plan::{Param, Plan},
    value::{Type, Value, convert, from_json, parse_text},
};
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc};

/// What params are given: none for one that gets a value which only run time knows.
pub type Given = BTreeMap<Name, Option<Value>>;

/// Returns the values that a job is begun with.
#[must_use]
pub fn values(given: &Given) -> Values {
    Arc::new(given.iter().filter_map(|(name, value)| Some((Arc::clone(name), value.clone()?))).collect())
}

/// Returns the number that a job makes its jitter of.
#[must_use]
pub fn seed(job: &JobId) -> u64 {
    Digest::of(job.as_bytes()).0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Reads what is given for the params of a plan: an object of JSON first, then words `name=value`, which win.
///
/// # Errors
/// Everything that is wrong with it: a name that the plan does not have, a value that is not of the type, a required
/// param that is missing.
pub fn read(plan: &Plan, file: Option<&Json>, words: &[String]) -> Result<Given, Vec<Failure>> {
    let mut reading = Reading { plan, given: BTreeMap::new(), wrong: Vec::new() };
    match file {
        None => {}
        Some(Json::Object(fields)) => {
            for (name, value) in fields {
                reading
                    .take(name, |param| convert(&from_json(value), &param.ty).map_err(|it| it.to_string()));
            }
        }
        Some(_) => reading.wrong.push(Failure::new(
            "the params file is not a JSON object",
            "write one field for each param: { \"name\": \"value\" }",
        )),
    }
    let mut named: Vec<&str> = Vec::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            reading.wrong.push(Failure::new(
                format!("`--param {word}` gives no value"),
                format!("write `--param {word}=VALUE`"),
            ));
            continue;
        };
        if named.contains(&name) {
            reading.wrong.push(Failure::new(
                format!("param `{name}` is given twice"),
                "give each param once; a list is one value, written as JSON",
            ));
            continue;
        }
        named.push(name);
        reading.take(name, |param| {
            parse_text(&param.ty, value).map_err(|it| format!("{it}{}", close_word(&param.ty, value)))
        });
    }
    reading.require();
    if reading.wrong.is_empty() { Ok(reading.given) } else { Err(reading.wrong) }
}

struct Reading<'a> {
    plan: &'a Plan,
    given: Given,
    wrong: Vec<Failure>,
}

impl Reading<'_> {
    fn take(&mut self, name: &str, read: impl FnOnce(&Param) -> Result<Value, String>) {
        let Some(param) = self.plan.params.iter().find(|param| &*param.name == name) else {
            let known: Vec<&str> = self.plan.params.iter().map(|param| &*param.name).collect();
            self.wrong.push(unknown(&self.plan.name, name, &known));
            return;
        };
        match read(param) {
            Ok(value) => {
                self.given.insert(param.name.clone(), Some(value));
            }
            Err(reason) => {
                // It is given, if badly: one complaint is enough.
                self.given.insert(param.name.clone(), None);
                let what = format!("param `{name}` cannot take this value: {reason}");
                self.wrong.push(Failure::new(what, format!("give it as {}", example(param))));
            }
        }
    }

    fn require(&mut self) {
        for param in &self.plan.params {
            if param.default.is_none() && !param.ty.is_optional() && !self.given.contains_key(&param.name) {
                let meaning = param.help.as_deref().map_or(String::new(), |help| format!(" ({help})"));
                self.wrong.push(Failure::new(
                    format!("param `{}: {}` is required{meaning}", param.name, param.ty),
                    format!("give it as {}", example(param)),
                ));
            }
        }
    }
}

/// Checks given values against what the params say must hold of them.
///
/// # Errors
/// Every check that is false, or that fails.
pub fn check(plan: &Plan, known: &Known) -> Result<(), Vec<Failure>> {
    let mut wrong = Vec::new();
    for param in &plan.params {
        let Some(check) = &param.check else { continue };
        let value = known.write(&Expr::Read(Read::Param(param.name.clone()))).text();
        let what = match known.outcome(check) {
            Outcome::Value(Value::Bool(false)) => {
                format!("param `{}` cannot be {value}: {check} is false", param.name)
            }
            Outcome::Fault(reason) => {
                format!("the check of param `{}` fails for {value}: {reason}", param.name)
            }
            Outcome::Value(_) | Outcome::Open => continue,
        };
        let help = param.help.as_deref().map_or_else(|| "give another value".to_owned(), str::to_owned);
        wrong.push(Failure::new(what, help));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Evaluates what is known of params and lets before a job runs.
///
/// # Errors
/// Every default or `let` that fails for the values given.
pub fn settle(plan: &Plan, given: &Given) -> Result<Known, Vec<Failure>> {
    let mut known = Known::default();
    let mut waiting: Vec<(Read, &Expr)> = Vec::new();
    for param in &plan.params {
        let read = Read::Param(param.name.clone());
        match (given.get(&param.name), &param.default) {
            (Some(Some(value)), _) => known.learn(read, value.clone()),
            (Some(None), _) => {}
            (None, Some(default)) => waiting.push((read, default)),
            (None, None) => known.learn(read, Value::Null),
        }
    }
    waiting.extend(plan.lets.iter().map(|(name, expr)| (Read::Let(name.clone()), expr)));
    let mut wrong = Vec::new();
    // Each is written after what it reads, as a rule; a default may read one that is declared later.
    loop {
        let before = waiting.len();
        waiting.retain(|(read, expr)| match known.outcome(expr) {
            Outcome::Value(value) => {
                known.learn(read.clone(), value);
                false
            }
            Outcome::Open => true,
            Outcome::Fault(reason) => {
                let what = format!("{read} = {expr} fails: {reason}");
                wrong.push(Failure::new(what, "give params for which it does not"));
                false
            }
        });
        if waiting.len() == before {
            break;
        }
    }
    for (read, expr) in waiting {
        let open = known.reduce(expr);
        known.learn_open(read, open);
    }
    if wrong.is_empty() { Ok(known) } else { Err(wrong) }
}

fn unknown(workflow: &str, name: &str, known: &[&str]) -> Failure {
    let help = match (nearby::words(name, known.iter().copied()).as_slice(), known) {
        (_, []) => "it has none; leave the param out".to_owned(),
        ([], known) => format!("it has {}", nearby::list(known)),
        (close, _) => format!("did you mean {}?", nearby::list(close)),
    };
    Failure::new(format!("workflow `{workflow}` has no param `{name}`"), help)
}

/// Offers the words of an enum that are close to a wrong one.
fn close_word(ty: &Type, text: &str) -> String {
    let Type::Enum(allowed) = ty.required() else { return String::new() };
    match nearby::words(text, allowed.iter().map(|word| &**word)).as_slice() {
        [] => String::new(),
        close => format!("; did you mean {}?", nearby::list(close)),
    }
}

/// Shows how a param is given on a command line.
fn example(param: &Param) -> String {
    let value = match param.ty.required() {
        Type::Bool => "true".to_owned(),
        Type::Int => "3".to_owned(),
        Type::Float => "0.5".to_owned(),
        Type::Duration => "10m".to_owned(),
        Type::Size => "4GiB".to_owned(),
        Type::Time => "2030-01-31T12:00:00Z".to_owned(),
        Type::Enum(words) => words.join("|"),
        Type::List(element) if **element == Type::Text => "'[\"a\", \"b\"]'".to_owned(),
        Type::List(_) => "'[…]' (JSON)".to_owned(),
        Type::Map(_) | Type::Record(_) => "'{…}' (JSON)".to_owned(),
        Type::Json => "JSON".to_owned(),
        Type::Text | Type::Never | Type::Null | Type::Artifact | Type::Secret | Type::Optional(_) => {
            "TEXT".to_owned()
        }
    };
    format!("`--param {}={value}`", param.name)
}

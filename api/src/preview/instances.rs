//! What a step fans out over: how many instances there will be, and what tells one from the other.

use super::{ActionLine, Known, Outcome, Shown, action, step};
use engine::{
    expression::Expr,
    plan::{FanOut, Plan, Step},
    value::Value,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many instances of a step are shown at most.
const MAX_INSTANCES: usize = 20;

/// How many instances a step may have that does not say.
const MAX_ITEMS: usize = 10_000;

/// The instances of a step.
#[derive(Debug, PartialEq, Serialize)]
pub struct Instances {
    /// What it fans out over.
    pub over: Shown,
    /// How many there are, if that is known.
    pub count: Option<usize>,
    /// How many run at once.
    pub parallel: Option<Shown>,
    /// Why the step will fail before any of them starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails: Option<String>,
    /// The first of them.
    pub first: Vec<Instance>,
}

/// One instance of a step.
#[derive(Debug, PartialEq, Serialize)]
pub struct Instance {
    /// What tells it from the others.
    pub key: Shown,
    /// Its element.
    pub value: Shown,
    /// What it does, where that differs from one to the next.
    pub action: Option<ActionLine>,
    /// Its variables that differ from one to the next.
    pub env: Vec<(String, Shown)>,
    /// Its folder, where that differs.
    pub workdir: Option<Shown>,
    /// Its files that differ.
    pub files: Vec<(Shown, Shown)>,
    /// Where it leaves its files, where that differs.
    pub artifacts: Vec<(String, Shown)>,
}

pub(super) fn instances(plan: &Plan, step: &Step, fan_out: &FanOut, known: &Known) -> Instances {
    let elements: Option<Vec<(Value, Value)>> = match known.outcome(&fan_out.over) {
        Outcome::Value(Value::List(items)) => Some(
            items.iter().enumerate().map(|(at, item)| (Value::text(&at.to_string()), item.clone())).collect(),
        ),
        Outcome::Value(Value::Map(entries)) => {
            Some(entries.iter().map(|(key, item)| (Value::text(key), item.clone())).collect())
        }
        Outcome::Value(_) | Outcome::Open | Outcome::Fault(_) => None,
    };
    let general = action::line(&step.action, plan, known, &mut 0);
    let shown = elements.iter().flatten().take(MAX_INSTANCES).enumerate();
    Instances {
        over: known.write(&fan_out.over),
        count: elements.as_ref().map(Vec::len),
        fails: fails(fan_out, elements.as_deref(), known).err(),
        parallel: fan_out.parallel.as_ref().map(|most| known.show(most)),
        first: shown
            .map(|(at, (key, value))| instance(plan, step, known, &general, (at, key, value)))
            .collect(),
    }
}

fn instance(
    plan: &Plan,
    step: &Step,
    open: &Known,
    general: &ActionLine,
    (at, key, value): (usize, &Value, &Value),
) -> Instance {
    let known = open.at(at, key, value);
    let workdir = |known: &Known| step.workdir.as_ref().map(|it| known.show(it));
    let own = action::line(&step.action, plan, &known, &mut 0);
    Instance {
        key: step
            .fan_out
            .as_ref()
            .and_then(|fan_out| fan_out.key.as_ref())
            .map_or_else(|| Shown::known(key.to_string()), |key| known.show(key)),
        value: Shown::known(value.to_string()),
        action: (own != *general).then_some(own),
        env: differing(step::env(plan, step, &known), &step::env(plan, step, open)),
        workdir: workdir(&known).filter(|it| Some(it) != workdir(open).as_ref()),
        files: differing(step::files(step, &known), &step::files(step, open)),
        artifacts: differing(step::artifacts(step, &known), &step::artifacts(step, open)),
    }
}

/// Keeps what the element decides; the rest is shown with the step.
fn differing<T: PartialEq>(own: Vec<T>, general: &[T]) -> Vec<T> {
    own.into_iter().filter(|it| !general.contains(it)).collect()
}

/// Looks for settings that have no value, for too many instances, and for two of one name, in the order in which a job
/// would meet them.
fn fails(fan_out: &FanOut, elements: Option<&[(Value, Value)]>, known: &Known) -> Result<(), String> {
    let value = |word: &str, expr: &Expr, known: &Known| match known.outcome(expr) {
        Outcome::Value(value) => Ok(Some(value)),
        Outcome::Open => Ok(None),
        Outcome::Fault(why) => Err(format!("`{word}`: {why} in `{expr}`")),
    };
    value("for_each", &fan_out.over, known)?;
    let most = match &fan_out.max_items {
        None => Some(MAX_ITEMS),
        Some(most) => match value("max_items", most, known)? {
            Some(Value::Int(most)) => Some(usize::try_from(most.max(0)).unwrap_or(usize::MAX)),
            Some(_) | None => None,
        },
    };
    let elements = elements.unwrap_or_default();
    if let Some(most) = most.filter(|most| elements.len() > *most) {
        return Err(format!("`max_items` is {most}, and there are {} items", elements.len()));
    }
    if let Some(key) = &fan_out.key {
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        for (at, (own, item)) in elements.iter().enumerate() {
            let name = value("key", key, &known.at(at, own, item));
            let Some(name) = name.map_err(|why| format!("item {}: {why}", at + 1))? else { continue };
            let name = name.to_string();
            if let Some(first) = taken.insert(name.clone(), at) {
                return Err(format!("items {} and {} both have the key \"{name}\"", first + 1, at + 1));
            }
        }
    }
    if let Some(parallel) = &fan_out.parallel {
        value("parallel", parallel, known)?;
    }
    Ok(())
}

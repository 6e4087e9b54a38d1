//! What a step fans out over: how many instances there will be, and what tells one from the other.

use super::{ActionLine, Known, Outcome, Shown, action};
use engine::{
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
        fails: elements.as_deref().and_then(|elements| fails(fan_out, elements, known)),
        parallel: fan_out.parallel.as_ref().map(|most| known.show(most)),
        first: shown
            .map(|(at, (key, value))| instance(plan, step, known, &general, (at, key, value)))
            .collect(),
    }
}

fn instance(
    plan: &Plan,
    step: &Step,
    known: &Known,
    general: &ActionLine,
    (at, key, value): (usize, &Value, &Value),
) -> Instance {
    let known = known.at(at, key, value);
    let own = action::line(&step.action, plan, &known, &mut 0);
    Instance {
        key: step
            .fan_out
            .as_ref()
            .and_then(|fan_out| fan_out.key.as_ref())
            .map_or_else(|| Shown::known(key.to_string()), |key| known.show(key)),
        value: Shown::known(value.to_string()),
        action: (own != *general).then_some(own),
    }
}

/// Looks for too many instances, and for two of one name.
fn fails(fan_out: &FanOut, elements: &[(Value, Value)], known: &Known) -> Option<String> {
    let most = match fan_out.max_items.as_ref().map(|most| known.outcome(most)) {
        None => Some(MAX_ITEMS),
        Some(Outcome::Value(Value::Int(most))) => usize::try_from(most).ok(),
        Some(Outcome::Value(_) | Outcome::Open | Outcome::Fault(_)) => None,
    };
    if let Some(most) = most.filter(|most| elements.len() > *most) {
        return Some(format!("`max_items` is {most}, and there are {} items", elements.len()));
    }
    let key = fan_out.key.as_ref()?;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for (at, (own, value)) in elements.iter().enumerate() {
        let Outcome::Value(Value::Text(name)) = known.at(at, own, value).outcome(key) else { continue };
        if let Some(first) = taken.insert(name.to_string(), at) {
            return Some(format!("items {} and {} both have the key \"{name}\"", first + 1, at + 1));
        }
    }
    None
}

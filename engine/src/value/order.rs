//! The order of values: total, so that sorting and finding equals never depend on chance.

use super::Value;
use std::cmp::Ordering;

/// Returns whether two values are equal in the language: an int equals the float of the same amount.
#[must_use]
pub fn equal(left: &Value, right: &Value) -> bool {
    compare(left, right) == Ordering::Equal
}

/// Compares two values. Numbers compare by amount, text by code points, lists item by item, maps entry by entry;
/// values of different kinds by kind.
#[must_use]
pub fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right))
        | (Value::Duration(left), Value::Duration(right))
        | (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Size(left), Value::Size(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => floats(*left, *right),
        (Value::Int(left), Value::Float(right)) => int_and_float(*left, *right),
        (Value::Float(left), Value::Int(right)) => int_and_float(*right, *left).reverse(),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Artifact(left), Value::Artifact(right)) => {
            (left.sha256, &left.path, left.bytes).cmp(&(right.sha256, &right.path, right.bytes))
        }
        (Value::List(left), Value::List(right)) => {
            let pairs = left.iter().zip(right.iter());
            first_difference(pairs.map(|(left, right)| compare(left, right)))
                .unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        (Value::Map(left), Value::Map(right)) => {
            let pairs = left.iter().zip(right.iter());
            first_difference(
                pairs.map(|(left, right)| left.0.cmp(right.0).then_with(|| compare(left.1, right.1))),
            )
            .unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn first_difference(mut steps: impl Iterator<Item = Ordering>) -> Option<Ordering> {
    steps.find(|step| step.is_ne())
}

/// Zero and minus zero are one number; NaN cannot be in a value.
fn floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.total_cmp(&right))
}

/// Exact also where an int has more digits than a float can hold.
fn int_and_float(int: i64, float: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if float >= BEYOND {
        return Ordering::Less;
    }
    if float < -BEYOND {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bounds above keep it within i64")]
    let whole = float.trunc() as i64;
    int.cmp(&whole).then_with(|| floats(0.0, float.fract()))
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Float(_) => 2,
        Value::Text(_) => 3,
        Value::Duration(_) => 4,
        Value::Size(_) => 5,
        Value::Time(_) => 6,
        Value::Artifact(_) => 7,
        Value::List(_) => 8,
        Value::Map(_) => 9,
    }
}

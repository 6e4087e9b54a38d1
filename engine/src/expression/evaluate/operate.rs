//! What operators do to values. Which types they take is in [`crate::expression::operator`], case for case the same.

use super::Meter;
use crate::{
    expression::{Fault, FaultKind, Operator},
    value::{
        Value,
        order::{compare, equal},
    },
};
use jiff::Timestamp;

/// Applies an infix operator to two values; the three that may not need their right side are not among them.
pub(super) fn binary(
    meter: &mut Meter,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Result<Value, Fault> {
    match operator {
        Operator::Equal | Operator::NotEqual => {
            meter.walk(left, 1)?;
            meter.walk(right, 1)?;
            Ok(Value::Bool(equal(left, right) == (operator == Operator::Equal)))
        }
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            if !ordered(left, right) {
                return Err(mistyped(operator, left, right));
            }
            meter.walk(left, 1)?;
            let order = compare(left, right);
            Ok(Value::Bool(match operator {
                Operator::Less => order.is_lt(),
                Operator::LessEqual => order.is_le(),
                Operator::Greater => order.is_gt(),
                _ => order.is_ge(),
            }))
        }
        Operator::In => {
            contains(meter, right, left)?.ok_or_else(|| mistyped(operator, left, right)).map(Value::Bool)
        }
        Operator::Add => add(left, right),
        Operator::Subtract => subtract(left, right),
        Operator::Multiply => multiply(left, right),
        Operator::Divide => divide(left, right),
        Operator::Remainder => remainder(left, right),
        Operator::Or | Operator::And | Operator::Coalesce => Err(mistyped(operator, left, right)),
    }
}

/// Returns `-x`.
pub(super) fn negate(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Int(int) => int.checked_neg().map(Value::Int).ok_or_else(out_of_range),
        Value::Float(float) => Ok(Value::Float(-float)),
        Value::Duration(ms) => ms.checked_neg().map(Value::Duration).ok_or_else(out_of_range),
        _ => Err(Fault::new(FaultKind::Type, format!("`-` does not take a {}", value.kind()))),
    }
}

/// Returns whether a list has an item, a map a key, or a text a part; none if `whole` is nothing of that.
pub(crate) fn contains(meter: &mut Meter, whole: &Value, item: &Value) -> Result<Option<bool>, Fault> {
    meter.walk(item, 1)?;
    Ok(match (whole, item) {
        (Value::List(items), _) => {
            meter.walk(whole, 1)?;
            Some(items.iter().any(|one| equal(one, item)))
        }
        (Value::Map(entries), Value::Text(key)) => Some(entries.contains_key(key)),
        (Value::Text(text), Value::Text(part)) => {
            meter.scan(text.len())?;
            Some(text.contains(&**part))
        }
        _ => None,
    })
}

/// Adds two amounts.
pub(crate) fn add(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.checked_add(*b).map(Value::Int),
        (Value::Duration(a), Value::Duration(b)) => a.checked_add(*b).map(Value::Duration),
        (Value::Size(a), Value::Size(b)) => a.checked_add(*b).map(Value::Size),
        (Value::Time(time), Value::Duration(ms)) | (Value::Duration(ms), Value::Time(time)) => {
            time.checked_add(*ms).and_then(time_value)
        }
        _ => match floats(left, right) {
            Some((a, b)) => float_value(a + b),
            None => return Err(mistyped(Operator::Add, left, right)),
        },
    }
    .ok_or_else(out_of_range)
}

fn subtract(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.checked_sub(*b).map(Value::Int),
        (Value::Duration(a), Value::Duration(b)) => a.checked_sub(*b).map(Value::Duration),
        (Value::Time(a), Value::Time(b)) => a.checked_sub(*b).map(Value::Duration),
        (Value::Time(time), Value::Duration(ms)) => time.checked_sub(*ms).and_then(time_value),
        (Value::Size(a), Value::Size(b)) => {
            return a
                .checked_sub(*b)
                .map(Value::Size)
                .ok_or_else(|| Fault::arithmetic(format!("{left} - {right} would be less than no bytes")));
        }
        _ => match floats(left, right) {
            Some((a, b)) => float_value(a - b),
            None => return Err(mistyped(Operator::Subtract, left, right)),
        },
    }
    .ok_or_else(out_of_range)
}

fn multiply(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.checked_mul(*b).map(Value::Int),
        (Value::Duration(a), Value::Int(b)) | (Value::Int(b), Value::Duration(a)) => {
            a.checked_mul(*b).map(Value::Duration)
        }
        (Value::Duration(a), Value::Float(b)) | (Value::Float(b), Value::Duration(a)) => {
            duration_value(as_float(*a) * b)
        }
        (Value::Size(a), Value::Int(b)) | (Value::Int(b), Value::Size(a)) => {
            u64::try_from(i128::from(*a) * i128::from(*b)).ok().map(Value::Size)
        }
        (Value::Size(a), Value::Float(b)) | (Value::Float(b), Value::Size(a)) => {
            size_value(size_as_float(*a) * b)
        }
        _ => match floats(left, right) {
            Some((a, b)) => float_value(a * b),
            None => return Err(mistyped(Operator::Multiply, left, right)),
        },
    }
    .ok_or_else(out_of_range)
}

fn divide(left: &Value, right: &Value) -> Result<Value, Fault> {
    refuse_zero(right)?;
    match (left, right) {
        (Value::Duration(a), Value::Duration(b)) => float_value(as_float(*a) / as_float(*b)),
        (Value::Size(a), Value::Size(b)) => float_value(size_as_float(*a) / size_as_float(*b)),
        (Value::Duration(a), Value::Int(b)) => a.checked_div(*b).map(Value::Duration),
        (Value::Duration(a), Value::Float(b)) => duration_value(as_float(*a) / b),
        (Value::Size(a), Value::Int(b)) => {
            u64::try_from(i128::from(*a) / i128::from(*b)).ok().map(Value::Size)
        }
        (Value::Size(a), Value::Float(b)) => size_value(size_as_float(*a) / b),
        _ => match floats(left, right) {
            Some((a, b)) => float_value(a / b),
            None => return Err(mistyped(Operator::Divide, left, right)),
        },
    }
    .ok_or_else(out_of_range)
}

/// What is left has the sign of the left side.
fn remainder(left: &Value, right: &Value) -> Result<Value, Fault> {
    refuse_zero(right)?;
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(Value::Int(a.wrapping_rem(*b))),
        (Value::Duration(a), Value::Duration(b)) => Some(Value::Duration(a.wrapping_rem(*b))),
        (Value::Size(a), Value::Size(b)) => a.checked_rem(*b).map(Value::Size),
        _ => match floats(left, right) {
            Some((a, b)) => float_value(a % b),
            None => return Err(mistyped(Operator::Remainder, left, right)),
        },
    }
    .ok_or_else(out_of_range)
}

fn ordered(left: &Value, right: &Value) -> bool {
    matches!(
        (left, right),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_))
            | (Value::Text(_), Value::Text(_))
            | (Value::Duration(_), Value::Duration(_))
            | (Value::Size(_), Value::Size(_))
            | (Value::Time(_), Value::Time(_))
    )
}

fn refuse_zero(divisor: &Value) -> Result<(), Fault> {
    let zero = match divisor {
        Value::Int(value) | Value::Duration(value) => *value == 0,
        Value::Float(value) => *value == 0.0,
        Value::Size(value) => *value == 0,
        _ => false,
    };
    if zero { Err(Fault::arithmetic("division by zero")) } else { Ok(()) }
}

/// Two numbers as floats; none if one is no number.
fn floats(left: &Value, right: &Value) -> Option<(f64, f64)> {
    let float = |value: &Value| match value {
        Value::Int(int) => Some(as_float(*int)),
        Value::Float(float) => Some(*float),
        _ => None,
    };
    Some((float(left)?, float(right)?))
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what mixed arithmetic means")]
pub(crate) fn as_float(int: i64) -> f64 {
    int as f64
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what mixed arithmetic means")]
fn size_as_float(bytes: u64) -> f64 {
    bytes as f64
}

fn float_value(float: f64) -> Option<Value> {
    float.is_finite().then_some(Value::Float(float))
}

/// Cuts off what is less than a millisecond, as dividing by an int does.
fn duration_value(ms: f64) -> Option<Value> {
    int_of(ms).map(Value::Duration)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn size_value(bytes: f64) -> Option<Value> {
    let whole = bytes.trunc();
    (0.0..18_446_744_073_709_551_616.0).contains(&whole).then_some(Value::Size(whole as u64))
}

fn time_value(ms: i64) -> Option<Value> {
    Timestamp::from_millisecond(ms).ok().map(|_| Value::Time(ms))
}

/// The int that is left when a fraction is cut off; none if it is out of range.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(crate) fn int_of(float: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    let whole = float.trunc();
    (-BEYOND..BEYOND).contains(&whole).then_some(whole as i64)
}

pub(crate) fn out_of_range() -> Fault {
    Fault::arithmetic("the result is out of range")
}

fn mistyped(operator: Operator, left: &Value, right: &Value) -> Fault {
    let message = format!("`{}` does not take a {} and a {}", operator.symbol(), left.kind(), right.kind());
    Fault::new(FaultKind::Type, message)
}

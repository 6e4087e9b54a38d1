//! Functions of numbers and other amounts.

use super::{Class, Function, FunctionSpec, Shape, list::empty, mistyped, param, signature};
use crate::{
    expression::{
        Fault,
        evaluate::{Meter, add, as_float, int_of, out_of_range},
    },
    value::{Value, order::compare},
};

pub(super) const SUM: FunctionSpec = FunctionSpec {
    function: Function::Sum,
    name: "sum",
    signatures: &[
        signature(&[param("list", Shape::List(&Shape::Var(Class::Number)))], Shape::Var(Class::Number)),
        signature(
            &[
                param("list", Shape::List(&Shape::Var(Class::Amount))),
                param("start", Shape::Var(Class::Amount)),
            ],
            Shape::Var(Class::Amount),
        ),
    ],
    doc: "Adds the items, to `start` if it is given. Durations and sizes need it, so that an empty list gives `0s` or `0B`.",
    example: "sum([10s, 20s], 0s)",
    gives: "30s",
    apply: sum,
};

pub(super) const MIN: FunctionSpec = FunctionSpec {
    function: Function::Min,
    name: "min",
    signatures: &[signature(
        &[param("list", Shape::List(&Shape::Var(Class::Ordered)))],
        Shape::Var(Class::Ordered),
    )],
    doc: "Returns the smallest item; fails if there is none.",
    example: "min([3, 1, 2])",
    gives: "1",
    apply: min,
};

pub(super) const MAX: FunctionSpec = FunctionSpec {
    function: Function::Max,
    name: "max",
    signatures: &[signature(
        &[param("list", Shape::List(&Shape::Var(Class::Ordered)))],
        Shape::Var(Class::Ordered),
    )],
    doc: "Returns the greatest item; fails if there is none.",
    example: "max([3, 1, 2])",
    gives: "3",
    apply: max,
};

pub(super) const ABS: FunctionSpec = FunctionSpec {
    function: Function::Abs,
    name: "abs",
    signatures: &[signature(&[param("number", Shape::Var(Class::Signed))], Shape::Var(Class::Signed))],
    doc: "Returns a number or a duration without its sign.",
    example: "abs(-3)",
    gives: "3",
    apply: abs,
};

pub(super) const FLOOR: FunctionSpec = FunctionSpec {
    function: Function::Floor,
    name: "floor",
    signatures: &[signature(&[param("number", Shape::Float)], Shape::Int)],
    doc: "Rounds down.",
    example: "floor(2.7)",
    gives: "2",
    apply: floor,
};

pub(super) const CEIL: FunctionSpec = FunctionSpec {
    function: Function::Ceil,
    name: "ceil",
    signatures: &[signature(&[param("number", Shape::Float)], Shape::Int)],
    doc: "Rounds up.",
    example: "ceil(2.1)",
    gives: "3",
    apply: ceil,
};

pub(super) const ROUND: FunctionSpec = FunctionSpec {
    function: Function::Round,
    name: "round",
    signatures: &[
        signature(&[param("number", Shape::Float)], Shape::Int),
        signature(&[param("number", Shape::Float), param("digits", Shape::Int)], Shape::Float),
    ],
    doc: "Rounds to the nearest whole number, or to so many digits behind the point (0 to 15); a half goes away from zero.",
    example: "round(2.345, 2)",
    gives: "2.35",
    apply: round,
};

fn sum(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let (items, start) = match args {
        [Value::List(items)] => (items, Value::Int(0)),
        [Value::List(items), start] => (items, start.clone()),
        _ => return Err(mistyped(Function::Sum, args)),
    };
    items.iter().try_fold(start, |total, item| add(&total, item))
}

fn min(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [list @ Value::List(items)] = args else { return Err(mistyped(Function::Min, args)) };
    meter.walk(list, 1)?;
    items.iter().min_by(|a, b| compare(a, b)).cloned().ok_or_else(|| empty(Function::Min))
}

fn max(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [list @ Value::List(items)] = args else { return Err(mistyped(Function::Max, args)) };
    meter.walk(list, 1)?;
    items.iter().max_by(|a, b| compare(a, b)).cloned().ok_or_else(|| empty(Function::Max))
}

fn abs(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Int(int)] => int.checked_abs().map(Value::Int).ok_or_else(out_of_range),
        [Value::Duration(ms)] => ms.checked_abs().map(Value::Duration).ok_or_else(out_of_range),
        [Value::Float(float)] => Ok(Value::Float(float.abs())),
        _ => Err(mistyped(Function::Abs, args)),
    }
}

fn floor(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    to_whole(Function::Floor, args, f64::floor)
}

fn ceil(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    to_whole(Function::Ceil, args, f64::ceil)
}

fn round(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let (float, digits) = match args {
        [Value::Float(float), Value::Int(digits)] => (*float, *digits),
        [Value::Int(int), Value::Int(digits)] => (as_float(*int), *digits),
        _ => return to_whole(Function::Round, args, f64::round),
    };
    let digits = i32::try_from(digits).ok().filter(|digits| (0..=15).contains(digits));
    let scale = 10_f64.powi(digits.ok_or_else(|| Fault::argument("`round` takes 0 to 15 digits"))?);
    let scaled = float * scale;
    // A float so large has no digits behind the point to lose.
    Ok(Value::Float(if scaled.abs() < 1e15 { scaled.round() / scale } else { float }))
}

fn to_whole(function: Function, args: &[Value], round: fn(f64) -> f64) -> Result<Value, Fault> {
    match args {
        [Value::Int(int)] => Ok(Value::Int(*int)),
        [Value::Float(float)] => int_of(round(*float)).map(Value::Int).ok_or_else(out_of_range),
        _ => Err(mistyped(function, args)),
    }
}

//! Functions of lists.

use super::{Class, Function, FunctionSpec, Shape, mistyped, param, signature};
use crate::{
    expression::{Fault, evaluate::Meter},
    value::{Value, order::compare},
};
use std::{cmp::Ordering, collections::BTreeSet};

pub(super) const FIRST: FunctionSpec = FunctionSpec {
    function: Function::First,
    name: "first",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::T)],
    doc: "Returns the first item; fails if there is none, where `get(list, 0)` gives `null`.",
    example: "first([7, 8])",
    gives: "7",
    apply: first,
};

pub(super) const LAST: FunctionSpec = FunctionSpec {
    function: Function::Last,
    name: "last",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::T)],
    doc: "Returns the last item; fails if there is none.",
    example: "last([7, 8])",
    gives: "8",
    apply: last,
};

pub(super) const RANGE: FunctionSpec = FunctionSpec {
    function: Function::Range,
    name: "range",
    signatures: &[
        signature(&[param("end", Shape::Int)], Shape::List(&Shape::Int)),
        signature(&[param("start", Shape::Int), param("end", Shape::Int)], Shape::List(&Shape::Int)),
    ],
    doc: "Counts from `start`, or 0, up to `end`, which is left out; at most 10,000 numbers.",
    example: "range(1, 4)",
    gives: "[1, 2, 3]",
    apply: range,
};

pub(super) const CHUNK: FunctionSpec = FunctionSpec {
    function: Function::Chunk,
    name: "chunk",
    signatures: &[signature(
        &[param("list", Shape::LIST_OF_T), param("size", Shape::Int)],
        Shape::List(&Shape::LIST_OF_T),
    )],
    doc: "Cuts a list into lists of `size` items; the last may be shorter.",
    example: "chunk([1, 2, 3], 2)",
    gives: "[[1, 2], [3]]",
    apply: chunk,
};

pub(super) const FLATTEN: FunctionSpec = FunctionSpec {
    function: Function::Flatten,
    name: "flatten",
    signatures: &[signature(&[param("lists", Shape::List(&Shape::LIST_OF_T))], Shape::LIST_OF_T)],
    doc: "Joins the lists of a list into one.",
    example: "flatten([[1, 2], [3]])",
    gives: "[1, 2, 3]",
    apply: flatten,
};

pub(super) const COMPACT: FunctionSpec = FunctionSpec {
    function: Function::Compact,
    name: "compact",
    signatures: &[signature(&[param("list", Shape::List(&Shape::Optional(&Shape::T)))], Shape::LIST_OF_T)],
    doc: "Leaves out each `null`.",
    example: "compact([1, null, 3])",
    gives: "[1, 3]",
    apply: compact,
};

pub(super) const DISTINCT: FunctionSpec = FunctionSpec {
    function: Function::Distinct,
    name: "distinct",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::LIST_OF_T)],
    doc: "Leaves out each item that is equal to an earlier one.",
    example: r#"distinct(["b", "a", "b"])"#,
    gives: r#"["b", "a"]"#,
    apply: distinct,
};

pub(super) const SORT: FunctionSpec = FunctionSpec {
    function: Function::Sort,
    name: "sort",
    signatures: &[signature(
        &[param("list", Shape::List(&Shape::Var(Class::Ordered)))],
        Shape::List(&Shape::Var(Class::Ordered)),
    )],
    doc: "Puts items in order, the smallest first; text by its code points.",
    example: "sort([3, 1, 2])",
    gives: "[1, 2, 3]",
    apply: sort,
};

pub(super) const REVERSE: FunctionSpec = FunctionSpec {
    function: Function::Reverse,
    name: "reverse",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::LIST_OF_T)],
    doc: "Turns a list round.",
    example: "reverse([1, 2])",
    gives: "[2, 1]",
    apply: reverse,
};

pub(super) const ANY: FunctionSpec = FunctionSpec {
    function: Function::Any,
    name: "any",
    signatures: &[signature(&[param("list", Shape::List(&Shape::Bool))], Shape::Bool)],
    doc: "Returns whether one item at least is true; false for an empty list.",
    example: "any([false, true])",
    gives: "true",
    apply: any,
};

pub(super) const ALL: FunctionSpec = FunctionSpec {
    function: Function::All,
    name: "all",
    signatures: &[signature(&[param("list", Shape::List(&Shape::Bool))], Shape::Bool)],
    doc: "Returns whether every item is true; true for an empty list.",
    example: "all([false, true])",
    gives: "false",
    apply: all,
};

fn first(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::List(items)] => items.first().cloned().ok_or_else(|| empty(Function::First)),
        _ => Err(mistyped(Function::First, args)),
    }
}

fn last(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::List(items)] => items.last().cloned().ok_or_else(|| empty(Function::Last)),
        _ => Err(mistyped(Function::Last, args)),
    }
}

/// What a function says that picks one item and finds none.
pub(super) fn empty(function: Function) -> Fault {
    Fault::missing(format!("`{function}` finds no item in an empty list"))
}

fn range(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let (start, end) = match args {
        [Value::Int(end)] => (0, *end),
        [Value::Int(start), Value::Int(end)] => (*start, *end),
        _ => return Err(mistyped(Function::Range, args)),
    };
    if end.saturating_sub(start) > MAX_RANGE {
        return Err(Fault::budget("`range` gives at most 10,000 numbers"));
    }
    meter.list((start..end).map(Value::Int).collect())
}

fn chunk(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [list @ Value::List(items), Value::Int(size)] = args else {
        return Err(mistyped(Function::Chunk, args));
    };
    let size = usize::try_from(*size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| Fault::argument("a chunk has one item at least"))?;
    meter.walk(list, 1)?;
    meter.list(items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect())
}

fn flatten(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::List(lists)] = args else { return Err(mistyped(Function::Flatten, args)) };
    let mut flat = Vec::new();
    for list in lists.iter() {
        let Value::List(items) = list else { return Err(mistyped(Function::Flatten, args)) };
        meter.foresee((flat.len() + items.len()).saturating_mul(size_of::<Value>() / 2))?;
        flat.extend(items.iter().cloned());
    }
    meter.list(flat)
}

fn compact(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::List(items)] => {
            meter.list(items.iter().filter(|item| !matches!(item, Value::Null)).cloned().collect())
        }
        _ => Err(mistyped(Function::Compact, args)),
    }
}

fn distinct(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [list @ Value::List(items)] = args else { return Err(mistyped(Function::Distinct, args)) };
    meter.walk(list, comparisons(items))?;
    let mut seen = BTreeSet::new();
    meter.list(items.iter().filter(|item| seen.insert(Ordered(item))).cloned().collect())
}

fn sort(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [list @ Value::List(items)] = args else { return Err(mistyped(Function::Sort, args)) };
    meter.walk(list, comparisons(items))?;
    let mut sorted = items.to_vec();
    sorted.sort_by(compare);
    meter.list(sorted)
}

fn reverse(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::List(items)] => meter.list(items.iter().rev().cloned().collect()),
        _ => Err(mistyped(Function::Reverse, args)),
    }
}

fn any(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::List(items)] => Ok(Value::Bool(items.contains(&Value::Bool(true)))),
        _ => Err(mistyped(Function::Any, args)),
    }
}

fn all(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::List(items)] => Ok(Value::Bool(!items.contains(&Value::Bool(false)))),
        _ => Err(mistyped(Function::All, args)),
    }
}

/// The most numbers that `range` gives.
const MAX_RANGE: i64 = 10_000;

/// About how often each item is compared when a list is put in order.
fn comparisons(items: &[Value]) -> usize {
    usize::try_from(items.len().checked_ilog2().unwrap_or(0)).unwrap_or(0) + 1
}

/// A value in the order of the language.
struct Ordered<'a>(&'a Value);

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.0, other.0)
    }
}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered<'_> {}

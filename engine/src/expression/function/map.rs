//! Functions of maps and records.

use super::{Function, FunctionSpec, Shape, mistyped, param, signature};
use crate::{
    expression::{Fault, evaluate::Meter},
    id::Name,
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) const GET: FunctionSpec = FunctionSpec {
    function: Function::Get,
    name: "get",
    signatures: &[
        signature(&[param("list", Shape::LIST_OF_T), param("index", Shape::Int)], Shape::Optional(&Shape::T)),
        signature(&[param("map", Shape::MAP_OF_T), param("key", Shape::Text)], Shape::Optional(&Shape::T)),
        signature(
            &[param("json", Shape::Json), param("index", Shape::OneOf(&[Shape::Int, Shape::Text]))],
            Shape::Optional(&Shape::Json),
        ),
    ],
    doc: "Returns an item of a list by its position, counted from 0, or an entry of a map by its key; `null` if there is none.",
    example: r#"get({ a = 1 }, "b")"#,
    gives: "null",
    apply: get,
};

pub(super) const KEYS: FunctionSpec = FunctionSpec {
    function: Function::Keys,
    name: "keys",
    signatures: &[signature(&[param("map", Shape::MAP_OF_T)], Shape::TEXTS)],
    doc: "Returns the keys of a map in their order.",
    example: "keys({ b = 1, a = 2 })",
    gives: r#"["a", "b"]"#,
    apply: keys,
};

pub(super) const VALUES: FunctionSpec = FunctionSpec {
    function: Function::Values,
    name: "values",
    signatures: &[signature(&[param("map", Shape::MAP_OF_T)], Shape::LIST_OF_T)],
    doc: "Returns the values of a map in the order of their keys.",
    example: "values({ b = 1, a = 2 })",
    gives: "[2, 1]",
    apply: values,
};

pub(super) const MERGE: FunctionSpec = FunctionSpec {
    function: Function::Merge,
    name: "merge",
    signatures: &[signature(
        &[param("under", Shape::MAP_OF_T), param("over", Shape::MAP_OF_T)],
        Shape::MAP_OF_T,
    )],
    doc: "Returns the entries of both maps; where both have a key, the second decides. Two records give a record with the fields of both.",
    example: "merge({ a = 1, b = 1 }, { b = 2 })",
    gives: "{ a = 1, b = 2 }",
    apply: merge,
};

pub(super) const TO_MAP: FunctionSpec = FunctionSpec {
    function: Function::ToMap,
    name: "to_map",
    signatures: &[signature(
        &[param("entries", Shape::List(&Shape::Fields(&[("key", Shape::Text), ("value", Shape::T)])))],
        Shape::MAP_OF_T,
    )],
    doc: "Makes a map of entries; fails if two have the same key.",
    example: r#"to_map([{ key = "a", value = 1 }])"#,
    gives: "{ a = 1 }",
    apply: to_map,
};

pub(super) const ZIP: FunctionSpec = FunctionSpec {
    function: Function::Zip,
    name: "zip",
    signatures: &[signature(
        &[param("lists", Shape::Special("an object of lists"))],
        Shape::Special("a list of objects"),
    )],
    doc: "Goes through lists side by side: the first object holds the first item of each, and so on. Fails if the lists differ in length.",
    example: r#"zip({ a = [1, 2], b = ["x", "y"] })"#,
    gives: r#"[{ a = 1, b = "x" }, { a = 2, b = "y" }]"#,
    apply: zip,
};

pub(super) const PRODUCT: FunctionSpec = FunctionSpec {
    function: Function::Product,
    name: "product",
    signatures: &[signature(
        &[param("lists", Shape::Special("an object of lists"))],
        Shape::Special("a list of objects"),
    )],
    doc: "Combines each item of each list with each of the others. Fields vary in the order of their names, the last one fastest.",
    example: r#"product({ a = [1, 2], b = ["x", "y"] })"#,
    gives: r#"[{ a = 1, b = "x" }, { a = 1, b = "y" }, { a = 2, b = "x" }, { a = 2, b = "y" }]"#,
    apply: product,
};

fn get(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let found = match args {
        [Value::List(items), Value::Int(index)] => {
            usize::try_from(*index).ok().and_then(|index| items.get(index))
        }
        [Value::Map(entries), Value::Text(key)] => entries.get(key),
        // JSON may be anything, and then it has no such item.
        [_, Value::Int(_) | Value::Text(_)] => None,
        _ => return Err(mistyped(Function::Get, args)),
    };
    Ok(found.cloned().unwrap_or(Value::Null))
}

fn keys(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Map(entries)] => meter.list(entries.keys().cloned().map(Value::Text).collect()),
        _ => Err(mistyped(Function::Keys, args)),
    }
}

fn values(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Map(entries)] => meter.list(entries.values().cloned().collect()),
        _ => Err(mistyped(Function::Values, args)),
    }
}

fn merge(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Map(under), Value::Map(over)] = args else { return Err(mistyped(Function::Merge, args)) };
    let mut merged = BTreeMap::clone(under);
    merged.extend(over.iter().map(|(key, value)| (Arc::clone(key), value.clone())));
    meter.pay(Value::map(merged))
}

fn to_map(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::List(items)] = args else { return Err(mistyped(Function::ToMap, args)) };
    let mut map = BTreeMap::new();
    for item in items.iter() {
        let Value::Map(entry) = item else { return Err(mistyped(Function::ToMap, args)) };
        let (Some(Value::Text(key)), Some(value)) = (entry.get("key"), entry.get("value")) else {
            return Err(mistyped(Function::ToMap, args));
        };
        if map.insert(Arc::clone(key), value.clone()).is_some() {
            return Err(Fault::argument(format!("two entries have the key {key:?}")));
        }
    }
    meter.pay(Value::map(map))
}

fn zip(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let columns = columns(args).ok_or_else(|| mistyped(Function::Zip, args))?;
    let lengths: Vec<usize> = columns.iter().map(|(_, items)| items.len()).collect();
    let rows = lengths.first().copied().unwrap_or(0);
    if lengths.iter().any(|length| *length != rows) {
        return Err(Fault::argument(format!("`zip` needs lists of one length, found {lengths:?}")));
    }
    table(meter, &columns, rows, |row, _| row)
}

fn product(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let columns = columns(args).ok_or_else(|| mistyped(Function::Product, args))?;
    let rows = columns.iter().try_fold(1_usize, |rows, (_, items)| rows.checked_mul(items.len()));
    // How many rows pass before the items of each column begin anew, and how many before they go on by one.
    let strides: Vec<(usize, usize)> = columns
        .iter()
        .enumerate()
        .map(|(i, (_, items))| {
            let later =
                columns.iter().skip(i + 1).fold(1_usize, |n, (_, items)| n.saturating_mul(items.len()));
            (later, items.len())
        })
        .collect();
    table(meter, &columns, rows.unwrap_or(usize::MAX), |row, column| match strides.get(column) {
        Some((later, length)) => row.checked_div(*later).and_then(|n| n.checked_rem(*length)).unwrap_or(0),
        None => 0,
    })
}

/// The lists of an object, by name in the order of the names.
fn columns(args: &[Value]) -> Option<Vec<(&Name, &[Value])>> {
    let [Value::Map(fields)] = args else { return None };
    let columns = fields.iter().map(|(name, value)| match value {
        Value::List(items) => Some((name, items.as_slice())),
        _ => None,
    });
    columns.collect()
}

/// Makes one object for each row, of the item that `pick` says for each column.
fn table(
    meter: &mut Meter,
    columns: &[(&Name, &[Value])],
    rows: usize,
    pick: impl Fn(usize, usize) -> usize,
) -> Result<Value, Fault> {
    const ENTRY: usize = 32;
    meter.foresee(rows.saturating_mul(columns.len() + 1).saturating_mul(ENTRY))?;
    let mut list = Vec::with_capacity(rows);
    for row in 0..rows {
        let cells = columns.iter().enumerate().filter_map(|(column, (name, items))| {
            let item = items.get(pick(row, column))?;
            Some((Arc::clone(name), item.clone()))
        });
        list.push(Value::map(cells.collect()));
    }
    meter.list(list)
}

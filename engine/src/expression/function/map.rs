//! Functions of maps and records.

use super::{Function, FunctionSpec, Shape, param, signature};

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
};

pub(super) const KEYS: FunctionSpec = FunctionSpec {
    function: Function::Keys,
    name: "keys",
    signatures: &[signature(&[param("map", Shape::MAP_OF_T)], Shape::TEXTS)],
    doc: "Returns the keys of a map in their order.",
    example: "keys({ b = 1, a = 2 })",
    gives: r#"["a", "b"]"#,
};

pub(super) const VALUES: FunctionSpec = FunctionSpec {
    function: Function::Values,
    name: "values",
    signatures: &[signature(&[param("map", Shape::MAP_OF_T)], Shape::LIST_OF_T)],
    doc: "Returns the values of a map in the order of their keys.",
    example: "values({ b = 1, a = 2 })",
    gives: "[2, 1]",
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
};

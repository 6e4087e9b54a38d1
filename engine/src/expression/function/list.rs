//! Functions of lists.

use super::{Class, Function, FunctionSpec, Shape, param, signature};

pub(super) const FIRST: FunctionSpec = FunctionSpec {
    function: Function::First,
    name: "first",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::Optional(&Shape::T))],
    doc: "Returns the first item; `null` if there is none.",
    example: "first([7, 8])",
    gives: "7",
};

pub(super) const LAST: FunctionSpec = FunctionSpec {
    function: Function::Last,
    name: "last",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::Optional(&Shape::T))],
    doc: "Returns the last item; `null` if there is none.",
    example: "last([7, 8])",
    gives: "8",
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
};

pub(super) const FLATTEN: FunctionSpec = FunctionSpec {
    function: Function::Flatten,
    name: "flatten",
    signatures: &[signature(&[param("lists", Shape::List(&Shape::LIST_OF_T))], Shape::LIST_OF_T)],
    doc: "Joins the lists of a list into one.",
    example: "flatten([[1, 2], [3]])",
    gives: "[1, 2, 3]",
};

pub(super) const COMPACT: FunctionSpec = FunctionSpec {
    function: Function::Compact,
    name: "compact",
    signatures: &[signature(&[param("list", Shape::List(&Shape::Optional(&Shape::T)))], Shape::LIST_OF_T)],
    doc: "Leaves out each `null`.",
    example: "compact([1, null, 3])",
    gives: "[1, 3]",
};

pub(super) const DISTINCT: FunctionSpec = FunctionSpec {
    function: Function::Distinct,
    name: "distinct",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::LIST_OF_T)],
    doc: "Leaves out each item that is equal to an earlier one.",
    example: r#"distinct(["b", "a", "b"])"#,
    gives: r#"["b", "a"]"#,
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
};

pub(super) const REVERSE: FunctionSpec = FunctionSpec {
    function: Function::Reverse,
    name: "reverse",
    signatures: &[signature(&[param("list", Shape::LIST_OF_T)], Shape::LIST_OF_T)],
    doc: "Turns a list round.",
    example: "reverse([1, 2])",
    gives: "[2, 1]",
};

pub(super) const ANY: FunctionSpec = FunctionSpec {
    function: Function::Any,
    name: "any",
    signatures: &[signature(&[param("list", Shape::List(&Shape::Bool))], Shape::Bool)],
    doc: "Returns whether one item at least is true; false for an empty list.",
    example: "any([false, true])",
    gives: "true",
};

pub(super) const ALL: FunctionSpec = FunctionSpec {
    function: Function::All,
    name: "all",
    signatures: &[signature(&[param("list", Shape::List(&Shape::Bool))], Shape::Bool)],
    doc: "Returns whether every item is true; true for an empty list.",
    example: "all([false, true])",
    gives: "false",
};

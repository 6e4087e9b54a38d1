//! Functions of numbers and other amounts.

use super::{Class, Function, FunctionSpec, Shape, param, signature};

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
};

pub(super) const MIN: FunctionSpec = FunctionSpec {
    function: Function::Min,
    name: "min",
    signatures: &[signature(
        &[param("list", Shape::List(&Shape::Var(Class::Ordered)))],
        Shape::Optional(&Shape::Var(Class::Ordered)),
    )],
    doc: "Returns the smallest item; `null` for an empty list.",
    example: "min([3, 1, 2])",
    gives: "1",
};

pub(super) const MAX: FunctionSpec = FunctionSpec {
    function: Function::Max,
    name: "max",
    signatures: &[signature(
        &[param("list", Shape::List(&Shape::Var(Class::Ordered)))],
        Shape::Optional(&Shape::Var(Class::Ordered)),
    )],
    doc: "Returns the greatest item; `null` for an empty list.",
    example: "max([3, 1, 2])",
    gives: "3",
};

pub(super) const ABS: FunctionSpec = FunctionSpec {
    function: Function::Abs,
    name: "abs",
    signatures: &[signature(&[param("number", Shape::Var(Class::Signed))], Shape::Var(Class::Signed))],
    doc: "Returns a number or a duration without its sign.",
    example: "abs(-3)",
    gives: "3",
};

pub(super) const FLOOR: FunctionSpec = FunctionSpec {
    function: Function::Floor,
    name: "floor",
    signatures: &[signature(&[param("number", Shape::Float)], Shape::Int)],
    doc: "Rounds down.",
    example: "floor(2.7)",
    gives: "2",
};

pub(super) const CEIL: FunctionSpec = FunctionSpec {
    function: Function::Ceil,
    name: "ceil",
    signatures: &[signature(&[param("number", Shape::Float)], Shape::Int)],
    doc: "Rounds up.",
    example: "ceil(2.1)",
    gives: "3",
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
};

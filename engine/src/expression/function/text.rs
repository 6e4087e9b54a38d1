//! Functions of text.

use super::{Function, FunctionSpec, Shape, option, param, signature};

pub(super) const LEN: FunctionSpec = FunctionSpec {
    function: Function::Len,
    name: "len",
    signatures: &[
        signature(&[param("text", Shape::Text)], Shape::Int),
        signature(&[param("list", Shape::LIST_OF_T)], Shape::Int),
        signature(&[param("map", Shape::MAP_OF_T)], Shape::Int),
    ],
    doc: "Counts the characters of a text, the items of a list or the entries of a map.",
    example: r#"len(["a", "b"])"#,
    gives: "2",
};

pub(super) const LOWER: FunctionSpec = FunctionSpec {
    function: Function::Lower,
    name: "lower",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Turns capital letters into small ones.",
    example: r#"lower("Main")"#,
    gives: r#""main""#,
};

pub(super) const UPPER: FunctionSpec = FunctionSpec {
    function: Function::Upper,
    name: "upper",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Turns small letters into capital ones.",
    example: r#"upper("eu")"#,
    gives: r#""EU""#,
};

pub(super) const TRIM: FunctionSpec = FunctionSpec {
    function: Function::Trim,
    name: "trim",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Removes blanks and line breaks from both ends.",
    example: r#"trim(" a ")"#,
    gives: r#""a""#,
};

pub(super) const SPLIT: FunctionSpec = FunctionSpec {
    function: Function::Split,
    name: "split",
    signatures: &[signature(&[param("text", Shape::Text), param("separator", Shape::Text)], Shape::TEXTS)],
    doc: "Cuts a text at each separator; at each character if the separator is empty.",
    example: r#"split("a,b", ",")"#,
    gives: r#"["a", "b"]"#,
};

pub(super) const JOIN: FunctionSpec = FunctionSpec {
    function: Function::Join,
    name: "join",
    signatures: &[signature(&[param("list", Shape::TEXTS), param("separator", Shape::Text)], Shape::Text)],
    doc: "Joins texts, with the separator between two.",
    example: r#"join(["a", "b"], ", ")"#,
    gives: r#""a, b""#,
};

pub(super) const LINES: FunctionSpec = FunctionSpec {
    function: Function::Lines,
    name: "lines",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::TEXTS)],
    doc: "Cuts a text into lines. A line break at the end starts no further line.",
    example: r#"lines("a\nb\n")"#,
    gives: r#"["a", "b"]"#,
};

pub(super) const WORDS: FunctionSpec = FunctionSpec {
    function: Function::Words,
    name: "words",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::TEXTS)],
    doc: "Cuts a text into what stands between blanks.",
    example: r#"words(" a  b ")"#,
    gives: r#"["a", "b"]"#,
};

pub(super) const REPLACE: FunctionSpec = FunctionSpec {
    function: Function::Replace,
    name: "replace",
    signatures: &[signature(
        &[param("text", Shape::Text), param("from", Shape::Text), param("to", Shape::Text)],
        Shape::Text,
    )],
    doc: "Replaces each `from` by `to`; changes nothing if `from` is empty.",
    example: r#"replace("a-b-c", "-", "_")"#,
    gives: r#""a_b_c""#,
};

pub(super) const STARTS_WITH: FunctionSpec = FunctionSpec {
    function: Function::StartsWith,
    name: "starts_with",
    signatures: &[signature(&[param("text", Shape::Text), param("prefix", Shape::Text)], Shape::Bool)],
    doc: "Returns whether a text begins with another.",
    example: r#"starts_with("v1.2", "v")"#,
    gives: "true",
};

pub(super) const ENDS_WITH: FunctionSpec = FunctionSpec {
    function: Function::EndsWith,
    name: "ends_with",
    signatures: &[signature(&[param("text", Shape::Text), param("suffix", Shape::Text)], Shape::Bool)],
    doc: "Returns whether a text ends with another.",
    example: r#"ends_with("a.parquet", ".csv")"#,
    gives: "false",
};

pub(super) const CONTAINS: FunctionSpec = FunctionSpec {
    function: Function::Contains,
    name: "contains",
    signatures: &[
        signature(&[param("text", Shape::Text), param("part", Shape::Text)], Shape::Bool),
        signature(&[param("list", Shape::LIST_OF_T), param("item", Shape::T)], Shape::Bool),
        signature(&[param("map", Shape::MAP_OF_T), param("key", Shape::Text)], Shape::Bool),
    ],
    doc: "Returns whether a text has a part, a list an item, or a map a key.",
    example: r#"contains(["a", "b"], "b")"#,
    gives: "true",
};

pub(super) const MATCHES: FunctionSpec = FunctionSpec {
    function: Function::Matches,
    name: "matches",
    signatures: &[signature(&[param("text", Shape::Text), param("pattern", Shape::Text)], Shape::Bool)],
    doc: "Returns whether a pattern is found anywhere in a text; anchor it with `^` and `$` to match all of it.",
    example: r#"matches("1.4.2", "^[0-9.]+$")"#,
    gives: "true",
};

pub(super) const CAPTURE: FunctionSpec = FunctionSpec {
    function: Function::Capture,
    name: "capture",
    signatures: &[signature(
        &[param("text", Shape::Text), param("pattern", Shape::Text)],
        Shape::Optional(&Shape::TEXTS),
    )],
    doc: "Returns what the groups of a pattern found, the whole match first; `null` if it is not found. A group that took no part gives an empty text.",
    example: r#"capture("v1.4", "v([0-9]+)[.]([0-9]+)")"#,
    gives: r#"["v1.4", "1", "4"]"#,
};

pub(super) const SUBSTR: FunctionSpec = FunctionSpec {
    function: Function::Substr,
    name: "substr",
    signatures: &[signature(
        &[param("text", Shape::Text), param("start", Shape::Int), option("length", Shape::Int)],
        Shape::Text,
    )],
    doc: "Takes characters from a position on, counted from 0; what lies outside the text is left out.",
    example: r#"substr("abcdef", 1, 3)"#,
    gives: r#""bcd""#,
};

//! Functions of text.

use super::{Function, FunctionSpec, Shape, mistyped, option, param, signature};
use crate::{
    expression::{
        Fault,
        evaluate::{self, Meter},
    },
    value::Value,
};
use std::sync::Arc;

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
    apply: len,
};

pub(super) const LOWER: FunctionSpec = FunctionSpec {
    function: Function::Lower,
    name: "lower",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Turns capital letters into small ones.",
    example: r#"lower("Main")"#,
    gives: r#""main""#,
    apply: lower,
};

pub(super) const UPPER: FunctionSpec = FunctionSpec {
    function: Function::Upper,
    name: "upper",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Turns small letters into capital ones.",
    example: r#"upper("eu")"#,
    gives: r#""EU""#,
    apply: upper,
};

pub(super) const TRIM: FunctionSpec = FunctionSpec {
    function: Function::Trim,
    name: "trim",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Removes blanks and line breaks from both ends.",
    example: r#"trim(" a ")"#,
    gives: r#""a""#,
    apply: trim,
};

pub(super) const SPLIT: FunctionSpec = FunctionSpec {
    function: Function::Split,
    name: "split",
    signatures: &[signature(&[param("text", Shape::Text), param("separator", Shape::Text)], Shape::TEXTS)],
    doc: "Cuts a text at each separator; at each character if the separator is empty.",
    example: r#"split("a,b", ",")"#,
    gives: r#"["a", "b"]"#,
    apply: split,
};

pub(super) const JOIN: FunctionSpec = FunctionSpec {
    function: Function::Join,
    name: "join",
    signatures: &[signature(&[param("list", Shape::TEXTS), param("separator", Shape::Text)], Shape::Text)],
    doc: "Joins texts, with the separator between two.",
    example: r#"join(["a", "b"], ", ")"#,
    gives: r#""a, b""#,
    apply: join,
};

pub(super) const LINES: FunctionSpec = FunctionSpec {
    function: Function::Lines,
    name: "lines",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::TEXTS)],
    doc: "Cuts a text into lines. A line break at the end starts no further line.",
    example: r#"lines("a\nb\n")"#,
    gives: r#"["a", "b"]"#,
    apply: lines,
};

pub(super) const WORDS: FunctionSpec = FunctionSpec {
    function: Function::Words,
    name: "words",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::TEXTS)],
    doc: "Cuts a text into what stands between blanks.",
    example: r#"words(" a  b ")"#,
    gives: r#"["a", "b"]"#,
    apply: words,
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
    apply: replace,
};

pub(super) const STARTS_WITH: FunctionSpec = FunctionSpec {
    function: Function::StartsWith,
    name: "starts_with",
    signatures: &[signature(&[param("text", Shape::Text), param("prefix", Shape::Text)], Shape::Bool)],
    doc: "Returns whether a text begins with another.",
    example: r#"starts_with("v1.2", "v")"#,
    gives: "true",
    apply: starts_with,
};

pub(super) const ENDS_WITH: FunctionSpec = FunctionSpec {
    function: Function::EndsWith,
    name: "ends_with",
    signatures: &[signature(&[param("text", Shape::Text), param("suffix", Shape::Text)], Shape::Bool)],
    doc: "Returns whether a text ends with another.",
    example: r#"ends_with("a.parquet", ".csv")"#,
    gives: "false",
    apply: ends_with,
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
    apply: contains,
};

pub(super) const MATCHES: FunctionSpec = FunctionSpec {
    function: Function::Matches,
    name: "matches",
    signatures: &[signature(&[param("text", Shape::Text), param("pattern", Shape::Text)], Shape::Bool)],
    doc: "Returns whether a pattern is found anywhere in a text; anchor it with `^` and `$` to match all of it.",
    example: r#"matches("1.4.2", "^[0-9.]+$")"#,
    gives: "true",
    apply: matches,
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
    apply: capture,
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
    apply: substr,
};

fn len(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let count = match args {
        [Value::Text(text)] => text.chars().count(),
        [Value::List(items)] => items.len(),
        [Value::Map(entries)] => entries.len(),
        _ => return Err(mistyped(Function::Len, args)),
    };
    i64::try_from(count).map(Value::Int).map_err(|_| Fault::arithmetic("the count is out of range"))
}

fn lower(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => meter.text(&text.to_lowercase()),
        _ => Err(mistyped(Function::Lower, args)),
    }
}

fn upper(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => meter.text(&text.to_uppercase()),
        _ => Err(mistyped(Function::Upper, args)),
    }
}

fn trim(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => meter.text(text.trim()),
        _ => Err(mistyped(Function::Trim, args)),
    }
}

fn split(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text), Value::Text(separator)] if separator.is_empty() => {
            let mut buffer = [0; 4];
            pieces(meter, text.chars().map(|c| Value::text(c.encode_utf8(&mut buffer))))
        }
        [Value::Text(text), Value::Text(separator)] => {
            pieces(meter, text.split(&**separator).map(Value::text))
        }
        _ => Err(mistyped(Function::Split, args)),
    }
}

fn join(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::List(items), Value::Text(separator)] = args else {
        return Err(mistyped(Function::Join, args));
    };
    let mut joined = String::new();
    for (i, item) in items.iter().enumerate() {
        let Value::Text(text) = item else { return Err(mistyped(Function::Join, args)) };
        if i > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
        meter.foresee(joined.len())?;
    }
    meter.text(&joined)
}

fn lines(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => pieces(meter, text.lines().map(Value::text)),
        _ => Err(mistyped(Function::Lines, args)),
    }
}

fn words(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => pieces(meter, text.split_whitespace().map(Value::text)),
        _ => Err(mistyped(Function::Words, args)),
    }
}

fn replace(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Text(text), Value::Text(from), Value::Text(to)] = args else {
        return Err(mistyped(Function::Replace, args));
    };
    if from.is_empty() {
        return Ok(Value::Text(Arc::clone(text)));
    }
    let found = text.matches(&**from).count();
    meter.foresee(
        text.len().saturating_sub(found * from.len()).saturating_add(found.saturating_mul(to.len())),
    )?;
    meter.text(&text.replace(&**from, to))
}

fn starts_with(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text), Value::Text(prefix)] => Ok(Value::Bool(text.starts_with(&**prefix))),
        _ => Err(mistyped(Function::StartsWith, args)),
    }
}

fn ends_with(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text), Value::Text(suffix)] => Ok(Value::Bool(text.ends_with(&**suffix))),
        _ => Err(mistyped(Function::EndsWith, args)),
    }
}

fn contains(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [whole, item] => evaluate::contains(meter, whole, item)?.map(Value::Bool),
        _ => None,
    }
    .ok_or_else(|| mistyped(Function::Contains, args))
}

fn matches(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text), Value::Text(pattern)] => {
            meter.with_pattern(pattern, |pattern, meter| pattern.is_match(text, meter)).map(Value::Bool)
        }
        _ => Err(mistyped(Function::Matches, args)),
    }
}

fn capture(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text), Value::Text(pattern)] => {
            match meter.with_pattern(pattern, |pattern, meter| pattern.groups(text, meter))? {
                Some(groups) => meter.list(groups.into_iter().map(Value::text).collect()),
                None => Ok(Value::Null),
            }
        }
        _ => Err(mistyped(Function::Capture, args)),
    }
}

fn substr(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let (text, start, length) = match args {
        [Value::Text(text), Value::Int(start)] => (text, *start, i64::MAX),
        [Value::Text(text), Value::Int(start), Value::Int(length)] => (text, *start, *length),
        _ => return Err(mistyped(Function::Substr, args)),
    };
    let end = start.saturating_add(length.max(0));
    let from = byte_of(text, start);
    let to = byte_of(text, end).max(from);
    meter.text(text.get(from..to).unwrap_or_default())
}

/// Makes a list of the pieces of a text; no more of them than could be paid for.
fn pieces(meter: &mut Meter, pieces: impl Iterator<Item = Value>) -> Result<Value, Fault> {
    let mut list = Vec::new();
    for piece in pieces {
        list.push(piece);
        meter.foresee(list.len() * size_of::<Value>() / 2)?;
    }
    meter.list(list)
}

/// Where a character begins, in bytes; the end of the text for one behind it.
fn byte_of(text: &str, character: i64) -> usize {
    let character = usize::try_from(character.max(0)).unwrap_or(usize::MAX);
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}

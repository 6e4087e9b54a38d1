//! Conversions from one type or encoding to another.

use super::{Function, FunctionSpec, Shape, mistyped, param, signature};
use crate::{
    expression::{
        Fault,
        evaluate::{MAX_VALUE_BYTES, Meter, as_float},
    },
    id::Digest,
    value::{
        Type, Value,
        convert::{convert, whole},
        from_json,
        parse::{parse_float, parse_int},
        to_json,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

pub(super) const INT: FunctionSpec = FunctionSpec {
    function: Function::Int,
    name: "int",
    signatures: &[signature(
        &[param("value", Shape::OneOf(&[Shape::Int, Shape::Float, Shape::Text, Shape::Size, Shape::Json]))],
        Shape::Int,
    )],
    doc: "Makes a whole number of a text, of a float without a fraction, of a size (in bytes) or of such JSON; fails otherwise.",
    example: r#"int("42")"#,
    gives: "42",
    apply: int,
};

pub(super) const FLOAT: FunctionSpec = FunctionSpec {
    function: Function::Float,
    name: "float",
    signatures: &[signature(
        &[param("value", Shape::OneOf(&[Shape::Float, Shape::Text, Shape::Json]))],
        Shape::Float,
    )],
    doc: "Makes a number of a text, an int or such JSON; fails otherwise.",
    example: r#"float("0.5")"#,
    gives: "0.5",
    apply: float,
};

pub(super) const BOOL: FunctionSpec = FunctionSpec {
    function: Function::Bool,
    name: "bool",
    signatures: &[signature(
        &[param("value", Shape::OneOf(&[Shape::Bool, Shape::Text, Shape::Json]))],
        Shape::Bool,
    )],
    doc: "Makes a bool of `true` or `false` as text or JSON; fails otherwise.",
    example: r#"bool("true")"#,
    gives: "true",
    apply: bool,
};

pub(super) const STRING: FunctionSpec = FunctionSpec {
    function: Function::String,
    name: "string",
    signatures: &[signature(
        &[param(
            "value",
            Shape::OneOf(&[
                Shape::Text,
                Shape::Bool,
                Shape::Int,
                Shape::Float,
                Shape::Duration,
                Shape::Size,
                Shape::Time,
                Shape::Json,
            ]),
        )],
        Shape::Text,
    )],
    doc: "Prints a value as it would stand in a text; fails for JSON that is null, a list or an object.",
    example: "string(90s)",
    gives: r#""1m30s""#,
    apply: string,
};

pub(super) const DURATION: FunctionSpec = FunctionSpec {
    function: Function::Duration,
    name: "duration",
    signatures: &[signature(
        &[param("value", Shape::OneOf(&[Shape::Duration, Shape::Text, Shape::Json]))],
        Shape::Duration,
    )],
    doc: "Reads a duration as it is written in a file; fails otherwise.",
    example: r#"duration("1h30m")"#,
    gives: "90m",
    apply: duration,
};

pub(super) const SIZE: FunctionSpec = FunctionSpec {
    function: Function::Size,
    name: "size",
    signatures: &[signature(
        &[param("value", Shape::OneOf(&[Shape::Size, Shape::Int, Shape::Text, Shape::Json]))],
        Shape::Size,
    )],
    doc: "Reads a size as it is written in a file, or takes a number of bytes; fails otherwise.",
    example: r#"size("4GiB")"#,
    gives: "4096MiB",
    apply: size,
};

pub(super) const JSON: FunctionSpec = FunctionSpec {
    function: Function::Json,
    name: "json",
    signatures: &[signature(&[param("value", Shape::Any)], Shape::Text)],
    doc: "Writes a value as JSON, without blanks and with the keys in order.",
    example: r#"json({ b = [1, null], a = "x" })"#,
    gives: r#""{\"a\":\"x\",\"b\":[1,null]}""#,
    apply: json,
};

pub(super) const PARSE_JSON: FunctionSpec = FunctionSpec {
    function: Function::ParseJson,
    name: "parse_json",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Json)],
    doc: "Reads JSON; fails if the text is none.",
    example: r#"parse_json("[1, 2]")"#,
    gives: "[1, 2]",
    apply: parse_json,
};

pub(super) const BASE64: FunctionSpec = FunctionSpec {
    function: Function::Base64,
    name: "base64",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Encodes the UTF-8 bytes of a text in base 64, padded.",
    example: r#"base64("hello")"#,
    gives: r#""aGVsbG8=""#,
    apply: base64,
};

pub(super) const PARSE_BASE64: FunctionSpec = FunctionSpec {
    function: Function::ParseBase64,
    name: "parse_base64",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Decodes base 64; fails if the text is none or its bytes are not UTF-8.",
    example: r#"parse_base64("aGVsbG8=")"#,
    gives: r#""hello""#,
    apply: parse_base64,
};

pub(super) const URL_ENCODE: FunctionSpec = FunctionSpec {
    function: Function::UrlEncode,
    name: "url_encode",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Encodes a text for use in one part of a URL: letters, digits, `-`, `.`, `_` and `~` stay.",
    example: r#"url_encode("a b/c")"#,
    gives: r#""a%20b%2Fc""#,
    apply: url_encode,
};

pub(super) const SHA256: FunctionSpec = FunctionSpec {
    function: Function::Sha256,
    name: "sha256",
    signatures: &[
        signature(&[param("text", Shape::Text)], Shape::Text),
        signature(&[param("artifact", Shape::Artifact)], Shape::Text),
    ],
    doc: "Returns the SHA-256 digest of a text or of the content of an artifact, as 64 hex digits.",
    example: r#"sha256("")"#,
    gives: r#""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#,
    apply: sha256,
};

fn int(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [value] = args else { return Err(mistyped(Function::Int, args)) };
    let int = match value {
        Value::Int(int) => Some(*int),
        Value::Float(float) => whole(*float),
        Value::Text(text) => parse_int(text),
        Value::Size(bytes) => i64::try_from(*bytes).ok(),
        _ => None,
    };
    int.map(Value::Int).ok_or_else(|| unreadable(value, "an int"))
}

fn float(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [value] = args else { return Err(mistyped(Function::Float, args)) };
    let float = match value {
        Value::Int(int) => Some(as_float(*int)),
        Value::Float(float) => Some(*float),
        Value::Text(text) => parse_float(text),
        _ => None,
    };
    float.map(Value::Float).ok_or_else(|| unreadable(value, "a float"))
}

fn bool(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [value] = args else { return Err(mistyped(Function::Bool, args)) };
    let bool = match value {
        Value::Bool(bool) => Some(*bool),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    bool.map(Value::Bool).ok_or_else(|| unreadable(value, "a bool"))
}

fn string(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [value @ (Value::Null | Value::List(_) | Value::Map(_) | Value::Artifact(_))] => {
            Err(Fault::convert(format!("expected JSON with a text, number or bool, found {}", value.kind())))
        }
        [Value::Text(text)] => Ok(Value::Text(Arc::clone(text))),
        [
            value @ (Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Time(_)),
        ] => meter.text(&value.to_string()),
        _ => Err(mistyped(Function::String, args)),
    }
}

fn duration(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [value] = args else { return Err(mistyped(Function::Duration, args)) };
    convert(value, &Type::Duration).map_err(|_| unreadable(value, "a duration"))
}

fn size(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [value] = args else { return Err(mistyped(Function::Size, args)) };
    convert(value, &Type::Size).map_err(|_| unreadable(value, "a size"))
}

fn json(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [value] = args else { return Err(mistyped(Function::Json, args)) };
    meter.walk(value, 1)?;
    // A value that could not be paid for would not print in bounded time.
    meter.foresee(value.bytes_within(MAX_VALUE_BYTES).unwrap_or(usize::MAX))?;
    meter.text(&to_json(value).to_string())
}

fn parse_json(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Text(text)] = args else { return Err(mistyped(Function::ParseJson, args)) };
    // Each value needs one of these signs before or behind it, so their count bounds the memory it takes.
    let values = text.bytes().filter(|byte| b",:[{".contains(byte)).count();
    meter.foresee(values.saturating_mul(size_of::<Value>() / 2))?;
    let parsed: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| Fault::convert(format!("the text is no JSON: {error}")))?;
    meter.pay(from_json(&parsed))
}

fn base64(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => meter.text(&STANDARD.encode(text.as_bytes())),
        _ => Err(mistyped(Function::Base64, args)),
    }
}

fn parse_base64(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Text(text)] = args else { return Err(mistyped(Function::ParseBase64, args)) };
    let bytes = STANDARD.decode(text.as_bytes()).map_err(|_| Fault::convert("the text is no base 64"))?;
    let decoded =
        String::from_utf8(bytes).map_err(|_| Fault::convert("the decoded bytes are no UTF-8 text"))?;
    meter.text(&decoded)
}

fn url_encode(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => meter.text(&utf8_percent_encode(text, RESERVED).to_string()),
        _ => Err(mistyped(Function::UrlEncode, args)),
    }
}

fn sha256(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => meter.text(&Digest::of(text.as_bytes()).to_string()),
        [Value::Artifact(artifact)] => meter.text(&artifact.sha256.to_string()),
        _ => Err(mistyped(Function::Sha256, args)),
    }
}

/// What a URL reserves: all but the letters, the digits and `-._~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn unreadable(value: &Value, wanted: &str) -> Fault {
    const MOST: usize = 60;
    let found = match value {
        Value::Text(text) if text.chars().count() <= MOST => format!("{text:?}"),
        Value::Int(_) | Value::Float(_) | Value::Size(_) => value.to_string(),
        _ => value.kind().to_owned(),
    };
    Fault::convert(format!("expected {wanted}, found {found}"))
}

//! Conversions from one type or encoding to another.

use super::{Function, FunctionSpec, Shape, param, signature};

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
};

pub(super) const JSON: FunctionSpec = FunctionSpec {
    function: Function::Json,
    name: "json",
    signatures: &[signature(&[param("value", Shape::Any)], Shape::Text)],
    doc: "Writes a value as JSON, without blanks and with the keys in order.",
    example: r#"json({ b = [1, null], a = "x" })"#,
    gives: r#""{\"a\":\"x\",\"b\":[1,null]}""#,
};

pub(super) const PARSE_JSON: FunctionSpec = FunctionSpec {
    function: Function::ParseJson,
    name: "parse_json",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Json)],
    doc: "Reads JSON; fails if the text is none.",
    example: r#"parse_json("[1, 2]")"#,
    gives: "[1, 2]",
};

pub(super) const BASE64: FunctionSpec = FunctionSpec {
    function: Function::Base64,
    name: "base64",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Encodes the UTF-8 bytes of a text in base 64, padded.",
    example: r#"base64("hello")"#,
    gives: r#""aGVsbG8=""#,
};

pub(super) const PARSE_BASE64: FunctionSpec = FunctionSpec {
    function: Function::ParseBase64,
    name: "parse_base64",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Decodes base 64; fails if the text is none or its bytes are not UTF-8.",
    example: r#"parse_base64("aGVsbG8=")"#,
    gives: r#""hello""#,
};

pub(super) const URL_ENCODE: FunctionSpec = FunctionSpec {
    function: Function::UrlEncode,
    name: "url_encode",
    signatures: &[signature(&[param("text", Shape::Text)], Shape::Text)],
    doc: "Encodes a text for use in one part of a URL: letters, digits, `-`, `.`, `_` and `~` stay.",
    example: r#"url_encode("a b/c")"#,
    gives: r#""a%20b%2Fc""#,
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
};

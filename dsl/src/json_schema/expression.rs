//! Expressions, and what the value of each kind of setting can be.

use super::{reference, with};
use crate::{
    schema::{Slot, words},
    twin::OPERATORS,
};
use engine::expression::Function;
use serde_json::{Map, Value, json};

/// Forms whose value is known when the file is compiled, or when it runs.
const COMPUTED: [&str; 8] = ["group", "op", "not", "negate", "if", "call", "index", "member"];

const DIGITS: &str = "[0-9](_?[0-9])*";
const NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
const PATH: &str = "^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*$";

/// Returns the definitions that all places share.
pub(super) fn definitions() -> Map<String, Value> {
    let all: Vec<&str> = forms().into_iter().map(|(key, _)| key).collect();
    let entry =
        |more: &[&str]| any(&["null", "boolean", "integer", "string", "array"], &[&all, more].concat());
    let comments = json!({
        "type": "array",
        "items": reference("comment"),
        "minItems": 1,
    });
    let definitions = [
        (
            "comment",
            json!({ "type": "string", "pattern": "^[^\\n\\r]*$", "description": "A comment, without its `# `." }),
        ),
        ("comments", comments),
        ("name", json!({ "type": "string", "pattern": NAME })),
        ("path", json!({ "type": "string", "pattern": PATH })),
        ("key", key()),
        ("quoted", quoted()),
        ("type", ty()),
        ("expression", entry(&[])),
        ("item", entry(&["spread", "#"])),
        ("argument", entry(&["#"])),
        ("pair", pair()),
        ("computed", any(&[], &COMPUTED)),
        ("value", any(&[], &[&COMPUTED[..], &["ref"]].concat())),
        ("literal", slot(Slot::Literal)),
        ("text", slot(Slot::Text)),
        ("flag", slot(Slot::Flag)),
        ("number", slot(Slot::Number)),
        ("count", any(&["integer"], &[&COMPUTED[..], &["int", "ref"]].concat())),
        ("quantity", slot(Slot::Quantity)),
        ("duration", slot(Slot::Duration(0))),
        ("size", slot(Slot::Size)),
        ("time", slot(Slot::Time)),
        ("condition", slot(Slot::Condition)),
        ("texts", slot(Slot::Texts)),
        ("collection", slot(Slot::Collection)),
        ("steps", slot(Slot::Steps)),
        ("target", slot(Slot::Target)),
        ("command", slot(Slot::Command)),
        ("script", slot(Slot::Script)),
    ];
    let definitions = definitions.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    definitions.chain(forms().into_iter().map(|(key, schema)| (form(key), schema))).collect()
}

/// Returns the name of a form of an expression among the definitions.
fn form(key: &str) -> String {
    format!("form-{key}")
}

/// Returns the schema of a setting's value, by reference.
pub(super) fn value(slot: Slot) -> Value {
    match slot {
        Slot::Literal => reference("literal"),
        Slot::Text | Slot::Credential => reference("text"),
        Slot::Flag => reference("flag"),
        Slot::Number => reference("number"),
        Slot::Count(least) => with(reference("count"), json!({ "minimum": least })),
        Slot::Quantity => reference("quantity"),
        Slot::Duration(_) => reference("duration"),
        Slot::Size => reference("size"),
        Slot::Time => reference("time"),
        Slot::Condition => reference("condition"),
        Slot::Word(words) => json!({ "anyOf": [{ "enum": words }, reference("computed")] }),
        Slot::OneOf(words) => json!({ "anyOf": [{ "enum": words }, reference("value")] }),
        Slot::Steps => reference("steps"),
        Slot::Target => reference("target"),
        Slot::Command => reference("command"),
        Slot::Texts | Slot::Arguments => reference("texts"),
        Slot::Script => reference("script"),
        Slot::Collection | Slot::Values => reference("collection"),
        Slot::Any => reference("expression"),
    }
}

/// Returns the schema of a setting's value.
fn slot(slot: Slot) -> Value {
    let computed = |types: &[&str], more: &[&str]| any(types, &[&COMPUTED[..], more].concat());
    match slot {
        Slot::Literal => computed(&["string"], &["text", "block_text", "heredoc"]),
        Slot::Text | Slot::Credential => computed(&["string"], &["text", "block_text", "heredoc", "ref"]),
        Slot::Flag => computed(&["boolean"], &[]),
        Slot::Number => computed(&["integer"], &["int"]),
        Slot::Quantity => with(computed(&["integer"], &["int", "float", "ref"]), json!({ "minimum": 0 })),
        Slot::Duration(_) => computed(&[], &["duration", "ref"]),
        Slot::Size => computed(&[], &["size", "ref"]),
        Slot::Time => computed(&[], &["ref"]),
        Slot::Condition => computed(&["boolean"], &["ref"]),
        Slot::Texts | Slot::Arguments => computed(&["array"], &["for", "ref"]),
        Slot::Collection | Slot::Values => computed(&["array"], &["for", "object", "ref"]),
        Slot::Command => json!({ "type": "array", "items": reference("item"), "minItems": 1 }),
        Slot::Steps => {
            let step = json!({
                "type": "object",
                "properties": { "ref": chain("step"), "#": reference("comments") },
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
            });
            json!({ "type": "array", "items": step })
        }
        Slot::Target => json!({
            "type": "object",
            "properties": { "ref": chain("target") },
            "required": ["ref"],
            "additionalProperties": false,
        }),
        Slot::Script => json!({
            "type": "object",
            "properties": { "heredoc": heredoc(json!({ "enum": words::TAGS })) },
            "required": ["heredoc"],
            "additionalProperties": false,
        }),
        // These need their own numbers and words, see `value`.
        Slot::Count(_) | Slot::Word(_) | Slot::OneOf(_) | Slot::Any => reference("expression"),
    }
}

/// Returns a schema of values of these JSON types, and of objects with one of these keys.
fn any(types: &[&str], keys: &[&str]) -> Value {
    let types: Vec<&str> = types.iter().copied().chain(["object"]).collect();
    let chosen = forms().into_iter().map(|(key, _)| (key, reference(&form(key))));
    let chosen = chosen.chain(entries()).filter(|(key, _)| keys.contains(key));
    let properties: Map<String, Value> = chosen.map(|(key, schema)| (key.to_owned(), schema)).collect();
    let mut schema = json!({
        "type": types,
        "properties": properties,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
    });
    if types.contains(&"array") {
        schema = with(schema, json!({ "items": reference("item") }));
    }
    schema
}

/// Each form of an expression that is an object: its key, and what stands behind it.
fn forms() -> Vec<(&'static str, Value)> {
    let expression = || reference("expression");
    let functions: Vec<&str> = Function::ALL.iter().map(|function| function.name()).collect();
    let operators: Vec<&str> = OPERATORS.iter().map(|op| op.symbol()).collect();
    let spelled = |pattern: String| json!({ "type": "string", "pattern": format!("^{pattern}$") });
    let fraction = format!("{DIGITS}([.]{DIGITS})?");
    vec![
        ("ref", reference("path")),
        ("int", spelled(DIGITS.to_owned())),
        ("float", spelled(format!("{DIGITS}[.]{DIGITS}([eE][+-]?{DIGITS})?"))),
        ("duration", spelled(format!("({fraction}(ms|s|m|h|d|w))+"))),
        ("size", spelled(format!("{fraction}(B|[KMGT]B|[KMGT]iB)"))),
        ("text", json!({ "type": "array", "items": expression() })),
        ("block_text", json!({ "type": ["string", "array"], "items": expression() })),
        ("heredoc", heredoc(json!({ "type": "string", "pattern": "^[A-Z][A-Z0-9_]*$" }))),
        ("object", json!({ "type": "array", "items": reference("pair") })),
        ("member", tuple(&[expression(), reference("name")])),
        ("index", tuple(&[expression(), expression()])),
        (
            "call",
            json!({ "type": "array", "prefixItems": [{ "enum": functions }], "items": reference("argument"), "minItems": 1 }),
        ),
        (
            "op",
            json!({ "type": "array", "prefixItems": [{ "enum": operators }], "items": expression(), "minItems": 3 }),
        ),
        ("not", expression()),
        ("negate", expression()),
        ("group", expression()),
        ("if", tuple(&[expression(), expression(), expression()])),
        (
            "for",
            json!({
                "type": "object",
                "properties": { "name": reference("name"), "in": expression(), "value": expression(), "if": expression() },
                "required": ["name", "in", "value"],
                "additionalProperties": false,
            }),
        ),
    ]
}

/// What can stand beside expressions between brackets.
fn entries() -> [(&'static str, Value); 2] {
    [("spread", reference("expression")), ("#", reference("comments"))]
}

fn heredoc(tag: Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "tag": tag,
            "lines": { "type": "array", "items": { "type": "string", "pattern": "^[^\\n\\r]*$" } },
        },
        "required": ["tag", "lines"],
        "additionalProperties": false,
    })
}

/// A key and a value, or comments alone.
fn pair() -> Value {
    json!({
        "type": ["array", "object"],
        "prefixItems": [reference("key"), reference("expression")],
        "minItems": 2,
        "maxItems": 2,
        "properties": { "#": reference("comments") },
        "required": ["#"],
        "additionalProperties": false,
    })
}

fn key() -> Value {
    with(quoted(), json!({ "type": ["string", "object"] }))
}

/// A key that stands in quotes though it need not.
fn quoted() -> Value {
    json!({
        "type": "object",
        "properties": { "quoted": { "type": "string" } },
        "required": ["quoted"],
        "additionalProperties": false,
    })
}

fn ty() -> Value {
    let arg = json!({ "anyOf": [
        reference("type"),
        {
            "type": "object",
            "properties": { "text": { "type": "string" } },
            "required": ["text"],
            "additionalProperties": false,
        },
    ] });
    json!({
        "type": ["string", "object"],
        "pattern": PATH,
        "properties": {
            "optional": reference("type"),
            "apply": { "type": "array", "prefixItems": [reference("path")], "items": arg, "minItems": 1 },
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
    })
}

fn tuple(items: &[Value]) -> Value {
    json!({ "type": "array", "prefixItems": items, "minItems": items.len(), "maxItems": items.len() })
}

/// A reference that begins with this root and has one name behind it.
fn chain(root: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^{root}[.][A-Za-z_][A-Za-z0-9_]*$") })
}

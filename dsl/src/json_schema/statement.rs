//! The statements of each place: which words it takes, and what stands behind each.

use super::{definition, expression, reference, with};
use crate::schema::{self, Declares, Entry, Form, Part, Place, entries, words};
use engine::catalog;
use serde_json::{Map, Value, json};

/// Returns the schema of a body: a list of statements, with comments alone at its end.
pub(super) fn body(place: Place) -> Value {
    let mut schema = json!({ "type": "array", "items": statement(place) });
    let needed: Vec<Value> = entries(place).iter().filter(|entry| entry.required).map(required).collect();
    if !needed.is_empty() {
        schema = with(schema, json!({ "allOf": needed }));
    }
    if place == Place::File {
        schema = with(schema, json!({ "prefixItems": [edition()], "minItems": 1 }));
    }
    schema
}

/// A statement is told by its first key, and has no keys but those of its kind.
fn statement(place: Place) -> Value {
    let (settings, blocks, declarations) =
        (words(place, is_setting), words(place, is_block), words(place, is_declaration));
    let mut keys = Map::new();
    let mut kinds = vec![kind(&[], &[])];
    let mut used = vec!["#", "#end"];
    let mut add = |key: &'static str, schema: Value, required: &[&'static str], optional: &[&'static str]| {
        keys.insert(key.to_owned(), schema);
        kinds.push(kind(&[&[key], required].concat(), optional));
        used.extend([required, optional].concat());
    };
    if place == Place::Type {
        add("field", reference("name"), &["type"], &["value"]);
    } else if place.is_free() {
        add("setting", reference("key"), &["value"], &[]);
    }
    if place == Place::File {
        add("import", json!({ "type": "string" }), &["as"], &["sha256"]);
    }
    if !settings.is_empty() {
        add("setting", json!({ "anyOf": [{ "enum": settings }, reference("quoted")] }), &["value"], &[]);
    }
    if !blocks.is_empty() {
        add("block", json!({ "enum": blocks }), &["body"], &["name"]);
    }
    if !declarations.is_empty() {
        add("declare", json!({ "enum": declarations }), &["name"], &["type", "value", "body"]);
    }
    let more = [
        ("#", reference("comments")),
        ("#end", reference("comment")),
        ("as", reference("name")),
        ("sha256", json!({ "type": "string" })),
        ("name", reference("path")),
        ("type", reference("type")),
        ("value", reference("expression")),
        ("body", json!({ "type": "array" })),
    ];
    keys.extend(
        more.into_iter().filter(|(key, _)| used.contains(key)).map(|(key, schema)| (key.to_owned(), schema)),
    );
    let mut schema =
        json!({ "type": "object", "properties": keys, "additionalProperties": false, "anyOf": kinds });
    let details: Vec<Value> = entries(place).iter().flat_map(detail).collect();
    if !details.is_empty() {
        schema = with(schema, json!({ "allOf": details }));
    }
    schema
}

/// A kind of statement: the keys it must have and may have. Comments alone are the kind that must have none.
fn kind(required: &[&str], optional: &[&str]) -> Value {
    let (required, comments): (_, &[&str]) =
        if required.is_empty() { (&["#"][..], &[]) } else { (required, &["#", "#end"]) };
    let keys = [required, optional, comments].concat();
    json!({ "required": required, "propertyNames": { "enum": keys } })
}

/// Says what stands behind a word.
fn detail(entry: &Entry) -> Vec<Value> {
    let word = entry.word;
    match entry.form {
        Form::Setting(slot) => {
            let setting = json!({ "description": entry.doc });
            vec![when("setting", word, json!({ "setting": setting, "value": expression::value(slot) }), &[])]
        }
        Form::Block(place) => {
            let block = json!({ "description": entry.doc });
            vec![when(
                "block",
                word,
                json!({ "block": block, "name": false, "body": reference(&definition(place)) }),
                &[],
            )]
        }
        Form::NamedBlock(place) => {
            let names = catalog::ACTIONS.iter().flat_map(|action| [&[action.name], action.aliases].concat());
            let name = if place == Place::Do {
                json!({ "enum": names.collect::<Vec<_>>() })
            } else {
                reference("path")
            };
            let block = json!({ "description": entry.doc });
            let keys = json!({ "block": block, "name": name, "body": reference(&definition(place)) });
            vec![when("block", word, keys, &["name"])]
        }
        Form::Declaration(declares) => declaration(entry, declares),
    }
}

fn declaration(entry: &Entry, declares: Declares) -> Vec<Value> {
    let mut keys = Map::from_iter([("declare".to_owned(), json!({ "description": entry.doc }))]);
    keys.insert("name".to_owned(), reference("name"));
    let mut needed = Vec::new();
    for (key, part) in [("type", declares.ty), ("value", declares.value)] {
        match part {
            Part::None => _ = keys.insert(key.to_owned(), Value::Bool(false)),
            Part::Optional => {}
            Part::Required => needed.push(key),
        }
    }
    if declares.body_required {
        needed.push("body");
    }
    let kinds = kinds_of(entry.word);
    match declares.body {
        _ if !kinds.is_empty() => {
            let known: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
            keys.insert("type".to_owned(), json!({ "enum": known }));
        }
        Some(place) => _ = keys.insert("body".to_owned(), reference(&definition(place))),
        None => _ = keys.insert("body".to_owned(), Value::Bool(false)),
    }
    let mut details = vec![when("declare", entry.word, Value::Object(keys), &needed)];
    for (kind, place) in kinds {
        let is_kind = json!({
            "properties": { "declare": { "const": entry.word }, "type": { "const": kind } },
            "required": ["declare", "type"],
        });
        // What must be in a body makes the body one that must be there.
        let needs_body = entries(place).iter().any(|entry| entry.required);
        let needed: &[&str] = if needs_body { &["body"] } else { &[] };
        let then = json!({ "properties": { "body": reference(&definition(place)) }, "required": needed });
        details.push(json!({ "if": is_kind, "then": then }));
    }
    details
}

/// Returns the kinds that a declaration names instead of a type, each with the body it has.
fn kinds_of(word: &str) -> Vec<(&'static str, Place)> {
    let target = |kind| Some((kind, schema::target(kind)?));
    let trigger = |kind| Some((kind, schema::trigger(kind)?));
    match word {
        "target" => words::TARGETS.iter().copied().filter_map(target).collect(),
        "trigger" => words::TRIGGERS.iter().copied().filter_map(trigger).collect(),
        _ => Vec::new(),
    }
}

fn when(key: &str, word: &str, keys: Value, required: &[&str]) -> Value {
    let mut then = json!({ "properties": keys });
    if !required.is_empty() {
        then = with(then, json!({ "required": required }));
    }
    json!({ "if": { "properties": { key: { "const": word } }, "required": [key] }, "then": then })
}

/// Says that a body must have a setting.
fn required(entry: &Entry) -> Value {
    let named = json!({ "enum": [entry.word, { "quoted": entry.word }] });
    json!({ "contains": { "type": "object", "properties": { "setting": named }, "required": ["setting"] } })
}

fn edition() -> Value {
    json!({
        "type": "object",
        "properties": { "#": reference("comments"), "skynet": { "const": 1 }, "#end": reference("comment") },
        "required": ["skynet"],
        "additionalProperties": false,
    })
}

fn words(place: Place, is_of_form: fn(Form) -> bool) -> Vec<&'static str> {
    entries(place).iter().filter(|entry| is_of_form(entry.form)).map(|entry| entry.word).collect()
}

fn is_setting(form: Form) -> bool {
    matches!(form, Form::Setting(_))
}

fn is_block(form: Form) -> bool {
    matches!(form, Form::Block(_) | Form::NamedBlock(_))
}

fn is_declaration(form: Form) -> bool {
    matches!(form, Form::Declaration(_))
}

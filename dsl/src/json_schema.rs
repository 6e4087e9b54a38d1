//! The JSON Schemas of the two JSON forms, made from the compiler's own tables.
//!
//! The schema of the twin lets an editor check and complete a twin while it is written. It knows which words stand in
//! which place and what kind of value each takes. What it takes for right can still be wrong, as types and names are
//! the compiler's business; but no file that compiles is refused, save one that spells out a word in an odd way:
//! `risk = """low"""`.
//!
//! The schema of the generation form is what a model is held to. It keeps to what the strict modes of models can do.

mod expression;
mod generation;
mod statement;

pub use generation::generation_schema;

use crate::schema::Place;
use serde_json::{Map, Value, json};

/// Returns the JSON Schema of the twin, draft 2020-12.
#[must_use]
pub fn twin_schema() -> Value {
    let mut definitions = expression::definitions();
    for place in Place::ALL {
        definitions.insert(definition(*place), statement::body(*place));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The JSON twin of a .skynet file",
        "type": "object",
        "properties": {
            "$schema": { "type": "string" },
            "file": reference(&definition(Place::File)),
        },
        "required": ["file"],
        "additionalProperties": false,
        "$defs": definitions,
    })
}

/// Returns the name of a place among the definitions.
fn definition(place: Place) -> String {
    format!("body-{}", place.title().replace(" …: ", "-"))
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}") })
}

/// Joins the keys of two schemas into one.
fn with(schema: Value, more: Value) -> Value {
    let keys = |value| match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    Value::Object(keys(schema).into_iter().chain(keys(more)).collect())
}

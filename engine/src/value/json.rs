//! Values as the outside world sees them: plain JSON.
//!
//! A duration is text (`"1h30m"`), a size a number of bytes, a time text by RFC 3339, an artifact an object of path,
//! digest and size. What is lost that way, [`super::convert()`](super::convert::convert) wins back from the declared
//! type. Objects have their keys in order, so equal values give equal text.

use super::Value;
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc};

/// Returns a value as JSON for the outside world.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::Size(bytes) => (*bytes).into(),
        Value::Duration(_) | Value::Time(_) => value.to_string().into(),
        Value::Artifact(artifact) => Json::Object(
            artifact.members().map(|(key, member)| (key.to_owned(), member)).into_iter().collect(),
        ),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => Json::Object(
            entries.iter().map(|(key, value)| (key.as_ref().to_owned(), to_json(value))).collect(),
        ),
    }
}

/// Takes JSON from the outside world. A number becomes an int if it is written as one and is in range, else a float.
#[must_use]
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::Int(value),
            None => number.as_f64().filter(|value| value.is_finite()).map_or(Value::Null, Value::Float),
        },
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::list(items.iter().map(from_json).collect()),
        Json::Object(members) => {
            let entries = members.iter().map(|(key, member)| (Arc::from(key.as_str()), from_json(member)));
            Value::map(entries.collect::<BTreeMap<_, _>>())
        }
    }
}

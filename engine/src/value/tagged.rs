//! Values inside plans: JSON from which the very same value is read back.
//!
//! What JSON has no form for is an object whose key `$` says what it is: `{"$":"duration","ms":90000}`. A map that has
//! a key `$` of its own is wrapped: `{"$":"map","entries":{…}}`.

use super::{Artifact, Value};
use crate::id::{Digest, Name};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::Error as _,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc};

/// The key that says what an object is.
const TAG: &str = "$";

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Duration(ms) => tagged(serializer, "duration", &[("ms", (*ms).into())]),
            Self::Size(bytes) => tagged(serializer, "size", &[("bytes", (*bytes).into())]),
            Self::Time(ms) => tagged(serializer, "time", &[("ms", (*ms).into())]),
            Self::Artifact(artifact) => tagged(serializer, "artifact", &artifact.members()),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Map(entries) if entries.contains_key(TAG) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry(TAG, "map")?;
                map.serialize_entry("entries", &**entries as &BTreeMap<Name, Self>)?;
                map.end()
            }
            Self::Map(entries) => serializer.collect_map(entries.iter()),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        read(&json).map_err(D::Error::custom)
    }
}

fn tagged<S: Serializer>(serializer: S, tag: &str, members: &[(&str, Json)]) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(members.len() + 1))?;
    map.serialize_entry(TAG, tag)?;
    members.iter().try_for_each(|(key, member)| map.serialize_entry(key, member))?;
    map.end()
}

fn read(json: &Json) -> Result<Value, &'static str> {
    Ok(match json {
        Json::Null | Json::Bool(_) | Json::String(_) => super::from_json(json),
        Json::Number(number) if number.as_i64().is_some() || number.is_f64() => super::from_json(json),
        Json::Number(_) => return Err("a number is out of range"),
        Json::Array(items) => Value::list(items.iter().map(read).collect::<Result<_, _>>()?),
        Json::Object(members) => match members.get(TAG) {
            None => Value::map(entries(members)?),
            Some(tag) => untag(tag.as_str().unwrap_or_default(), members)
                .ok_or("a tagged value is not well formed")??,
        },
    })
}

fn entries(members: &serde_json::Map<String, Json>) -> Result<BTreeMap<Name, Value>, &'static str> {
    members.iter().map(|(key, member)| Ok((Arc::from(key.as_str()), read(member)?))).collect()
}

fn untag(tag: &str, members: &serde_json::Map<String, Json>) -> Option<Result<Value, &'static str>> {
    let member = |key: &str| members.get(key);
    Some(Ok(match tag {
        "duration" => Value::Duration(member("ms")?.as_i64()?),
        "time" => Value::Time(member("ms")?.as_i64()?),
        "size" => Value::Size(member("bytes")?.as_u64()?),
        "artifact" => Value::Artifact(Arc::new(Artifact {
            path: member("path")?.as_str()?.into(),
            sha256: Digest::parse(member("sha256")?.as_str()?)?,
            bytes: member("bytes")?.as_u64()?,
        })),
        "map" => return Some(entries(member("entries")?.as_object()?).map(Value::map)),
        _ => return None,
    }))
}

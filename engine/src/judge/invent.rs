//! Values for a run that only pretends, where nobody says what a step gives: the plainest that the type has, and of a
//! list or a map one entry, so that what goes through it is seen.

use crate::{
    id::Digest,
    value::{Artifact, Type, Value},
};
use std::{collections::BTreeMap, sync::Arc};

/// What text says that nobody wrote.
const TEXT: &str = "mock";

/// Invents a value of a type.
pub(super) fn invent(ty: &Type, now: i64) -> Value {
    match ty {
        Type::Never | Type::Null | Type::Secret => Value::Null,
        Type::Bool => Value::Bool(true),
        Type::Int => Value::Int(0),
        Type::Float => Value::Float(0.0),
        Type::Text => Value::text(TEXT),
        Type::Duration => Value::Duration(0),
        Type::Size => Value::Size(0),
        Type::Time => Value::Time(now),
        Type::Json => Value::map(BTreeMap::new()),
        Type::Artifact => {
            Value::Artifact(Arc::new(Artifact { path: TEXT.into(), sha256: Digest::of(b""), bytes: 0 }))
        }
        Type::List(element) => Value::list(vec![invent(element, now)]),
        Type::Map(element) => Value::map(BTreeMap::from([(TEXT.into(), invent(element, now))])),
        Type::Enum(words) => words.first().map_or(Value::Null, |word| Value::Text(Arc::clone(word))),
        Type::Record(record) => {
            let fields = record.fields.iter();
            Value::map(fields.map(|(name, ty)| (Arc::clone(name), invent(ty, now))).collect())
        }
        Type::Optional(inner) => invent(inner, now),
    }
}

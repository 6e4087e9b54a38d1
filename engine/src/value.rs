//! Values that flow from step to step.
//!
//! A value carries no type: the checker proved it. What comes from outside is checked on the way in by
//! [`convert()`](convert::convert), and goes out by [`to_json`]. Inside plans a value is kept without loss by serde.

pub mod convert;
mod display;
pub mod json;
pub mod measure;
pub mod order;
pub mod parse;
mod tagged;
pub mod types;

use crate::id::{Digest, Name};
pub(crate) use convert::quoted;
pub use convert::{Mismatch, convert, parse_text};
pub use json::{from_json, to_json};
use std::{collections::BTreeMap, sync::Arc};
pub use types::{Record, Type};

/// A value. Cloning is cheap: text, lists and maps are shared.
///
/// Its [`Display`](std::fmt::Display) is how it prints inside a text. `==` tells an int from a float; the `==` of the
/// language is [`order::equal`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: an optional value that is missing, or JSON's `null`.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; never NaN or infinite.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A length of time, in milliseconds.
    Duration(i64),
    /// An amount of data, in bytes.
    Size(u64),
    /// A point in time, in milliseconds since 1970-01-01 UTC.
    Time(i64),
    /// A file that a step left behind.
    Artifact(Arc<Artifact>),
    /// Values in order.
    List(Arc<Vec<Value>>),
    /// Values by key, in the order of the keys; records are maps too.
    Map(Arc<BTreeMap<Name, Value>>),
}

/// A file that a step left behind: its content's digest, and how it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The path under the working directory it was taken from.
    pub path: Arc<str>,
    /// The digest of its content.
    pub sha256: Digest,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Value {
    /// Makes a text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// Makes a list.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::new(items))
    }

    /// Makes a map.
    #[must_use]
    pub fn map(entries: BTreeMap<Name, Self>) -> Self {
        Self::Map(Arc::new(entries))
    }

    /// Returns the word for what it is, as types call it: `string`, `list`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::Duration(_) => "duration",
            Self::Size(_) => "size",
            Self::Time(_) => "time",
            Self::Artifact(_) => "artifact",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }
}

impl Artifact {
    /// Returns the members an artifact has as JSON: in this order, and no others.
    pub(crate) fn members(&self) -> [(&'static str, serde_json::Value); 3] {
        [
            ("path", self.path.as_ref().into()),
            ("sha256", self.sha256.to_string().into()),
            ("bytes", self.bytes.into()),
        ]
    }
}

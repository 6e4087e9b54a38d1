//! Values that flow from step to step.

pub mod types;

use crate::id::{Digest, Name};
use std::{collections::BTreeMap, sync::Arc};
pub use types::{Record, Type};

/// A value. Cloning is cheap: text, lists and maps are shared.
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

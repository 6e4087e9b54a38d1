//! Types of values.

use crate::id::Name;
use std::sync::Arc;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// The type without a value: what the elements of `[]` are. It fits every type.
    Never,
    /// The type of `null` alone. It fits every optional type.
    Null,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float`
    Float,
    /// `string`
    Text,
    /// `duration`
    Duration,
    /// `size`
    Size,
    /// `time`
    Time,
    /// `json`: any JSON value; must be converted before use.
    Json,
    /// `artifact`
    Artifact,
    /// The opaque type of a secret.
    Secret,
    /// `list(T)`
    List(Arc<Type>),
    /// `map(T)`
    Map(Arc<Type>),
    /// `enum("a", "b")`, in the order written
    Enum(Arc<[Name]>),
    /// A declared `type`, or the type of an object.
    Record(Arc<Record>),
    /// `T?`
    Optional(Arc<Type>),
}

/// The fields of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The declared name; none for the type of an object literal.
    pub name: Option<Name>,
    /// Fields in the order of declaration.
    pub fields: Vec<(Name, Type)>,
}

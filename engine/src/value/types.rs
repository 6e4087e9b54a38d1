//! Types of values, and the two questions asked of them: does one fit another, and what do two have in common.

mod assign;
mod display;

use crate::id::Name;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The type of a value.
///
/// As JSON, a simple type is its word (`"string"`); any other is an object with one key (`{"list":"string"}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    #[serde(rename = "string")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The declared name; none for the type of an object literal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Fields in the order of declaration.
    pub fields: Vec<(Name, Type)>,
}

impl Type {
    /// Makes `list(T)`.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// Makes `map(T)`.
    #[must_use]
    pub fn map(element: Self) -> Self {
        Self::Map(Arc::new(element))
    }

    /// Makes the type of an object from its fields.
    #[must_use]
    pub fn object(fields: Vec<(Name, Self)>) -> Self {
        Self::Record(Arc::new(Record { name: None, fields }))
    }

    /// Makes `enum(…)` of the words.
    #[must_use]
    pub fn words(words: &[&str]) -> Self {
        Self::Enum(words.iter().map(|&word| word.into()).collect())
    }

    /// Makes `T?`; what may be missing already stays as it is.
    #[must_use]
    pub fn optional(&self) -> Self {
        match self {
            Self::Never => Self::Null,
            Self::Null | Self::Optional(_) => self.clone(),
            Self::Bool
            | Self::Int
            | Self::Float
            | Self::Text
            | Self::Duration
            | Self::Size
            | Self::Time
            | Self::Json
            | Self::Artifact
            | Self::Secret
            | Self::List(_)
            | Self::Map(_)
            | Self::Enum(_)
            | Self::Record(_) => Self::Optional(Arc::new(self.clone())),
        }
    }

    /// Strips `?`: what is left of the type where the value is known not to be missing.
    #[must_use]
    pub fn required(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner.required(),
            Self::Null => &Self::Never,
            Self::Never
            | Self::Bool
            | Self::Int
            | Self::Float
            | Self::Text
            | Self::Duration
            | Self::Size
            | Self::Time
            | Self::Json
            | Self::Artifact
            | Self::Secret
            | Self::List(_)
            | Self::Map(_)
            | Self::Enum(_)
            | Self::Record(_) => self,
        }
    }

    /// Returns whether the value may be missing. JSON is not counted, although it may be `null`.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        matches!(self, Self::Null | Self::Optional(_))
    }

    /// Returns whether a secret may be in the value.
    #[must_use]
    pub fn contains_secret(&self) -> bool {
        self.any(&|ty| matches!(ty, Self::Secret))
    }

    /// Returns whether every value of the type is a JSON value as it stands.
    #[must_use]
    pub fn holds_json(&self) -> bool {
        !self
            .any(&|ty| matches!(ty, Self::Duration | Self::Size | Self::Time | Self::Artifact | Self::Secret))
    }

    /// Returns the type of a field of a record.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(record) => record.field(name),
            Self::Never
            | Self::Null
            | Self::Bool
            | Self::Int
            | Self::Float
            | Self::Text
            | Self::Duration
            | Self::Size
            | Self::Time
            | Self::Json
            | Self::Artifact
            | Self::Secret
            | Self::List(_)
            | Self::Map(_)
            | Self::Enum(_)
            | Self::Optional(_) => None,
        }
    }

    /// Returns whether it is too large to work with: more than a thousand parts, or more than 64 levels. Parts are shared,
    /// so a few declarations can make a type that takes forever to print or compare; this question ends early.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.count(&mut 1000, 64).is_none()
    }

    fn count(&self, left: &mut usize, levels: usize) -> Option<()> {
        *left = left.checked_sub(1)?;
        let levels = levels.checked_sub(1)?;
        if let Self::Enum(words) = self {
            *left = left.checked_sub(words.len())?;
        }
        let is_too_large = self.any_part(&mut |part| part.count(left, levels).is_none());
        (!is_too_large).then_some(())
    }

    fn any(&self, holds: &dyn Fn(&Self) -> bool) -> bool {
        holds(self) || self.any_part(&mut |part| part.any(holds))
    }

    /// Asks the types that this one is directly made of, until one says yes.
    fn any_part(&self, holds: &mut dyn FnMut(&Self) -> bool) -> bool {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Optional(inner) => holds(inner),
            Self::Record(record) => record.fields.iter().any(|(_, ty)| holds(ty)),
            Self::Never
            | Self::Null
            | Self::Bool
            | Self::Int
            | Self::Float
            | Self::Text
            | Self::Duration
            | Self::Size
            | Self::Time
            | Self::Json
            | Self::Artifact
            | Self::Secret
            | Self::Enum(_) => false,
        }
    }
}

impl Record {
    /// Returns the type of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Type> {
        self.fields.iter().find(|(field, _)| &**field == name).map(|(_, ty)| ty)
    }
}

//! Shapes: sets of types, as a signature needs them.

use crate::value::Type;
use std::fmt;

/// A set of types in a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float`; an `int` fits it.
    Float,
    /// `string`; an `enum` fits it.
    Text,
    /// `duration`
    Duration,
    /// `size`
    Size,
    /// `time`
    Time,
    /// `json`, and nothing that merely fits it.
    Json,
    /// `artifact`
    Artifact,
    /// Every type that holds no secret.
    Any,
    /// One of several; never in a result.
    OneOf(&'static [Shape]),
    /// `T`: one type, the same wherever it stands in a signature; the class says which types it may be.
    Var(Class),
    /// `list(…)`
    List(&'static Shape),
    /// `map(…)`; a record fits if all its fields fit.
    Map(&'static Shape),
    /// `…?`; what is never missing fits too.
    Optional(&'static Shape),
    /// A record that has these fields at least.
    Fields(&'static [(&'static str, Shape)]),
    /// Said in words; the checker knows the rule by the function.
    Special(&'static str),
}

/// What `T` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Any type that holds no secret.
    Any,
    /// What has an order.
    Ordered,
    /// A number.
    Number,
    /// A number, a duration or a size.
    Amount,
    /// A number or a duration.
    Signed,
}

/// What `T` stands for so far in one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Binding(Option<Type>);

impl Class {
    /// Returns whether a type is of the class.
    #[must_use]
    pub fn admits(self, ty: &Type) -> bool {
        match ty {
            Type::Never => true,
            Type::Int | Type::Float => true,
            Type::Text | Type::Enum(_) | Type::Time => matches!(self, Self::Any | Self::Ordered),
            Type::Size => matches!(self, Self::Any | Self::Ordered | Self::Amount),
            Type::Duration => matches!(self, Self::Any | Self::Ordered | Self::Amount | Self::Signed),
            Type::Null
            | Type::Bool
            | Type::Json
            | Type::Artifact
            | Type::Secret
            | Type::List(_)
            | Type::Map(_)
            | Type::Record(_)
            | Type::Optional(_) => self == Self::Any && !ty.contains_secret(),
        }
    }

    pub(super) fn words(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Ordered => Some("int, float, string, duration, size or time"),
            Self::Number => Some("int or float"),
            Self::Amount => Some("int, float, duration or size"),
            Self::Signed => Some("int, float or duration"),
        }
    }
}

impl Shape {
    /// `T`, without a condition.
    pub(super) const T: Self = Self::Var(Class::Any);
    pub(super) const LIST_OF_T: Self = Self::List(&Self::T);
    pub(super) const MAP_OF_T: Self = Self::Map(&Self::T);
    pub(super) const TEXTS: Self = Self::List(&Self::Text);

    /// Returns the class of its `T`, if it has one.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Var(class) => Some(*class),
            Self::List(inner) | Self::Map(inner) | Self::Optional(inner) => inner.class(),
            Self::OneOf(shapes) => shapes.iter().find_map(Self::class),
            Self::Fields(fields) => fields.iter().find_map(|(_, shape)| shape.class()),
            Self::Bool
            | Self::Int
            | Self::Float
            | Self::Text
            | Self::Duration
            | Self::Size
            | Self::Time
            | Self::Json
            | Self::Artifact
            | Self::Any
            | Self::Special(_) => None,
        }
    }

    /// Returns whether it takes a type, and notes what `T` stands for.
    pub(super) fn takes(&self, ty: &Type, binding: &mut Binding) -> bool {
        match (self, ty) {
            (Self::Bool, _) => ty.fits(&Type::Bool),
            (Self::Int, _) => ty.fits(&Type::Int),
            (Self::Float, _) => ty.fits(&Type::Float),
            (Self::Text, _) => ty.fits(&Type::Text),
            (Self::Duration, _) => ty.fits(&Type::Duration),
            (Self::Size, _) => ty.fits(&Type::Size),
            (Self::Time, _) => ty.fits(&Type::Time),
            (Self::Json, _) => matches!(ty, Type::Json | Type::Never),
            (Self::Artifact, _) => ty.fits(&Type::Artifact),
            (Self::Any, _) => !ty.contains_secret(),
            (Self::OneOf(shapes), _) => shapes.iter().any(|shape| {
                let mut tried = binding.clone();
                let takes = shape.takes(ty, &mut tried);
                if takes {
                    *binding = tried;
                }
                takes
            }),
            (Self::Var(class), _) => binding.join(ty, *class),
            (Self::List(inner), Type::List(element)) | (Self::Map(inner), Type::Map(element)) => {
                inner.takes(element, binding)
            }
            (Self::Map(inner), Type::Record(record)) => {
                record.fields.iter().all(|(_, ty)| inner.takes(ty, binding))
            }
            (Self::List(inner) | Self::Map(inner), Type::Never) => inner.takes(ty, binding),
            (Self::List(_) | Self::Map(_), _) => false,
            (Self::Optional(inner), _) => inner.takes(ty.required(), binding),
            (Self::Fields(_), Type::Never) => true,
            (Self::Fields(fields), _) => fields
                .iter()
                .all(|(name, shape)| ty.field(name).is_some_and(|field| shape.takes(field, binding))),
            (Self::Special(_), _) => false,
        }
    }

    /// Returns the type it stands for in the result of a call; none where only a special rule can say.
    pub(super) fn resolve(&self, binding: &Binding) -> Option<Type> {
        Some(match self {
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Float => Type::Float,
            Self::Text => Type::Text,
            Self::Duration => Type::Duration,
            Self::Size => Type::Size,
            Self::Time => Type::Time,
            Self::Json => Type::Json,
            Self::Artifact => Type::Artifact,
            // The sum of nothing is a number all the same.
            Self::Var(Class::Number) => {
                binding.0.clone().filter(|ty| *ty != Type::Never).unwrap_or(Type::Int)
            }
            Self::Var(_) => binding.0.clone().unwrap_or(Type::Never),
            Self::List(inner) => Type::list(inner.resolve(binding)?),
            Self::Map(inner) => Type::map(inner.resolve(binding)?),
            Self::Optional(inner) => inner.resolve(binding)?.optional(),
            Self::Fields(fields) => {
                let fields =
                    fields.iter().map(|(name, shape)| Some(((*name).into(), shape.resolve(binding)?)));
                Type::object(fields.collect::<Option<_>>()?)
            }
            Self::Any | Self::OneOf(_) | Self::Special(_) => return None,
        })
    }
}

impl Binding {
    fn join(&mut self, ty: &Type, class: Class) -> bool {
        let joined = match &self.0 {
            Some(bound) => bound.join(ty),
            None => Some(ty.clone()),
        };
        match joined {
            Some(joined) if class.admits(&joined) => {
                self.0 = Some(joined);
                true
            }
            Some(_) | None => false,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Text => f.write_str("string"),
            Self::Duration => f.write_str("duration"),
            Self::Size => f.write_str("size"),
            Self::Time => f.write_str("time"),
            Self::Json => f.write_str("json"),
            Self::Artifact => f.write_str("artifact"),
            Self::Any => f.write_str("any"),
            Self::OneOf(shapes) => {
                for (i, shape) in shapes.iter().enumerate() {
                    write!(f, "{}{shape}", if i == 0 { "" } else { " | " })?;
                }
                Ok(())
            }
            Self::Var(_) => f.write_str("T"),
            Self::List(inner) => write!(f, "list({inner})"),
            Self::Map(inner) => write!(f, "map({inner})"),
            Self::Optional(inner) => write!(f, "{inner}?"),
            Self::Fields(fields) => {
                f.write_str("{")?;
                for (i, (name, shape)) in fields.iter().enumerate() {
                    write!(f, "{}{name}: {shape}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            Self::Special(words) => f.write_str(words),
        }
    }
}

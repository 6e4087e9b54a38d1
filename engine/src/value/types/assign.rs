//! Which type fits which, and the smallest type that two fit.
//!
//! A type that fits is accepted; most of the time the value needs no change. It does where an `int` goes into a
//! `float` and where a record goes into one with other fields: [`Type::needs_conversion`] says so, and the lowering
//! then wraps the expression in a conversion ([`crate::expression::Expr::fitted`]).

use super::{Record, Type};
use crate::id::Name;
use std::sync::Arc;

impl Type {
    /// Returns whether a value of this type is accepted where `into` is expected.
    ///
    /// An `int` fits `float`. An `enum` fits `string` and any `enum` with all its words. A record fits another that
    /// asks for no more than it has; optional fields may be missing. A record fits `map(T)` if every field fits `T`.
    /// What holds only JSON fits `json`. `json` itself fits nothing else: it must be converted.
    #[must_use]
    pub fn fits(&self, into: &Self) -> bool {
        if self == into {
            return true;
        }
        match (self, into) {
            (Self::Never, _)
            | (Self::Null, Self::Optional(_))
            | (Self::Int, Self::Float)
            | (Self::Enum(_), Self::Text) => true,
            (_, Self::Json) => self.holds_json(),
            (Self::Optional(from), Self::Optional(to)) => from.fits(to),
            (_, Self::Optional(to)) => self.fits(to),
            (Self::List(from), Self::List(to)) | (Self::Map(from), Self::Map(to)) => from.fits(to),
            (Self::Enum(from), Self::Enum(to)) => from.iter().all(|word| to.contains(word)),
            (Self::Record(from), Self::Record(to)) => from.fits(to),
            (Self::Record(from), Self::Map(to)) => from.fields.iter().all(|(_, ty)| ty.fits(to)),
            _ => false,
        }
    }

    /// Returns whether a value of this type must be rewritten to be one of type `into`, which it fits: an `int` that
    /// becomes a `float`, a record that loses fields or gains missing ones.
    #[must_use]
    pub fn needs_conversion(&self, into: &Self) -> bool {
        match (self, into) {
            (Self::Int, Self::Float) => true,
            (Self::Optional(from), Self::Optional(to)) => from.needs_conversion(to),
            (_, Self::Optional(to)) => self.needs_conversion(to),
            (Self::List(from), Self::List(to)) | (Self::Map(from), Self::Map(to)) => {
                from.needs_conversion(to)
            }
            (Self::Record(from), Self::Record(to)) => {
                from.fields.len() != to.fields.len()
                    || from
                        .fields
                        .iter()
                        .any(|(name, ty)| to.field(name).is_none_or(|to| ty.needs_conversion(to)))
            }
            (Self::Record(from), Self::Map(to)) => from.fields.iter().any(|(_, ty)| ty.needs_conversion(to)),
            _ => false,
        }
    }

    /// Returns the smallest type that both fit, if there is one: of two branches, of the items of a list.
    #[must_use]
    pub fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Record(left), Self::Record(right)) => left.join(right),
            (Self::Enum(left), Self::Enum(right)) => Some(Self::Enum(union(left, right))),
            (Self::List(left), Self::List(right)) => Some(Self::list(left.join(right)?)),
            (Self::Map(left), Self::Map(right)) => Some(Self::map(left.join(right)?)),
            (Self::Record(record), Self::Map(element)) | (Self::Map(element), Self::Record(record)) => {
                let mut joined = Self::clone(element);
                for (_, ty) in &record.fields {
                    joined = joined.join(ty)?;
                }
                Some(Self::map(joined))
            }
            (Self::Json, _) | (_, Self::Json) => {
                (self.holds_json() && other.holds_json()).then_some(Self::Json)
            }
            (Self::Null | Self::Optional(_), _) | (_, Self::Null | Self::Optional(_)) => {
                Some(self.required().join(other.required())?.optional())
            }
            _ if self.fits(other) => Some(other.clone()),
            _ if other.fits(self) => Some(self.clone()),
            _ => None,
        }
    }
}

impl Record {
    fn fits(&self, into: &Self) -> bool {
        into.fields.iter().all(|(name, to)| match self.field(name) {
            Some(from) => from.fits(to),
            None => to.is_optional(),
        })
    }

    /// Objects join field by field, and a field that only one has becomes optional; a declared type joins only with
    /// what fits it.
    fn join(self: &Arc<Self>, other: &Arc<Self>) -> Option<Type> {
        if self == other {
            return Some(Type::Record(Arc::clone(self)));
        }
        if other.name.is_some() && self.fits(other) {
            return Some(Type::Record(Arc::clone(other)));
        }
        if self.name.is_some() {
            return other.fits(self).then(|| Type::Record(Arc::clone(self)));
        }
        if other.name.is_some() {
            return None;
        }
        let mut fields = Vec::with_capacity(self.fields.len());
        for (name, left) in &self.fields {
            let joined = match other.field(name) {
                Some(right) => left.join(right)?,
                None => left.optional(),
            };
            fields.push((Arc::clone(name), joined));
        }
        let missing = other.fields.iter().filter(|(name, _)| self.field(name).is_none());
        fields.extend(missing.map(|(name, ty)| (Arc::clone(name), ty.optional())));
        Some(Type::object(fields))
    }
}

fn union(left: &[Name], right: &[Name]) -> Arc<[Name]> {
    left.iter().chain(right.iter().filter(|word| !left.contains(word))).cloned().collect()
}

//! Faults: why an expression has no value.

use super::Expr;
use std::fmt;

/// Why an expression has no value, and which part of it is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of reason it is.
    pub kind: FaultKind,
    /// The reason in words, without the place.
    pub message: String,
    /// The way to the part to blame: at each level the position in [`Expr::children`].
    pub at: Vec<u32>,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A value is of a type the operation does not take. The checker rules it out, so this is an error of ours.
    Type,
    /// Something is read that has no value.
    Unknown,
    /// A list has no such item, or an object no such field.
    Missing,
    /// Text or JSON does not stand for what it is converted to.
    Convert,
    /// A division by zero, or a result out of range.
    Arithmetic,
    /// A function does not take this argument: a pattern that is none, a chunk of no items.
    Argument,
    /// The evaluation takes too many steps, or makes too large a value.
    Budget,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), at: Vec::new() }
    }

    /// Says that the part to blame lies below this one.
    pub(crate) fn under(mut self, child: usize) -> Self {
        self.at.insert(0, u32::try_from(child).unwrap_or(u32::MAX));
        self
    }

    /// Completes the way: the fault was found in `part`, which is somewhere in `root`.
    pub(crate) fn within(mut self, root: &Expr, part: &Expr) -> Self {
        self.at.splice(0..0, root.way_to(part).unwrap_or_default());
        self
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Missing, message)
    }

    pub(crate) fn convert(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Convert, message)
    }

    pub(crate) fn arithmetic(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Arithmetic, message)
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Argument, message)
    }

    pub(crate) fn budget(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Budget, message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

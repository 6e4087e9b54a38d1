//! What an action is given, and which values it takes.
//!
//! A text that becomes an argument of a program is checked where its type is checked, so that no provider has to
//! wonder whether a branch called `--upload-pack=…` is a branch.

use super::TargetKind;
use crate::value::{Type, Value};

/// One param of an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamSpec {
    /// Its name.
    pub name: &'static str,
    /// Other names it is known by; a plan always has the name itself.
    pub aliases: &'static [&'static str],
    /// Which values it takes.
    pub ty: ParamType,
    /// Whether it must be given.
    pub presence: Presence,
    /// What it says, in one sentence.
    pub doc: &'static str,
}

/// Whether a param must be given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Presence {
    /// It must.
    Required,
    /// It need not; what the action does without it is its own affair.
    Optional,
    /// It need not; this text is taken then.
    Text(&'static str),
    /// It need not; this number is taken then.
    Int(i64),
    /// It need not; this number is taken then.
    Float(f64),
    /// It need not; this is taken then.
    Bool(bool),
}

/// Which values a param takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamType {
    /// Any text; it never becomes an argument that could be read as an option.
    Text,
    /// A word of ASCII letters, digits and these other characters; never empty, never with a leading `-`.
    Word(&'static str),
    /// A path in the workspace; never empty, never with a leading `-`.
    Path,
    /// One word of a list.
    OneOf {
        /// The words.
        words: &'static [&'static str],
        /// Those of them that an agent behind a gateway knows.
        gateway: &'static [&'static str],
    },
    /// A whole number within these bounds, both included.
    Int(i64, i64),
    /// A number within these bounds, both included.
    Float(f64, f64),
    /// True or false.
    Bool,
    /// JSON.
    Json,
}

impl Presence {
    /// Returns the value taken if none is given.
    #[must_use]
    pub fn default(self) -> Option<Value> {
        match self {
            Self::Required | Self::Optional => None,
            Self::Text(text) => Some(Value::Text(text.into())),
            Self::Int(number) => Some(Value::Int(number)),
            Self::Float(number) => Some(Value::Float(number)),
            Self::Bool(truth) => Some(Value::Bool(truth)),
        }
    }
}

impl ParamType {
    /// Returns it as a type of the language.
    #[must_use]
    pub fn ty(self) -> Type {
        match self {
            Self::Text | Self::Word(_) | Self::Path => Type::Text,
            Self::OneOf { words, .. } => Type::Enum(words.iter().map(|&word| word.into()).collect()),
            Self::Int(..) => Type::Int,
            Self::Float(..) => Type::Float,
            Self::Bool => Type::Bool,
            Self::Json => Type::Json,
        }
    }

    /// Returns the words it takes on a target of this kind; none if it takes no list of words.
    #[must_use]
    pub const fn words_on(self, kind: TargetKind) -> Option<&'static [&'static str]> {
        match (self, kind) {
            (Self::OneOf { gateway, .. }, TargetKind::Gateway) => Some(gateway),
            (
                Self::OneOf { words, .. },
                TargetKind::Local | TargetKind::Docker | TargetKind::Ssh | TargetKind::Mock,
            ) => Some(words),
            (
                Self::Text
                | Self::Word(_)
                | Self::Path
                | Self::Int(..)
                | Self::Float(..)
                | Self::Bool
                | Self::Json,
                _,
            ) => None,
        }
    }

    /// Checks a value that already has the type.
    ///
    /// # Errors
    /// What it takes instead, as words that follow "expected".
    pub fn check(self, value: &Value) -> Result<(), String> {
        let taken = match (self, value) {
            (Self::Word(others), Value::Text(text)) => is_word(text, others),
            (Self::Path, Value::Text(text)) => is_argument(text),
            (Self::OneOf { words, .. }, Value::Text(text)) => words.contains(&&**text),
            (Self::Int(least, most), Value::Int(number)) => (least..=most).contains(number),
            (Self::Float(least, most), Value::Float(number)) => (least..=most).contains(number),
            (Self::Text, Value::Text(text)) => !text.contains('\0'),
            (Self::Bool, Value::Bool(_)) | (Self::Json, _) => true,
            (
                Self::Text
                | Self::Word(_)
                | Self::Path
                | Self::OneOf { .. }
                | Self::Int(..)
                | Self::Float(..)
                | Self::Bool,
                _,
            ) => false,
        };
        if taken { Ok(()) } else { Err(self.expectation()) }
    }

    /// Says which values it takes.
    fn expectation(self) -> String {
        match self {
            Self::Text => "a text without NUL".into(),
            Self::Word("") => "letters and digits".into(),
            Self::Word(others) => format!("letters, digits and {others} without a leading -"),
            Self::Path => "a path without a leading -".into(),
            Self::OneOf { words, .. } => format!("one of {}", words.join(", ")),
            Self::Int(least, most) => format!("a whole number from {least} to {most}"),
            Self::Float(least, most) => format!("a number from {least} to {most}"),
            Self::Bool => "true or false".into(),
            Self::Json => "JSON".into(),
        }
    }
}

fn is_word(text: &str, others: &str) -> bool {
    is_argument(text) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

fn is_argument(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && !text.contains('\0')
}

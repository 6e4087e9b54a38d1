//! The catalog of actions: what a step may `do` by name.
//!
//! It is one table of data. The compiler reads params, risk and targets from it, so an action that no target can
//! perform, or a param that nobody understands, is an error before anything runs. Nothing outside the table can be
//! done, and no param holds a command: a step that needs a free command says so with `run` or `script`.

mod param;
mod refused;
mod table;

use crate::{
    plan::Risk,
    value::{Type, Value},
};
pub use param::{ParamSpec, ParamType, Presence};
pub use refused::{is_blocked, refused, refused_param};
use std::fmt;
pub use table::ACTIONS;

/// One action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActionSpec {
    /// Its name.
    pub name: &'static str,
    /// Other names it is known by; a plan always has the name itself.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// How dangerous it is at least.
    pub risk: Risk,
    /// What a provider must be capable of to perform it.
    pub capability: &'static str,
    /// What it is given: first what must be given, then what may be.
    pub params: &'static [ParamSpec],
    /// How long one attempt may take where the step does not say.
    pub timeout_seconds: u32,
    /// Where it can be done.
    pub targets: &'static [TargetKind],
    /// What `result` has after it.
    pub result: &'static [FieldSpec],
}

/// One field of an action's `result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: FieldType,
    /// What it holds, in one sentence.
    pub doc: &'static str,
}

/// The type of a field of `result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// `string`
    Text,
    /// `int`
    Int,
    /// `json`
    Json,
}

/// A kind of place that steps run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// This machine.
    Local,
    /// A container.
    Docker,
    /// Another machine, by SSH.
    Ssh,
    /// An agent behind an OpenClaw gateway.
    Gateway,
    /// Nowhere: results come from the step's `mock` block. It can do everything and is never picked unless named.
    Mock,
}

/// Finds an action by its name or one of its aliases.
#[must_use]
pub fn find(name: &str) -> Option<&'static ActionSpec> {
    ACTIONS.iter().find(|action| action.name == name || action.aliases.contains(&name))
}

impl ActionSpec {
    /// Finds a param by its name or one of its aliases.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|param| param.name == name || param.aliases.contains(&name))
    }

    /// Returns whether a target of this kind can do it with params like these, as far as they are known. If not, says
    /// why.
    ///
    /// # Errors
    /// The reason, as a sentence without its full stop.
    pub fn check_target<'a>(
        &self,
        kind: TargetKind,
        params: impl IntoIterator<Item = (&'a str, &'a Value)>,
    ) -> Result<(), String> {
        if !self.targets.contains(&kind) {
            return Err(format!("a {kind} target cannot do `{}`", self.name));
        }
        for (name, value) in params {
            let words = self.param(name).and_then(|param| param.ty.words_on(kind));
            if let (Some(words), Value::Text(word)) = (words, value)
                && !words.contains(&&**word)
            {
                return Err(format!("a {kind} target knows no {name} `{word}`, only {}", words.join(", ")));
            }
        }
        Ok(())
    }
}

impl FieldType {
    /// Returns it as a type of the language.
    #[must_use]
    pub const fn ty(self) -> Type {
        match self {
            Self::Text => Type::Text,
            Self::Int => Type::Int,
            Self::Json => Type::Json,
        }
    }
}

impl TargetKind {
    /// Every kind, in the order they are documented.
    pub const ALL: [Self; 5] = [Self::Local, Self::Docker, Self::Ssh, Self::Gateway, Self::Mock];

    /// Finds a kind by its word in the language.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns its word in the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Docker => "docker",
            Self::Ssh => "ssh",
            Self::Gateway => "gateway",
            Self::Mock => "mock",
        }
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! What a step does.
//!
//! The safe-interpolation rule is a fact of these types: a program's arguments are a list of expressions, a script's
//! body is a [`Script`] that only literal text can become, and no function turns the one into the other.

use crate::{expression::Expr, id::Name};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Starts a program; no shell is between.
    Run {
        /// The program, written out in the file.
        program: Arc<str>,
        /// Each becomes exactly one argument, or as many as its list has.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Argument>,
    },
    /// Runs a script by its interpreter.
    Script {
        /// The interpreter.
        interpreter: Interpreter,
        /// The script.
        body: Script,
        /// Arguments: `"$@"`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Argument>,
    },
    /// Runs an action of the catalog.
    Do {
        /// The action's name in [`crate::catalog`].
        action: Name,
        /// Its params, by name in order of the names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        params: Vec<(Name, Expr)>,
    },
    /// Sends an HTTP request.
    Http(Box<Http>),
    /// Asks a model.
    Agent {
        /// Which model.
        #[serde(skip_serializing_if = "Option::is_none")]
        model: Option<Expr>,
        /// What it is asked; interpolated values are fenced as data.
        prompt: Expr,
        /// Which tools it may use.
        #[serde(skip_serializing_if = "Option::is_none")]
        tools: Option<Expr>,
    },
    /// Runs another workflow as a job of its own.
    Call {
        /// A key of [`super::Plan::callees`].
        workflow: Name,
        /// Its params, by name in order of the names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        params: Vec<(Name, Expr)>,
    },
    /// Asks people.
    Approve(Approve),
    /// Waits.
    Wait(Wait),
}

/// One element of an argument list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Argument {
    /// One argument, whatever the value holds.
    One(Expr),
    /// As many arguments as the list has.
    Spread(Expr),
}

/// Code as it stands in the file. Only literal text becomes one: there is no conversion from an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script(Arc<str>);

impl Script {
    /// Takes the literal body of a heredoc.
    #[must_use]
    pub fn literal(body: &str) -> Self {
        Self(body.into())
    }

    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpreter {
    /// `sh -eu`
    Sh,
    /// `bash -euo pipefail`
    Bash,
    /// `python3`
    Python,
}

impl Interpreter {
    /// Returns the program and its arguments, ahead of the script's file.
    #[must_use]
    pub const fn argv(self) -> &'static [&'static str] {
        match self {
            Self::Sh => &["sh", "-eu"],
            Self::Bash => &["bash", "-euo", "pipefail"],
            Self::Python => &["python3"],
        }
    }
}

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// `GET`, `POST`, …
    pub method: Arc<str>,
    /// Where to.
    pub url: Expr,
    /// Headers, by name; may read secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(Name, Expr)>,
    /// The query, encoded by the engine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(Name, Expr)>,
    /// The body: text as it is, any other value as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Expr>,
    /// The credential sent as `Authorization`; may read a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Expr>,
}

/// A question to people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// What is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Expr>,
    /// Who may answer: `group:sre`, `user:ann`.
    pub approvers: Expr,
    /// How many must agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Expr>,
    /// How long the question stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Expr>,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wait {
    /// A length of time.
    For(Expr),
    /// A point in time.
    Until(Expr),
    /// A signal of this name.
    Signal {
        /// The signal's name.
        name: Expr,
        /// How long at most; then the step fails.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Expr>,
    },
}

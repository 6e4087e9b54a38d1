//! What ends a verb early: the request or the world is wrong, not the workflow.
//!
//! Findings about a workflow are diagnostics and never pass through here.

use crate::visible::clean;
use anstyle::{AnsiColor, Style};
use std::fmt;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Why a verb cannot do what it is asked, and how to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    what: String,
    help: String,
}

impl Failure {
    /// Says what is wrong and how to go on.
    #[must_use]
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

/// What is wrong with the private database.
impl From<store::embedded::Error> for Failure {
    fn from(error: store::embedded::Error) -> Self {
        Self::new(error.what(), error.help())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{ERROR}error{ERROR:#}: {}", clean(&self.what))?;
        writeln!(f, "{HELP}help{HELP:#}: {}", clean(&self.help))
    }
}

impl std::error::Error for Failure {}

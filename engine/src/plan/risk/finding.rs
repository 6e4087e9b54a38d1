//! What a look at an action has found so far.

use crate::plan::Risk;
use std::collections::BTreeSet;

/// Stands in a word for what is not known before the step runs. No argument can hold a NUL, so nothing known is
/// mistaken for it.
pub(super) const HOLE: char = '\0';

/// Why a program that no table names is not low.
pub const UNKNOWN: &str = "nothing is known of this program";

/// How deep code may sit in code before the look gives up and says so.
pub(super) const MAX_DEPTH: usize = 24;

/// A risk, and why it is more than low.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) risk: Risk,
    pub(super) why: Option<&'static str>,
}

impl Finding {
    pub(super) const LOW: Self = Self { risk: Risk::Low, why: None };

    pub(super) const fn new(risk: Risk, why: &'static str) -> Self {
        Self { risk, why: Some(why) }
    }

    /// Keeps the higher one; of two that are alike, the earlier.
    pub(super) fn max(self, other: Self) -> Self {
        if other.risk > self.risk { other } else { self }
    }
}

/// What is remembered while commands are looked at one after another.
pub(super) struct Look {
    finding: Finding,
    /// Something was fetched from a network.
    pub(super) fetches: bool,
    /// Code was run that is not written here.
    pub(super) runs_unseen: bool,
    /// Programs that no table names; they may be functions declared further down.
    pub(super) unknown: BTreeSet<String>,
    /// Functions that the script declares.
    pub(super) functions: BTreeSet<String>,
    /// How deep the code sits in other code.
    pub(super) depth: usize,
    /// Whether this code is read as bash reads it; plain shells have neither `((`, `[[` nor `$'`.
    pub(super) is_bash: bool,
    /// Whether `sh` is taken for bash, as on some systems it is.
    pub(super) sh_is_bash: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            finding: Finding::LOW,
            fetches: false,
            runs_unseen: false,
            unknown: BTreeSet::new(),
            functions: BTreeSet::new(),
            depth: 0,
            is_bash: false,
            sh_is_bash: false,
        }
    }
}

impl Look {
    /// Notes a risk.
    pub(super) fn raise(&mut self, risk: Risk, why: &'static str) {
        self.note(Finding::new(risk, why));
    }

    /// Notes a finding.
    pub(super) fn note(&mut self, finding: Finding) {
        self.finding = self.finding.max(finding);
    }

    /// Notes code that is run but not written here.
    pub(super) fn unseen(&mut self, why: &'static str) {
        self.runs_unseen = true;
        self.raise(Risk::Medium, why);
    }

    /// Looks at code inside the code, with its own functions, unless it sits too deep.
    pub(super) fn inside(&mut self, read: impl FnOnce(&mut Self)) {
        let Self { depth, is_bash, sh_is_bash, .. } = *self;
        let mut inner = Self { depth: depth + 1, is_bash, sh_is_bash, ..Self::default() };
        if inner.depth > MAX_DEPTH {
            self.too_deep();
            return;
        }
        read(&mut inner);
        self.fetches |= inner.fetches;
        self.runs_unseen |= inner.runs_unseen;
        self.note(inner.finish());
    }

    /// Notes code that sits too deep to be looked at.
    pub(super) fn too_deep(&mut self) {
        self.raise(Risk::High, "code is nested too deeply to be read");
    }

    /// Returns what was found in all.
    pub(super) fn finish(mut self) -> Finding {
        if self.fetches && self.runs_unseen {
            self.raise(Risk::High, "runs code that comes from a network");
        }
        if self.unknown.difference(&self.functions).next().is_some() {
            self.raise(Risk::Medium, UNKNOWN);
        }
        self.finding
    }
}

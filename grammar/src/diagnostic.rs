//! What the compiler tells the author: a code, one line, the places that disagree, and how to go on.
//!
//! A diagnostic is data. [`mod@crate::render`] draws it for people; the command line writes it as JSON or SARIF.

use crate::{code::Code, span::Span};

/// How bad it is. Only errors keep a file from compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file has no meaning until this is mended.
    Error,
    /// The file compiles; what it says is probably not what is meant.
    Warning,
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say there; empty where pointing is enough.
    pub text: String,
}

/// One replacement in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// The text to put there.
    pub text: String,
}

/// A mend that a machine may apply: it removes the cause and changes no meaning beyond that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative: "write `timeout`".
    pub title: String,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
}

/// What a finding is beyond its code, for whoever weighs it against others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nothing that others depend on.
    #[default]
    Plain,
    /// A body that is never closed.
    OpenBody,
    /// How the rest of a statement is written that starts here; that matters little if its first word is wrong.
    Of(Span),
    /// A declaration in the body of one of its own sort, as behind a body that is never closed.
    Nested,
}

/// One finding about a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code; `skynet explain CODE` prints its page.
    pub code: Code,
    /// What it is beyond its code.
    pub kind: Kind,
    /// What is wrong, in one line.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// The other places that take part in it.
    pub others: Vec<Label>,
    /// How to go on.
    pub help: Option<String>,
    /// A mend a machine may apply.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Starts a diagnostic at one place.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self {
            code,
            kind: Kind::Plain,
            message: message.into(),
            primary: Label { span, text: String::new() },
            others: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says what it is beyond its code.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place that takes part.
    #[must_use]
    pub fn other(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push(Label { span, text: text.into() });
        self
    }

    /// Says how to go on.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers a mend that replaces one place.
    #[must_use]
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix_all(title, vec![Edit { span, text: text.into() }])
    }

    /// Offers a mend of several replacements.
    #[must_use]
    pub fn fix_all(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// Returns how bad it is; the code decides.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Returns whether it keeps the file from compiling.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
    }
}

//! What was found: the findings of one or several compilations put together, and the forms they are given out in.

pub mod human;
pub mod json;
pub mod sarif;

use crate::{loader::Files, source::Source};
use dsl::Compiled;
use grammar::{Diagnostic, FileId, LineIndex, Severity, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The findings of several compilations. A file that took part in two of them is in here once, and so are its
/// findings.
#[derive(Debug, Default)]
pub struct Report {
    files: Vec<File>,
    numbers: BTreeMap<String, FileId>,
    diagnostics: Vec<Diagnostic>,
    seen: BTreeSet<(Span, grammar::Code, String)>,
    clean: Vec<Clean>,
    applied: Option<usize>,
}

/// A source file as the compiler saw it.
#[derive(Debug)]
struct File {
    name: String,
    text: String,
}

/// A file that compiles.
#[derive(Debug)]
struct Clean {
    name: String,
    workflows: usize,
    steps: usize,
}

/// The files of a report with their lines counted, to say where a span is.
struct Places<'r> {
    files: Vec<(&'r File, LineIndex)>,
}

/// Where a span begins and ends, as people and editors count: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Region {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Report {
    /// Starts an empty report, of files to which this many fixes were applied; none if fixing was not asked for.
    #[must_use]
    pub fn new(applied: Option<usize>) -> Self {
        Self { applied, ..Self::default() }
    }

    /// Returns the report of findings about one text alone.
    #[must_use]
    pub fn of(source: &Source, diagnostics: Vec<Diagnostic>) -> Self {
        let mut report = Self::default();
        report.take_text(source, diagnostics);
        report
    }

    /// Returns the report of one compilation.
    #[must_use]
    pub fn of_compiled(compiled: Compiled) -> Self {
        let mut report = Self::default();
        report.take_compiled(compiled);
        report
    }

    /// Compiles a source and adds what comes of it.
    pub fn add(&mut self, source: &Source, loader: &Files) {
        match source.unreadable() {
            None => self.take_compiled(source.compile(loader)),
            Some(found) => self.take_text(source, vec![found.clone()]),
        }
    }

    /// Returns how many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count()
    }

    /// Returns how many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Warning).count()
    }
}

impl Report {
    fn take_compiled(&mut self, compiled: Compiled) {
        let steps =
            compiled.workflows.iter().filter_map(|it| it.plan.as_ref()).map(|plan| plan.graph.node_count());
        let clean = compiled.files.first().map(|file| Clean {
            name: file.name.clone(),
            workflows: compiled.workflows.len(),
            steps: steps.sum(),
        });
        let has_errors = compiled.diagnostics.iter().any(Diagnostic::is_error);
        self.clean.extend(clean.filter(|_| !has_errors));
        let files = compiled.files.into_iter().map(|file| (file.name, file.tree.text().to_owned())).collect();
        self.take(files, compiled.diagnostics);
    }

    fn take_text(&mut self, source: &Source, diagnostics: Vec<Diagnostic>) {
        self.take(vec![(source.name().to_owned(), source.text().to_owned())], diagnostics);
    }

    /// Adds findings about files that are numbered among themselves.
    fn take(&mut self, files: Vec<(String, String)>, diagnostics: Vec<Diagnostic>) {
        let numbers: Vec<FileId> = files.into_iter().map(|(name, text)| self.number(name, text)).collect();
        let move_span = |span: &mut Span| {
            span.file = numbers.get(usize::from(span.file.0)).copied().unwrap_or_default();
        };
        for mut diagnostic in diagnostics {
            move_span(&mut diagnostic.primary.span);
            diagnostic.others.iter_mut().for_each(|label| move_span(&mut label.span));
            if let Some(fix) = &mut diagnostic.fix {
                fix.edits.iter_mut().for_each(|edit| move_span(&mut edit.span));
            }
            let key = (diagnostic.primary.span, diagnostic.code, diagnostic.message.clone());
            if self.seen.insert(key) {
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn number(&mut self, name: String, text: String) -> FileId {
        let next = FileId(u16::try_from(self.files.len()).unwrap_or(u16::MAX));
        let number = *self.numbers.entry(name.clone()).or_insert(next);
        if number == next {
            self.files.push(File { name, text });
        }
        number
    }

    fn places(&self) -> Places<'_> {
        Places { files: self.files.iter().map(|file| (file, LineIndex::new(&file.text))).collect() }
    }
}

impl<'r> Places<'r> {
    fn name(&self, span: Span) -> &'r str {
        self.files.get(usize::from(span.file.0)).map_or("", |(file, _)| &file.name)
    }

    fn region(&self, span: Span) -> Region {
        let Some((file, lines)) = self.files.get(usize::from(span.file.0)) else {
            return Region { line: 1, column: 1, end_line: 1, end_column: 1 };
        };
        let (line, column) = lines.line_column(&file.text, span.range().start);
        let (end_line, end_column) = lines.line_column(&file.text, span.range().end);
        Region { line, column, end_line, end_column }
    }
}

/// Writes a number of things: `1 file`, `3 files`.
#[must_use]
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

pub(crate) fn to_text(object: &impl serde::Serialize) -> String {
    // Our own structs with text keys always serialise.
    let mut text = serde_json::to_string_pretty(object).unwrap_or_default();
    text.push('\n');
    text
}

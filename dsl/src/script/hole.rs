//! `${…}` in a script that was meant for us: where it stands, and whether a variable may take its place unseen.
//!
//! A fix is offered only where it certainly keeps a value from becoming code. In all other places a person decides.

use super::shell::{Scan, Variable};
use crate::{
    ast::Fields,
    message::safety::{self, Place},
    safety as rules,
    schema::words,
    walk::indent,
};
use grammar::{
    Diagnostic, Edit, Span,
    tree::{Heredoc, Setting},
};
use std::{collections::BTreeSet, ops::Range};

/// A script with everything around it.
pub(super) struct Script<'s> {
    pub(super) fields: &'s Fields<'s>,
    pub(super) setting: &'s Setting,
    pub(super) heredoc: &'s Heredoc,
    /// Its text, as it stands in the file.
    pub(super) text: &'s str,
    /// What a shell would see in it; none for other interpreters.
    pub(super) scan: Option<&'s Scan<'s>>,
    /// The variables it is given.
    pub(super) known: &'s BTreeSet<&'s str>,
    /// The file it stands in.
    pub(super) file: &'s str,
}

impl Script<'_> {
    /// E0501: reports what would not be replaced, and returns where that stands.
    pub(super) fn holes(&self, found: &mut Vec<Diagnostic>) -> Vec<Range<usize>> {
        let mut holes = Vec::new();
        let mut added: BTreeSet<String> = BTreeSet::new();
        for (range, inner) in interpolations(self.text) {
            holes.push(range.clone());
            if self.is_passed(range.start) {
                continue;
            }
            let (variable, is_there) = self.variable_for(inner, &added);
            let read = self.scan.and_then(|scan| scan.reads.iter().find(|read| read.start == range.start));
            let place = self.place(inner, read);
            let mut edits = Vec::new();
            if let (Place::Argument, Some(variable), Some(read)) = (place, &variable, read) {
                edits.push(Edit { span: self.span(&range), text: self.reading(variable, read, range.end) });
                if !is_there {
                    added.insert(variable.clone());
                    edits.push(self.add_variable(variable, inner));
                }
            }
            let variable = variable.as_deref().unwrap_or("NAME");
            found.push(safety::interpolation_in_script(inner, variable, self.span(&range), place, edits));
        }
        holes
    }

    fn span(&self, range: &Range<usize>) -> Span {
        let base = self.heredoc.body_span.start as usize;
        Span::new(self.heredoc.body_span.file, base + range.start, base + range.end)
    }

    /// Returns whether a place is no code: a comment, or text that the script itself marks as text.
    fn is_passed(&self, at: usize) -> bool {
        match self.scan {
            Some(scan) => scan.passed.iter().any(|range| range.contains(&at)),
            None => is_python_comment(self.text, at),
        }
    }

    fn place(&self, inner: &str, read: Option<&Variable<'_>>) -> Place {
        let Some(scan) = self.scan else { return Place::Python };
        let Some(read) = read else { return Place::Quoted };
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "_.(), ".contains(char);
        let is_argument = read.argument_of.is_some_and(rules::is_ordinary)
            && inner.chars().all(is_plain)
            && !goes_elsewhere(line_at(self.text, read.start))
            && !scan.is_open
            && !rules::mentions_interpreter(self.text);
        if is_argument { Place::Argument } else { Place::Unknown }
    }

    /// Returns a name for the variable that carries a value, and whether the step has it already: the last word of the
    /// reference, in capitals, if that is free.
    fn variable_for(&self, inner: &str, added: &BTreeSet<String>) -> (Option<String>, bool) {
        let name = last_word(inner);
        for name in [name.clone(), format!("{name}_VALUE")] {
            let own = self.fields.section("env").and_then(|env| env.fields.value(&name));
            if let Some(value) = own
                && self.file.get(value.span.range()) == Some(inner)
                && !self.is_set_within(&name)
            {
                return (Some(name), true);
            }
            let is_read = self.scan.is_some_and(|scan| scan.reads.iter().any(|read| read.name == name));
            let is_taken = own.is_some()
                || self.known.contains(&*name)
                || added.contains(&name)
                || self.is_set_within(&name)
                || is_read
                || super::is_ambient(&name)
                || rules::is_dangerous(&name);
            if !is_taken {
                return (Some(name), false);
            }
        }
        (None, false)
    }

    fn is_set_within(&self, name: &str) -> bool {
        self.scan.is_some_and(|scan| scan.sets.contains(name))
    }

    /// Writes the variable so that the text behind it does not become part of its name, and no blank splits it.
    fn reading(&self, name: &str, read: &Variable<'_>, end: usize) -> String {
        let behind = self.text.get(end..).and_then(|rest| rest.chars().next());
        if read.is_split {
            format!("\"${name}\"")
        } else if behind.is_some_and(|char| char.is_ascii_alphanumeric() || "_[".contains(char)) {
            format!("${{{name}}}")
        } else {
            format!("${name}")
        }
    }

    /// Returns the edit that adds a variable to the step, in its `env` block or a new one before the script.
    fn add_variable(&self, name: &str, value: &str) -> Edit {
        let (text, script) = (self.file, self.setting);
        if let Some(env) = self.fields.section("env") {
            // Before the closing brace; a block of one line stays on it.
            let close = env.fields.span.end.saturating_sub(1) as usize;
            let span = Span::new(script.span.file, close, close);
            let inside = text.get(env.fields.span.range()).unwrap_or_default();
            let text = match inside.rfind('\n') {
                Some(_) => {
                    let indent = indent(text, env.word.span.start as usize);
                    format!("  {name} = {value}\n{indent}")
                }
                None => format!("{name} = {value} "),
            };
            return Edit { span, text };
        }
        let indent = indent(text, script.span.start as usize);
        Edit { span: script.span.before(), text: format!("env {{ {name} = {value} }}\n{indent}") }
    }
}

/// Returns `${…}` that were meant for us: what is inside begins with one of our roots, or calls a function on one.
fn interpolations(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut hits = Vec::new();
    let mut starts = text.match_indices("${").map(|(start, _)| start).peekable();
    while let Some(start) = starts.next() {
        // A value holds no other, so none is looked for behind the next, and each byte is looked at once.
        let Some(rest) = text.get(start + 2..starts.peek().copied().unwrap_or(text.len())) else { continue };
        let Some(length) = rest.find(['}', '\n']) else { continue };
        let Some(inner) = rest.get(..length) else { continue };
        let mentions_root = words::ROOTS.iter().any(|root| {
            inner.match_indices(root).any(|(at, _)| {
                let before = inner.get(..at).and_then(|it| it.chars().next_back());
                let after = inner.get(at + root.len()..).and_then(|it| it.chars().next());
                after == Some('.') && before.is_none_or(|it| it == '(' || it == ' ' || it == ',')
            })
        });
        // `${{ … }}` is a template of another tool, and told as one.
        if mentions_root
            && !inner.starts_with('{')
            && rest.get(length..).is_some_and(|it| it.starts_with('}'))
        {
            hits.push((start..start + 2 + length + 1, inner));
        }
    }
    hits
}

fn last_word(inner: &str) -> String {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let words: Vec<&str> = inner.split(|char| !is_word(char)).filter(|word| !word.is_empty()).collect();
    let last = words.iter().rev().find(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()));
    last.map_or_else(|| "VALUE".to_owned(), |word| word.to_ascii_uppercase())
}

/// Returns whether a place is certainly in a comment of Python: no text of several lines may have begun before it.
fn is_python_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    line.trim_start().starts_with('#')
        && !above.ends_with('\\')
        && !above.contains("\"\"\"")
        && !above.contains("'''")
}

/// Returns the line of a place with those that go on from it or to it.
fn line_at(text: &str, at: usize) -> &str {
    let goes_on = |line: &str| line.trim_end().ends_with(['\\', '|', '&']);
    let begin = |at: usize| text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let finish =
        |at: usize| text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end);
    let mut start = begin(at);
    while let Some(above) = start.checked_sub(1)
        && goes_on(text.get(begin(above)..above).unwrap_or_default())
    {
        start = begin(above);
    }
    let mut end = finish(at);
    while end < text.len() && goes_on(text.get(start..end).unwrap_or_default()) {
        end = finish(end + 1);
    }
    text.get(start..end).unwrap_or_default()
}

/// Returns whether what a command prints, or is given, may become the text of another program or a file.
fn goes_elsewhere(line: &str) -> bool {
    const HARMLESS: &[&str] = &["2>&1", ">&2", "2>/dev/null", ">/dev/null", "> /dev/null", "||"];
    let line = HARMLESS.iter().fold(line.to_owned(), |line, harmless| line.replace(harmless, ""));
    line.contains(['<', '>', '|', '`'])
}

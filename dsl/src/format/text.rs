//! Texts and scripts. What they say stays as it is to the byte; only the indent that their lines share is changed.

use super::{
    node::{Lines, Margin, Part},
    read,
    source::Source,
};
use grammar::token::TokenKind;
use std::borrow::Cow;

/// Returns the text that opens at a `"`.
pub(super) fn on_a_line<'t>(source: &Source<'t>, open: usize) -> Part<'t> {
    let close = source.partner(open);
    let has_values = (open..close).any(|index| kind(source, index) == Some(TokenKind::OpenValue));
    if !has_values {
        return Part::Word(Cow::Borrowed(between(source, open, close)));
    }
    let lines = lines(source, open, close);
    let written: String = lines.into_iter().map(|line| line.text).collect();
    word_or_lines(["\"", &written, "\""].concat())
}

/// Returns the text that opens at a `"""`.
pub(super) fn in_a_block<'t>(source: &Source<'t>, open: usize) -> Part<'t> {
    let mut lines = lines(source, open, source.partner(open));
    if let [only] = lines.as_slice() {
        return word_or_lines(["\"\"\"", &only.text, "\"\"\""].concat());
    }
    // The line of the closing quotes counts, whatever it holds: with it on the inner margin, so does the text.
    let count = lines.len();
    let counted = lines.iter().enumerate().skip(1).filter(|(at, line)| at + 1 == count || !line.is_blank());
    let indent =
        counted.map(|(_, line)| leading_blanks(&line.text)).reduce(shared).unwrap_or_default().to_owned();
    for line in lines.iter_mut().skip(1) {
        line.text = without(&line.text, &indent).to_owned();
    }
    if lines.last().is_some_and(Line::is_blank) {
        lines.pop();
    }
    if lines.first().is_some_and(Line::is_blank) {
        lines.remove(0);
    }
    let mut rest = Vec::new();
    for line in lines {
        let mut parts = line.text.split('\n').map(str::to_owned);
        rest.extend(parts.next().map(|first| (Margin::Inner, first)));
        // Inside of a value that is kept as it is written.
        rest.extend(parts.map(|part| (Margin::None, part)));
    }
    rest.push((Margin::Inner, "\"\"\"".to_owned()));
    Part::Lines(Lines { first: "\"\"\"".to_owned(), rest, sealed: false })
}

/// Returns the script that opens at a `<<TAG`.
pub(super) fn heredoc<'t>(source: &Source<'t>, open: usize) -> Part<'t> {
    let close = source.partner(open);
    let body = (open..close).find(|index| kind(source, *index) == Some(TokenKind::HeredocBody));
    let body = body.map_or("", |index| source.text(index));
    let lines: Vec<_> = body.split_inclusive('\n').map(|line| line.trim_end_matches(['\n', '\r'])).collect();
    let counted = lines.iter().copied().filter(|line| !is_blank(line));
    // Lines of nothing but blanks have no indent to change.
    let (margin, indent) = match counted.map(leading_blanks).reduce(shared) {
        Some(indent) => (Margin::Inner, indent),
        None => (Margin::None, ""),
    };
    let mut rest: Vec<_> = lines.into_iter().map(|line| (margin, without(line, indent).to_owned())).collect();
    rest.push((Margin::Same, source.text(close).to_owned()));
    Part::Lines(Lines { first: source.text(open).trim_end().to_owned(), rest, sealed: true })
}

/// One line of a text.
#[derive(Default)]
struct Line {
    text: String,
    /// Whether an escape or a value is in it.
    is_solid: bool,
}

impl Line {
    fn is_blank(&self) -> bool {
        !self.is_solid && is_blank(&self.text)
    }
}

/// Returns what is written between two quotes, cut at the line breaks among its characters.
fn lines(source: &Source<'_>, open: usize, close: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Line::default();
    let mut index = open + 1;
    while index < close {
        match kind(source, index) {
            Some(TokenKind::Chars) => {
                let mut parts = source.text(index).split('\n').peekable();
                while let Some(part) = parts.next() {
                    if parts.peek().is_none() {
                        line.text.push_str(part);
                    } else {
                        line.text.push_str(part.strip_suffix('\r').unwrap_or(part));
                        lines.push(std::mem::take(&mut line));
                    }
                }
            }
            Some(TokenKind::OpenValue) => {
                line.is_solid = true;
                let end = source.partner(index);
                value(source, index, end, &mut line.text);
                index = end;
            }
            _ => {
                line.is_solid = true;
                line.text.push_str(source.text(index));
            }
        }
        index += 1;
    }
    lines.push(line);
    lines
}

/// Prints a `${…}`. One that cannot be put on one line is kept as it is written.
fn value(source: &Source<'_>, open: usize, close: usize, out: &mut String) {
    use TokenKind as K;
    let needs_lines =
        |index| matches!(kind(source, index), Some(K::Comment | K::OpenHeredoc | K::BlockQuote));
    if (open..close).any(needs_lines) {
        out.push_str(&between(source, open, close).replace("\r\n", "\n"));
        return;
    }
    let mut written = String::new();
    read::read(source, open + 1..close, None).0.write(&mut written);
    // `${{` is what another tool writes.
    let blank = if written.starts_with('{') { " " } else { "" };
    out.extend(["${", blank, &written, blank, "}"]);
}

fn word_or_lines<'t>(written: String) -> Part<'t> {
    let Some((first, rest)) = written.split_once('\n') else { return Part::Word(Cow::Owned(written)) };
    let rest = rest.split('\n').map(|line| (Margin::None, line.to_owned())).collect();
    Part::Lines(Lines { first: first.to_owned(), rest, sealed: false })
}

fn kind(source: &Source<'_>, index: usize) -> Option<TokenKind> {
    source.token(index).map(|token| token.kind)
}

/// Returns the source from one token to another, both included.
fn between<'t>(source: &Source<'t>, first: usize, last: usize) -> &'t str {
    let start = source.token(first).map(|token| token.span).unwrap_or_default();
    let end = source.token(last).map(|token| token.span).unwrap_or_default();
    source.tree.slice(start.to(end))
}

fn is_blank(line: &str) -> bool {
    line.trim_matches([' ', '\t', '\r']).is_empty()
}

fn leading_blanks(line: &str) -> &str {
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

/// Returns what two indents have in common.
fn shared<'a>(left: &'a str, right: &'a str) -> &'a str {
    let len = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
    left.get(..len).unwrap_or_default()
}

fn without<'a>(line: &'a str, indent: &str) -> &'a str {
    line.get(shared(line, indent).len()..).unwrap_or_default()
}

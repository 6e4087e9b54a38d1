//! Which text of a line lacks one of its quotes.
//!
//! Behind a missing quote each other one of its line does the opposite of what it was meant to. The first that cannot
//! be what it is read as shows which text is torn: an opening one that touches a word, a closing one that touches what
//! follows. The torn text becomes a token of its own, and the rest of the line is read anew: once, so the work stays
//! linear.

use super::{Lexer, layout};
use crate::{Span, token::TokenKind};
use std::ops::Range;

impl<'t> Lexer<'t> {
    /// Returns whether something that is code nowhere has swallowed one quote of a text: `https://example.org"`, `don't"`.
    pub(super) fn is_half_quoted(&self, swallowed: &str) -> bool {
        self.modes.is_empty() && !swallowed.ends_with('\'') && swallowed.matches('"').count() % 2 == 1
    }

    /// Returns whether the comment that starts here is the end of a text without its first quote.
    pub(super) fn is_address(&self, comment: &str) -> bool {
        let touches = self.tokens.last().is_some_and(|last| last.kind != TokenKind::Blank);
        touches && self.is_half_quoted(comment) && is_address(self.line_before())
    }

    fn line_before(&self) -> &'t str {
        let before = self.text.get(..self.pos).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    /// Reads the line before this place anew if one of its texts lacks a quote and is not simply left open. Returns
    /// whether it does.
    pub(super) fn tear(&mut self) -> bool {
        if self.pos <= self.torn_line {
            return false;
        }
        let start = self.pos - self.line_before().len();
        let end = self.rest().find('\n').map_or(self.text.len(), |at| self.pos + at);
        let line = self.text.get(start..end).unwrap_or_default();
        let first = self.tokens.iter().rposition(|token| (token.span.start as usize) < start);
        // Where a text or a heredoc goes on from the line before, the quotes of this one mean something else.
        let is_code = first
            .and_then(|at| self.tokens.get(at))
            .is_none_or(|token| token.kind == TokenKind::Blank || token.span.end as usize <= start);
        self.torn_line = end;
        if !is_code {
            return false;
        }
        let Some(torn) = find(line) else { return false };
        let (from, to) = (start + torn.start, start + torn.end);
        let kept = self.tokens.iter().rposition(|token| token.span.end as usize <= from);
        self.tokens.truncate(kept.map_or(0, |at| at + 1));
        self.pos = self.tokens.last().map_or(0, |last| last.span.end as usize);
        self.modes.clear();
        // What was read behind this line is read again. Where one line is torn, the next may be, too.
        self.window = self.text.len().min(end + 1);
        self.stretch = 2 * line.len();
        let again = self.diagnostics.split_off(self.hidden.min(self.diagnostics.len()));
        self.diagnostics.extend(again.into_iter().filter(|it| (it.primary.span.start as usize) < from));
        self.push_to(TokenKind::TornText, to);
        true
    }

    /// Takes the brackets at the end of a text that was left open out of the text again: `["a, b]` has a closed list.
    pub(super) fn give_back_closers(&mut self) {
        let Some(last) = self.tokens.last_mut().filter(|last| last.kind == TokenKind::Chars) else { return };
        let written = self.text.get(last.span.range()).unwrap_or_default();
        let kept = layout::without_closers(written);
        if kept == written.len() {
            return;
        }
        self.pos = last.span.start as usize + kept;
        last.span = Span::new(self.file, last.span.start as usize, self.pos);
        if kept == 0 {
            self.tokens.pop();
        }
    }
}

/// Returns where the torn text of a line of code stands; none if the last text of the line is simply left open.
fn find(line: &str) -> Option<Range<usize>> {
    let mut brackets = Brackets::default();
    let mut code = 0;
    loop {
        let open = next_quote(line, code)?;
        brackets.pass(line.get(code..open)?, code);
        let (before, after) = (line.get(..open)?, line.get(open + 1..)?);
        if closes(before, after) {
            return Some(start_of_text(before, after, code, &brackets)?..open + 1);
        }
        let Some(close) = next_quote(line, open + 1) else {
            return end_of_key(before, after).map(|end| open..open + 1 + end);
        };
        let (inside, after) = (line.get(open + 1..close)?, line.get(close + 1..)?);
        if opens(inside, after) {
            return Some(open..open + 1 + end_of_text(inside, &brackets)?);
        }
        code = close + 1;
    }
}

/// Returns whether a line up to a `#` gives a value that is written like an address: `from = vault:ops/ssh`. No valid
/// line has such a value outside of quotes, so what follows is no comment.
fn is_address(before: &str) -> bool {
    let Some((head, value)) = before.rsplit_once('=') else { return false };
    let rest =
        value.trim_start().trim_start_matches(|next: char| next.is_ascii_alphanumeric() || next == '_');
    let compares = head.ends_with(['=', '!', '<', '>']);
    !compares && rest.starts_with(':') && rest.len() < value.trim_start().len() && !rest.contains([' ', '\t'])
}

/// The brackets that are open at a place of a line, each with the place behind it.
#[derive(Default)]
struct Brackets {
    open: Vec<(char, usize)>,
    /// The place behind the last that closes one of another line.
    base: usize,
}

impl Brackets {
    fn pass(&mut self, code: &str, from: usize) {
        for (at, next) in code.char_indices() {
            match next {
                '(' | '[' | '{' => self.open.push((next, from + at + 1)),
                ')' | ']' | '}' if self.open.pop().is_none() => self.base = from + at + 1,
                _ => {}
            }
        }
    }
}

/// Returns where the next quote stands that is neither escaped nor in a `${...}`.
fn next_quote(line: &str, from: usize) -> Option<usize> {
    let mut bytes = line.bytes().enumerate().skip(from);
    let mut braces = 0_usize;
    let mut quoted = false;
    let mut before = 0;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'"' if braces == 0 => return Some(at),
            b'"' => quoted = !quoted,
            b'{' if braces > 0 || before == b'$' => braces += 1,
            b'}' if !quoted => braces = braces.saturating_sub(1),
            _ => {}
        }
        before = byte;
    }
    None
}

/// Returns whether a quote where one should open a text closes one: it touches a word, or only brackets follow it.
fn closes(before: &str, after: &str) -> bool {
    let touched = !before.ends_with([' ', '\t', '[', '(', '{', ',', '=', ':', '<', '>', '+', '&', '|', '"']);
    let chooses = before.strip_suffix('?').is_some_and(|it| it.ends_with([' ', '\t']));
    let ends = ends_item(after) && !before.trim_end().ends_with(JOINTS);
    !before.is_empty() && ((touched && !chooses) || ends)
}

/// Returns whether a quote where one should close a text opens another.
fn opens(inside: &str, after: &str) -> bool {
    let apart = inside.ends_with([' ', '\t', '[', '(', '=']);
    let block = after.starts_with("\"\"") && inside.trim_end().ends_with('=');
    block || (apart && !ends_item(after) && !after.starts_with([' ', '\t']))
}

fn ends_item(after: &str) -> bool {
    let after = after.trim_start();
    after.is_empty() || after.starts_with([',', ']', ')', '}'])
}

/// What a value is due behind.
const JOINTS: [char; 12] = ['[', '(', '{', ',', '=', ':', '?', '<', '>', '+', '&', '|'];

/// What stands between a value and the next.
const BETWEEN: [&str; 14] = ["==", "!=", "<=", ">=", "&&", "||", "??", "<", ">", "+", ",", "?", ":", "="];

/// Returns where the text starts that the last quote closes: in the code from `from`, behind the bracket that is open,
/// the key, and the values that can be no text.
fn start_of_text(before: &str, after: &str, from: usize, brackets: &Brackets) -> Option<usize> {
    let bracket = brackets.open.last();
    let start = bracket.map_or(brackets.base, |(_, at)| *at).max(from);
    let mut rest = before.get(start..)?.trim_start();
    if start == from && from > 0 {
        rest = rest.trim_start_matches([')', ']', '}', ' ']);
        rest = without_joint(rest).unwrap_or(rest);
    }
    if start == 0 {
        rest = rest.strip_prefix("import ").unwrap_or(rest);
    }
    if rest.starts_with("for ") {
        rest = rest.split_once(" : ").map_or(rest, |(_, value)| value);
    }
    if bracket.is_none_or(|(bracket, _)| *bracket == '{') {
        rest = without_key(rest).unwrap_or(rest);
    }
    if start == 0 && after.trim_start().starts_with(['{', ':', '=']) {
        // `step build" {`: only the last word can be the name.
        rest = rest.rsplit([' ', '\t']).next().unwrap_or(rest);
    }
    while let Some(behind) = without_value(rest) {
        rest = behind;
    }
    Some(before.len() - rest.trim_start().len())
}

/// Takes away what joins the value before to the next.
fn without_joint(code: &str) -> Option<&str> {
    let code = code.trim_start();
    let joint = |mark: &&str| code.strip_prefix(*mark);
    let word = code.strip_prefix("in ").or_else(|| code.strip_prefix("as "));
    BETWEEN.iter().find_map(joint).or(word).map(str::trim_start)
}

/// Takes away `key =` or `word name: type =`.
fn without_key(code: &str) -> Option<&str> {
    let (head, value) = code.split_once('=')?;
    let compares = value.starts_with(['=', '>']) || head.ends_with(['!', '<', '>']);
    let fits = head.chars().all(|next| next.is_ascii_alphanumeric() || " \t_-.:()?".contains(next));
    (fits && !compares && head.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'))
        .then_some(value.trim_start())
}

/// Takes away a number or a reference, with what joins it to the next value.
fn without_value(code: &str) -> Option<&str> {
    const ROOTS: [&str; 9] =
        ["param.", "secret.", "let.", "step.", "each.", "self.", "result.", "job.", "event."];
    let is_part = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '.');
    let behind = code.trim_start_matches(is_part);
    let fits = ROOTS.iter().any(|root| code.starts_with(root))
        || code.starts_with(|first: char| first.is_ascii_digit());
    without_joint(behind).filter(|_| fits)
}

/// Returns where a text ends that is followed by another: before the bracket, the comma or the key between them.
fn end_of_text(inside: &str, brackets: &Brackets) -> Option<usize> {
    let is_gap = |last: char| last.is_whitespace() || JOINTS.contains(&last) || last == '!';
    let kept = inside.trim_end_matches(is_gap);
    let sets = inside.get(kept.len()..)?.trim() == "=";
    let head = kept.trim_end_matches(|last: char| last.is_ascii_alphanumeric() || last == '_');
    let value = head.trim_end_matches(is_gap);
    let kept = if sets && value.len() < head.len() && !value.is_empty() { value } else { kept };
    let closer = (!brackets.open.is_empty()).then(|| layout::first_closer(kept)).flatten();
    Some(kept.get(..closer.unwrap_or(kept.len()))?.trim_end().len())
}

/// Returns where a key or a name ends whose text was left open: before its `=` or `{`.
fn end_of_key(before: &str, inside: &str) -> Option<usize> {
    let word = before.trim();
    let names = !word.is_empty() && word.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
    if let Some(name) = inside.trim_end().strip_suffix('{').filter(|_| names) {
        return Some(name.trim_end().len());
    }
    let starts = before.trim().is_empty() || before.trim_end().ends_with('{');
    let (key, _) = inside.split_once(" = ").filter(|_| starts)?;
    Some(key.trim_end().len())
}

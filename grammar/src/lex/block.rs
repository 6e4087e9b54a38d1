//! Which block of text was left open, in a file where the `"""` do not come out even.
//!
//! Each `"""` behind a missing one does the opposite of what it was meant to: texts are read as code and code as text.
//! The first block that is closed by what looks like the opening of another is the one that was left open.

use super::layout;
use crate::token::{Token, TokenKind};

/// Returns where the block starts that was probably left open.
pub(super) fn left_open(text: &str, tokens: &[Token]) -> Option<usize> {
    let mut open: Option<usize> = None;
    for token in tokens.iter().filter(|token| token.kind == TokenKind::BlockQuote) {
        let at = token.span.start as usize;
        match open.take() {
            Some(start) if opens_another(text, start, at) => return Some(start),
            Some(_) => {}
            None => open = Some(at),
        }
    }
    None
}

/// Returns whether the quotes at `end` look like the start of a setting's text that is no deeper than the setting of
/// the text that starts at `start`.
fn opens_another(text: &str, start: usize, end: usize) -> bool {
    let (Some(first), Some(last)) = (line_before(text, start), line_before(text, end)) else { return false };
    let setting = last.trim().strip_suffix('=').is_some_and(|key| !key.ends_with('='));
    setting && layout::indent(last) <= layout::indent(first) && layout::starts_statement(last.trim_start())
}

/// Returns the part of a line before a place in it; none if it is longer than any setting's key. Without that bound,
/// many quotes on one long line would take the square of its length.
fn line_before(text: &str, at: usize) -> Option<&str> {
    const MOST: usize = 200;
    let from = text.floor_char_boundary(at.saturating_sub(MOST));
    let before = text.get(from..at)?;
    match before.rfind('\n') {
        Some(found) => before.get(found + 1..),
        None => (from == 0).then_some(before),
    }
}

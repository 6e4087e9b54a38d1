//! Every sentence that the reading of text says to the author, one function each.
//!
//! A message says in one line what is wrong and names what is written; a label says it at the place; the help says
//! how to go on. A fix is offered only where a machine may apply it without changing what is meant.

mod expression;
mod statement;
mod token;

pub(crate) use expression::*;
pub(crate) use statement::*;
pub(crate) use token::*;

use crate::{Edit, Span, lex::is_hidden};

/// Returns the edit that writes `=` for the `:` behind a key.
fn equals_for(key: Span, colon: Span) -> Edit {
    let text = if key.end == colon.start { " =" } else { "=" };
    Edit { span: colon, text: text.into() }
}

/// Returns the first bytes of a span.
fn span_of_first(span: Span, len: usize) -> Span {
    let end = span.start.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
    Span { end: end.min(span.end), ..span }
}

/// Returns what is written, short enough for one line and free of what a terminal would obey.
fn show(written: &str) -> String {
    const MOST: usize = 40;
    let line = written.lines().next().unwrap_or_default();
    if written.is_empty() {
        return "the end of the file".into();
    }
    let more = line.len() < written.len() || line.chars().nth(MOST).is_some();
    let shown: String = line.chars().take(MOST).filter(|next| !is_hidden(*next)).collect();
    if more { format!("`{shown}...`") } else { format!("`{shown}`") }
}

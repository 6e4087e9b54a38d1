//! Prints a file in the one layout that all files share.
//!
//! Nothing is moved, added or dropped but blanks, line breaks and the comma behind a last item. What a reader gains is
//! that two files which say the same look the same, and that a change shows what was changed and nothing else.
//!
//! ```text
//! tree ─► source ─► node ─► layout ─► page ─► text
//!         tokens    widths   breaks    lines
//! ```
//!
//! The printer goes by the tokens, not by the tree: a comment may stand between any two of them. The tree says where
//! statements, bodies and types begin and end. A line is broken where the author broke it behind an opening bracket,
//! or where it would be wider than [`WIDTH`]. Formatting what has been formatted changes nothing: each decision depends
//! only on what the printer writes itself. Alignment therefore comes last and breaks no line.

mod align;
mod layout;
mod node;
mod page;
mod read;
mod role;
mod source;
mod statement;
mod text;

use grammar::{Diagnostic, FileId, Tree};
use source::Source;

/// How many columns a line of code may take. Comments behind it and blanks for alignment are not counted.
pub const WIDTH: usize = 110;

/// How many columns a line is indented more than the one around it.
const STEP: usize = 2;

/// Formats the text of a file.
///
/// # Errors
///
/// What keeps the text from being read as a file. A text that is wrong for other reasons is formatted.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = grammar::parse(FileId(0), text);
    let errors: Vec<_> = parsed.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    if errors.is_empty() { Ok(format_tree(&parsed.tree)) } else { Err(errors) }
}

/// Formats a file that has been read without an error.
///
/// If the brackets or the statements of a file are broken, there is no layout for it: its text comes back as it is.
#[must_use]
pub fn format_tree(tree: &Tree) -> String {
    match Source::of(tree) {
        Some(source) => statement::print(&source).print(),
        None => tree.text().to_owned(),
    }
}

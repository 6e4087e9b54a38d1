//! What the way to JSON and back must not change.

use grammar::{Tree, token::TokenKind};

/// Returns the statements of a file without the places they stand at.
pub(super) fn dump(tree: &Tree) -> String {
    let printed = format!("{:?}", tree.statements);
    let mut parts = printed.split("Span { ");
    let first = parts.next().map(str::to_owned).unwrap_or_default();
    parts.fold(first, |out, part| out + part.split_once('}').unwrap().1)
}

/// Returns the comments of a file.
pub(super) fn comments(tree: &Tree) -> Vec<&str> {
    let comments = tree.tokens().iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| tree.slice(token.span).trim_end()).collect()
}

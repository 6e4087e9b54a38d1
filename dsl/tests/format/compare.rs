//! What formatting must not change.

use grammar::{
    Tree,
    token::{Token, TokenKind},
};

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

/// Returns how the code of a file is spelled: words and numbers as they are written, but for commas behind last items.
pub(super) fn spelling(tree: &Tree) -> Vec<&str> {
    let code: Vec<&Token> = tree.tokens().iter().filter(|token| !token.kind.is_trivia()).collect();
    let nexts = code.iter().skip(1).map(|token| Some(token.kind)).chain([None]);
    let is_last_comma = |token: &Token, next: Option<TokenKind>| {
        token.kind == TokenKind::Comma
            && matches!(next, Some(TokenKind::CloseBracket | TokenKind::CloseBrace | TokenKind::CloseParen))
    };
    let is_laid_out =
        |kind| matches!(kind, TokenKind::Chars | TokenKind::HeredocBody | TokenKind::OpenHeredoc);
    code.iter()
        .zip(nexts)
        .filter(|(token, next)| !is_last_comma(token, *next) && !is_laid_out(token.kind))
        .map(|(token, _)| tree.slice(token.span))
        .collect()
}

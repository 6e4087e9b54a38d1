//! Which words may stand where, and names that are none.

use super::cursor::Parser;
use crate::{message, token::TokenKind, tree::Name};

/// Returns whether a word is a value, so that nothing can be called that.
pub(super) fn is_constant(word: &str) -> bool {
    matches!(word, "true" | "false" | "null")
}

/// Returns whether no statement and no key starts with the word, because an expression could go on with it.
pub(super) fn is_operator(word: &str) -> bool {
    matches!(word, "in" | "and" | "or")
}

/// Returns whether the word has a meaning of its own in expressions, so that it names nothing there.
pub(super) fn is_reserved(word: &str) -> bool {
    is_constant(word) || is_operator(word) || matches!(word, "for" | "if" | "not")
}

impl Parser<'_> {
    /// Returns whether the word at hand goes on as no name may: `my-step`, `größe`.
    pub(super) fn at_dashed_name(&self, ahead: usize) -> bool {
        let Some(first) = self.token(ahead) else { return false };
        let Some(next) = self.token(ahead + 1) else { return false };
        first.kind == TokenKind::Name
            && next.span.start == first.span.end
            && match next.kind {
                TokenKind::Minus => self.token(ahead + 2).is_some_and(|part| {
                    part.span.start == next.span.end && matches!(part.kind, TokenKind::Name | TokenKind::Int)
                }),
                TokenKind::Unknown => self.slice(next.span).chars().all(char::is_alphanumeric),
                _ => false,
            }
    }

    /// Takes a name where `-` would be an operator.
    pub(super) fn take_plain_name(&mut self) -> Name {
        let name = self.take_name();
        if is_constant(&name.text) {
            self.report(message::reserved_name(&name));
        }
        name
    }

    /// Takes a name. One that is written with dashes or foreign letters is reported, with the name it could be.
    pub(super) fn take_declared_name(&mut self) -> Name {
        if !self.at_dashed_name(0) {
            return self.take_plain_name();
        }
        let start = self.advance();
        while self.touches()
            && match self.kind() {
                Some(TokenKind::Name | TokenKind::Minus | TokenKind::Int | TokenKind::BadNumber) => true,
                Some(TokenKind::Unknown) => self.written().chars().all(char::is_alphanumeric),
                _ => false,
            }
        {
            self.advance();
        }
        let span = self.since(start);
        let written = self.slice(span);
        let plain: String =
            written.chars().map(|next| if next.is_ascii_alphanumeric() { next } else { '_' }).collect();
        let fits = written.is_ascii();
        self.report(message::not_a_name(span, written, fits.then_some(plain.as_str())));
        Name { text: plain.into(), span }
    }
}

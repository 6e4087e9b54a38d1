//! Finding the way back after a mistake.

use super::{
    cursor::Parser,
    word::{declares, is_reserved},
};
use crate::token::TokenKind;

/// Returns whether a value can start with such a token.
pub(super) fn starts_value(kind: TokenKind) -> bool {
    use TokenKind as K;
    match kind {
        K::Name | K::Int | K::Float | K::Duration | K::Size | K::BadNumber => true,
        K::SingleQuoted
        | K::TornText
        | K::Quote
        | K::BlockQuote
        | K::OpenValue
        | K::OpenHeredoc
        | K::BadHeredoc => true,
        K::OpenBrace | K::OpenBracket | K::OpenParen | K::Ellipsis | K::Not => true,
        K::Blank | K::Comment | K::ForeignComment | K::Chars | K::Escape | K::BadEscape | K::CloseValue => {
            false
        }
        K::HeredocBody | K::CloseHeredoc | K::CloseBrace | K::CloseBracket | K::CloseParen => false,
        K::Comma
        | K::Semicolon
        | K::Colon
        | K::Dot
        | K::Assign
        | K::Question
        | K::Coalesce
        | K::Or
        | K::And => false,
        K::Equal | K::NotEqual | K::Less | K::LessEqual | K::Greater | K::GreaterEqual => false,
        K::Plus | K::Minus | K::Star | K::Slash | K::Percent | K::Unknown => false,
    }
}

fn is_opener(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::OpenBrace | TokenKind::OpenBracket | TokenKind::OpenParen | TokenKind::OpenValue
    )
}

pub(super) fn is_closer(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::CloseParen | TokenKind::CloseValue
    )
}

impl Parser<'_> {
    /// Returns whether a line starts here that looks like a setting. Where an operand is due, no valid file has such
    /// a line.
    pub(super) fn starts_setting(&self) -> bool {
        use TokenKind as K;
        if !self.starts_line() {
            return false;
        }
        let key = match self.kind() {
            Some(K::Name) if is_reserved(self.written()) => return false,
            Some(K::Name | K::TornText) => 1,
            Some(K::Quote) if self.kind_ahead(1) == Some(K::Quote) => 2,
            Some(K::Quote) if self.kind_ahead(2) == Some(K::Quote) => 3,
            _ => return false,
        };
        self.kind_ahead(key) == Some(K::Assign)
    }

    /// Returns whether a line starts here that looks like a statement. Where an item is due, no valid file has such
    /// a line.
    pub(super) fn starts_statement(&self) -> bool {
        use TokenKind as K;
        if !self.starts_line() || !self.at(K::Name) || is_reserved(self.written()) {
            return self.starts_setting();
        }
        match self.kind_ahead(1) {
            Some(K::Assign | K::OpenBrace) => true,
            Some(K::Name) => {
                let opens = matches!(self.kind_ahead(2), Some(K::Assign | K::OpenBrace | K::Colon | K::Dot));
                (opens || declares(self.written()))
                    && !self.token(1).is_some_and(|next| is_reserved(self.slice(next.span)))
            }
            _ => false,
        }
    }

    /// Passes over tokens up to one that `stop` holds for. What stands in brackets is passed over whole. Also stops
    /// before a bracket that closes something around this place, and before a line that starts a statement.
    pub(super) fn skip_until(&mut self, stop: impl Fn(TokenKind) -> bool) {
        let mut open = 0_usize;
        let start = self.pos;
        while let Some(kind) = self.kind() {
            let ends = open == 0 && (stop(kind) || is_closer(kind));
            if ends || (self.pos > start && self.starts_statement()) {
                return;
            }
            if is_opener(kind) {
                open += 1;
            } else if is_closer(kind) {
                open = open.saturating_sub(1);
            }
            self.advance();
        }
    }

    /// Passes over a bracket that nests too deep and all up to the one that closes it. What does not fit there is a
    /// consequence, too.
    pub(super) fn skip_too_deep(&mut self) {
        let (mut open, mut braces) = (0_usize, 0_usize);
        while let Some(kind) = self.kind() {
            if is_opener(kind) {
                open += 1;
            } else if is_closer(kind) {
                open = open.saturating_sub(1);
            }
            match kind {
                TokenKind::OpenBrace | TokenKind::OpenValue => braces += 1,
                TokenKind::CloseBrace | TokenKind::CloseValue if braces == 0 => break,
                TokenKind::CloseBrace | TokenKind::CloseValue => braces -= 1,
                _ => {}
            }
            self.advance();
            if open == 0 || (braces == 0 && self.starts_statement()) {
                break;
            }
        }
        self.stuck_at = Some(self.pos);
    }

    /// Passes over what is left of a broken statement whose first token is `start`.
    pub(super) fn skip_statement(&mut self, start: usize) {
        let mut open = Vec::new();
        while let Some(kind) = self.kind() {
            if self.pos > start && self.starts_line() {
                let outside = open.last().is_none_or(|indent| self.line.indent <= *indent);
                // Outside of brackets a word on a new line is, whatever else, not this mistake any more.
                if (outside && self.starts_statement()) || (open.is_empty() && kind == TokenKind::Name) {
                    return;
                }
            }
            if is_opener(kind) {
                open.push(self.line.indent);
            } else if kind == TokenKind::CloseBrace && open.is_empty() {
                return;
            } else if is_closer(kind) {
                open.pop();
            }
            self.advance();
        }
    }
}

//! Items between brackets, with commas between them: lists, calls, objects, the arguments of types.

use super::{cursor::Parser, recover::starts_value};
use crate::{Code, Span, message, token::TokenKind};

impl Parser<'_> {
    /// Reads the bracket at hand, items by `item`, and the bracket that closes them. Returns whether it did; brackets
    /// that nest too deep are passed over.
    pub(super) fn delimited(&mut self, close: TokenKind, mut item: impl FnMut(&mut Self)) -> bool {
        let opener = self.span();
        let indent = self.line.indent;
        if !self.enter(opener) {
            self.skip_too_deep();
            return false;
        }
        self.advance();
        self.count_open(close, 1);
        let mut missing = Vec::new();
        loop {
            if self.take(close).is_some() {
                break;
            }
            if self.items_end(close) {
                self.unclosed(opener, close);
                break;
            }
            if matches!(self.kind(), Some(TokenKind::Comma | TokenKind::Semicolon)) {
                self.stray_in_items();
                continue;
            }
            let (before, start) = (self.pos, self.span());
            item(self);
            if let Some((_, next, _)) = missing.last_mut().filter(|(_, next, _)| *next == start) {
                *next = self.since(start);
            }
            match self.kind() {
                Some(TokenKind::Comma) if self.pos > before => {
                    self.advance();
                }
                Some(kind) if kind == close || self.items_end(close) => {}
                // In an object `key =` is a pair, so only the indentation can tell that it is none.
                Some(_)
                    if self.line.indent <= indent && (self.starts_setting() || self.lacks_sign_here()) =>
                {
                    self.unclosed(opener, close);
                    break;
                }
                Some(kind) if self.pos > before && starts_value(kind) => {
                    let place = (self.last.after(), self.span(), self.line.number);
                    self.note(&mut missing, place);
                }
                _ => {
                    self.report_stuck(message::unexpected_item(
                        self.span(),
                        self.written(),
                        opener,
                        closing(close),
                    ));
                    self.skip_until(|kind| kind == TokenKind::Comma || kind == close);
                    self.take(TokenKind::Comma);
                }
            }
        }
        self.count_open(close, -1);
        self.leave();
        let found = missing.len();
        // Where a quote is missing, the words of the text look like values without commas.
        missing.retain(|(_, _, line)| self.open_text_line != Some(*line));
        if missing.len() < found {
            self.doubt_last_quote();
        }
        if let Some((_, next, _)) = missing.first() {
            let places: Vec<Span> = missing.iter().map(|(place, ..)| *place).collect();
            self.report(message::missing_comma(*next, self.slice(*next), opener, &places));
        }
        true
    }

    /// Reads the bracket at hand, one value by `value`, and the bracket that closes it. None if it nests too deep.
    pub(super) fn enclosed<T>(&mut self, close: TokenKind, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let opener = self.span();
        if !self.enter(opener) {
            self.skip_too_deep();
            return None;
        }
        self.advance();
        self.count_open(close, 1);
        let value = value(self);
        if self.take(close).is_none() {
            if !self.items_end(close) {
                self.report_stuck(message::unexpected(self.span(), self.written(), closing(close)));
                self.skip_until(|kind| kind == close);
            }
            if self.take(close).is_none() {
                self.unclosed(opener, close);
            }
        }
        self.count_open(close, -1);
        self.leave();
        Some(value)
    }

    /// Returns whether the items are over although their bracket is not closed.
    fn items_end(&self, close: TokenKind) -> bool {
        use TokenKind as K;
        match self.kind() {
            None | Some(K::CloseValue) => true,
            // Behind a type; in a call it would have been read as an operator.
            Some(K::Assign) if close == K::CloseParen => !self.at_arrow(),
            Some(kind @ (K::CloseBrace | K::CloseBracket | K::CloseParen)) => kind != close,
            Some(_) => self.starts_statement() && !(close == K::CloseBrace && self.starts_setting()),
        }
    }

    /// Says that a bracket is not closed. A closing bracket of another sort is taken for it where it fits nothing else.
    fn unclosed(&mut self, opener: Span, close: TokenKind) {
        let wanted = match self.kind() {
            Some(TokenKind::CloseParen) => self.open_parens > 0,
            Some(TokenKind::CloseBracket) => self.open_brackets > 0,
            _ => true,
        };
        let opener_text = self.slice(opener);
        if wanted {
            let diagnostic =
                message::unclosed(opener, opener_text, closing(close), self.last.after(), self.span());
            self.report_stuck(diagnostic);
        } else {
            let found = self.span();
            self.report_stuck(message::mismatched(
                opener,
                opener_text,
                found,
                self.written(),
                closing(close),
            ));
            self.advance();
        }
    }

    fn stray_in_items(&mut self) {
        let start = self.span();
        while self.take(TokenKind::Comma).or_else(|| self.take(TokenKind::Semicolon)).is_some() {}
        let span = self.since(start);
        self.report(message::stray(&[span], self.slice(start)));
    }

    /// Takes back the fix for a text that was left open: there are words on its line that no quotes are around.
    fn doubt_last_quote(&mut self) {
        if let Some(open) = self.diagnostics.iter_mut().rev().find(|it| it.code == Code::E0001) {
            message::doubt_quote(open);
        }
    }

    fn count_open(&mut self, close: TokenKind, change: isize) {
        let count = match close {
            TokenKind::CloseParen => &mut self.open_parens,
            TokenKind::CloseBracket => &mut self.open_brackets,
            _ => return,
        };
        *count = count.saturating_add_signed(change);
    }
}

fn closing(close: TokenKind) -> &'static str {
    match close {
        TokenKind::CloseParen => ")",
        TokenKind::CloseBracket => "]",
        _ => "}",
    }
}

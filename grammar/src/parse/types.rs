//! Types as they are written: `list(string)?`, `enum("a", "b")`, `lib.Server`.

use super::{cursor::Parser, word::is_constant};
use crate::{
    message,
    token::TokenKind,
    tree::{TypeArg, TypeExpr},
};

impl Parser<'_> {
    /// Reads the type at hand; none if no type stands here.
    pub(super) fn type_expr(&mut self) -> Option<TypeExpr> {
        let start = self.span();
        if !self.at(TokenKind::Name) || is_constant(self.written()) {
            return None;
        }
        let mut path = vec![self.take_declared_name()];
        while self.at(TokenKind::Dot) && self.kind_ahead(1) == Some(TokenKind::Name) {
            self.advance();
            path.push(self.take_declared_name());
        }
        let mut args = Vec::new();
        let applied = self.at(TokenKind::OpenParen);
        if applied {
            let read = self.delimited(TokenKind::CloseParen, |parser| args.extend(parser.type_arg()));
            self.lost_type |= !read;
            if self.lost_type {
                return None;
            }
        } else {
            self.foreign_type_args(&path, &mut args);
        }
        let optional = self.take(TokenKind::Question).is_some();
        Some(TypeExpr { path, applied: applied || !args.is_empty(), args, optional, span: self.since(start) })
    }

    fn type_arg(&mut self) -> Option<TypeArg> {
        match self.kind() {
            Some(TokenKind::Quote | TokenKind::SingleQuoted | TokenKind::TornText) => {
                Some(TypeArg::Text(self.literal("a type's word")))
            }
            _ => match self.type_expr() {
                Some(inner) => Some(TypeArg::Type(inner)),
                None if self.lost_type => None,
                None => {
                    self.report_stuck(message::missing_type(self.last, self.span()));
                    None
                }
            },
        }
    }

    /// Takes `list<string>`, `list[string]` and `string[]` as the types they are elsewhere.
    fn foreign_type_args(&mut self, path: &[crate::tree::Name], args: &mut Vec<TypeArg>) {
        let close = match self.kind() {
            Some(TokenKind::Less) => TokenKind::Greater,
            Some(TokenKind::OpenBracket) => TokenKind::CloseBracket,
            _ => return,
        };
        let Some(name) = path.last().filter(|_| self.touches()) else { return };
        let array = self.kind_ahead(1) == Some(close);
        let closed = if array { 1 } else { 2 };
        let single = array || self.kind_ahead(1) == Some(TokenKind::Name);
        let span = name.span;
        if !single || self.kind_ahead(closed) != Some(close) {
            return;
        }
        self.advance();
        if !array {
            let inner = self.token(0).map(|token| token.span).unwrap_or_default();
            let word = self.take_name();
            let ty =
                TypeExpr { path: vec![word], args: Vec::new(), applied: false, optional: false, span: inner };
            args.push(TypeArg::Type(ty));
            self.advance();
            let whole = self.since(span);
            let meant = format!("{}({})", name.text, self.slice(inner));
            self.report(message::foreign_type(whole, self.slice(whole), &meant));
            return;
        }
        self.advance();
        let whole = self.since(span);
        let meant = format!("list({})", name.text);
        self.report(message::foreign_type(whole, self.slice(whole), &meant));
    }
}

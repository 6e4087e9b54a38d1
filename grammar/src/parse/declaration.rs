//! Declarations: a word, a name, and at least one of a type, a value and a body.

use super::{cursor::Parser, recover::starts_value};
use crate::{
    Span, message,
    token::TokenKind,
    tree::{Declaration, Expr, ExprKind, Name, Statement, TypeExpr},
};

impl Parser<'_> {
    /// Reads `word name: type = value { ... }`.
    pub(super) fn declaration(&mut self) -> Statement {
        self.check_word();
        let indent = self.line.indent;
        let word = self.take_name();
        let name = self.declared_name(word.span);
        let head = self.since(word.span);
        let (ty, mut value) = self.declared_type(&name, head);
        if self.at(TokenKind::Equal) {
            let span = self.span();
            self.report(message::wrong_assignment(span, "==", &name.text));
            self.advance();
            value = Some(self.value());
        } else if self.take(TokenKind::Assign).is_some() {
            value = Some(self.value());
        } else if ty.is_some() && self.lacks_sign() {
            let head = self.since(word.span);
            self.report(message::missing_sign(self.last.after(), word.span, self.slice(head)));
            value = Some(self.value());
        }
        let mut body = self.at(TokenKind::OpenBrace).then(|| self.body());
        if ty.is_none() && value.is_none() && body.is_none() {
            body = self.body_without_brace(head, indent);
        }
        if ty.is_none() && value.is_none() && body.is_none() {
            self.report_stuck(message::no_body(head, self.slice(head), "`:`, `=` or `{`"));
            self.skip_rest_of_line();
        }
        let span = self.since(word.span);
        Statement::Declaration(Declaration { word, name, ty, value, body, span })
    }

    /// Takes the name of a declaration; text in quotes is taken for the name in it.
    fn declared_name(&mut self, word: Span) -> Name {
        if self.at(TokenKind::Name) {
            return self.name_in_words().unwrap_or_else(|| self.take_declared_name());
        }
        let torn = self.at(TokenKind::TornText);
        let start = self.advance();
        let written = self.written();
        if !torn {
            self.advance();
            self.advance();
        }
        let mut span = self.since(start);
        if self.at(TokenKind::Quote) {
            // `resource "kind" "name" {`: the second is the name.
            self.text();
            span = self.since(start);
        }
        let plain = self.slice(span).split('"').rfind(|part| !part.trim().is_empty()).unwrap_or(written);
        let plain: String =
            plain.chars().map(|next| if next.is_ascii_alphanumeric() { next } else { '_' }).collect();
        let fits = plain.starts_with(|first: char| !first.is_ascii_digit());
        self.report(message::quoted_name(word, span, self.slice(span), fits.then_some(plain.as_str())));
        Name { text: plain.into(), span }
    }

    /// Takes a name that is written in several words on the line of its `{`: `step my step {`.
    fn name_in_words(&mut self) -> Option<Name> {
        let words = (0..5).take_while(|ahead| self.kind_ahead(*ahead) == Some(TokenKind::Name)).count();
        let brace = self.token(words).filter(|token| token.kind == TokenKind::OpenBrace)?;
        let second = self.token(1).filter(|_| words > 1)?;
        let line = self.text.get(self.span().start as usize..brace.span.start as usize)?;
        if line.contains('\n') || is_type_word(self.slice(second.span)) {
            return None;
        }
        let start = self.span();
        let mut parts = Vec::new();
        for _ in 0..words {
            parts.push(self.written());
            self.advance();
        }
        let plain = parts.join("_");
        let span = self.since(start);
        self.report(message::not_a_name(span, self.slice(span), Some(&plain)));
        Some(Name { text: plain.into(), span })
    }

    /// Reads `: type`, or a type whose colon is missing, or a value that stands where the type should.
    fn declared_type(&mut self, name: &Name, head: Span) -> (Option<TypeExpr>, Option<Expr>) {
        let Some(colon) = self.take(TokenKind::Colon) else {
            let type_word = self.at(TokenKind::Name) && !self.starts_line() && is_type_word(self.written());
            if type_word {
                self.report(message::missing_colon(self.span(), self.written(), name.span));
                return (self.type_expr(), None);
            }
            return (None, None);
        };
        if self.at(TokenKind::Assign) && self.touches() {
            let span = colon.to(self.span());
            self.report(message::wrong_assignment(span, ":=", &name.text));
            self.advance();
            return (None, Some(self.value()));
        }
        let ty = self.type_expr();
        if std::mem::take(&mut self.lost_type) {
            let span = self.since(colon);
            return (None, Some(Expr { kind: ExprKind::Broken, span }));
        }
        if ty.is_some() {
            return (ty, None);
        }
        let value_follows =
            self.kind().is_some_and(starts_value) && !self.at(TokenKind::OpenBrace) && !self.starts_line();
        if value_follows {
            self.report(message::colon_in_setting(colon, head, self.slice(head)));
            return (None, Some(self.value()));
        }
        self.report_stuck(message::missing_type(colon, self.span()));
        let span = colon.after();
        let broken = Expr { kind: ExprKind::Broken, span };
        (None, (!matches!(self.kind(), Some(TokenKind::Assign | TokenKind::OpenBrace))).then_some(broken))
    }
}

fn is_type_word(word: &str) -> bool {
    let builtin = matches!(
        word,
        "string" | "int" | "float" | "bool" | "duration" | "size" | "time" | "json" | "list" | "map" | "enum"
    );
    builtin || word == "artifact" || word.starts_with(|first: char| first.is_ascii_uppercase())
}

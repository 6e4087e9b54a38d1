//! Operands: literals, names, calls and what stands in brackets.

use super::{
    cursor::{Parser, plain_word},
    expression::Grown,
    number::{self, NumberError},
    recover::is_closer,
    text::dedent_lines,
    word::{is_constant, is_operator, is_reserved},
};
use crate::{
    Span, message,
    token::TokenKind,
    tree::{Comprehension, ExprKind, Heredoc, Item, Key, Name, Pair, Text},
};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Grown {
        use TokenKind as K;
        let start = self.span();
        if self.starts_setting() {
            return self.missing_value();
        }
        match self.kind() {
            Some(K::Name) => self.name_or_call(),
            Some(K::Quote | K::BlockQuote | K::SingleQuoted | K::TornText) => {
                let (text, height) = self.text();
                let span = text.span;
                self.grow(ExprKind::Text(text), span, height)
            }
            Some(K::Int) => self.number(|it| number::int(it).map(ExprKind::Int)),
            Some(K::Float) => self.number(|it| number::float(it).map(ExprKind::Float)),
            Some(K::Duration) => self.number(|it| number::duration(it).map(ExprKind::Duration)),
            Some(K::Size) => self.number(|it| number::size(it).map(ExprKind::Size)),
            Some(K::BadNumber) => {
                self.report(message::bad_number(start, self.written(), number::meant(self.written())));
                self.advance();
                Grown::leaf(ExprKind::Broken, start)
            }
            Some(K::Dot) if matches!(self.kind_ahead(1), Some(K::Int | K::Duration | K::Size)) => {
                self.advance();
                self.advance();
                let span = self.since(start);
                let written = self.slice(span);
                self.report(message::bad_number(span, written, Some(format!("0{written}"))));
                Grown::leaf(ExprKind::Broken, span)
            }
            Some(K::OpenBracket) => self.list_or_comprehension(),
            Some(K::OpenBrace) => self.object(),
            Some(K::OpenParen) => match self.enclosed(K::CloseParen, Self::expression) {
                Some(inner) => {
                    let span = self.since(start);
                    self.grow(ExprKind::Group(Box::new(inner.expr)), span, inner.height)
                }
                None => Grown::leaf(ExprKind::Broken, self.since(start)),
            },
            Some(K::OpenHeredoc) => self.heredoc(),
            Some(K::BadHeredoc) => {
                self.report(message::bad_heredoc(start, self.written()));
                self.advance();
                Grown::leaf(ExprKind::Broken, start)
            }
            Some(K::OpenValue) => self.value_outside_text(),
            _ => self.missing_value(),
        }
    }

    fn number(&mut self, read: impl Fn(&str) -> Result<ExprKind, NumberError>) -> Grown {
        let written = self.written();
        let span = self.advance();
        let kind = read(written).unwrap_or_else(|error| {
            self.report(message::number_out_of_range(span, written, error == NumberError::NotWhole));
            ExprKind::Broken
        });
        if matches!(kind, ExprKind::Int(_) | ExprKind::Float(_))
            && let Some(meant) = self.unit_apart(written)
        {
            self.advance();
            let span = self.since(span);
            self.report(message::bad_number(span, self.slice(span), Some(meant)));
            return Grown::leaf(ExprKind::Broken, span);
        }
        Grown::leaf(kind, span)
    }

    /// Returns what a number was meant to be whose unit stands apart: `10 minutes`. Where a statement may begin, a word
    /// at the end of its line begins none.
    fn unit_apart(&self, amount: &str) -> Option<String> {
        use TokenKind as K;
        if !self.at(K::Name) || self.starts_line() || self.touches() {
            return None;
        }
        let gap = self.text.get(self.span().range().end..).unwrap_or_default();
        let is_last = gap.trim_start_matches([' ', '\t']).starts_with(['\n', '\r', '#']);
        let is_closed = matches!(
            self.kind_ahead(1),
            None | Some(K::Comma | K::CloseBrace | K::CloseBracket | K::CloseParen | K::CloseValue)
        );
        if is_last || is_closed { number::with_unit(amount, self.written()) } else { None }
    }

    fn name_or_call(&mut self) -> Grown {
        let word = self.written();
        let span = self.span();
        let kind = match word {
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "if" if !self.starts_line() && self.slice(self.last) != ":" => return self.foreign_choice(),
            _ if is_reserved(word) => return self.missing_value(),
            _ if self.kind_ahead(1) == Some(TokenKind::OpenParen) => {
                let name = self.take_name();
                let mut args = Vec::new();
                let height = self.arguments(&mut args);
                args.shrink_to_fit();
                let span = self.since(span);
                return self.grow(ExprKind::Call(name, args), span, height);
            }
            _ => ExprKind::Name(plain_word(word).into()),
        };
        self.advance();
        Grown::leaf(kind, span)
    }

    /// Passes over `if a then b else c` on its line.
    fn foreign_choice(&mut self) -> Grown {
        let start = self.span();
        self.report_stuck(message::foreign_choice(start));
        self.advance();
        while !self.starts_line()
            && self.kind().is_some_and(|kind| !is_closer(kind) && kind != TokenKind::Comma)
        {
            self.advance();
        }
        Grown::leaf(ExprKind::Broken, self.since(start))
    }

    fn list_or_comprehension(&mut self) -> Grown {
        let start = self.span();
        let binds = self.kind_ahead(2) == Some(TokenKind::Name)
            && self.token(1).is_some_and(|next| self.slice(next.span) == "for");
        if binds {
            let read = self.enclosed(TokenKind::CloseBracket, Self::comprehension).flatten();
            let span = self.since(start);
            return match read {
                Some((comprehension, height)) => {
                    self.grow(ExprKind::Comprehension(Box::new(comprehension)), span, height)
                }
                None => Grown::leaf(ExprKind::Broken, span),
            };
        }
        let mut items = Vec::new();
        let mut height = 0;
        let read = self.delimited(TokenKind::CloseBracket, |parser| {
            let spread = parser.take(TokenKind::Ellipsis).is_some();
            let mut value = parser.expression();
            if parser.at_word("for") {
                value.expr.kind = ExprKind::Broken;
                parser.report_stuck(message::late_for(parser.span()));
                parser.skip_until(|kind| kind == TokenKind::CloseBracket);
            }
            height = height.max(value.height);
            items.push(Item { spread, value: value.expr });
        });
        items.shrink_to_fit();
        let kind = if read { ExprKind::List(items) } else { ExprKind::Broken };
        let span = self.since(start);
        self.grow(kind, span, height)
    }

    /// Reads `for name in list : body if condition`; none if something else stands in it.
    fn comprehension(&mut self) -> Option<(Comprehension, u32)> {
        self.advance();
        if is_reserved(self.written()) {
            self.report_stuck(message::reserved_binding(self.span(), self.written()));
        }
        let name = self.take_name();
        if self.at_word("of") {
            self.report(message::foreign_in(self.span()));
        } else if !self.at_word("in") {
            self.report_stuck(message::expected_in_comprehension(self.span(), "`in` and a list"));
            return None;
        }
        self.advance();
        let list = self.expression();
        if self.take(TokenKind::Colon).is_none() {
            self.report_stuck(message::expected_in_comprehension(self.span(), "`:` and a value"));
            return None;
        }
        let body = self.expression();
        let condition = self.at_word("if").then(|| {
            self.advance();
            self.expression()
        });
        let height = list.height.max(body.height).max(condition.as_ref().map_or(0, |it| it.height));
        let condition = condition.map(|it| it.expr);
        Some((Comprehension { name, list: list.expr, body: body.expr, condition }, height))
    }

    fn object(&mut self) -> Grown {
        let start = self.span();
        let mut pairs = Vec::new();
        let mut height = 0;
        let mut colons = Vec::new();
        let read = self.delimited(TokenKind::CloseBrace, |parser| {
            let Some(key) = parser.key() else {
                parser.report_stuck(message::missing_key(parser.span(), parser.written()));
                return;
            };
            if let Some(colon) = parser.take(TokenKind::Colon) {
                parser.note(&mut colons, (key.span, colon));
            } else if parser.take(TokenKind::Assign).is_none() {
                parser.report_stuck(message::missing_pair_value(&key.text, key.span));
                return;
            }
            let value = parser.expression();
            height = height.max(value.height);
            pairs.push(Pair { key, value: value.expr });
        });
        if let Some((key, colon)) = colons.first() {
            let edits: Vec<(Span, Span)> = colons.clone();
            self.report(message::colon_in_object(*colon, self.slice(*key), &edits));
        }
        pairs.shrink_to_fit();
        let kind = if read { ExprKind::Object(pairs) } else { ExprKind::Broken };
        let span = self.since(start);
        self.grow(kind, span, height)
    }

    /// Reads the key of a pair or a setting: a word or text in quotes.
    pub(super) fn key(&mut self) -> Option<Key> {
        match self.kind()? {
            TokenKind::Name if is_operator(self.written()) || is_constant(self.written()) => {
                let name = self.take_name();
                self.report(message::reserved_name(&name));
                Some(Key { text: name.text, quoted: false, span: name.span })
            }
            TokenKind::Name => {
                let name = self.take_declared_name();
                Some(Key { text: name.text, quoted: false, span: name.span })
            }
            TokenKind::Quote | TokenKind::SingleQuoted | TokenKind::TornText => {
                let text = self.literal("a key");
                let written = text.literal().unwrap_or_default().into();
                Some(Key { text: written, quoted: true, span: text.span })
            }
            _ => None,
        }
    }

    /// Reads text that has to be written out, without `${…}`.
    pub(super) fn literal(&mut self, what: &str) -> Text {
        let (text, _) = self.text();
        if text.literal().is_none() {
            self.report(message::value_in_literal(text.span, what));
        }
        text
    }

    fn heredoc(&mut self) -> Grown {
        let start = self.span();
        let written = self.written();
        let tag = written.trim_start_matches('<').trim();
        let open = self.advance();
        let tag_start = open.start as usize + 2;
        let tag_span = Span::new(self.file, tag_start, tag_start + tag.len());
        let name = Name { text: tag.into(), span: tag_span };
        let body_span = match self.take(TokenKind::HeredocBody) {
            Some(span) => span,
            None => open.after(),
        };
        if self.take(TokenKind::CloseHeredoc).is_none() {
            self.report(message::unclosed_heredoc(tag_span, tag, body_span.after()));
        }
        let body = dedent_lines(self.slice(body_span)).into();
        let span = self.since(start);
        Grown::leaf(ExprKind::Heredoc(Heredoc { tag: name, body, body_span }), span)
    }

    /// Reads `${x}` where it stands outside of text, as `x`; also the `${{ x }}` of another tool.
    fn value_outside_text(&mut self) -> Grown {
        let open = self.span();
        if !self.enter(open) {
            self.skip_too_deep();
            return Grown::leaf(ExprKind::Broken, self.since(open));
        }
        self.advance();
        let doubled = (self.at(TokenKind::OpenBrace) && self.touches()).then(|| self.advance());
        let inner = self.expression();
        if doubled.is_some() {
            self.take(TokenKind::CloseBrace);
        }
        let closed = self.close_value(open);
        self.leave();
        let span = self.since(open);
        if closed {
            self.report(message::value_outside_text(span, self.slice(inner.expr.span)));
        }
        inner
    }
}

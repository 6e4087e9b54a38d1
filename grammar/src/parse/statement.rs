//! Statements: settings, fields, declarations and blocks, told apart by the tokens behind their first word.

use super::{
    cursor::Parser,
    word::{is_constant, is_operator},
};
use crate::{
    Span, message,
    token::TokenKind,
    tree::{Block, Body, Declaration, Expr, ExprKind, Field, Key, Name, Setting, Statement, TypeExpr},
};

/// What is known of the body that is being read.
struct Opener {
    span: Span,
    indent: usize,
    /// The indent of its first statement, if that has a line of its own.
    inner: Option<usize>,
}

impl Opener {
    /// Returns whether the indentation of the body tells anything.
    fn is_indented(&self) -> bool {
        self.inner.is_some_and(|inner| inner > self.indent)
    }
}

impl Parser<'_> {
    pub(super) fn file(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        self.statements(None, &mut statements);
        self.check_edition(&statements);
        statements
    }

    /// Reads statements up to the end of the body, or of the file.
    fn statements(&mut self, mut opener: Option<Opener>, into: &mut Vec<Statement>) {
        let mut stray = Vec::new();
        if let Some(opener) = &mut opener {
            opener.inner = self.starts_line().then_some(self.line.indent);
        }
        while !self.body_ends(opener.as_ref()) {
            let start = self.span();
            match self.kind() {
                Some(TokenKind::Comma | TokenKind::Semicolon) => stray.push(self.advance()),
                Some(TokenKind::CloseBrace) => {
                    self.unbalanced = true;
                    let ended = into.last().map(|it| it.span().after());
                    self.report(message::closes_nothing(start, "}", ended));
                    self.advance();
                }
                Some(TokenKind::CloseParen | TokenKind::CloseBracket) => {
                    self.report_stuck(message::closes_nothing(start, self.written(), None));
                    self.advance();
                }
                _ => into.push(self.statement(opener.is_some(), into.last().map(Statement::span))),
            }
        }
        if let Some(first) = stray.first() {
            self.report(message::stray(&stray, self.slice(*first)));
        }
    }

    /// Returns whether the body is over. A `}` that closes it is taken; a missing one is reported.
    fn body_ends(&mut self, opener: Option<&Opener>) -> bool {
        let Some(opener) = opener else { return self.kind().is_none() };
        let guides = self.by_layout && self.starts_line() && opener.is_indented();
        match self.kind() {
            None => {}
            Some(TokenKind::CloseBrace) if guides && self.line.indent < opener.indent => {}
            Some(TokenKind::CloseBrace) => {
                let surplus = guides && opener.inner.is_some_and(|inner| self.line.indent >= inner);
                if !surplus {
                    self.advance();
                }
                return !surplus;
            }
            Some(_) if guides && self.line.indent <= opener.indent && self.starts_statement() => {}
            Some(_) => return false,
        }
        self.unbalanced = true;
        let indent = self.by_layout.then_some(opener.indent);
        self.report_stuck(message::unclosed_body(opener.span, self.end_of_line(), self.span(), indent));
        true
    }

    /// Reads the body at hand.
    pub(super) fn body(&mut self) -> Body {
        let start = self.span();
        let opener = Opener { span: start, indent: self.line.indent, inner: None };
        let mut statements = Vec::new();
        if self.enter(start) {
            self.advance();
            self.statements(Some(opener), &mut statements);
            self.leave();
        } else {
            self.skip_brackets();
        }
        Body { statements, span: self.since(start) }
    }

    fn statement(&mut self, in_body: bool, before: Option<Span>) -> Statement {
        use TokenKind as K;
        let start = self.span();
        match self.kind() {
            Some(K::Name) => self.statement_of_word(in_body, before),
            Some(K::Quote | K::SingleQuoted) => {
                let (mark, from) = (self.mark(), self.pos);
                let found = self.diagnostics.len();
                match self.key() {
                    Some(key) if self.at(K::Assign) => self.setting(key),
                    Some(key) if self.at(K::Colon) => self.colon_setting(key),
                    _ if self.diagnostics.len() > found => self.broken(start, from),
                    _ => {
                        self.return_to(mark);
                        self.not_a_statement(before)
                    }
                }
            }
            _ => self.not_a_statement(before),
        }
    }

    fn statement_of_word(&mut self, in_body: bool, before: Option<Span>) -> Statement {
        use TokenKind as K;
        let start = self.span();
        let word = self.written();
        if self.at_dashed_name(0) {
            return self.dashed_statement(before);
        }
        let next = self.kind_ahead(1);
        match next {
            Some(K::Int) if word == "skynet" => self.edition(in_body),
            // Where the edition is due, these are ways to write it that other languages have.
            Some(K::Quote | K::Float | K::Assign | K::Colon)
                if word == "skynet" && !in_body && before.is_none() =>
            {
                self.edition(in_body)
            }
            Some(K::Quote) if word == "import" => self.import(in_body),
            Some(K::Assign) => {
                let Some(key) = self.key() else { return self.not_a_statement(before) };
                self.setting(key)
            }
            Some(K::Equal) => {
                let Some(key) = self.key() else { return self.not_a_statement(before) };
                let span = self.span();
                self.report(message::wrong_assignment(span, "==", &key.text));
                self.setting(key)
            }
            Some(K::Colon) => self.field(),
            Some(K::OpenBrace) => {
                self.check_word();
                let word = self.take_name();
                let body = self.body();
                Statement::Block(Block { word, path: Vec::new(), body, span: self.since(start) })
            }
            Some(K::Name) if matches!(self.kind_ahead(2), Some(K::Dot)) => self.block_with_path(),
            Some(K::Name) if !self.is_lonely() => self.declaration(),
            Some(K::Quote) if self.names_by_text() => self.declaration(),
            _ => self.not_a_statement(before),
        }
    }

    /// Returns whether the word at hand is alone on its line and a declaration follows: `word`, then `step x {`.
    fn is_lonely(&self) -> bool {
        let (Some(next), Some(after)) = (self.token(1), self.token(2)) else { return false };
        let between = self.span().end as usize..next.span.start as usize;
        after.kind == TokenKind::Name && self.text.get(between).is_some_and(|gap| gap.contains('\n'))
    }

    fn at_dotted_word(&self) -> bool {
        use TokenKind as K;
        self.at(K::Name) && self.kind_ahead(1) == Some(K::Dot) && self.kind_ahead(2) == Some(K::Name)
    }

    fn names_by_text(&self) -> bool {
        self.kind_ahead(2) == Some(TokenKind::Chars)
            && self.kind_ahead(3) == Some(TokenKind::Quote)
            && matches!(
                self.kind_ahead(4),
                Some(TokenKind::OpenBrace | TokenKind::Colon | TokenKind::Assign | TokenKind::Quote)
            )
    }

    /// Reports a first word that is a value or an operator.
    fn check_word(&mut self) {
        let word = self.written();
        if is_constant(word) || is_operator(word) {
            let name = Name { text: word.into(), span: self.span() };
            self.report(message::reserved_name(&name));
        }
    }

    fn setting(&mut self, key: Key) -> Statement {
        self.advance();
        let value = self.value();
        let span = self.since(key.span);
        Statement::Setting(Setting { key, value, span })
    }

    /// Reads `key: value` as the setting it was meant to be.
    fn colon_setting(&mut self, key: Key) -> Statement {
        let colon = self.span();
        self.report(message::colon_in_setting(colon, key.span, self.slice(key.span)));
        self.setting(key)
    }

    fn field(&mut self) -> Statement {
        self.check_word();
        let start = self.mark();
        let found = self.diagnostics.len();
        let name = self.take_name();
        let colon = self.advance();
        if self.at(TokenKind::Assign) && self.touches() {
            let span = colon.to(self.span());
            self.report(message::wrong_assignment(span, ":=", &name.text));
            return self.setting(Key { text: name.text, quoted: false, span: name.span });
        }
        if let Some(ty) = self.type_expr().filter(|_| !self.goes_on_as_value()) {
            let value = self.take(TokenKind::Assign).map(|_| self.value());
            let span = self.since(name.span);
            return Statement::Field(Field { name, ty, value, span });
        }
        self.return_to(start);
        self.diagnostics.truncate(found);
        let name = self.take_name();
        self.colon_setting(Key { text: name.text, quoted: false, span: name.span })
    }

    /// Returns whether what was read as a type is the start of a value.
    fn goes_on_as_value(&self) -> bool {
        use TokenKind as K;
        match self.kind() {
            Some(K::OpenBracket | K::Dot | K::Coalesce | K::Or | K::And | K::Equal | K::NotEqual) => true,
            Some(K::Less | K::LessEqual | K::Greater | K::GreaterEqual) => true,
            Some(K::Plus | K::Minus | K::Star | K::Slash | K::Percent) => true,
            _ => false,
        }
    }

    fn block_with_path(&mut self) -> Statement {
        self.check_word();
        let word = self.take_name();
        let mut path = vec![self.take_name()];
        while self.take(TokenKind::Dot).is_some() {
            if !self.at(TokenKind::Name) {
                self.report_stuck(message::missing_member(self.last));
                break;
            }
            path.push(self.take_name());
        }
        if self.at(TokenKind::OpenBrace) {
            let body = self.body();
            let span = self.since(word.span);
            return Statement::Block(Block { word, path, body, span });
        }
        let span = self.since(word.span);
        let what = self.slice(span);
        self.report_stuck(message::no_body(span, what, "`{`"));
        self.skip_rest_of_line();
        let body = Body { statements: Vec::new(), span: span.after() };
        Statement::Block(Block { word, path, body, span })
    }

    fn declaration(&mut self) -> Statement {
        self.check_word();
        let word = self.take_name();
        let name = self.declared_name();
        let head = self.since(word.span);
        let (ty, mut value) = self.declared_type(&name, head);
        if self.at(TokenKind::Equal) {
            let span = self.span();
            self.report(message::wrong_assignment(span, "==", &name.text));
            self.advance();
            value = Some(self.value());
        } else if self.take(TokenKind::Assign).is_some() {
            value = Some(self.value());
        }
        let body = self.at(TokenKind::OpenBrace).then(|| self.body());
        if ty.is_none() && value.is_none() && body.is_none() {
            self.report_stuck(message::no_body(head, self.slice(head), "`:`, `=` or `{`"));
            self.skip_rest_of_line();
        }
        let span = self.since(word.span);
        Statement::Declaration(Declaration { word, name, ty, value, body, span })
    }

    /// Takes the name of a declaration; text in quotes is taken for the name in it.
    fn declared_name(&mut self) -> Name {
        if self.at(TokenKind::Name) {
            return self.name_in_words().unwrap_or_else(|| self.take_declared_name());
        }
        let start = self.advance();
        let written = self.written();
        self.advance();
        self.advance();
        let mut span = self.since(start);
        if self.at(TokenKind::Quote) {
            // `resource "kind" "name" {`: the second is the name.
            self.text();
            span = self.since(start);
        }
        let plain =
            self.slice(span).split('"').filter(|part| !part.trim().is_empty()).next_back().unwrap_or(written);
        let plain: String =
            plain.chars().map(|next| if next.is_ascii_alphanumeric() { next } else { '_' }).collect();
        let fits = plain.starts_with(|first: char| !first.is_ascii_digit());
        self.report(message::not_a_name(span, self.slice(span), fits.then_some(plain.as_str())));
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
        if ty.is_some() {
            return (ty, None);
        }
        let value_follows = self.kind().is_some_and(super::recover::starts_value)
            && !self.at(TokenKind::OpenBrace)
            && !self.starts_line();
        if value_follows {
            self.report(message::colon_in_setting(colon, head, self.slice(head)));
            return (None, Some(self.value()));
        }
        self.report_stuck(message::missing_type(colon, self.span()));
        let span = colon.after();
        let broken = Expr { kind: ExprKind::Broken, span };
        (None, (!matches!(self.kind(), Some(TokenKind::Assign | TokenKind::OpenBrace))).then_some(broken))
    }

    /// Reads a statement whose first word is written with a dash: `fail-fast = true`.
    fn dashed_statement(&mut self, before: Option<Span>) -> Statement {
        let mark = self.mark();
        let found = self.diagnostics.len();
        let name = self.take_declared_name();
        let key = Key { text: name.text.clone(), quoted: false, span: name.span };
        match self.kind() {
            Some(TokenKind::Assign) => self.setting(key),
            Some(TokenKind::Colon) => self.colon_setting(key),
            Some(TokenKind::OpenBrace) => {
                let body = self.body();
                let span = self.since(name.span);
                Statement::Block(Block { word: name, path: Vec::new(), body, span })
            }
            _ => {
                self.return_to(mark);
                self.diagnostics.truncate(found);
                self.not_a_statement(before)
            }
        }
    }

    /// Reports what is no statement and passes over it.
    fn not_a_statement(&mut self, before: Option<Span>) -> Statement {
        let start = self.span();
        let follows = before.filter(|_| !self.starts_line());
        let diagnostic = match follows {
            _ if self.at(TokenKind::BadHeredoc) => message::bad_heredoc(start, self.written()),
            Some(before) => message::left_over(start, self.written(), before.after()),
            None if self.at_dotted_word() => {
                let setting = self.token(2).map(|token| token.span).unwrap_or_default();
                message::dotted_setting(start.to(setting), self.written(), self.slice(setting))
            }
            None if self.at(TokenKind::Name) => message::lonely_word(start, self.written()),
            None => message::not_a_statement(start, self.written()),
        };
        self.report_stuck(diagnostic);
        self.broken(start, self.pos)
    }

    /// Passes over what is left of a statement that starts at the token `from`.
    fn broken(&mut self, start: Span, from: usize) -> Statement {
        self.skip_statement(from);
        Statement::Broken(self.since(start))
    }

    fn skip_rest_of_line(&mut self) {
        if !self.starts_line() && !self.at(TokenKind::CloseBrace) && self.kind().is_some() {
            self.skip_statement(self.pos);
        }
    }
}

fn is_type_word(word: &str) -> bool {
    let builtin = matches!(
        word,
        "string" | "int" | "float" | "bool" | "duration" | "size" | "time" | "json" | "list" | "map" | "enum"
    );
    builtin || word == "artifact" || word.starts_with(|first: char| first.is_ascii_uppercase())
}

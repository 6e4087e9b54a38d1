//! Statements: settings, fields, declarations and blocks, told apart by the tokens behind their first word.

use super::{
    cursor::Parser,
    word::{is_constant, is_operator},
};
use crate::{
    Span, message,
    token::TokenKind,
    tree::{Block, Body, Field, Key, Name, Setting, Statement},
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
                Some(TokenKind::Comma | TokenKind::Semicolon) => {
                    self.advance();
                    self.note(&mut stray, start);
                }
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
            // The room left over in many small lists would be a third of the tree.
            statements.shrink_to_fit();
            self.leave();
        } else {
            self.skip_too_deep();
        }
        Body { statements, span: self.since(start) }
    }

    fn statement(&mut self, in_body: bool, before: Option<Span>) -> Statement {
        use TokenKind as K;
        let start = self.span();
        match self.kind() {
            Some(K::Name) => self.statement_of_word(in_body, before),
            Some(K::TornText) if !matches!(self.kind_ahead(1), Some(K::Assign | K::Colon)) => {
                let (from, written) = (self.pos, self.written());
                self.report(message::torn_text(start, written.starts_with('"'), false));
                self.broken(start, from)
            }
            Some(K::Quote | K::SingleQuoted | K::TornText) => {
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
            Some(K::Quote | K::TornText) if word == "import" => self.import(in_body),
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
            Some(K::TornText) if matches!(self.kind_ahead(2), Some(K::OpenBrace | K::Colon | K::Assign)) => {
                self.declaration()
            }
            Some(_) if self.lacks_sign_ahead() => {
                let word = self.take_name();
                self.report(message::missing_sign(word.span.after(), word.span, &word.text));
                let key = Key { text: word.text, quoted: false, span: word.span };
                let value = self.value();
                Statement::Setting(Setting { value, span: self.since(key.span), key })
            }
            _ => self.not_a_statement(before),
        }
    }

    /// Returns whether a value is at hand, on the line of what it should be joined to by `=`.
    pub(super) fn lacks_sign(&self) -> bool {
        use TokenKind as K;
        let behind = match self.kind() {
            Some(K::Name) if is_constant(self.written()) => return !self.starts_line(),
            Some(K::Name) => {
                let goes_on = matches!(self.kind_ahead(1), Some(K::Dot | K::OpenParen));
                return goes_on && !self.starts_line();
            }
            // Text may be a key as well.
            Some(K::SingleQuoted | K::TornText) => self.kind_ahead(1),
            Some(K::Quote) if self.kind_ahead(1) == Some(K::Quote) => self.kind_ahead(2),
            Some(K::Quote) if self.kind_ahead(2) == Some(K::Quote) => self.kind_ahead(3),
            Some(K::Quote) | None => return false,
            Some(kind) => return is_plain_value(kind) && !self.starts_line(),
        };
        !matches!(behind, Some(K::Assign | K::Colon)) && !self.starts_line()
    }

    /// Returns whether a line starts here with a word and a value without `=` between them.
    pub(super) fn lacks_sign_here(&self) -> bool {
        self.starts_line() && self.at(TokenKind::Name) && self.lacks_sign_ahead()
    }

    /// Returns whether a value stands behind the word at hand, on its line.
    pub(super) fn lacks_sign_ahead(&self) -> bool {
        let Some(next) = self.token(1).filter(|next| is_plain_value(next.kind)) else { return false };
        let between = self.span().end as usize..next.span.start as usize;
        self.text.get(between).is_some_and(|gap| !gap.is_empty() && !gap.contains('\n'))
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
    pub(super) fn check_word(&mut self) {
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
        let (colon, indent, mark) = (self.span(), self.line.indent, self.mark());
        self.advance();
        if self.at_yaml_lines() {
            self.report(message::colon_over_lines(colon, key.span, &key.text));
            return self.yaml_lines(Name { text: key.text, span: key.span }, indent);
        }
        self.return_to(mark);
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
        if self.at_yaml_lines() {
            self.return_to(start);
            let name = self.take_name();
            return self.colon_setting(Key { text: name.text, quoted: false, span: name.span });
        }
        let ty = self.type_expr();
        if std::mem::take(&mut self.lost_type) {
            return Statement::Broken(self.since(name.span));
        }
        if let Some(ty) = ty.filter(|_| !self.goes_on_as_value()) {
            let value = self.take(TokenKind::Assign).map(|_| self.value());
            let span = self.since(name.span);
            return Statement::Field(Field { name, ty, value, span });
        }
        self.return_to(start);
        self.diagnostics.truncate(found);
        let name = self.take_name();
        self.colon_setting(Key { text: name.text, quoted: false, span: name.span })
    }

    /// Returns whether a line starts here as YAML has them below a key: `- item` or `key: value`.
    fn at_yaml_lines(&self) -> bool {
        use TokenKind as K;
        let key = self.at(K::Name) && (self.kind_ahead(1) == Some(K::Colon) || self.at_dashed_name(0));
        self.starts_line() && (key || self.at(K::Minus))
    }

    /// Passes over the lines of YAML below a key.
    fn yaml_lines(&mut self, word: Name, indent: usize) -> Statement {
        let start = self.span();
        while self.kind().is_some() {
            let item = self.at(TokenKind::Minus) && self.line.indent == indent;
            if self.starts_line() && self.line.indent <= indent && !item {
                break;
            }
            self.advance();
        }
        let span = self.since(start);
        let body = Body { statements: vec![Statement::Broken(span)], span };
        Statement::Block(Block { span: self.since(word.span), word, path: Vec::new(), body })
    }

    /// Returns whether what was read as a type is the start of a value.
    fn goes_on_as_value(&self) -> bool {
        use TokenKind as K;
        let joins = matches!(self.kind(), Some(K::OpenBracket | K::Dot | K::Coalesce | K::Or | K::And));
        let compares = matches!(
            self.kind(),
            Some(K::Equal | K::NotEqual | K::Less | K::LessEqual | K::Greater | K::GreaterEqual)
        );
        let counts = matches!(self.kind(), Some(K::Plus | K::Minus | K::Star | K::Slash | K::Percent));
        joins || compares || counts
    }

    fn block_with_path(&mut self) -> Statement {
        self.check_word();
        let word = self.take_name();
        let mut path = vec![self.take_declared_name()];
        while self.take(TokenKind::Dot).is_some() {
            if !self.at(TokenKind::Name) {
                self.report_stuck(message::missing_member(self.last));
                break;
            }
            path.push(self.take_declared_name());
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

    /// Returns where the path of the import at hand stands if it has no quotes: up to `as` on its line.
    fn import_path(&self) -> Option<Span> {
        let from = self.span().end as usize;
        let line = self.text.get(from..)?.lines().next()?;
        let (path, _) = line.split_once(" as ")?;
        let start = from + path.len() - path.trim_start().len();
        let written = path.trim();
        let fits = !written.is_empty() && !written.contains(['"', '\'', ' ', '\\', '#']);
        fits.then(|| Span::new(self.file, start, start + written.len()))
    }

    /// Reads the body whose `{` is missing behind the declaration read so far, if the lines below are indented like one.
    pub(super) fn body_without_brace(&mut self, head: Span, indent: usize) -> Option<Body> {
        if !self.starts_line() || self.line.indent <= indent || !self.starts_statement() {
            return None;
        }
        self.report(message::missing_brace(head, self.slice(head)));
        let opener = Opener { span: head.after(), indent, inner: None };
        let mut statements = Vec::new();
        if !self.enter(head) {
            self.skip_too_deep();
            return None;
        }
        self.statements(Some(opener), &mut statements);
        self.leave();
        Some(Body { statements, span: self.since(head.after()) })
    }

    /// Reports what is no statement and passes over it.
    fn not_a_statement(&mut self, before: Option<Span>) -> Statement {
        let start = self.span();
        let follows = before.filter(|_| !self.starts_line());
        let diagnostic = match follows {
            _ if self.at(TokenKind::BadHeredoc) => message::bad_heredoc(start, self.written()),
            Some(before) => message::left_over(start, self.written(), before),
            None if self.at_dotted_word() => {
                let setting = self.token(2).map(|token| token.span).unwrap_or_default();
                message::dotted_setting(start.to(setting), self.written(), self.slice(setting))
            }
            None if self.at_word("import") && self.import_path().is_some() => {
                let path = self.import_path().unwrap_or_default();
                message::import_path(path, self.slice(path))
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

    pub(super) fn skip_rest_of_line(&mut self) {
        if !self.starts_line() && !self.at(TokenKind::CloseBrace) && self.kind().is_some() {
            self.skip_statement(self.pos);
        }
    }
}

/// Returns whether a token starts a value that nothing but a value can start.
fn is_plain_value(kind: TokenKind) -> bool {
    use TokenKind as K;
    matches!(kind, K::Quote | K::TornText | K::SingleQuoted | K::BlockQuote | K::OpenBracket | K::OpenHeredoc)
        || matches!(kind, K::Int | K::Float | K::Duration | K::Size | K::BadNumber)
}

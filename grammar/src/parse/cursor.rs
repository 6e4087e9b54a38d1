//! The place in the token list, and what is known about it.

use crate::{
    Diagnostic, FileId, Span,
    lex::has_no_width,
    limit, message,
    token::{Token, TokenKind},
    tree::{Name, Statement},
};
use std::{borrow::Cow, collections::BTreeSet};

/// Reads tokens from first to last.
pub(super) struct Parser<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    /// The index of the token at hand; never that of a blank or a comment.
    pub(super) pos: usize,
    /// The line the token at hand is on.
    pub(super) line: Line,
    /// The token taken last.
    pub(super) last: Span,
    pub(super) depth: usize,
    /// How many `(` and `[` are open around the token at hand.
    pub(super) open_parens: usize,
    pub(super) open_brackets: usize,
    /// Whether indentation decides which brace closes which body.
    pub(super) by_layout: bool,
    pub(super) unbalanced: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The line of the last text that was left open.
    pub(super) open_text_line: Option<usize>,
    /// Whether the value at hand holds a text or a `${` that was left open.
    pub(super) torn: bool,
    /// Whether a type was given up because it nests too deep.
    pub(super) lost_type: bool,
    /// Names written with dashes that are declared, each behind its word; none before one was looked for.
    pub(super) dashed: Option<BTreeSet<String>>,
    /// References to such names, and where they stand.
    pub(super) renamed: BTreeSet<(String, Span)>,
    /// Where the last complaint was made from which reading did not go on.
    pub(super) stuck_at: Option<usize>,
    too_deep: bool,
}

/// What is known about a line.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// How many bytes of blanks it starts with.
    pub(super) indent: usize,
    /// The index of its first token.
    pub(super) first: usize,
    /// Counts the lines that hold tokens.
    pub(super) number: usize,
}

/// A place to return to.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pos: usize,
    line: Line,
    last: Span,
}

/// What comes out of reading the tokens.
pub(super) struct Reading {
    pub(super) statements: Vec<Statement>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) unbalanced: bool,
}

impl<'t> Parser<'t> {
    pub(super) fn new(file: FileId, text: &'t str, tokens: &'t [Token]) -> Self {
        let mut parser = Self {
            file,
            text,
            tokens,
            pos: 0,
            line: Line { indent: 0, first: 0, number: 0 },
            last: Span::new(file, 0, 0),
            depth: 0,
            open_parens: 0,
            open_brackets: 0,
            by_layout: false,
            unbalanced: false,
            diagnostics: Vec::new(),
            open_text_line: None,
            torn: false,
            lost_type: false,
            dashed: None,
            renamed: BTreeSet::new(),
            stuck_at: None,
            too_deep: false,
        };
        parser.pass_trivia();
        parser.line.first = parser.pos;
        parser
    }

    /// Lets indentation decide which brace closes which body.
    pub(super) fn by_layout(mut self) -> Self {
        self.by_layout = true;
        self
    }

    pub(super) fn read_file(mut self) -> Reading {
        let statements = self.file();
        self.rename_references();
        Reading { statements, diagnostics: self.diagnostics, unbalanced: self.unbalanced }
    }

    /// Returns the kind of the token at hand; none at the end of the file.
    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.pos).map(|token| token.kind)
    }

    /// Returns the token `ahead` places after the one at hand, blanks and comments not counted.
    pub(super) fn token(&self, ahead: usize) -> Option<Token> {
        let rest = self.tokens.get(self.pos..).unwrap_or_default();
        rest.iter().filter(|token| !token.kind.is_trivia()).nth(ahead).copied()
    }

    pub(super) fn kind_ahead(&self, ahead: usize) -> Option<TokenKind> {
        self.token(ahead).map(|token| token.kind)
    }

    pub(super) fn at(&self, kind: TokenKind) -> bool {
        self.kind() == Some(kind)
    }

    /// Returns whether the token at hand is this word.
    pub(super) fn at_word(&self, word: &str) -> bool {
        self.at(TokenKind::Name) && self.written() == word
    }

    /// Returns whether nothing stands between the token taken last and the one at hand.
    pub(super) fn touches(&self) -> bool {
        self.kind().is_some() && self.span().start == self.last.end
    }

    /// Returns whether the token at hand is the first on its line.
    pub(super) fn starts_line(&self) -> bool {
        self.line.first == self.pos
    }

    /// Returns where the token at hand stands; at the end of the file, the empty span there.
    pub(super) fn span(&self) -> Span {
        let end = Span::new(self.file, self.text.len(), self.text.len());
        self.tokens.get(self.pos).map_or(end, |token| token.span)
    }

    /// Returns the text of the token at hand.
    pub(super) fn written(&self) -> &'t str {
        self.slice(self.span())
    }

    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Returns the span from `start` up to the token taken last.
    pub(super) fn since(&self, start: Span) -> Span {
        if self.last.end < start.start { start.before() } else { start.to(self.last) }
    }

    /// Takes the token at hand and returns where it stands.
    pub(super) fn advance(&mut self) -> Span {
        let span = self.span();
        if self.pos < self.tokens.len() {
            self.last = span;
            self.pos += 1;
            self.pass_trivia();
        }
        span
    }

    /// Takes the token at hand if it is of this kind.
    pub(super) fn take(&mut self, kind: TokenKind) -> Option<Span> {
        self.at(kind).then(|| self.advance())
    }

    /// Takes the token at hand as a word.
    pub(super) fn take_name(&mut self) -> Name {
        let text = plain_word(self.written()).into();
        Name { text, span: self.advance() }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { pos: self.pos, line: self.line, last: self.last }
    }

    pub(super) fn return_to(&mut self, mark: Mark) {
        self.pos = mark.pos;
        self.line = mark.line;
        self.last = mark.last;
    }

    /// Goes one deeper if that is still allowed. Who gets `true` calls [`Self::leave`] later.
    pub(super) fn enter(&mut self, opener: Span) -> bool {
        if self.depth == limit::MAX_DEPTH {
            self.too_deep(message::too_deep(opener, limit::MAX_DEPTH));
            return false;
        }
        self.depth += 1;
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reports that something nests too deep or grows too tall: once in a file.
    pub(super) fn too_deep(&mut self, diagnostic: Diagnostic) {
        if !self.too_deep {
            self.too_deep = true;
            self.report(diagnostic);
        }
        self.stuck_at = Some(self.pos);
    }

    /// Reports a mistake behind which reading goes on as if it had not been made.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < limit::MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports that the token at hand does not fit, unless the last complaint was about that as well.
    pub(super) fn report_stuck(&mut self, diagnostic: Diagnostic) {
        if self.stuck_at != Some(self.pos) {
            self.report(diagnostic);
            self.stuck_at = Some(self.pos);
        }
    }

    /// Returns the end of the line that the token taken last is on, behind a comment on it.
    pub(super) fn end_of_line(&self) -> Span {
        let behind = self.tokens.get(..self.pos).unwrap_or_default().iter().rev();
        let behind =
            behind.take_while(|token| token.kind.is_trivia()).filter(|token| token.kind == TokenKind::Blank);
        // The trivia are gone through backwards: the last break found is the first of the text.
        let broken = behind.filter_map(|token| Some((token, self.slice(token.span).find('\n')?))).last();
        broken.map_or(self.last.after(), |(token, at)| {
            let before = token.span.start as usize
                + self.slice(token.span).get(..at).map_or(at, |it| it.trim_end().len());
            Span::new(self.file, before, before)
        })
    }

    /// Keeps a place for a diagnostic about many; nobody reads of more than are kept of diagnostics.
    pub(super) fn note<T>(&self, places: &mut Vec<T>, place: T) {
        if places.len() < limit::MAX_DIAGNOSTICS {
            places.push(place);
        }
    }

    fn pass_trivia(&mut self) {
        let mut broken = None;
        while let Some(token) = self.tokens.get(self.pos).filter(|token| token.kind.is_trivia()) {
            if token.kind == TokenKind::Blank {
                let blank = self.slice(token.span);
                broken = blank.rfind('\n').map(|at| blank.len() - at - 1).or(broken);
            }
            self.pos += 1;
        }
        if let Some(indent) = broken {
            self.line = Line { indent, first: self.pos, number: self.line.number + 1 };
        }
    }
}

/// Returns a word without what shows nothing in it.
pub(super) fn plain_word(written: &str) -> Cow<'_, str> {
    if written.is_ascii() {
        return written.into();
    }
    written.chars().filter(|next| !has_no_width(*next)).collect::<String>().into()
}

//! Cuts a file into tokens that cover every byte of it.
//!
//! The rules of `skynet.pest` read the tokens; this driver knows which rules hold where. It keeps a stack of modes:
//! code, `${…}`, text on a line and text in a block. One call of a rule reads a whole stretch of a mode, so the
//! work is linear in the size of the file and the memory that pest takes stays small.

mod block;
mod heredoc;
mod hidden;
mod layout;
mod torn;

use crate::{
    Diagnostic, FileId, Span, limit, message,
    token::{Token, TokenKind},
};
pub(crate) use hidden::{has_no_width, is_hidden};
pub(crate) use layout::first_closer;

use heredoc::HeredocEnds;
use pest::Parser;

/// Reads tokens, by the rules of `skynet.pest`.
#[expect(unreachable_pub, reason = "generated from skynet.pest, which says what the rules are")]
mod rules {
    #[derive(pest_derive::Parser)]
    #[grammar = "skynet.pest"]
    pub struct Rules;
}
use rules::{Rule, Rules};

/// The tokens of a file, and what was wrong with them.
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Cuts a text into tokens.
pub(crate) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer::new(file, text, None);
    lexer.run_all();
    if lexer.leaves_block_open
        && let Some(start) = block::left_open(text, &lexer.tokens)
    {
        lexer = Lexer::new(file, text, Some(start));
        lexer.run_all();
    }
    lexer.tokens.shrink_to_fit();
    Lexed { tokens: lexer.tokens, diagnostics: lexer.diagnostics }
}

/// What the text at hand is read as. Code at the bottom of the stack is no entry.
#[derive(Clone, Copy)]
enum Mode {
    /// Inside `${`, with this many braces open.
    Value(usize),
    /// Inside `"`.
    Line,
    /// Inside `"""`, which ends before this byte if it is never closed.
    Block(usize),
}

struct Lexer<'t> {
    file: FileId,
    text: &'t str,
    pos: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    /// How many of the diagnostics are about hidden characters: they were found before any token.
    hidden: usize,
    modes: Vec<Mode>,
    /// The end of the lines that code is being read from.
    window: usize,
    /// How many bytes of code are read next in one run.
    stretch: usize,
    heredocs: Option<HeredocEnds<'t>>,
    last_comment_end: Option<usize>,
    last_block_quote: Option<usize>,
    /// The block of text that is taken to be left open although `"""` follows.
    open_block: Option<usize>,
    leaves_block_open: bool,
    /// The end of the last line of which a torn text was looked for.
    torn_line: usize,
}

impl<'t> Lexer<'t> {
    fn new(file: FileId, text: &'t str, open_block: Option<usize>) -> Self {
        let hidden = hidden::find(file, text);
        Self {
            file,
            text,
            pos: 0,
            tokens: Vec::with_capacity(text.len() / 4),
            hidden: hidden.len(),
            diagnostics: hidden,
            modes: Vec::new(),
            window: 0,
            stretch: WINDOW,
            heredocs: None,
            last_comment_end: None,
            last_block_quote: None,
            open_block,
            leaves_block_open: false,
            torn_line: 0,
        }
    }

    fn run_all(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.push(TokenKind::Blank, '\u{FEFF}'.len_utf8());
        }
        while self.pos < self.text.len() {
            let before = (self.pos, self.modes.len());
            match self.modes.last().copied() {
                None => self.code(),
                Some(Mode::Value(braces)) => self.value(braces),
                Some(Mode::Line) => self.line(),
                Some(Mode::Block(end)) => self.block(end),
            }
            if before == (self.pos, self.modes.len()) {
                // No rule and no mark fits. The rules leave no such character; the loop must end all the same.
                self.push_char(TokenKind::Unknown);
            }
        }
    }

    fn code(&mut self) {
        if self.pos >= self.window {
            self.window = window_end(self.text, self.pos, self.stretch);
            self.stretch = WINDOW.min(2 * self.stretch);
        }
        let rule = if self.window - self.pos > 2 * WINDOW { Rule::code_part } else { Rule::code_run };
        self.run(rule, self.window);
        if self.pos < self.window {
            self.start_of_mode();
        }
    }

    fn value(&mut self, braces: usize) {
        if self.run(Rule::value_run, self.text.len()) {
            // A statement begins on a new line, so the `${` was left open: what follows is code again.
            self.modes.clear();
            return;
        }
        let mode = match self.rest().as_bytes().first() {
            Some(b'{') => Some(Mode::Value(braces + 1)),
            Some(b'}') => braces.checked_sub(1).map(Mode::Value),
            _ => return self.start_of_mode(),
        };
        let kind = match (mode, self.rest().starts_with('{')) {
            (None, _) => TokenKind::CloseValue,
            (_, true) => TokenKind::OpenBrace,
            (_, false) => TokenKind::CloseBrace,
        };
        self.push(kind, 1);
        self.modes.pop();
        self.modes.extend(mode);
    }

    fn line(&mut self) {
        self.run(Rule::line_run, self.text.len());
        let rest = self.rest();
        if rest.starts_with('"') {
            self.push(TokenKind::Quote, 1);
            self.modes.pop();
        } else if rest.starts_with("${") {
            self.open_value();
        } else if rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n") {
            if self.modes.len() == 1 && self.tear() {
                return;
            }
            self.give_back_closers();
            let block = self.modes.iter().rposition(|mode| matches!(mode, Mode::Block(_)));
            self.modes.truncate(block.map_or(0, |at| at + 1));
        }
    }

    fn block(&mut self, end: usize) {
        self.run(Rule::block_run, end);
        let rest = self.rest();
        if self.pos >= end {
            self.modes.clear();
        } else if rest.starts_with("\"\"\"") {
            self.push(TokenKind::BlockQuote, 3);
            self.modes.pop();
        } else if rest.starts_with("${") {
            self.open_value();
        }
    }

    /// Reads what stands where a run of code has ended.
    fn start_of_mode(&mut self) {
        let rest = self.rest();
        if rest.starts_with("\"\"\"") {
            let end = self.block_limit();
            self.push(TokenKind::BlockQuote, 3);
            self.modes.push(Mode::Block(end));
        } else if rest.starts_with('"') {
            self.push(TokenKind::Quote, 1);
            self.modes.push(Mode::Line);
        } else if rest.starts_with("${") {
            self.open_value();
        } else if rest.starts_with("<<") {
            self.heredoc();
        } else if rest.starts_with("/*") {
            self.foreign_comment();
        }
    }

    fn open_value(&mut self) {
        // The parser refuses the depth at half of this, so it has said so before the text is cut here.
        if self.modes.len() > 4 * limit::MAX_DEPTH {
            let line = self.rest().find('\n').unwrap_or(self.rest().len());
            self.push(TokenKind::Unknown, line);
            self.modes.clear();
        } else {
            self.push(TokenKind::OpenValue, 2);
            self.modes.push(Mode::Value(0));
        }
    }

    /// Reads as many tokens as a rule takes. Returns true if it stopped because a `${` was left open.
    fn run(&mut self, rule: Rule, end: usize) -> bool {
        let base = self.pos;
        let text = self.text.get(base..end).unwrap_or_default();
        // The runs match the empty text, so they never fail.
        let run = Rules::parse(rule, text).ok().and_then(|mut pairs| pairs.next());
        for pair in run.into_iter().flat_map(pest::iterators::Pair::into_inner) {
            let span = pair.as_span();
            let (start, end) = (base + span.start(), base + span.end());
            if start != self.pos {
                break;
            }
            match pair.as_rule() {
                Rule::token => {
                    let touches = span.as_str().starts_with('"')
                        && self.tokens.last().is_some_and(|last| last.kind == TokenKind::Quote);
                    self.push_common(span.as_str(), end);
                    if touches && self.modes.is_empty() && self.tear() {
                        return false;
                    }
                    if rule == Rule::value_run && self.leaves_value(start) {
                        return true;
                    }
                }
                Rule::slashes => {
                    self.push_to(TokenKind::ForeignComment, end);
                    if self.is_half_quoted(span.as_str()) && self.tear() {
                        return false;
                    }
                    let span = Span::new(self.file, start, end);
                    self.report(message::slashes(span));
                }
                Rule::odd_blank => {
                    let in_word = span.as_str().chars().all(has_no_width) && self.joins_words(end);
                    self.push_to(if in_word { TokenKind::Name } else { TokenKind::Blank }, end);
                    self.report(message::odd_blank(Span::new(self.file, start, end), span.as_str()));
                }
                Rule::comment if self.is_address(span.as_str()) && self.tear() => return false,
                other => {
                    self.push_to(kind_of(other, span.as_str()), end);
                    if other == Rule::single_text && self.is_half_quoted(span.as_str()) && self.tear() {
                        return false;
                    }
                }
            }
        }
        false
    }

    /// Adds a token of the common kinds, which its first character tells apart.
    fn push_common(&mut self, written: &str, end: usize) {
        match written.as_bytes().first() {
            Some(b' ' | b'\t' | b'\r' | b'\n') => self.push_to(TokenKind::Blank, end),
            Some(b'"') => {
                self.push(TokenKind::Quote, 1);
                self.push_to(TokenKind::Chars, end - 1);
                self.push_to(TokenKind::Quote, end);
            }
            Some(first) if first.is_ascii_alphabetic() || *first == b'_' => {
                self.push_to(TokenKind::Name, end)
            }
            _ => self.push_to(mark(written), end),
        }
    }

    /// Returns whether a word ends here and another goes on at `end`, so that they look like one.
    fn joins_words(&self, end: usize) -> bool {
        let goes_on = |next: char| next.is_ascii_alphabetic() || next == '_';
        self.tokens.last().is_some_and(|last| last.kind == TokenKind::Name)
            && self.text.get(end..).is_some_and(|rest| rest.starts_with(goes_on))
    }

    /// Returns whether the blank that starts at `start` ends a line of a `${...}`, and the next line is a statement.
    fn leaves_value(&self, start: usize) -> bool {
        self.text
            .get(start..self.pos)
            .is_some_and(|blank| blank.trim_start().is_empty() && blank.contains('\n'))
            && matches!(self.modes.last(), Some(Mode::Value(0)))
            && layout::starts_statement(self.rest())
    }

    fn heredoc(&mut self) {
        let start = self.pos;
        let Some(pair) =
            Rules::parse(Rule::heredoc_start, self.rest()).ok().and_then(|mut pairs| pairs.next())
        else {
            return;
        };
        let Some(open) = pair.into_inner().next() else { return };
        let (rule, len) = (open.as_rule(), open.as_str().len());
        let tag = open.into_inner().next().map(|tag| tag.as_span());
        let tag_text = tag.map(|tag| tag.as_str()).unwrap_or_default();
        let text = self.text;
        let ends = self.heredocs.get_or_insert_with(|| HeredocEnds::new(text));
        if rule == Rule::heredoc_open {
            let end = ends.find(tag_text, start + len);
            self.push(TokenKind::OpenHeredoc, len);
            let body_end = match &end {
                Some(end) => end.line,
                None => layout::sensible_end(self.text, start),
            };
            self.push_to(TokenKind::HeredocBody, body_end);
            if let Some(end) = end {
                self.push_to(TokenKind::Blank, end.word);
                self.push(TokenKind::CloseHeredoc, tag_text.len());
            }
            return;
        }
        let end = ends.find(tag_text, start + len).filter(|_| !tag_text.is_empty());
        let bare = tag.is_none_or(|tag| tag.start() == 2);
        match end {
            Some(end) => self.push_to(TokenKind::BadHeredoc, end.word + tag_text.len()),
            None if tag_text.is_empty() => self.push(TokenKind::BadHeredoc, len),
            // `a << b`: more likely an operator of another language than a heredoc.
            None if bare && tag_text.chars().any(char::is_lowercase) => {
                self.push(TokenKind::BadHeredoc, self.rest().find('\n').unwrap_or(self.rest().len()));
            }
            None => {
                let end = layout::sensible_end(self.text, start);
                let body = self.text.get(start..end).unwrap_or_default();
                self.push(TokenKind::BadHeredoc, body.trim_end().len());
            }
        }
    }

    fn foreign_comment(&mut self) {
        let start = self.pos;
        let text = self.text;
        let last = *self.last_comment_end.get_or_insert_with(|| text.rfind("*/").unwrap_or(0));
        let rest = self.rest();
        let len =
            match rest.get(2..).and_then(|inside| (last >= start + 2).then(|| inside.find("*/")).flatten()) {
                Some(inside) => inside + 4,
                None => rest.find('\n').unwrap_or(rest.len()),
            };
        self.push(TokenKind::ForeignComment, len);
        let span = Span::new(self.file, start, start + len);
        let after = self.rest().trim_start_matches([' ', '\t', '\r']);
        let ends_line = after.is_empty() || after.starts_with('\n');
        let written = self.text.get(span.range()).unwrap_or_default();
        self.report(message::slash_star(span, written, ends_line));
    }

    /// Returns where a block of text ends that opens here: at the end of the file, unless it is never closed.
    fn block_limit(&mut self) -> usize {
        let text = self.text;
        let last = *self.last_block_quote.get_or_insert_with(|| text.rfind("\"\"\"").unwrap_or(0));
        if last >= self.pos + 3 && self.open_block != Some(self.pos) {
            return self.text.len();
        }
        self.leaves_block_open = true;
        layout::sensible_end(self.text, self.pos)
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn push(&mut self, kind: TokenKind, len: usize) {
        self.push_to(kind, self.pos + len);
    }

    fn push_char(&mut self, kind: TokenKind) {
        self.push(kind, self.rest().chars().next().map_or(0, char::len_utf8));
    }

    /// Adds a token from here to `end`. Blanks and unknown characters side by side become one token, and so do the parts
    /// of a word with something between that shows nothing.
    fn push_to(&mut self, kind: TokenKind, end: usize) {
        if end <= self.pos {
            return;
        }
        let span = Span::new(self.file, self.pos, end);
        self.pos = end;
        if matches!(kind, TokenKind::Blank | TokenKind::Unknown | TokenKind::Name)
            && let Some(last) = self.tokens.last_mut()
            && last.kind == kind
        {
            last.span = last.span.to(span);
            return;
        }
        self.tokens.push(Token { kind, span });
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < limit::MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }
}

/// How many bytes of code are read in one run at most, unless a line is longer.
const WINDOW: usize = 2 << 10;

/// Returns where to end a run that starts at `pos`: behind a line break, which no token of code goes across.
fn window_end(text: &str, pos: usize, stretch: usize) -> usize {
    let near = text.floor_char_boundary(pos.saturating_add(stretch));
    let last = text.get(pos..near).unwrap_or_default().rfind('\n').map(|at| pos + at + 1);
    let next = || text.get(near..).unwrap_or_default().find('\n').map(|at| near + at + 1);
    last.or_else(next).unwrap_or(text.len())
}

/// Returns the kind of a token from its rule.
fn kind_of(rule: Rule, written: &str) -> TokenKind {
    match rule {
        Rule::brace => mark(written),
        Rule::comment => TokenKind::Comment,
        Rule::int => TokenKind::Int,
        Rule::float => TokenKind::Float,
        Rule::duration => TokenKind::Duration,
        Rule::size => TokenKind::Size,
        Rule::bad_number => TokenKind::BadNumber,
        Rule::single_text => TokenKind::SingleQuoted,
        Rule::line_chars | Rule::block_chars => TokenKind::Chars,
        Rule::escape => TokenKind::Escape,
        Rule::bad_escape => TokenKind::BadEscape,
        // A hidden character has been reported; the parser need not trip over it as well.
        Rule::hidden => TokenKind::Blank,
        _ => TokenKind::Unknown,
    }
}

fn mark(written: &str) -> TokenKind {
    match written {
        "{" => TokenKind::OpenBrace,
        "}" => TokenKind::CloseBrace,
        "[" => TokenKind::OpenBracket,
        "]" => TokenKind::CloseBracket,
        "(" => TokenKind::OpenParen,
        ")" => TokenKind::CloseParen,
        "," => TokenKind::Comma,
        ";" => TokenKind::Semicolon,
        ":" => TokenKind::Colon,
        "." => TokenKind::Dot,
        "..." => TokenKind::Ellipsis,
        "=" => TokenKind::Assign,
        "?" => TokenKind::Question,
        "??" => TokenKind::Coalesce,
        "||" => TokenKind::Or,
        "&&" => TokenKind::And,
        "!" => TokenKind::Not,
        "==" => TokenKind::Equal,
        "!=" => TokenKind::NotEqual,
        "<" => TokenKind::Less,
        "<=" => TokenKind::LessEqual,
        ">" => TokenKind::Greater,
        ">=" => TokenKind::GreaterEqual,
        "+" => TokenKind::Plus,
        "-" => TokenKind::Minus,
        "*" => TokenKind::Star,
        "/" => TokenKind::Slash,
        "%" => TokenKind::Percent,
        _ => TokenKind::Unknown,
    }
}

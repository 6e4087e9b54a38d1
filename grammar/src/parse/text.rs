//! Text: escapes replaced, `${…}` read, blocks of text freed from the indent their lines share.

use super::{cursor::Parser, word::is_constant};
use crate::{
    Span,
    lex::first_closer,
    message,
    token::TokenKind,
    tree::{Expr, ExprKind, Piece, Text, TextForm},
};

/// A stretch of text as it is written.
enum Part {
    /// Characters that mean themselves.
    Chars(Span),
    /// An escape, and what it stands for.
    Escape(Span, char),
    Value(Expr),
}

impl<'t> Parser<'t> {
    /// Reads the text at hand. Returns how tall the tallest value in it is.
    pub(super) fn text(&mut self) -> (Text, u32) {
        match self.kind() {
            Some(TokenKind::SingleQuoted) => (self.single_quoted(), 0),
            Some(TokenKind::TornText) => (self.torn_text(), 0),
            Some(TokenKind::BlockQuote) => self.quoted(TokenKind::BlockQuote, TextForm::Block),
            _ => self.quoted(TokenKind::Quote, TextForm::Line),
        }
    }

    fn quoted(&mut self, quote: TokenKind, form: TextForm) -> (Text, u32) {
        let open = self.advance();
        let mut parts = Vec::new();
        let mut height = 0;
        // Only a token that touches the one before can belong to this text: blanks inside are characters.
        loop {
            match self.kind().filter(|_| self.touches()) {
                Some(kind) if kind == quote => {
                    self.advance();
                    break;
                }
                Some(TokenKind::Chars) => parts.push(Part::Chars(self.advance())),
                Some(TokenKind::Escape) => {
                    let char = unescape(self.written());
                    parts.push(Part::Escape(self.advance(), char));
                }
                Some(TokenKind::BadEscape) => {
                    let span = self.span();
                    self.report(message::unknown_escape(span, self.written()));
                    parts.push(Part::Chars(self.advance()));
                }
                Some(TokenKind::OpenValue) => match self.text_value(&mut parts, form) {
                    Some(tallest) => height = height.max(tallest),
                    // The lines of a block go on behind a line that is torn.
                    None if form == TextForm::Block => {}
                    None => break,
                },
                _ => {
                    self.unclosed_text(open, form);
                    break;
                }
            }
        }
        let pieces = match form {
            TextForm::Line => self.pieces(parts, &Dedent::default()),
            TextForm::Block => {
                let dedent = self.measure(&parts);
                self.pieces(parts, &dedent)
            }
        };
        (Text { pieces, form, span: self.since(open) }, height)
    }

    /// Reads a `${…}` of a text. Returns none if it was left open, and the text with it.
    fn text_value(&mut self, parts: &mut Vec<Part>, form: TextForm) -> Option<u32> {
        let open = self.span();
        if !self.enter(open) {
            self.skip_too_deep();
            return Some(0);
        }
        self.advance();
        let doubled = self.at(TokenKind::OpenBrace) && self.touches();
        let found = self.diagnostics.len();
        let mut value = self.expression();
        let quoted = form == TextForm::Block && self.at(TokenKind::Quote);
        let closed = self.close_value(open);
        self.leave();
        if doubled && closed && self.diagnostics.len() > found {
            // What is wrong with the object in here does not matter: none was meant.
            self.diagnostics.truncate(found);
            self.report(message::foreign_template(self.since(open)));
            value.expr.kind = ExprKind::Broken;
        }
        parts.push(Part::Value(value.expr));
        if !closed && quoted {
            // No quote is due in a block, so it is not the `}` that is missing.
            self.diagnostics.last_mut().into_iter().for_each(message::doubt_quote);
        }
        if !closed {
            // The quote that was meant to close the text has opened another one.
            self.take(TokenKind::Quote);
        }
        closed.then_some(value.height)
    }

    /// Takes the `}` of a `${`. Returns whether there is one.
    pub(super) fn close_value(&mut self, open: Span) -> bool {
        if self.take(TokenKind::CloseValue).is_some() {
            return true;
        }
        if self.torn && self.stuck_at == Some(self.pos) {
            return false;
        }
        let (found, written) = (self.span(), self.written());
        let quoted = self.at(TokenKind::Quote) && self.opens_nothing();
        if !quoted && self.kind().is_some() && !self.starts_statement() {
            let mark = self.mark();
            self.skip_until(|kind| kind == TokenKind::CloseValue);
            if self.at(TokenKind::CloseValue) {
                let end = self.mark();
                self.return_to(mark);
                self.report_stuck(message::unexpected(found, written, "}"));
                self.return_to(end);
                self.advance();
                return true;
            }
        }
        self.torn = true;
        self.report_stuck(message::unclosed_value(open, self.last.after(), found));
        false
    }

    /// Returns whether the quote at hand is the last thing of its text: it was meant to close one.
    fn opens_nothing(&self) -> bool {
        let rest = self.tokens.get(self.pos + 1..).unwrap_or_default();
        let after = rest.iter().find(|token| token.kind != TokenKind::Chars);
        after.is_none_or(|token| {
            !matches!(token.kind, TokenKind::Quote | TokenKind::Escape | TokenKind::OpenValue)
        })
    }

    fn unclosed_text(&mut self, open: Span, form: TextForm) {
        self.open_text_line = Some(self.line.number);
        self.torn = true;
        let span = self.since(open);
        let written = self.slice(span);
        // A bracket that closes nothing in the text was probably meant as code.
        let sure = !goes_on_as_code(written) && first_closer(written).is_none();
        let diagnostic = match form {
            TextForm::Line => message::torn_text(span, true, sure),
            TextForm::Block => message::unclosed_block(open, self.last.after()),
        };
        self.report_stuck(diagnostic);
    }

    /// Takes what lacks one of its quotes as the text it was probably meant to be.
    fn torn_text(&mut self) -> Text {
        let written = self.written();
        let line = self.line.number;
        let lists = self.open_brackets + self.open_parens > 0;
        let span = self.advance();
        self.open_text_line = Some(line);
        self.torn = true;
        let opens = written.starts_with('"');
        let inside = written.trim_matches('"');
        // A comma may have been meant to end the text, and a quote behind a number or a reference may be one too many.
        let several = (lists && inside.contains(',')) || goes_on_as_code(inside);
        self.report(message::torn_text(span, opens, !several && (opens || !is_code(inside))));
        Text { pieces: vec![Piece::Chars { text: inside.into(), span }], form: TextForm::Line, span }
    }

    /// Takes `'…'` as the text it was meant to be.
    fn single_quoted(&mut self) -> Text {
        let written = self.written();
        let span = self.advance();
        let inside = match written.strip_prefix('\'') {
            Some(inside) => inside.strip_suffix('\'').unwrap_or(inside),
            // Curly quotes: one character on either side.
            None => {
                let mut chars = written.chars();
                chars.next();
                chars.next_back();
                chars.as_str()
            }
        };
        let foreign = written.starts_with('\'');
        let (plain, mended) = requoted(inside, foreign);
        // In a `${...}` quotes are those of another text.
        let mended = (foreign || !inside.contains("${") || !inside.contains('"')).then_some(mended);
        self.report(message::single_quotes(span, written, mended.as_deref()));
        let pieces =
            if plain.is_empty() { Vec::new() } else { vec![Piece::Chars { text: plain.into(), span }] };
        Text { pieces, form: TextForm::Line, span }
    }

    /// Puts parts together: neighbouring characters and escapes become one piece.
    fn pieces(&self, parts: Vec<Part>, dedent: &Dedent<'_>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut chars = String::new();
        let mut place: Option<Span> = None;
        let count = parts.len();
        for (index, part) in parts.into_iter().enumerate() {
            match part {
                Part::Chars(span) => {
                    dedent.write(self.slice(span), index == 0, index + 1 == count, &mut chars);
                    place = Some(place.map_or(span, |before| before.to(span)));
                }
                Part::Escape(span, char) => {
                    chars.push(char);
                    place = Some(place.map_or(span, |before| before.to(span)));
                }
                Part::Value(value) => {
                    push_chars(&mut pieces, &mut chars, place.take());
                    pieces.push(Piece::Value(value));
                }
            }
        }
        push_chars(&mut pieces, &mut chars, place);
        pieces.shrink_to_fit();
        pieces
    }

    /// Finds what the lines of a block share at their start, and whether its first and last line are blank.
    fn measure(&self, parts: &[Part]) -> Dedent<'t> {
        let mut indent: Option<&'t str> = None;
        let mut block = Dedent { block: true, ..Dedent::default() };
        for (index, part) in parts.iter().enumerate() {
            let Part::Chars(span) = part else { continue };
            let ends = index + 1 == parts.len();
            let mut lines = self.slice(*span).split('\n').peekable();
            if let Some(first) = lines.next() {
                block.drops_first |= index == 0 && lines.peek().is_some() && is_blank(first);
            }
            while let Some(line) = lines.next() {
                let last = lines.peek().is_none();
                let blanks = leading_blanks(line);
                // The last line of a part goes on with an escape or a value, unless it is the closing line.
                if last || !is_blank(line) {
                    indent = Some(indent.map_or(blanks, |before| shared(before, blanks)));
                }
                block.drops_last |= ends && last && is_blank(line);
            }
        }
        block.indent = indent.unwrap_or_default();
        block
    }
}

/// What is taken away from the lines of a block of text; nothing from text on one line.
#[derive(Default)]
struct Dedent<'t> {
    block: bool,
    indent: &'t str,
    drops_first: bool,
    drops_last: bool,
}

impl Dedent<'_> {
    /// Adds the lines of one part to `out`; `opens` and `ends` say whether it is the first and the last part.
    fn write(&self, written: &str, opens: bool, ends: bool, out: &mut String) {
        if !self.block {
            out.push_str(written);
            return;
        }
        let mut breaks = false;
        let mut lines = written.split('\n').enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let last = lines.peek().is_none();
            let drops_first = number == 0 && opens && self.drops_first;
            if drops_first || (number > 0 && last && ends && self.drops_last) {
                continue;
            }
            if breaks {
                out.push('\n');
            }
            breaks = true;
            let line = if last { line } else { line.strip_suffix('\r').unwrap_or(line) };
            out.push_str(if number == 0 { line } else { without(line, self.indent) });
        }
    }
}

/// Takes the indent that all lines of a heredoc share away from each of them.
pub(super) fn dedent_lines(body: &str) -> String {
    let lines = || body.split_inclusive('\n').map(|line| line.trim_end_matches(['\n', '\r']));
    let mut indent: Option<&str> = None;
    for line in lines().filter(|line| !is_blank(line)) {
        let blanks = leading_blanks(line);
        indent = Some(indent.map_or(blanks, |before| shared(before, blanks)));
    }
    let indent = indent.unwrap_or_default();
    let mut out = String::with_capacity(body.len());
    for line in lines() {
        out.push_str(without(line, indent));
        out.push('\n');
    }
    out
}

fn push_chars(pieces: &mut Vec<Piece>, chars: &mut String, place: Option<Span>) {
    if let Some(span) = place.filter(|_| !chars.is_empty()) {
        pieces.push(Piece::Chars { text: std::mem::take(chars).into(), span });
    }
}

/// Returns what the inside of other quotes means, and how it is written in ours. In those of a shell `${` is no value.
fn requoted(inside: &str, foreign: bool) -> (String, String) {
    let (mut plain, mut mended) = (String::new(), String::from('"'));
    let mut rest = inside;
    while let Some(next) = rest.chars().next() {
        let escape = escape_len(rest);
        let taken = match (next, rest.get(..escape)) {
            (_, Some(escape)) if !escape.is_empty() => {
                plain.push(unescape(escape));
                mended.push_str(escape);
                escape.len()
            }
            ('\\', _) if rest.starts_with("\\'") => {
                plain.push('\'');
                mended.push('\'');
                2
            }
            _ => {
                if matches!(next, '"' | '\\') || (foreign && rest.starts_with("${")) {
                    mended.push('\\');
                }
                plain.push(next);
                mended.push(next);
                next.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    mended.push('"');
    (plain, mended)
}

/// Returns how long the escape is that a text starts with; 0 if it starts with none of ours.
fn escape_len(text: &str) -> usize {
    let Some(escape) = text.strip_prefix('\\') else { return 0 };
    match escape.chars().next() {
        Some('n' | 'r' | 't' | '"' | '\\' | '$') => 2,
        Some('u') => {
            let digits = escape.strip_prefix("u{").and_then(|it| it.split_once('}')).map_or("", |it| it.0);
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 6);
            if code.and_then(char::from_u32).is_some() { digits.len() + 4 } else { 0 }
        }
        _ => 0,
    }
}

/// Returns whether a text that was left open holds what hardly stands in a text.
fn goes_on_as_code(text: &str) -> bool {
    [" = ", " == ", " != ", " && ", " || "].iter().any(|joint| text.contains(joint))
}

/// Returns whether a text could be a number, a reference or a word of the language.
fn is_code(text: &str) -> bool {
    let reference = ["param.", "secret.", "let.", "step.", "each.", "self.", "result.", "job.", "event."]
        .iter()
        .any(|root| text.starts_with(root));
    let number = text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|next| next.is_ascii_alphanumeric() || next == b'.')
        && text.matches('.').count() < 2;
    reference || number || is_constant(text)
}

fn is_blank(line: &str) -> bool {
    line.trim_matches([' ', '\t', '\r']).is_empty()
}

fn leading_blanks(line: &str) -> &str {
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

/// Returns what two indents have in common; a tab equals nothing but a tab.
fn shared<'t>(left: &'t str, right: &str) -> &'t str {
    let len = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
    left.get(..len).unwrap_or_default()
}

/// Returns a line without the part of the indent it has; only blank lines have less than all of it.
fn without<'t>(line: &'t str, indent: &str) -> &'t str {
    line.get(shared(line, indent).len()..).unwrap_or_default()
}

/// Returns the character an escape stands for. The lexer lets only valid ones through.
fn unescape(written: &str) -> char {
    match written.get(1..) {
        Some("n") => '\n',
        Some("r") => '\r',
        Some("t") => '\t',
        Some(code) if code.starts_with('u') => {
            let digits = code.trim_start_matches("u{").trim_end_matches('}');
            u32::from_str_radix(digits, 16)
                .ok()
                .and_then(char::from_u32)
                .unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        Some(other) => other.chars().next().unwrap_or_default(),
        None => char::REPLACEMENT_CHARACTER,
    }
}

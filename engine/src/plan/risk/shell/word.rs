//! The words of a script: quotes, expansions, and the commands inside them.

use super::{HOLE, Reader, Until, is_assignment};
use crate::plan::risk::finding::MAX_DEPTH;

/// A word as it was read.
#[derive(Default)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether any part of it was quoted, so that it is no keyword.
    pub(super) is_quoted: bool,
}

impl<'t> Reader<'t, '_> {
    /// Reads one word.
    pub(super) fn word(&mut self) -> Word {
        let mut word = Word::default();
        while let Some(c) = self.peek() {
            match c {
                '(' if is_assignment(&word.text) && word.text.ends_with('=') => {
                    self.bump();
                    self.nested(Self::group);
                    word.text.push(HOLE);
                }
                _ if ends_word(c) => break,
                '\\' => {
                    self.bump();
                    match self.peek() {
                        Some('\n') => {}
                        Some(escaped) => word.text.push(escaped),
                        None => break,
                    }
                    word.is_quoted = true;
                    self.bump();
                }
                '\'' => {
                    self.bump();
                    word.is_quoted = true;
                    let (inside, after) = self.rest().split_once('\'').unwrap_or((self.rest(), ""));
                    word.text.push_str(inside);
                    self.at = self.text.len() - after.len();
                }
                '"' => {
                    self.bump();
                    word.is_quoted = true;
                    self.quoted(Some('"'), &mut word.text);
                }
                '$' => self.dollar(&mut word.text, false),
                '`' => {
                    self.backticks();
                    word.text.push(HOLE);
                }
                _ => {
                    word.text.push(c);
                    self.bump();
                }
            }
        }
        word
    }

    /// Reads text in which only expansions count, up to a quote or to the end.
    pub(super) fn quoted(&mut self, end: Option<char>, text: &mut String) {
        while let Some(c) = self.peek() {
            match c {
                _ if Some(c) == end => return self.bump(),
                '\\' => {
                    self.bump();
                    match self.peek() {
                        Some('\n') => {}
                        Some(escaped @ ('$' | '`' | '"' | '\\')) => text.push(escaped),
                        Some(other) => text.extend(['\\', other]),
                        None => return,
                    }
                    self.bump();
                }
                '$' => self.dollar(text, true),
                '`' => {
                    self.backticks();
                    text.push(HOLE);
                }
                _ => {
                    text.push(c);
                    self.bump();
                }
            }
        }
    }

    /// Reads what begins with `$`.
    pub(super) fn dollar(&mut self, text: &mut String, in_quotes: bool) {
        self.bump();
        match self.peek() {
            Some('(') if self.take("((") => {
                self.nested(Self::arithmetic);
                text.push(HOLE);
            }
            Some('(') => {
                self.bump();
                self.nested(|reader| reader.commands(Until::Paren));
                text.push(HOLE);
            }
            Some('{') => {
                if self.take("{SKYNET_OUT}") {
                    text.push_str("$SKYNET_OUT");
                    return;
                }
                self.bump();
                self.nested(|reader| reader.braces(in_quotes));
                text.push(HOLE);
            }
            Some('\'') if !in_quotes && self.look.is_bash => {
                self.bump();
                self.escaped();
                text.push(HOLE);
            }
            Some('"') if !in_quotes && self.look.is_bash => {}
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let rest = self.rest();
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                let name = rest.get(..end).unwrap_or_default();
                text.push_str(if name == "SKYNET_OUT" { "$SKYNET_OUT" } else { "\0" });
                self.at += end;
            }
            Some(c) if c.is_ascii_digit() || "@*#?-$!".contains(c) => {
                self.bump();
                text.push(HOLE);
            }
            Some(_) | None => text.push('$'),
        }
    }

    /// Reads `${…}` to its end.
    fn braces(&mut self, in_quotes: bool) {
        while let Some(c) = self.peek() {
            match c {
                '}' => return self.bump(),
                '\\' => {
                    self.bump();
                    self.bump();
                }
                '\'' if !in_quotes => {
                    self.bump();
                    let after = self.rest().split_once('\'').map_or("", |(_, after)| after);
                    self.at = self.text.len() - after.len();
                }
                '"' => {
                    self.bump();
                    self.quoted(Some('"'), &mut String::new());
                }
                '$' => self.dollar(&mut String::new(), in_quotes),
                '`' => self.backticks(),
                _ => self.bump(),
            }
        }
    }

    /// Reads `$'…'` to its end.
    fn escaped(&mut self) {
        while let Some(c) = self.peek() {
            self.bump();
            match c {
                '\'' => return,
                '\\' => self.bump(),
                _ => {}
            }
        }
    }

    /// Reads the commands between backticks.
    pub(super) fn backticks(&mut self) {
        self.bump();
        let mut code = String::new();
        while let Some(c) = self.peek() {
            self.bump();
            match c {
                '`' => break,
                '\\' => {
                    let escaped = self.peek();
                    if !escaped.is_some_and(|c| "`\\$".contains(c)) {
                        code.push('\\');
                    }
                    code.extend(escaped);
                    self.bump();
                }
                _ => code.push(c),
            }
        }
        self.nested(|reader| {
            Reader { text: &code, at: 0, look: reader.look, bodies: Vec::new() }.commands(Until::End);
        });
    }

    /// Reads what is nested, unless it is nested too deeply: then the rest is not read at all.
    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self)) {
        self.look.depth += 1;
        if self.look.depth > MAX_DEPTH {
            self.look.too_deep();
            self.at = self.text.len();
        } else {
            read(self);
        }
        self.look.depth -= 1;
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Skips blanks and continued lines.
    pub(super) fn skip_blanks(&mut self) {
        while self.take(" ") || self.take("\t") || self.take("\r") || self.take("\\\n") {}
    }

    /// Skips blanks, lines and comments.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some('\n') => self.bump(),
                Some('#') => self.skip_line(),
                Some(_) | None => return,
            }
        }
    }

    pub(super) fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }
}

/// Returns whether an unquoted character ends a word.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')')
}

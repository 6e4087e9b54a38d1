//! Which words may stand where, and names that are none.

use super::cursor::Parser;
use crate::{
    Code, Edit, message,
    token::{Token, TokenKind},
    tree::Name,
};
use std::collections::BTreeSet;

/// Returns whether a word is a value, so that nothing can be called that.
pub(super) fn is_constant(word: &str) -> bool {
    matches!(word, "true" | "false" | "null")
}

/// Returns whether no statement and no key starts with the word, because an expression could go on with it.
pub(super) fn is_operator(word: &str) -> bool {
    matches!(word, "in" | "and" | "or")
}

/// Returns whether the word has a meaning of its own in expressions, so that it names nothing there.
pub(super) fn is_reserved(word: &str) -> bool {
    is_constant(word) || is_operator(word) || matches!(word, "for" | "if" | "not")
}

/// Returns whether a declaration begins with the word, so that a name stands behind it.
pub(super) fn declares(word: &str) -> bool {
    matches!(
        word,
        "param"
            | "let"
            | "secret"
            | "target"
            | "trigger"
            | "step"
            | "output"
            | "artifact"
            | "type"
            | "workflow"
    )
}

impl Parser<'_> {
    /// Returns whether the word at hand goes on as no name may: `my-step`, `größe`.
    pub(super) fn at_dashed_name(&self, ahead: usize) -> bool {
        let Some(first) = self.token(ahead) else { return false };
        let Some(next) = self.token(ahead + 1) else { return false };
        first.kind == TokenKind::Name
            && next.span.start == first.span.end
            && match next.kind {
                TokenKind::Minus => self.token(ahead + 2).is_some_and(|part| {
                    part.span.start == next.span.end && matches!(part.kind, TokenKind::Name | TokenKind::Int)
                }),
                TokenKind::Unknown => self.slice(next.span).chars().all(char::is_alphanumeric),
                _ => false,
            }
    }

    /// Takes a name where `-` would be an operator.
    pub(super) fn take_plain_name(&mut self) -> Name {
        let name = self.take_name();
        if is_constant(&name.text) {
            self.report(message::reserved_name(&name));
        }
        name
    }

    /// Takes `my-step` of `step.my-step` as a name, if one that is written like that is declared.
    pub(super) fn take_dashed_reference(&mut self, root: &str) -> Option<Name> {
        if !self.at_dashed_name(0) {
            return None;
        }
        let written = dashed(self.text, self.tokens.get(self.pos..)?);
        let key = format!("{root} {written}");
        if self.dashed.is_none() {
            self.dashed = Some(declared_dashed(self.text, self.tokens));
        }
        if !self.dashed.as_ref()?.contains(&key) {
            return None;
        }
        let start = self.advance();
        while (self.since(start).range().len()) < written.len() {
            self.advance();
        }
        let span = self.since(start);
        self.renamed.insert((key, span));
        Some(Name { text: written.replace('-', "_").into(), span })
    }

    /// Lets the fix of a declared name mend the references to it as well.
    pub(super) fn rename_references(&mut self) {
        for found in self.diagnostics.iter_mut().filter(|it| it.code == Code::E0114) {
            let span = found.primary.span;
            let Some(fix) = &mut found.fix else { continue };
            let before = self.text.get(..span.start as usize).unwrap_or_default();
            let word = before.split_whitespace().next_back().unwrap_or_default();
            let key = format!("{word} {}", self.text.get(span.range()).unwrap_or_default());
            let plain = fix.edits.first().map(|edit| edit.text.clone()).unwrap_or_default();
            let references = self.renamed.iter().filter(|(name, _)| *name == key);
            fix.edits.extend(references.map(|(_, span)| Edit { span: *span, text: plain.clone() }));
        }
    }

    /// Takes a name. One that is written with dashes or foreign letters is reported, with the name it could be.
    pub(super) fn take_declared_name(&mut self) -> Name {
        if !self.at_dashed_name(0) {
            return self.take_plain_name();
        }
        let start = self.advance();
        while self.touches()
            && match self.kind() {
                Some(TokenKind::Name | TokenKind::Minus | TokenKind::Int | TokenKind::BadNumber) => true,
                Some(TokenKind::Unknown) => self.written().chars().all(char::is_alphanumeric),
                _ => false,
            }
        {
            self.advance();
        }
        let span = self.since(start);
        let written = self.slice(span);
        let plain: String =
            written.chars().map(|next| if next.is_ascii_alphanumeric() { next } else { '_' }).collect();
        let fits = written.is_ascii();
        self.report(message::not_a_name(span, written, fits.then_some(plain.as_str())));
        Name { text: plain.into(), span }
    }
}

/// Returns the word that the first tokens make together, dashes and all.
fn dashed<'t>(text: &'t str, tokens: &[Token]) -> &'t str {
    use TokenKind as K;
    let parts = tokens.iter().take_while(|token| {
        matches!(token.kind, K::Name | K::Minus | K::Int | K::BadNumber | K::Duration | K::Size)
    });
    let Some((first, last)) = tokens.first().zip(parts.last()) else { return "" };
    text.get(first.span.to(last.span).range()).unwrap_or_default()
}

/// Returns the names with dashes behind a word that declares: `step my-step`.
fn declared_dashed(text: &str, tokens: &[Token]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Name) {
        let word = text.get(token.span.range()).unwrap_or_default();
        let Some([blank, name, rest @ ..]) = tokens.get(at + 1..) else { continue };
        let declares = declares(word)
            && blank.kind == TokenKind::Blank
            && name.kind == TokenKind::Name
            && rest.first().is_some_and(|next| next.kind == TokenKind::Minus);
        if declares {
            found.insert(format!("{word} {}", dashed(text, tokens.get(at + 2..).unwrap_or_default())));
        }
    }
    found
}

//! The head of a file: `skynet 1`, and imports.

use super::cursor::Parser;
use crate::{
    message,
    token::TokenKind,
    tree::{Edition, Import, Name, Statement},
};

impl Parser<'_> {
    /// Reads `skynet 1`, and what others write instead: `skynet = 1`, `skynet "1"`.
    pub(super) fn edition(&mut self, in_body: bool) -> Statement {
        let start = self.advance();
        let marked = self.take(TokenKind::Assign).or_else(|| self.take(TokenKind::Colon)).is_some();
        let written = self.written();
        let number = match self.kind() {
            Some(TokenKind::Int) => {
                self.advance();
                written.parse().ok()
            }
            Some(TokenKind::Quote) => self.text().0.literal().and_then(|text| text.parse().ok()),
            Some(TokenKind::Float | TokenKind::BadNumber) => {
                self.advance();
                None
            }
            _ => None,
        };
        let span = self.since(start);
        if in_body {
            self.report(message::late_edition(span));
        } else if marked || written != "1" {
            self.report(message::wrong_edition(span, self.slice(span)));
        }
        Statement::Edition(Edition { number, span })
    }

    /// Reports an edition that is missing, late or given twice.
    pub(super) fn check_edition(&mut self, statements: &[Statement]) {
        let editions: Vec<_> = statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Edition(edition) => Some(edition.span),
                Statement::Import(_)
                | Statement::Setting(_)
                | Statement::Field(_)
                | Statement::Declaration(_)
                | Statement::Block(_)
                | Statement::Broken(_) => None,
            })
            .collect();
        let leads = matches!(statements.first(), Some(Statement::Edition(_)));
        match editions.as_slice() {
            [] => {
                let top = usize::from(self.text.starts_with('\u{FEFF}')) * '\u{FEFF}'.len_utf8();
                let place = crate::Span::new(self.file, top, top);
                self.report(message::missing_edition(place));
            }
            [late, ..] if !leads => self.report(message::late_edition(*late)),
            [first, again, ..] => self.report(message::second_edition(*again, *first)),
            [_] => {}
        }
    }

    /// Reads `import "path" as name sha256 "..."`.
    pub(super) fn import(&mut self, in_body: bool) -> Statement {
        let start = self.advance();
        if in_body {
            self.report(message::import_in_body(start));
        }
        let path = self.literal("a path");
        let named = self.at_word("as") && self.kind_ahead(1) == Some(TokenKind::Name);
        let alias = if named {
            self.advance();
            self.take_declared_name()
        } else {
            let place = self.last.after();
            let stem = path.literal().and_then(file_stem);
            self.report_stuck(message::import_without_name(self.since(start), place, stem));
            if self.at_word("as") && !self.starts_line() {
                self.advance();
            }
            Name { text: stem.unwrap_or_default().into(), span: place }
        };
        let pinned = self.at_word("sha256") && self.kind_ahead(1) == Some(TokenKind::Quote);
        let sha256 = pinned.then(|| {
            self.advance();
            self.literal("a digest")
        });
        Statement::Import(Import { path, alias, sha256, span: self.since(start) })
    }
}

/// Returns the name of a file without folders and endings, if it can be a name.
fn file_stem(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next()?;
    let stem = file.split('.').next()?;
    let fits = stem.starts_with(|first: char| first.is_ascii_alphabetic())
        && stem.bytes().all(|next| next.is_ascii_alphanumeric() || next == b'_');
    fits.then_some(stem)
}

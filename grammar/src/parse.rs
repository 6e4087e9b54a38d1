//! Reads the structure of a file from its tokens.
//!
//! A function for each form of the grammar, with a few tokens of foresight. What cannot be read becomes one
//! diagnostic, and reading goes on at the next item, pair or statement.
//!
//! The functions keep three promises. Every loop takes a token or ends, so time is linear. Brackets nest at most
//! [`limit::MAX_DEPTH`] deep and expressions grow at most [`limit::MAX_HEIGHT`] tall, so the stack is bounded, also
//! for everyone who walks the tree later. And a place is complained about once: where no token was taken since the
//! last complaint, the next one is a consequence of it.

mod cursor;
mod declaration;
mod delimited;
mod expression;
mod header;
mod number;
mod primary;
mod recover;
mod statement;
mod text;
mod types;
mod word;

use crate::{
    Diagnostic, FileId, Origin, Span, Tree,
    lex::lex,
    limit, message,
    token::{Token, TokenKind},
};
use cursor::Parser;
pub use number::quantity;

/// What comes out of reading a file: always a tree, and what was wrong.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree, with `Broken` nodes where a diagnostic says why.
    pub tree: Tree,
    /// In the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the text of a file.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed {
    parse_from(file, text, Origin::Disk)
}

/// Reads a text; where it comes from decides how large it may be.
#[must_use]
pub fn parse_from(file: FileId, text: &str, origin: Origin) -> Parsed {
    if text.len() > origin.max_bytes() {
        let span = Span::new(file, 0, text.len());
        let tokens = vec![Token { kind: TokenKind::Unknown, span }];
        let tree = Tree { file, text: text.into(), tokens, statements: Vec::new() };
        return Parsed { tree, diagnostics: vec![message::too_large(file, text.len(), origin.max_bytes())] };
    }
    let lexed = lex(file, text);
    let mut reading = Parser::new(file, text, &lexed.tokens).read_file();
    if reading.unbalanced {
        // Braces that do not match say nothing about where the mistake is, but the indentation does.
        let second = Parser::new(file, text, &lexed.tokens).by_layout().read_file();
        if second.diagnostics.len() <= reading.diagnostics.len() {
            reading = second;
        }
    }
    let mut diagnostics = lexed.diagnostics;
    diagnostics.extend(reading.diagnostics);
    diagnostics.sort_by_key(|it| it.primary.span.start);
    diagnostics.truncate(limit::MAX_DIAGNOSTICS);
    let tree = Tree { file, text: text.into(), tokens: lexed.tokens, statements: reading.statements };
    Parsed { tree, diagnostics }
}

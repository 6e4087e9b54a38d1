//! The tokens of a file as the printer wants them: which bracket closes which, and what is known of each comment.

use grammar::{
    Tree,
    limit::MAX_DEPTH,
    token::{Token, TokenKind},
    tree::{Body, Statement},
};
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// A file that can be printed.
pub(super) struct Source<'t> {
    pub(super) tree: &'t Tree,
    /// For each token that opens something, the index of the one that closes it.
    partners: Vec<usize>,
}

/// A comment.
#[derive(Clone, Debug)]
pub(super) struct Remark<'t> {
    /// Its text, from `#` on.
    pub(super) text: &'t str,
    /// Whether nothing but blanks stands before it on its line.
    pub(super) own_line: bool,
    /// Whether the line before it is empty.
    pub(super) blank_before: bool,
    /// The byte at which the code of its line begins.
    pub(super) code_start: usize,
    /// How many columns it stands behind that byte.
    pub(super) distance: usize,
}

impl<'t> Source<'t> {
    /// Looks at a file. Returns none if its brackets or statements are broken.
    pub(super) fn of(tree: &'t Tree) -> Option<Self> {
        let source = Self { tree, partners: partners(tree.tokens())? };
        source.is_sound(&tree.statements, 0..tree.tokens().len()).then_some(source)
    }

    pub(super) fn token(&self, index: usize) -> Option<Token> {
        self.tree.tokens().get(index).copied()
    }

    /// Returns the text of a token.
    pub(super) fn text(&self, index: usize) -> &'t str {
        self.token(index).map_or("", |token| self.tree.slice(token.span))
    }

    /// Returns the index of the token that closes what the token at `index` opens.
    pub(super) fn partner(&self, index: usize) -> usize {
        self.partners.get(index).copied().unwrap_or(index)
    }

    /// Returns the index of the first token that starts at a byte or behind it.
    pub(super) fn index_at(&self, byte: u32) -> usize {
        self.tree.tokens().partition_point(|token| token.span.start < byte)
    }

    /// Returns the tokens of a body between its braces.
    pub(super) fn inside(&self, body: &Body) -> Range<usize> {
        self.index_at(body.span.start) + 1..self.index_at(body.span.end).saturating_sub(1)
    }

    /// Returns how many line breaks stand right before a token.
    pub(super) fn breaks_before(&self, index: usize) -> usize {
        let Some(before) = index.checked_sub(1) else { return 0 };
        let is_blank = self.token(before).is_some_and(|token| token.kind == TokenKind::Blank);
        if is_blank { self.text(before).matches('\n').count() } else { 0 }
    }

    /// Returns what is known of the comment at `index`.
    pub(super) fn remark(&self, index: usize) -> Remark<'t> {
        let start = self.token(index).map_or(0, |token| token.span.start as usize);
        let before = self.tree.text().get(..start).unwrap_or_default();
        let breaks = self.breaks_before(index);
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let code = before.get(line..).unwrap_or_default().trim_start_matches(BLANKS);
        Remark {
            text: self.text(index).trim_end(),
            own_line: breaks > 0 || code.is_empty(),
            blank_before: breaks > 1,
            code_start: start - code.len(),
            distance: code.width(),
        }
    }

    /// Returns the comments among some tokens.
    pub(super) fn remarks(&self, range: Range<usize>) -> Vec<Remark<'t>> {
        let is_comment = |index: &usize| self.token(*index).is_some_and(|it| it.kind == TokenKind::Comment);
        range.filter(is_comment).map(|index| self.remark(index)).collect()
    }

    /// Returns whether the statements take up all tokens in the range but blanks and comments.
    fn is_sound(&self, statements: &[Statement], range: Range<usize>) -> bool {
        let mut at = range.start;
        for statement in statements {
            let start = self.index_at(statement.span().start);
            if !self.is_trivia(at..start) || !self.is_whole(statement) {
                return false;
            }
            at = self.index_at(statement.span().end);
        }
        self.is_trivia(at..range.end)
    }

    fn is_whole(&self, statement: &Statement) -> bool {
        let body = match statement {
            Statement::Edition(_) | Statement::Import(_) | Statement::Setting(_) | Statement::Field(_) => {
                return true;
            }
            Statement::Declaration(it) => it.body.as_ref(),
            Statement::Block(it) => Some(&it.body),
            Statement::Broken(_) => return false,
        };
        body.is_none_or(|body| {
            let open = self.index_at(body.span.start);
            self.text(open) == "{"
                && self.partner(open) + 1 == self.index_at(body.span.end)
                && self.is_sound(&body.statements, self.inside(body))
        })
    }

    fn is_trivia(&self, range: Range<usize>) -> bool {
        let gap = self.tree.tokens().get(range).unwrap_or_default();
        gap.iter().all(|token| matches!(token.kind, TokenKind::Blank | TokenKind::Comment))
    }
}

/// What may stand before the code of a line.
const BLANKS: [char; 3] = [' ', '\t', '\u{FEFF}'];

/// Finds the partner of each token that opens something. Returns none if one has none, if they nest deeper than the
/// parser goes, or if a token is no part of a file without errors.
fn partners(tokens: &[Token]) -> Option<Vec<usize>> {
    use TokenKind as K;
    let mut partners = vec![0; tokens.len()];
    let mut open: Vec<(usize, K)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let around = open.last().map(|(_, kind)| *kind);
        let in_text = matches!(around, Some(K::Quote | K::BlockQuote));
        let opener = match token.kind {
            K::Quote | K::BlockQuote if around == Some(token.kind) => Some(token.kind),
            K::CloseValue => Some(K::OpenValue),
            K::CloseHeredoc => Some(K::OpenHeredoc),
            K::CloseBrace => Some(K::OpenBrace),
            K::CloseBracket => Some(K::OpenBracket),
            K::CloseParen => Some(K::OpenParen),
            _ => None,
        };
        if let Some(opener) = opener {
            let (at, _) = open.pop().filter(|(_, kind)| *kind == opener)?;
            *partners.get_mut(at)? = index;
            continue;
        }
        let fits = match token.kind {
            K::Chars | K::Escape | K::OpenValue => in_text,
            K::HeredocBody => around == Some(K::OpenHeredoc),
            K::ForeignComment
            | K::BadNumber
            | K::SingleQuoted
            | K::TornText
            | K::BadEscape
            | K::BadHeredoc => false,
            K::Semicolon | K::Unknown => false,
            _ => !in_text,
        };
        if !fits || open.len() > 3 * MAX_DEPTH {
            return None;
        }
        let opens = matches!(
            token.kind,
            K::Quote
                | K::BlockQuote
                | K::OpenValue
                | K::OpenHeredoc
                | K::OpenBrace
                | K::OpenBracket
                | K::OpenParen
        );
        if opens {
            open.push((index, token.kind));
        }
    }
    open.is_empty().then_some(partners)
}

//! Changes the layout of a file, and nothing else.

use grammar::{FileId, token::TokenKind};
use proptest::prelude::*;

/// What may stand between two tokens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gap {
    Nothing,
    Blank,
    Blanks,
    Tab,
    Break,
    Breaks,
    OtherBreak,
    Comment,
    Comments,
}

/// Changes of layout: at which token, counted around, and what comes before it.
pub(super) fn any_changes() -> impl Strategy<Value = Vec<(usize, Gap)>> {
    let gap = prop_oneof![
        Just(Gap::Nothing),
        Just(Gap::Blank),
        Just(Gap::Blanks),
        Just(Gap::Tab),
        Just(Gap::Break),
        Just(Gap::Breaks),
        Just(Gap::OtherBreak),
        Just(Gap::Comment),
        Just(Gap::Comments),
    ];
    prop::collection::vec((0_usize..100_000, gap), 0..40)
}

/// Changes the layout of a text.
pub(super) fn mutate(text: &str, changes: &[(usize, Gap)]) -> String {
    let mut pieces = pieces(text);
    let count = pieces.len().max(1);
    for (at, gap) in changes {
        if let Some((before, rest)) = pieces.split_at_mut_checked(at % count)
            && let Some(piece) = rest.first_mut().filter(|piece| piece.is_free)
        {
            piece.change(*gap, before.last().map_or("", |last| last.text));
        }
    }
    pieces.iter().flat_map(|piece| [piece.gap.as_str(), piece.text]).collect()
}

/// A token and the blanks and comments before it.
struct Piece<'t> {
    gap: String,
    text: &'t str,
    is_free: bool,
    /// Whether it may become the first on its line: a name before `=` would look like a statement there.
    may_lead: bool,
}

impl Piece<'_> {
    fn change(&mut self, gap: Gap, before: &str) {
        let touches =
            |text: &str| text.is_empty() || text.starts_with(['[', ']', '(', ')', ',', '{', '}', '"']);
        let gap = match gap {
            Gap::Nothing if touches(self.text) && touches(before) && before != "${" => "",
            Gap::Nothing | Gap::Blank => " ",
            Gap::Blanks => "     ",
            Gap::Tab => "\t",
            Gap::Break if self.may_lead => "\n",
            Gap::Breaks if self.may_lead => "\n \n\n  ",
            Gap::OtherBreak if self.may_lead => "\r\n  ",
            Gap::Comment if self.may_lead => " # one \n",
            Gap::Comments if self.may_lead => "# two\n\n  # three\r\n",
            Gap::Break | Gap::Breaks | Gap::OtherBreak | Gap::Comment | Gap::Comments => " ",
        };
        self.gap = gap.to_owned();
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let tree = grammar::parse(FileId(0), text).tree;
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut kinds = Vec::new();
    let mut open = Vec::new();
    let mut gap = String::new();
    for token in tree.tokens() {
        let written = &text[token.span.range()];
        if token.kind.is_trivia() {
            gap.push_str(written);
            continue;
        }
        let in_text = matches!(open.last(), Some(TokenKind::Quote | TokenKind::BlockQuote));
        match token.kind {
            TokenKind::Quote | TokenKind::BlockQuote if open.last() == Some(&token.kind) => drop(open.pop()),
            TokenKind::Quote | TokenKind::BlockQuote | TokenKind::OpenValue => open.push(token.kind),
            TokenKind::CloseValue => drop(open.pop()),
            _ => {}
        }
        let is_script = matches!(token.kind, TokenKind::HeredocBody | TokenKind::CloseHeredoc);
        let behind_script = kinds.last() == Some(&TokenKind::CloseHeredoc);
        let is_free = !in_text && !is_script && !behind_script;
        pieces.push(Piece { gap: std::mem::take(&mut gap), text: written, is_free, may_lead: true });
        kinds.push(token.kind);
    }
    pieces.push(Piece { gap, text: "", is_free: true, may_lead: true });
    for index in 0..kinds.len() {
        pieces[index].may_lead = pieces[index].gap.contains('\n') || !looks_like_statement(&kinds[index..]);
    }
    pieces
}

fn looks_like_statement(kinds: &[TokenKind]) -> bool {
    use TokenKind as K;
    let after = match kinds {
        [K::Quote, K::Chars, K::Quote, after @ ..] | [K::Quote, K::Quote, after @ ..] => after,
        [K::Name, K::OpenBrace | K::Name, ..] => return true,
        [K::Name, after @ ..] => after,
        _ => return false,
    };
    after.first() == Some(&K::Assign)
}

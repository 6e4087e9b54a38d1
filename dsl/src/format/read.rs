//! Reads tokens into nodes: what stands between which brackets, and which comment goes with what.

use super::{
    node::{Bracket, Group, Item, Node, Part, Sequence},
    role::{Levels, Place, Role},
    source::{Remark, Source},
    text,
};
use grammar::{Span, token::TokenKind};
use std::{borrow::Cow, ops::Range};

/// Reads the tokens in a range that hold no body. `ty` is where a type stands among them.
///
/// Comments behind the last of them are returned on their own.
pub(super) fn read<'t>(
    source: &Source<'t>,
    range: Range<usize>,
    ty: Option<Span>,
) -> (Sequence<'t>, Vec<Remark<'t>>) {
    let mut reader = Reader { source, ty, pos: range.start };
    reader.sequence(range.end, false)
}

struct Reader<'s, 't> {
    source: &'s Source<'t>,
    ty: Option<Span>,
    pos: usize,
}

impl<'t> Reader<'_, 't> {
    /// Reads up to a comma or to the token `end`.
    fn sequence(&mut self, end: usize, is_comprehension: bool) -> (Sequence<'t>, Vec<Remark<'t>>) {
        let mut nodes: Vec<Node<'t>> = Vec::new();
        let mut remarks = Vec::new();
        let mut before = None;
        let is_import = self.source.text(self.pos) == "import";
        let mut levels = Levels { is_comprehension, is_import, choices: 0 };
        while let Some(token) = self.source.token(self.pos).filter(|_| self.pos < end) {
            match token.kind {
                TokenKind::Comma => break,
                TokenKind::Blank => self.pos += 1,
                TokenKind::Comment => {
                    remarks.push(self.source.remark(self.pos));
                    self.pos += 1;
                }
                kind => {
                    // What was found behind the last token turns out to stand in the middle.
                    let comments = remarks.drain(..);
                    nodes.extend(comments.map(|it| Node {
                        part: Part::Remark(it),
                        spaced: false,
                        level: None,
                        at: 0,
                    }));
                    let place = Place {
                        before,
                        in_type: self
                            .ty
                            .is_some_and(|ty| ty.start <= token.span.start && token.span.end <= ty.end),
                        before_type: self.ty.is_some_and(|ty| token.span.end <= ty.start),
                    };
                    let word = self.source.text(self.pos);
                    let role = Role::of(kind, word, place);
                    let level = levels.of(kind, word, role);
                    let at = token.span.start as usize;
                    nodes.push(Node { part: self.part(kind, role), spaced: role.spaced(before), level, at });
                    before = Some(if role == Role::Suffix { Role::Operand } else { role });
                }
            }
        }
        (Sequence::new(nodes), remarks)
    }

    /// Takes the token at hand, and what belongs to it.
    fn part(&mut self, kind: TokenKind, role: Role) -> Part<'t> {
        let start = self.pos;
        let partner = self.source.partner(start);
        let bracket = match (kind, role) {
            (TokenKind::OpenBrace, _) => Bracket::Object,
            (TokenKind::OpenParen, Role::Suffix) => Bracket::Call,
            (TokenKind::OpenParen, _) => Bracket::Paren,
            (TokenKind::OpenBracket, Role::Suffix) => Bracket::Index,
            (TokenKind::OpenBracket, _) if self.comprehension_follows() => Bracket::Comprehension,
            (TokenKind::OpenBracket, _) => Bracket::List,
            _ => {
                let part = match kind {
                    TokenKind::Assign => Part::Assign,
                    TokenKind::Quote => text::on_a_line(self.source, start),
                    TokenKind::BlockQuote => text::in_a_block(self.source, start),
                    TokenKind::OpenHeredoc => text::heredoc(self.source, start),
                    _ => Part::Word(Cow::Borrowed(self.source.text(start))),
                };
                self.pos = start.max(partner) + 1;
                return part;
            }
        };
        let group = self.group(bracket, partner);
        self.pos = partner + 1;
        if group.items.is_empty() && !group.breaks {
            return Part::Word(Cow::Owned([bracket.open(), bracket.close()].concat()));
        }
        Part::Group(Box::new(group))
    }

    fn comprehension_follows(&self) -> bool {
        let mut behind = self.pos + 1;
        while self.source.token(behind).is_some_and(|token| token.kind.is_trivia()) {
            behind += 1;
        }
        self.source.text(behind) == "for"
    }

    /// Reads the items up to the bracket at `close`.
    fn group(&mut self, bracket: Bracket, close: usize) -> Group<'t> {
        self.pos += 1;
        let mut items: Vec<Item<'t>> = Vec::new();
        let mut behind_opener = None;
        let mut loose: Vec<Remark<'t>> = Vec::new();
        let mut breaks = false;
        let mut commented = false;
        loop {
            let (mut item, remarks) = self.gap(close);
            for remark in remarks {
                let place = items.last_mut().map_or(&mut behind_opener, |item| &mut item.after);
                file(remark, place, &mut loose);
            }
            if self.pos >= close {
                break;
            }
            breaks |= items.is_empty() && item.breaks;
            let (value, remarks) = self.sequence(close, bracket == Bracket::Comprehension);
            commented |= value.nodes.iter().any(|node| matches!(node.part, Part::Remark(_)));
            item.value = value;
            item.before = std::mem::take(&mut loose);
            for remark in remarks {
                file(remark, &mut item.after, &mut loose);
            }
            items.push(item);
            self.pos += usize::from(self.pos < close);
        }
        commented |= behind_opener.is_some() || !loose.is_empty();
        commented |= items.iter().any(|item| item.after.is_some() || !item.before.is_empty());
        let end = self.source.token(close).map_or(0, |token| token.span.start as usize);
        let mut group = Group::new(bracket, items, end);
        group.breaks = commented || (breaks && bracket != Bracket::Index);
        if group.breaks {
            group.forced = Some(1);
        }
        group.remark = behind_opener;
        group.tail = loose;
        group
    }

    /// Takes the blanks and comments before an item. Returns what they say of it.
    fn gap(&mut self, close: usize) -> (Item<'t>, Vec<Remark<'t>>) {
        let mut item = Item::default();
        let start = self.pos;
        while self.pos < close && self.source.token(self.pos).is_some_and(|token| token.kind.is_trivia()) {
            self.pos += 1;
            let breaks = self.source.breaks_before(self.pos);
            item.breaks |= breaks > 0;
            item.blank = breaks > 1;
        }
        (item, self.source.remarks(start..self.pos))
    }
}

/// Puts a comment behind what stands before it on its line, if that place is free; else it gets a line of its own.
fn file<'t>(remark: Remark<'t>, place: &mut Option<Remark<'t>>, loose: &mut Vec<Remark<'t>>) {
    if remark.own_line || place.is_some() || !loose.is_empty() {
        loose.push(remark);
    } else {
        *place = Some(remark);
    }
}

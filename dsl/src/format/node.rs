//! What is printed: words, texts and brackets, with the widths by which lines are broken.

use super::{WIDTH, role::Level, source::Remark};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr as _;

/// Parts in a row that no bracket encloses: the head of a statement, an item of a list.
#[derive(Default)]
pub(super) struct Sequence<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    /// How wide it is on one line.
    pub(super) width: usize,
    /// How wide it is up to where the author broke the line; none if it may stand on one.
    pub(super) forced: Option<usize>,
    /// The loosest operators in it.
    pub(super) level: Option<Level>,
}

/// One part of a sequence.
pub(super) struct Node<'t> {
    pub(super) part: Part<'t>,
    /// Whether a blank stands before it.
    pub(super) spaced: bool,
    /// Whether the line may be broken before it.
    pub(super) level: Option<Level>,
    /// The byte of the source it starts at.
    pub(super) at: usize,
}

pub(super) enum Part<'t> {
    /// Printed as it is.
    Word(Cow<'t, str>),
    /// The `=` of a setting or a declaration, with which others may be aligned.
    Assign,
    /// Printed on several lines.
    Lines(Lines),
    Group(Box<Group<'t>>),
    Remark(Remark<'t>),
}

/// A block of text or a heredoc.
pub(super) struct Lines {
    pub(super) first: String,
    pub(super) rest: Vec<(Margin, String)>,
    /// Whether nothing may follow on the last line.
    pub(super) sealed: bool,
}

/// How far a line of a text is indented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Margin {
    /// As the line that the text starts on.
    Same,
    /// One step more.
    Inner,
    /// Not at all: its blanks are its own.
    None,
}

/// Brackets that hold something.
pub(super) struct Group<'t> {
    pub(super) bracket: Bracket,
    pub(super) items: Vec<Item<'t>>,
    /// The comment behind the opening bracket.
    pub(super) remark: Option<Remark<'t>>,
    /// The comments behind the last item.
    pub(super) tail: Vec<Remark<'t>>,
    /// Whether the line is broken behind the opening bracket: so the author wrote it, or a comment needs it.
    pub(super) breaks: bool,
    /// How wide it is on one line.
    pub(super) width: usize,
    /// How wide it is up to where the author broke the line.
    pub(super) forced: Option<usize>,
    /// The byte of the source at which its last bracket stands.
    pub(super) end: usize,
}

/// One item between brackets.
#[derive(Default)]
pub(super) struct Item<'t> {
    /// The comments on lines of their own before it.
    pub(super) before: Vec<Remark<'t>>,
    /// Whether an empty line stands before it.
    pub(super) blank: bool,
    /// Whether it starts a line.
    pub(super) breaks: bool,
    pub(super) value: Sequence<'t>,
    /// The comment behind it on its line.
    pub(super) after: Option<Remark<'t>>,
}

/// The sorts of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `[a, b]`
    List,
    /// `[for x in xs : y]`
    Comprehension,
    /// `{ a = 1 }`
    Object,
    /// `f(a, b)`, also of a type
    Call,
    /// `(a)`
    Paren,
    /// `a[0]`
    Index,
}

impl Bracket {
    pub(super) fn open(self) -> &'static str {
        match self {
            Self::List | Self::Comprehension | Self::Index => "[",
            Self::Object => "{",
            Self::Call | Self::Paren => "(",
        }
    }

    pub(super) fn close(self) -> &'static str {
        match self {
            Self::List | Self::Comprehension | Self::Index => "]",
            Self::Object => "}",
            Self::Call | Self::Paren => ")",
        }
    }

    /// Returns whether commas stand between its items.
    pub(super) fn has_commas(self) -> bool {
        match self {
            Self::List | Self::Object | Self::Call => true,
            Self::Comprehension | Self::Paren | Self::Index => false,
        }
    }

    /// Returns how many blanks stand inside of each bracket on one line.
    pub(super) fn padding(self) -> usize {
        usize::from(self == Self::Object)
    }
}

impl<'t> Sequence<'t> {
    pub(super) fn new(nodes: Vec<Node<'t>>) -> Self {
        let mut width = 0;
        let mut forced = None;
        for node in &nodes {
            width += usize::from(node.spaced);
            let part = match &node.part {
                Part::Group(group) => group.forced,
                Part::Lines(lines) => Some(lines.first.width()),
                Part::Remark(_) => Some(0),
                Part::Word(_) | Part::Assign => None,
            };
            forced = forced.or(part.map(|part| width + part));
            width += node.part.width();
        }
        let level = nodes.iter().skip(1).filter_map(|node| node.level).min();
        Self { nodes, width, forced, level }
    }

    /// Returns whether it is one bracket, text or script: what encloses that need not break a line as well.
    pub(super) fn is_one_block(&self) -> bool {
        matches!(self.nodes.as_slice(), [Node { part: Part::Group(_) | Part::Lines(_), .. }])
    }

    /// Returns whether it takes one line, and one that is not too wide.
    pub(super) fn fits(&self, column: usize) -> bool {
        self.forced.is_none() && column + self.width <= WIDTH
    }

    /// Prints it on one line.
    pub(super) fn write(&self, out: &mut String) {
        for node in &self.nodes {
            if node.spaced {
                out.push(' ');
            }
            match &node.part {
                Part::Word(word) => out.push_str(word),
                Part::Assign => out.push('='),
                Part::Group(group) => group.write(out),
                // Who asks for one line has seen that there is none of these.
                Part::Lines(_) | Part::Remark(_) => {}
            }
        }
    }
}

impl Part<'_> {
    fn width(&self) -> usize {
        match self {
            Self::Word(word) => word.width(),
            Self::Assign => 1,
            Self::Lines(lines) => lines.first.width(),
            Self::Group(group) => group.width,
            Self::Remark(_) => 0,
        }
    }
}

impl<'t> Group<'t> {
    pub(super) fn new(bracket: Bracket, items: Vec<Item<'t>>, end: usize) -> Self {
        let edge = 1 + bracket.padding();
        let mut width = edge;
        let mut forced = None;
        for (number, item) in items.iter().enumerate() {
            width += if number > 0 { 2 } else { 0 };
            forced = forced.or(item.value.forced.map(|part| width + part));
            width += item.value.width;
        }
        width += edge;
        Self { bracket, items, remark: None, tail: Vec::new(), breaks: false, width, forced, end }
    }

    /// Returns the only item, if it is one block.
    pub(super) fn hugs(&self) -> bool {
        matches!(self.items.as_slice(), [item] if item.value.is_one_block())
    }

    fn write(&self, out: &mut String) {
        let padding = if self.bracket.padding() > 0 { " " } else { "" };
        out.push_str(self.bracket.open());
        out.push_str(padding);
        for (number, item) in self.items.iter().enumerate() {
            if number > 0 {
                out.push_str(", ");
            }
            item.value.write(out);
        }
        out.push_str(padding);
        out.push_str(self.bracket.close());
    }
}

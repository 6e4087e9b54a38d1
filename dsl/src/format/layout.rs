//! Puts nodes onto lines, and decides which brackets are broken.
//!
//! A bracket is broken if the author broke the line behind it, or if its line would be too wide; then each item has a
//! line, or the items that shared one in the source still do. Of several brackets in a row the first that does not
//! fit is broken. Operators are broken before brackets, and only in what has a line of its own.

use super::{
    STEP, WIDTH,
    node::{Bracket, Group, Item, Lines, Margin, Node, Part, Sequence},
    page::Page,
    role::Level,
};
use unicode_width::UnicodeWidthStr as _;

/// Prints what starts a line. `tail` is how wide what follows on its last line is.
pub(super) fn on_own_line<'t>(page: &mut Page<'t>, sequence: &Sequence<'t>, tail: usize) {
    let fits = page.column() + sequence.width + tail <= WIDTH;
    print(page, sequence, tail, if fits { None } else { sequence.level });
}

/// Prints a sequence; the line is broken before each node of `level`.
fn print<'t>(page: &mut Page<'t>, sequence: &Sequence<'t>, tail: usize, level: Option<Level>) {
    let indent = page.indent();
    let heads = heads(sequence, tail, level);
    for (number, (node, head)) in sequence.nodes.iter().zip(heads.into_iter().skip(1)).enumerate() {
        if number > 0 && node.level.is_some() && node.level == level {
            page.start(indent + STEP);
        }
        match &node.part {
            Part::Word(word) => page.word(node.spaced, word, Some(node.at)),
            Part::Assign => {
                page.note_assign();
                page.word(node.spaced, "=", Some(node.at));
            }
            Part::Lines(text) => lines(page, text, node),
            Part::Group(it) => group(page, it, node, head),
            Part::Remark(remark) => {
                page.remark(remark, indent + STEP);
                page.start(indent + STEP);
            }
        }
    }
}

fn lines(page: &mut Page<'_>, lines: &Lines, node: &Node<'_>) {
    page.word(node.spaced, &lines.first, Some(node.at));
    let base = page.indent();
    for (margin, text) in &lines.rest {
        let indent = match margin {
            Margin::Same => base,
            Margin::Inner => base + STEP,
            Margin::None => 0,
        };
        page.text_line(indent, base, text.clone());
    }
    if lines.sealed {
        page.seal();
    }
}

/// Prints brackets. `tail` is how wide what follows is, up to where the line may be broken again.
fn group<'t>(page: &mut Page<'t>, group: &Group<'t>, node: &Node<'t>, tail: usize) {
    page.ready(node.spaced);
    let column = page.column();
    let fits = group.forced.is_none() && column + group.width + tail <= WIDTH;
    // The line is broken further inside, where the author wants it or the only item needs it.
    let breaks_inside = group.hugs() || group.forced.is_some_and(|head| column + head <= WIDTH);
    page.word(false, group.bracket.open(), Some(node.at));
    if group.breaks || !(fits || breaks_inside || group.bracket == Bracket::Index) {
        broken(page, group);
    } else {
        in_line(page, group, tail);
    }
    page.word(false, group.bracket.close(), Some(group.end));
}

fn in_line<'t>(page: &mut Page<'t>, group: &Group<'t>, tail: usize) {
    let padding = group.bracket.padding();
    let mut follows = Vec::new();
    let mut follow = padding + 1 + tail;
    for item in group.items.iter().rev() {
        follows.push(follow);
        follow = 2 + heads(&item.value, follow, None).first().copied().unwrap_or_default();
    }
    for (number, (item, follow)) in group.items.iter().zip(follows.into_iter().rev()).enumerate() {
        if number > 0 {
            page.word(false, ",", None);
        }
        page.ready(number > 0 || padding > 0);
        print(page, &item.value, follow, None);
    }
    page.ready(padding > 0);
}

fn broken<'t>(page: &mut Page<'t>, group: &Group<'t>) {
    let base = page.indent();
    let inner = base + STEP;
    if let Some(remark) = &group.remark {
        page.remark(remark, inner);
    }
    let comma = usize::from(group.bracket.has_commas());
    // Who wrote all on one line has put nothing together.
    let keeps_lines = group.breaks || group.items.iter().skip(1).any(|item| item.breaks);
    let mut first = true;
    let mut before_on_one_line = false;
    for item in &group.items {
        let joins =
            keeps_lines && before_on_one_line && joins(item) && item.value.fits(page.column() + 1 + comma);
        if joins {
            page.ready(true);
        } else {
            open_line(page, item, inner, first);
        }
        let line = page.spot().line;
        on_own_line(page, &item.value, comma);
        if comma > 0 {
            page.word(false, ",", None);
        }
        before_on_one_line = page.spot().line == line && item.after.is_none();
        if let Some(remark) = &item.after {
            page.remark(remark, inner);
        }
        first = false;
    }
    for remark in &group.tail {
        if remark.blank_before && !first {
            page.blank();
        }
        page.remark(remark, inner);
        first = false;
    }
    page.start(base);
}

/// Returns whether the author put an item on the line of the one before it.
fn joins(item: &Item<'_>) -> bool {
    !item.breaks && item.before.is_empty()
}

/// Starts the line of an item, below its comments.
fn open_line<'t>(page: &mut Page<'t>, item: &Item<'t>, indent: usize, mut first: bool) {
    for remark in &item.before {
        if remark.blank_before && !first {
            page.blank();
        }
        page.remark(remark, indent);
        first = false;
    }
    if item.blank && !first {
        page.blank();
    }
    page.start(indent);
}

/// Returns for each node how wide what follows it is, up to where the line may be broken; and for all of them. The
/// first entry is that of the whole sequence.
fn heads(sequence: &Sequence<'_>, tail: usize, level: Option<Level>) -> Vec<usize> {
    let mut heads = Vec::with_capacity(sequence.nodes.len() + 1);
    let mut head = tail;
    for node in sequence.nodes.iter().rev() {
        heads.push(head);
        let spaced = usize::from(node.spaced);
        head = match &node.part {
            _ if node.level.is_some() && node.level == level => 0,
            Part::Word(word) => spaced + word.width() + head,
            Part::Assign => spaced + 1 + head,
            Part::Lines(lines) => spaced + lines.first.width(),
            Part::Group(group) if group.bracket == Bracket::Index => group.width + head,
            Part::Group(_) => spaced + 1,
            Part::Remark(_) => 0,
        };
    }
    heads.push(head);
    heads.reverse();
    heads
}

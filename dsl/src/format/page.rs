//! The lines that are being printed, and the columns their comments end up in.

use super::source::Remark;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// How many blanks stand before a comment behind code, at the least.
const GAP: usize = 3;

/// What is printed so far. Words go to the last line.
#[derive(Default)]
pub(super) struct Page<'t> {
    lines: Vec<Line<'t>>,
    assign: Option<Spot>,
}

/// A place on a line of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) line: usize,
    /// How many bytes of code stand before it.
    pub(super) byte: usize,
    /// How many columns these take.
    pub(super) width: usize,
}

#[derive(Default)]
struct Line<'t> {
    /// How far it is indented.
    indent: usize,
    /// How far the statement or item on it is indented.
    base: usize,
    code: String,
    width: usize,
    /// The byte of the source its code starts at, if it is known.
    start: Option<usize>,
    /// The comment behind the code.
    remark: Option<Remark<'t>>,
    state: State,
}

/// What may be put on a line.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// Nothing any more.
    Sealed,
}

impl<'t> Page<'t> {
    /// Starts a line, unless the last one is still empty.
    pub(super) fn start(&mut self, indent: usize) {
        if !self.is_fresh() {
            self.lines.push(Line::default());
        }
        if let Some(line) = self.lines.last_mut() {
            line.indent = indent;
            line.base = indent;
        }
    }

    /// Starts a line of a text that belongs to a statement or item indented by `base`.
    pub(super) fn text_line(&mut self, indent: usize, base: usize, text: String) {
        self.lines.push(Line { indent, base, width: text.width(), code: text, ..Line::default() });
    }

    /// Leaves one line empty before what comes next.
    pub(super) fn blank(&mut self) {
        let line = Line { state: State::Sealed, ..Line::default() };
        if self.lines.last().is_some_and(|last| !last.code.is_empty()) {
            self.lines.push(line);
        }
    }

    /// Makes sure that a word can be put on the last line, with a blank before it or none.
    pub(super) fn ready(&mut self, spaced: bool) {
        match self.lines.last_mut() {
            Some(line) if line.state == State::Open => {
                if spaced && !line.code.is_empty() {
                    line.code.push(' ');
                    line.width += 1;
                }
            }
            _ => self.start(self.indent()),
        }
    }

    /// Puts a word on the last line. `at` is the byte of the source it starts at.
    pub(super) fn word(&mut self, spaced: bool, word: &str, at: Option<usize>) {
        self.ready(spaced);
        if let Some(line) = self.lines.last_mut() {
            if line.code.is_empty() {
                line.start = at;
            }
            line.code.push_str(word);
            line.width += word.width();
        }
    }

    /// Puts a comment behind the code of the last line, or on a line of its own.
    pub(super) fn remark(&mut self, remark: &Remark<'t>, indent: usize) {
        if let Some(line) = self.lines.last_mut()
            && line.state == State::Open
            && !line.code.is_empty()
            && !remark.own_line
        {
            line.remark = Some(remark.clone());
            line.state = State::Sealed;
            return;
        }
        self.start(indent);
        self.word(false, remark.text, None);
        self.seal();
    }

    /// Lets nothing more onto the last line.
    pub(super) fn seal(&mut self) {
        if let Some(line) = self.lines.last_mut() {
            line.state = State::Sealed;
        }
    }

    /// Returns how far the statement or item at hand is indented.
    pub(super) fn indent(&self) -> usize {
        self.lines.last().map_or(0, |line| line.base)
    }

    /// Returns the column at which the next word would start.
    pub(super) fn column(&self) -> usize {
        self.lines.last().map_or(0, |line| line.indent + line.width)
    }

    /// Returns the end of the last line.
    pub(super) fn spot(&self) -> Spot {
        let (byte, width) = self.lines.last().map_or((0, 0), |line| (line.code.len(), line.width));
        Spot { line: self.lines.len().saturating_sub(1), byte, width }
    }

    /// Returns whether the last line is empty, but to be filled.
    fn is_fresh(&self) -> bool {
        self.lines.last().is_some_and(|line| line.state == State::Open && line.code.is_empty())
    }

    /// Remembers where the first `=` of a statement stands.
    pub(super) fn note_assign(&mut self) {
        let spot = self.spot();
        self.assign.get_or_insert(spot);
    }

    /// Returns the place that was remembered, and forgets it.
    pub(super) fn take_assign(&mut self) -> Option<Spot> {
        self.assign.take()
    }

    /// Adds blanks at a place.
    pub(super) fn pad(&mut self, spot: Spot, count: usize) {
        if let Some(line) = self.lines.get_mut(spot.line)
            && line.code.is_char_boundary(spot.byte)
        {
            line.code.insert_str(spot.byte, &" ".repeat(count));
        }
    }

    /// Returns the text of the page.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        for lines in self.lines.split_inclusive(|line| line.code.is_empty()) {
            let columns = columns(lines);
            for line in lines {
                if !line.code.is_empty() {
                    out.extend(std::iter::repeat_n(' ', line.indent));
                    out.push_str(&line.code);
                }
                if let Some(remark) = &line.remark {
                    let end = line.end();
                    let wanted = line.wanted(remark).and_then(|wanted| columns.get(&wanted));
                    let column = wanted.copied().unwrap_or(end + GAP);
                    out.extend(std::iter::repeat_n(' ', column - end));
                    out.push_str(remark.text);
                }
                out.push('\n');
            }
        }
        out
    }
}

impl Line<'_> {
    /// Returns the column behind its code.
    fn end(&self) -> usize {
        self.indent + self.code.width()
    }

    /// Returns the column the author gave a comment, if its line still begins with the same code.
    fn wanted(&self, remark: &Remark<'_>) -> Option<usize> {
        (self.start == Some(remark.code_start)).then_some(self.indent + remark.distance)
    }
}

/// Finds the column of each group of comments: those that the author put in one column, between two empty lines. A
/// group stays where it is, or goes to the right as far as the longest of its lines needs.
fn columns(lines: &[Line<'_>]) -> BTreeMap<usize, usize> {
    let mut columns = BTreeMap::new();
    for line in lines {
        if let Some(wanted) = line.remark.as_ref().and_then(|remark| line.wanted(remark)) {
            let column = columns.entry(wanted).or_insert(wanted);
            *column = (line.end() + GAP).max(*column);
        }
    }
    columns
}

//! A sheet of characters on which boxes and lines are put. Where a line passes over another, the one that goes down
//! is drawn whole and the other has a gap; where lines meet, they join: `─│─` crosses, `─┼─` joins.

use super::card::Card;
use crate::draw::{scene::Look, words};
use unicode_width::UnicodeWidthChar as _;

/// The sheet.
pub(super) struct Canvas {
    cells: Vec<Vec<Cell>>,
}

/// One column of one row. A box hides what lines are under it.
#[derive(Clone, Default)]
struct Cell {
    /// A character of a box, with what is written over it; empty behind a wide one.
    glyph: Option<String>,
    down: Option<Stroke>,
    across: Option<Stroke>,
}

/// A piece of a line.
#[derive(Clone, Copy)]
struct Stroke {
    line: usize,
    look: Look,
    /// Whether it goes on to the cell above, or to the left.
    back: bool,
    /// Whether it goes on to the cell below, or to the right.
    on: bool,
}

/// A line, and how it looks.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    /// Pieces with the same number join where they meet.
    pub(super) line: usize,
    /// How it looks.
    pub(super) look: Look,
}

impl Canvas {
    /// Makes an empty sheet.
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { cells: vec![vec![Cell::default(); width]; height] }
    }

    /// Draws a box.
    pub(super) fn card(&mut self, card: &Card, left: usize, top: usize, width: usize) {
        let border = &card.border;
        let [upper_left, upper_right, lower_left, lower_right] = border.corners;
        let flat: String = std::iter::repeat_n(border.flat, width.saturating_sub(2)).collect();
        self.write(left, top, &format!("{upper_left}{flat}{upper_right}"));
        for (number, line) in card.lines.iter().enumerate() {
            let pad = " ".repeat(width.saturating_sub(4 + words::width(line)));
            self.write(left, top + 1 + number, &format!("{0} {line}{pad} {0}", border.upright));
        }
        self.write(left, top + 1 + card.lines.len(), &format!("{lower_left}{flat}{lower_right}"));
    }

    /// Writes text over whatever is there.
    pub(super) fn write(&mut self, left: usize, top: usize, text: &str) {
        let Some(row) = self.cells.get_mut(top) else { return };
        let mut column = left;
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if wide == 0 {
                if let Some(glyph) =
                    column.checked_sub(1).and_then(|at| row.get_mut(at)).and_then(|cell| cell.glyph.as_mut())
                {
                    glyph.push(c);
                }
                continue;
            }
            for (number, cell) in row.iter_mut().skip(column).take(wide).enumerate() {
                cell.glyph = Some(if number == 0 { c.to_string() } else { String::new() });
            }
            column += wide;
        }
    }

    /// Draws down a column, both rows included. `from_above` and `to_below` say whether the line goes on there.
    pub(super) fn down(
        &mut self,
        pen: Pen,
        column: usize,
        rows: (usize, usize),
        from_above: bool,
        to_below: bool,
    ) {
        for row in rows.0..=rows.1 {
            let (back, on) = (row > rows.0 || from_above, row < rows.1 || to_below);
            if let Some(cell) = self.cells.get_mut(row).and_then(|cells| cells.get_mut(column)) {
                cell.down = Some(Stroke::join(cell.down, pen, back, on));
            }
        }
    }

    /// Draws along a row, both columns included.
    pub(super) fn across(&mut self, pen: Pen, row: usize, columns: (usize, usize)) {
        let Some(cells) = self.cells.get_mut(row) else { return };
        for column in columns.0..=columns.1 {
            if let Some(cell) = cells.get_mut(column) {
                cell.across = Some(Stroke::join(cell.across, pen, column > columns.0, column < columns.1));
            }
        }
    }

    /// Returns the rows as text, without spaces at their ends.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |row: &Vec<Cell>| {
            let text: String = row.iter().map(Cell::text).collect();
            text.trim_end().to_owned()
        };
        self.cells.iter().map(line).collect()
    }
}

impl Stroke {
    fn join(old: Option<Self>, pen: Pen, back: bool, on: bool) -> Self {
        let old = old.filter(|old| old.line == pen.line);
        let old = old.unwrap_or(Self { line: pen.line, look: pen.look, back: false, on: false });
        Self { back: old.back || back, on: old.on || on, ..old }
    }
}

impl Cell {
    fn text(&self) -> String {
        if let Some(glyph) = &self.glyph {
            return glyph.clone();
        }
        let ways = match (self.down, self.across) {
            (None, None) => return " ".to_owned(),
            (Some(down), Some(across)) if down.line == across.line => {
                (down.look, down.back, down.on, across.back, across.on)
            }
            (Some(down), _) => (down.look, down.back, down.on, false, false),
            (None, Some(across)) => (across.look, false, false, across.back, across.on),
        };
        sign(ways).to_string()
    }
}

/// Returns the sign for a line that goes up, down, left and right, as told.
fn sign((look, up, down, left, right): (Look, bool, bool, bool, bool)) -> char {
    let signs = match look {
        Look::Needs => [
            '\u{2502}', '\u{2500}', '\u{256d}', '\u{256e}', '\u{2570}', '\u{256f}', '\u{251c}', '\u{2524}',
            '\u{252c}', '\u{2534}', '\u{253c}',
        ],
        Look::After => [
            '\u{2506}', '\u{2504}', '\u{256d}', '\u{256e}', '\u{2570}', '\u{256f}', '\u{251c}', '\u{2524}',
            '\u{252c}', '\u{2534}', '\u{253c}',
        ],
        Look::Cycle => [
            '\u{2551}', '\u{2550}', '\u{2554}', '\u{2557}', '\u{255a}', '\u{255d}', '\u{2560}', '\u{2563}',
            '\u{2566}', '\u{2569}', '\u{256c}',
        ],
    };
    let [upright, flat, down_right, down_left, up_right, up_left, not_left, not_right, not_up, not_down, all] =
        signs;
    match (up, down, left, right) {
        (_, _, false, false) => upright,
        (false, false, _, _) => flat,
        (false, true, false, true) => down_right,
        (false, true, true, false) => down_left,
        (true, false, false, true) => up_right,
        (true, false, true, false) => up_left,
        (true, true, false, true) => not_left,
        (true, true, true, false) => not_right,
        (false, true, true, true) => not_up,
        (true, false, true, true) => not_down,
        (true, true, true, true) => all,
    }
}

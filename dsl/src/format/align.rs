//! Puts the `=` of neighbouring lines into one column.
//!
//! Settings on adjacent lines are aligned. Declarations are if the author did so, as are settings with blocks of one
//! line between them. A value of several lines is the last of its group.

use super::page::{Page, Spot};

/// How many blanks a key gets at most; one that is shorter than another by more starts a group of its own.
const MAX_PADDING: usize = 8;

/// A statement of a body, for its neighbours.
pub(super) struct Row {
    pub(super) kind: Kind,
    /// Where blanks can be put in.
    pub(super) spot: Option<Spot>,
    /// Which column of the statement the author put it in.
    pub(super) written_at: Option<usize>,
    /// Whether it stands on the line behind the statement before it.
    pub(super) adjacent: bool,
    pub(super) on_one_line: bool,
}

/// What a statement is aligned by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A setting: by its `=`.
    Setting,
    /// A declaration with a value: by its `=`.
    Value,
    /// A declaration with nothing but a body, on one line: by its `{`.
    Body,
    /// A block on one line; it is not aligned, but settings around it may be.
    Block,
    /// Anything else.
    Other,
}

/// Aligns the statements of one body.
pub(super) fn align(page: &mut Page<'_>, rows: &[Row]) {
    let mut group = Group::default();
    for row in rows {
        match row.spot {
            Some(spot) => {
                if !group.takes(row, spot) {
                    group.print(page);
                    group = Group::default();
                }
                group.add(row, spot);
            }
            None if row.kind == Kind::Block && row.adjacent && group.kind == Some(Kind::Setting) => {
                group.bridged = true;
            }
            None => {
                group.print(page);
                group = Group::default();
            }
        }
    }
    group.print(page);
}

/// Rows that are aligned with each other.
#[derive(Default)]
struct Group {
    spots: Vec<Spot>,
    kind: Option<Kind>,
    narrowest: usize,
    widest: usize,
    written_at: Option<usize>,
    /// Whether the last row takes one line, so that another can follow.
    open: bool,
    /// Whether a block stands behind the last row.
    bridged: bool,
}

impl Group {
    fn takes(&self, row: &Row, spot: Spot) -> bool {
        let as_written = row.written_at.is_some() && row.written_at == self.written_at;
        let wanted = as_written || (row.kind == Kind::Setting && !self.bridged);
        let padding = self.widest.max(spot.width) - self.narrowest.min(spot.width);
        let fits = row.kind != Kind::Setting || padding <= MAX_PADDING;
        self.kind == Some(row.kind) && self.open && row.adjacent && wanted && fits
    }

    fn add(&mut self, row: &Row, spot: Spot) {
        self.narrowest = if self.spots.is_empty() { spot.width } else { self.narrowest.min(spot.width) };
        self.widest = self.widest.max(spot.width);
        self.spots.push(spot);
        self.kind = Some(row.kind);
        self.written_at = row.written_at;
        self.open = row.on_one_line;
        self.bridged = false;
    }

    fn print(&self, page: &mut Page<'_>) {
        for spot in &self.spots {
            page.pad(*spot, self.widest - spot.width);
        }
    }
}

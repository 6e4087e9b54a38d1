//! Where things stand: rows from top to bottom, an order in each row that keeps lines from crossing, and columns that
//! keep lines straight (the method of Sugiyama). Text and SVG share it; each brings its own sizes and draws the lines.
//!
//! It is deterministic, recurses nowhere, and spends about the same time on each node: long lines of a very large
//! graph are not routed around other nodes once a budget is spent ([`Chain::direct`]).

mod order;
mod place;
mod rank;
mod table;

pub(super) use rank::ranks;
use std::collections::BTreeMap;
use table::Table;

/// What is to be laid out. All widths include the space to be kept on both sides.
pub(super) struct Request<'a> {
    /// The width of each item.
    pub(super) items: &'a [i64],
    /// The lines between items.
    pub(super) lines: &'a [Line],
    /// The width of a place where a line passes a row.
    pub(super) bend: i64,
}

/// A line between two items.
pub(super) struct Line {
    /// The item it comes from.
    pub(super) from: usize,
    /// The item it goes to; never the one it comes from.
    pub(super) to: usize,
    /// Lines of one class that leave one item may share their way.
    pub(super) class: u8,
    /// The width of its label, 0 for none.
    pub(super) label: i64,
}

/// Where things stand.
pub(super) struct Layout {
    /// Everything that has a place; an item's spot has the item's number.
    pub(super) spots: Vec<Spot>,
    /// The spots of each row, from left to right. A row holds items and bends, or labels and bends.
    pub(super) rows: Vec<Vec<usize>>,
    /// The way of each line, by the line's number.
    pub(super) chains: Vec<Chain>,
    /// How wide all of it is.
    pub(super) width: i64,
}

/// Something that has a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// What stands there.
    pub(super) what: What,
    /// Its row.
    pub(super) row: usize,
    /// Its middle.
    pub(super) x: i64,
    /// How wide it is, with the space on both sides.
    pub(super) width: i64,
}

/// What stands in a spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An item.
    Item,
    /// The label of a line.
    Label,
    /// A line that passes.
    Bend,
}

/// The way of a line.
pub(super) struct Chain {
    /// Its spots from top to bottom, each one row below the one before.
    pub(super) spots: Vec<usize>,
    /// Whether the line goes up: it comes from the last spot.
    pub(super) upward: bool,
    /// Whether it has only its two ends, with rows between that it does not avoid.
    pub(super) direct: bool,
}

impl Layout {
    /// Lays out items and lines.
    pub(super) fn of(request: &Request<'_>) -> Self {
        let mut layout = build(request);
        let (above, below) = layout.neighbours();
        order::order(&mut layout.rows, &above, &below, request.items.len());
        let widths = Table(layout.spots.iter().map(|spot| spot.width).collect());
        let inner = Table(layout.spots.iter().map(|spot| spot.what != What::Item).collect());
        let columns = place::place(&layout.rows, &above, &below, &widths, &inner);
        let left = |(spot, x): (&Spot, i64)| x - spot.width / 2;
        let start = layout.spots.iter().zip(columns.iter()).map(left).min().unwrap_or_default();
        for (spot, x) in layout.spots.iter_mut().zip(columns.iter()) {
            spot.x = x - start;
        }
        layout.width =
            layout.spots.iter().map(|spot| spot.x - spot.width / 2 + spot.width).max().unwrap_or_default();
        layout
    }

    /// Returns a spot by its number.
    pub(super) fn spot(&self, number: usize) -> Option<&Spot> {
        self.spots.get(number)
    }

    /// Returns the neighbours of each spot in the row above it and in the row below it.
    fn neighbours(&self) -> (Table<Vec<usize>>, Table<Vec<usize>>) {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for chain in self.chains.iter().filter(|chain| !chain.direct) {
            pairs.extend(chain.spots.iter().copied().zip(chain.spots.iter().copied().skip(1)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let (mut above, mut below) = (Table::new(self.spots.len()), Table::new(self.spots.len()));
        for (upper, lower) in pairs {
            below.push(upper, lower);
            above.push(lower, upper);
        }
        (above, below)
    }
}

/// Gives each item its row and each line its spots, without an order yet.
fn build(request: &Request<'_>) -> Layout {
    let ends: Vec<(usize, usize)> = request.lines.iter().map(|line| (line.from, line.to)).collect();
    let (ranks, upward) = ranks(request.items.len(), &ends);
    let ranks = Table(ranks);
    let upper = |line: &Line, up: bool| if up { (line.to, line.from) } else { (line.from, line.to) };

    // A rank whose items have labels above them has a row for these labels first.
    let height = ranks.iter().max().map_or(0, |last| last + 1);
    let mut labelled = Table::<bool>::new(height);
    for (line, &up) in request.lines.iter().zip(&upward) {
        if line.label > 0 {
            labelled.put(ranks.at(upper(line, up).1), true);
        }
    }
    let mut row_of = Table::<usize>::new(height);
    let mut rows = 0;
    for rank in 0..height {
        rows += usize::from(labelled.at(rank));
        row_of.put(rank, rows);
        rows += 1;
    }
    let row = |item: usize| row_of.at(ranks.at(item));

    let spot = |what, row, width| Spot { what, row, x: 0, width };
    let mut spots: Vec<Spot> =
        request.items.iter().enumerate().map(|(item, &width)| spot(What::Item, row(item), width)).collect();
    let mut chains: Vec<Chain> =
        upward.iter().map(|&upward| Chain { spots: Vec::new(), upward, direct: false }).collect();

    // Short lines first: where the budget ends, it is the longest that go direct.
    let mut turns: Vec<(usize, usize)> = Vec::new();
    for (number, (line, &up)) in request.lines.iter().zip(&upward).enumerate() {
        let (top, bottom) = upper(line, up);
        turns.push((row(bottom).saturating_sub(row(top)), number));
    }
    turns.sort_unstable();
    let mut budget = 20_000 + 4 * (request.items.len() + request.lines.len());
    let mut shared = BTreeMap::new();
    for (span, number) in turns {
        let (Some(line), Some(chain)) = (request.lines.get(number), chains.get_mut(number)) else { continue };
        let (top, bottom) = upper(line, chain.upward);
        chain.spots.push(top);
        if span > 2 && span > budget {
            chain.direct = true;
        } else {
            budget = budget.saturating_sub(span);
            for passed in row(top) + 1..row(bottom) {
                if line.label > 0 && passed + 1 == row(bottom) {
                    chain.spots.push(spots.len());
                    spots.push(spot(What::Label, passed, line.label));
                    continue;
                }
                let bend = *shared.entry((top, line.class, chain.upward, passed)).or_insert(spots.len());
                if bend == spots.len() {
                    spots.push(spot(What::Bend, passed, request.bend));
                }
                chain.spots.push(bend);
            }
        }
        chain.spots.push(bottom);
    }
    let mut listed = vec![Vec::new(); rows];
    for (number, spot) in spots.iter().enumerate() {
        if let Some(list) = listed.get_mut(spot.row) {
            list.push(number);
        }
    }
    Layout { spots, rows: listed, chains, width: 0 }
}

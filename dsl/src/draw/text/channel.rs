//! The lines between two rows. Lines that leave from the same places for the same places are one net, drawn as one:
//! a stem below each upper end, a bar, and a drop above each lower end. So a picture never shows a way that is no link.

use crate::draw::scene::Look;
use std::collections::{BTreeMap, BTreeSet};

/// A line between two spots of neighbouring rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    /// The spot above.
    pub(super) upper: usize,
    /// The spot below.
    pub(super) lower: usize,
    /// How the line looks.
    pub(super) look: Look,
    /// Whether it leads up.
    pub(super) upward: bool,
}

/// Where lines may end at a spot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// The middle, which is the best place.
    pub(super) middle: i64,
    /// The first and the last place.
    pub(super) room: (i64, i64),
}

/// Lines drawn as one.
#[derive(Debug)]
pub(super) struct Net {
    /// How they look.
    pub(super) look: Look,
    /// Whether they lead up.
    pub(super) upward: bool,
    /// The spots above, each with a column.
    pub(super) tops: Vec<(usize, i64)>,
    /// The spots below, each with a column.
    pub(super) bottoms: Vec<(usize, i64)>,
    /// The row of the bar, counted from the top of the channel; a straight line has none.
    pub(super) track: Option<usize>,
}

impl Net {
    /// Returns the first and the last column of the bar.
    pub(super) fn span(&self) -> (i64, i64) {
        let columns = || self.tops.iter().chain(&self.bottoms).map(|&(_, column)| column);
        (columns().min().unwrap_or_default(), columns().max().unwrap_or_default())
    }

    fn is_straight(&self) -> bool {
        let (first, last) = self.span();
        first == last
    }

    /// Counts the ends that are within the bar.
    fn crossed(&self, ends: &[(usize, i64)]) -> usize {
        let (first, last) = self.span();
        ends.iter().filter(|&&(_, column)| first <= column && column <= last).count()
    }
}

/// Finds the nets of a channel, with a column for each end and a row for each bar. Fails where two lines would have
/// to pass through each other.
pub(super) fn nets(segments: &BTreeSet<Segment>, side: &dyn Fn(usize) -> Side) -> Option<Vec<Net>> {
    for avoid in [false, true] {
        let mut nets = gather(segments);
        leave(&mut nets, side);
        arrive(&mut nets, side, avoid);
        if stack(&mut nets) {
            return Some(nets);
        }
    }
    None
}

/// Puts upper ends with the same lower ends together.
fn gather(segments: &BTreeSet<Segment>) -> Vec<Net> {
    let mut lowers = BTreeMap::<(Look, bool, usize), Vec<usize>>::new();
    for segment in segments {
        lowers.entry((segment.look, segment.upward, segment.upper)).or_default().push(segment.lower);
    }
    let mut uppers = BTreeMap::<(Look, bool, Vec<usize>), Vec<usize>>::new();
    for ((look, upward, upper), lower) in lowers {
        uppers.entry((look, upward, lower)).or_default().push(upper);
    }
    let ends = |spots: Vec<usize>| spots.into_iter().map(|spot| (spot, 0)).collect();
    let net = |((look, upward, lower), upper)| Net {
        look,
        upward,
        tops: ends(upper),
        bottoms: ends(lower),
        track: None,
    };
    uppers.into_iter().map(net).collect()
}

/// Chooses the columns of the upper ends.
fn leave(nets: &mut [Net], side: &dyn Fn(usize) -> Side) {
    let mut by_spot = BTreeMap::<usize, Vec<(i64, usize, Option<i64>)>>::new();
    for (number, net) in nets.iter().enumerate() {
        let far = mean(net.bottoms.iter().map(|&(spot, _)| side(spot).middle));
        for &(spot, _) in &net.tops {
            let middle = side(spot).middle;
            let straight = net.bottoms.iter().any(|&(lower, _)| side(lower).middle == middle);
            by_spot.entry(spot).or_default().push((far, number, straight.then_some(middle)));
        }
    }
    for (spot, mut wishes) in by_spot {
        wishes.sort_unstable();
        let columns =
            spread(side(spot), &wishes.iter().map(|wish| wish.2).collect::<Vec<_>>(), &BTreeSet::new());
        for ((_, number, _), column) in wishes.into_iter().zip(columns) {
            let end = nets.get_mut(number).and_then(|net| net.tops.iter_mut().find(|end| end.0 == spot));
            if let Some(end) = end {
                end.1 = column;
            }
        }
    }
}

/// Chooses the columns of the lower ends. To `avoid` is to take no column in which another net begins.
fn arrive(nets: &mut [Net], side: &dyn Fn(usize) -> Side, avoid: bool) {
    let mut by_spot = BTreeMap::<usize, Vec<(i64, usize, Option<i64>)>>::new();
    for (number, net) in nets.iter().enumerate() {
        let far = mean(net.tops.iter().map(|&(_, column)| column));
        for &(spot, _) in &net.bottoms {
            let Side { middle, room } = side(spot);
            // Not next to a corner, where an arrow looks as if it missed the box.
            let inside = |column: i64| room.0 < column && column < room.1 || column == middle;
            let straight = match net.tops.as_slice() {
                [(_, column)] => Some(*column).filter(|&column| inside(column)),
                tops => Some(middle).filter(|&middle| tops.iter().any(|&(_, column)| column == middle)),
            };
            by_spot.entry(spot).or_default().push((far, number, straight));
        }
    }
    let begun: Vec<(usize, i64)> = nets
        .iter()
        .enumerate()
        .flat_map(|(number, net)| net.tops.iter().map(move |&(_, column)| (number, column)))
        .collect();
    for (spot, mut wishes) in by_spot {
        wishes.sort_unstable();
        let mine: BTreeSet<usize> = wishes.iter().map(|wish| wish.1).collect();
        let others = begun.iter().filter(|(number, _)| avoid && !(mine.len() == 1 && mine.contains(number)));
        let barred = others.map(|&(_, column)| column).collect();
        let columns = spread(side(spot), &wishes.iter().map(|wish| wish.2).collect::<Vec<_>>(), &barred);
        for ((_, number, _), column) in wishes.into_iter().zip(columns) {
            let end = nets.get_mut(number).and_then(|net| net.bottoms.iter_mut().find(|end| end.0 == spot));
            if let Some(end) = end {
                end.1 = column;
            }
        }
    }
}

/// Spreads ends over a side, from left to right and two columns apart: where they wish to be, or next to those that
/// have a wish, or around the middle.
fn spread(side: Side, wishes: &[Option<i64>], barred: &BTreeSet<i64>) -> Vec<i64> {
    let slot = |number: usize| i64::try_from(number).unwrap_or_default();
    let wished: Vec<(i64, i64)> = wishes
        .iter()
        .enumerate()
        .filter_map(|(number, wish)| wish.map(|column| (slot(number), column)))
        .collect();
    let last = slot(wishes.len()) - 1;
    let place = |number: i64| match wished.iter().min_by_key(|(other, _)| (other - number).abs()) {
        Some((other, column)) => column + 2 * (number - other),
        None => side.middle + 2 * number - last,
    };
    let mut columns: Vec<i64> = (0..=last).map(place).collect();
    let mut least = side.room.0;
    for column in &mut columns {
        *column = least.max(*column);
        while barred.contains(column) && *column < side.room.1 {
            *column += 1;
        }
        least = *column + 2;
    }
    let mut most = side.room.1;
    for column in columns.iter_mut().rev() {
        *column = most.min(*column);
        while barred.contains(column) && *column > side.room.0 {
            *column -= 1;
        }
        most = *column - 2;
    }
    columns
}

/// Gives each bar a row: below every bar whose stems come down where this one's drops begin, in the order that
/// crosses least, and beside others where there is room.
fn stack(nets: &mut [Net]) -> bool {
    let over = |upper: &Net, lower: &Net| {
        lower.bottoms.iter().any(|&(_, column)| upper.tops.iter().any(|&(_, other)| other == column))
    };
    let cost = |upper: &Net, lower: &Net| upper.crossed(&lower.tops) + lower.crossed(&upper.bottoms);
    let mut left: Vec<usize> = (0..nets.len()).collect();
    let mut done: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let get = |number: usize| nets.get(number);
        let free = left.iter().filter(|&&one| {
            !left
                .iter()
                .any(|&two| two != one && get(two).zip(get(one)).is_some_and(|(two, one)| over(two, one)))
        });
        let price = |one: usize| -> i64 {
            let others = left.iter().filter(|&&two| two != one).filter_map(|&two| get(one).zip(get(two)));
            others.map(|(one, two)| difference(cost(one, two), cost(two, one))).sum()
        };
        let Some(&next) = free.min_by_key(|&&one| (price(one), one)) else { return false };
        left.retain(|&one| one != next);
        let Some(net) = nets.get(next) else { return false };
        let track = if net.is_straight() {
            None
        } else {
            let (first, last) = net.span();
            let meets = |other: &Net| {
                let (from, to) = other.span();
                from <= last + 1 && first <= to + 1
            };
            let above = done.iter().filter_map(|&other| nets.get(other)).filter(|other| meets(other));
            Some(above.filter_map(|other| other.track).max().map_or(0, |track| track + 1))
        };
        if let Some(net) = nets.get_mut(next) {
            net.track = track;
        }
        done.push(next);
    }
    true
}

fn difference(a: usize, b: usize) -> i64 {
    i64::try_from(a).unwrap_or(i64::MAX) - i64::try_from(b).unwrap_or(i64::MAX)
}

fn mean(columns: impl Iterator<Item = i64>) -> i64 {
    let (sum, count) = columns.fold((0, 0), |(sum, count), column| (sum + column, count + 1));
    if count == 0 { 0 } else { sum / count }
}

//! The order in each row. Each row in turn is sorted by the middle of its neighbours in the row before, down and up
//! again, and the order with the fewest crossings is kept. Parts of the graph that are not linked never mix.

use super::table::Table;

/// How much work the sweeps may do in all, in lines looked at.
const WORK: usize = 800_000;
/// How many sweeps there are at most.
const SWEEPS: usize = 24;
/// Up to how many lines neighbours are also swapped one by one.
const SWAPS: usize = 1500;

type Rows = Vec<Vec<usize>>;

/// Orders the rows. Spots below `items` are items, in the order of declaration.
pub(super) fn order(rows: &mut Rows, above: &Table<Vec<usize>>, below: &Table<Vec<usize>>, items: usize) {
    let spots = above.0.len();
    let lines: usize = above.0.iter().map(Vec::len).sum();
    let part = parts(spots, above, below);
    start(rows, below, &part, items);
    let mut best = (crossings(rows, above), rows.clone());
    let most = (WORK / (spots + lines + 1)).clamp(2, SWEEPS);
    let mut stale = 0;
    for sweep in 0..most {
        if best.0 == 0 || stale == 6 {
            break;
        }
        let down = sweep % 2 == 0;
        sort(rows, if down { above } else { below }, &part, down);
        if lines <= SWAPS {
            swap(rows, above, below, &part);
        }
        let found = crossings(rows, above);
        stale += 1;
        if found < best.0 {
            best = (found, rows.clone());
            stale = 0;
        }
    }
    *rows = best.1;
}

/// Numbers the parts of the graph that are not linked with each other.
fn parts(spots: usize, above: &Table<Vec<usize>>, below: &Table<Vec<usize>>) -> Table<usize> {
    let mut part = Table::<usize>::new(spots);
    let mut number = 0;
    for root in 0..spots {
        if part.at(root) != 0 {
            continue;
        }
        number += 1;
        part.put(root, number);
        let mut open = vec![root];
        while let Some(spot) = open.pop() {
            for &next in above.of(spot).iter().chain(below.of(spot)) {
                if part.at(next) == 0 {
                    part.put(next, number);
                    open.push(next);
                }
            }
        }
    }
    part
}

/// Makes a first order: what a search from the top meets first stands to the left.
fn start(rows: &mut Rows, below: &Table<Vec<usize>>, part: &Table<usize>, items: usize) {
    let spots = below.0.len();
    let mut met = Table::<usize>::new(spots);
    let mut clock = 0;
    let mut tops: Vec<usize> = rows.iter().flatten().copied().filter(|&spot| spot < items).collect();
    tops.sort_by_key(|&spot| part.at(spot));
    for root in tops {
        let mut open = vec![root];
        while let Some(spot) = open.pop() {
            if met.at(spot) == 0 {
                clock += 1;
                met.put(spot, clock);
                open.extend(below.of(spot).iter().rev());
            }
        }
    }
    for row in rows {
        row.sort_by_key(|&spot| (part.at(spot), met.at(spot)));
    }
}

/// Returns the place of each spot in its row.
fn places(rows: &Rows, spots: usize) -> Table<usize> {
    let mut places = Table::new(spots);
    for row in rows {
        for (place, &spot) in row.iter().enumerate() {
            places.put(spot, place);
        }
    }
    places
}

/// Sorts each row by its neighbours in the row before it. What has no neighbour there keeps its place.
fn sort(rows: &mut Rows, near: &Table<Vec<usize>>, part: &Table<usize>, down: bool) {
    let mut places = places(rows, near.0.len());
    let mut turn = |row: &mut Vec<usize>| {
        let mut out = Vec::with_capacity(row.len());
        for run in row.chunk_by(|&a, &b| part.at(a) == part.at(b)) {
            let mut moving: Vec<(usize, usize, usize)> = Vec::new();
            for &spot in run.iter().filter(|&&spot| !near.of(spot).is_empty()) {
                let sum = near.of(spot).iter().map(|&other| places.at(other)).sum();
                moving.push((sum, near.of(spot).len(), spot));
            }
            // The middle is a fraction; two are compared without dividing.
            moving.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
            let mut moving = moving.into_iter();
            for &spot in run {
                let next = if near.of(spot).is_empty() { None } else { moving.next() };
                out.push(next.map_or(spot, |(_, _, moved)| moved));
            }
        }
        for (place, &spot) in out.iter().enumerate() {
            places.put(spot, place);
        }
        *row = out;
    };
    if down { rows.iter_mut().for_each(&mut turn) } else { rows.iter_mut().rev().for_each(&mut turn) }
}

/// Swaps neighbours in a row as long as it spares crossings.
fn swap(rows: &mut Rows, above: &Table<Vec<usize>>, below: &Table<Vec<usize>>, part: &Table<usize>) {
    let mut places = places(rows, above.0.len());
    for _ in 0..8 {
        let mut better = false;
        for row in rows.iter_mut() {
            for left in 0..row.len().saturating_sub(1) {
                let (Some(&a), Some(&b)) = (row.get(left), row.get(left + 1)) else { continue };
                if part.at(a) != part.at(b) {
                    continue;
                }
                let crossed = |a: usize, b: usize| {
                    pair(above.of(a), above.of(b), &places) + pair(below.of(a), below.of(b), &places)
                };
                if crossed(b, a) < crossed(a, b) {
                    row.swap(left, left + 1);
                    places.put(a, left + 1);
                    places.put(b, left);
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
}

/// Counts the crossings between the lines of a spot and those of the spot to its right.
fn pair(left: &[usize], right: &[usize], places: &Table<usize>) -> usize {
    let over = |a: usize| right.iter().filter(|&&b| places.at(b) < places.at(a)).count();
    left.iter().map(|&a| over(a)).sum()
}

/// Counts all crossings, row by row, with a tree of sums.
fn crossings(rows: &Rows, above: &Table<Vec<usize>>) -> usize {
    let places = places(rows, above.0.len());
    let mut total = 0;
    let mut before = 0;
    for row in rows {
        let mut sums = Table::<usize>::new(before + 1);
        let mut seen = 0;
        for &spot in row {
            let mut ends: Vec<usize> = above.of(spot).iter().map(|&other| places.at(other)).collect();
            ends.sort_unstable();
            for &end in &ends {
                let mut at = end + 1;
                let mut not_right = 0;
                while at > 0 {
                    not_right += sums.at(at);
                    at &= at - 1;
                }
                total += seen - not_right;
            }
            for end in ends {
                let mut at = end + 1;
                while at <= before {
                    sums.put(at, sums.at(at) + 1);
                    at += at & at.wrapping_neg();
                }
                seen += 1;
            }
        }
        before = row.len();
    }
    total
}

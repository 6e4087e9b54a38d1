//! The column of each spot, after Brandes and Köpf: spots are chained into straight blocks in four ways (from above
//! and from below, leaning left and leaning right), each way is packed, and each spot takes the middle of the four.

use super::table::Table;
use std::collections::BTreeSet;

type Rows = Vec<Vec<usize>>;

/// Returns the middle of each spot. Spots of one row keep their order and do not overlap.
pub(super) fn place(
    rows: &Rows,
    above: &Table<Vec<usize>>,
    below: &Table<Vec<usize>>,
    widths: &Table<i64>,
    inner: &Table<bool>,
) -> Table<i64> {
    let spots = widths.0.len();
    let barred = barred(rows, above, inner);
    let mut found: Vec<Table<i64>> = Vec::new();
    for upward in [false, true] {
        for mirrored in [false, true] {
            let mut turned = rows.clone();
            if upward {
                turned.reverse();
            }
            if mirrored {
                turned.iter_mut().for_each(|row| row.reverse());
            }
            let near = if upward { below } else { above };
            let mut columns = pack(&turned, &align(&turned, near, &barred), widths);
            if mirrored {
                columns.0.iter_mut().for_each(|x| *x = -*x);
            }
            found.push(columns);
        }
    }
    settle(&mut found, widths);
    let middle = |spot| {
        let mut four: Vec<i64> = found.iter().map(|columns| columns.at(spot)).collect();
        four.sort_unstable();
        let inner: i64 = four.iter().skip(1).take(2).sum();
        inner.div_euclid(2)
    };
    let mut columns = Table((0..spots).map(middle).collect());
    for _ in 0..2 {
        ease(rows, above, below, widths, inner, &mut columns);
    }
    columns
}

/// Takes bends out of lines: a place where a line only passes moves between its two neighbours, and right above or
/// below one of them if there is room in its row.
fn ease(
    rows: &Rows,
    above: &Table<Vec<usize>>,
    below: &Table<Vec<usize>>,
    widths: &Table<i64>,
    inner: &Table<bool>,
    columns: &mut Table<i64>,
) {
    for row in rows {
        for (place, &spot) in row.iter().enumerate() {
            let (&[upper], &[lower]) = (above.of(spot), below.of(spot)) else { continue };
            let (x, up, down) = (columns.at(spot), columns.at(upper), columns.at(lower));
            if !inner.at(spot) || x == up || x == down {
                continue;
            }
            let apart = |other: usize| (widths.at(spot) + widths.at(other)) / 2;
            let left = place.checked_sub(1).and_then(|place| row.get(place));
            let least = left.map_or(i64::MIN, |&other| columns.at(other) + apart(other));
            let most = row.get(place + 1).map_or(i64::MAX, |&other| columns.at(other) - apart(other));
            let fits = |x: &i64| least <= *x && *x <= most;
            let between = x.clamp(up.min(down), up.max(down));
            let best = [down, up].into_iter().find(fits);
            columns.put(spot, best.unwrap_or_else(|| between.min(most).max(least)));
        }
    }
}

/// Moves the four ways over each other: those that lean left share the left edge of the narrowest, the others the
/// right one.
fn settle(found: &mut [Table<i64>], widths: &Table<i64>) {
    let edges = |columns: &Table<i64>| {
        let left = columns.iter().zip(widths.iter()).map(|(x, width)| x - width / 2).min();
        let right = columns.iter().zip(widths.iter()).map(|(x, width)| x + width / 2).max();
        (left.unwrap_or_default(), right.unwrap_or_default())
    };
    let spans: Vec<(i64, i64)> = found.iter().map(edges).collect();
    let Some(&(left, right)) = spans.iter().min_by_key(|(left, right)| right - left) else { return };
    for (number, (columns, span)) in found.iter_mut().zip(&spans).enumerate() {
        let shift = if number % 2 == 0 { left - span.0 } else { right - span.1 };
        columns.0.iter_mut().for_each(|x| *x += shift);
    }
}

/// Finds the lines that cross a long line where it passes between rows. They must not be straight: the long line is.
fn barred(rows: &Rows, above: &Table<Vec<usize>>, inner: &Table<bool>) -> BTreeSet<(usize, usize)> {
    let mut barred = BTreeSet::new();
    let mut before: &[usize] = &[];
    for row in rows {
        let mut places = std::collections::BTreeMap::new();
        for (place, &spot) in before.iter().enumerate() {
            places.insert(spot, place);
        }
        let place = |spot: usize| places.get(&spot).copied().unwrap_or_default();
        let long = |spot: usize| {
            let upper = above.of(spot).iter().copied().find(|&upper| inner.at(upper));
            upper.filter(|_| inner.at(spot)).map(place)
        };
        let mut from = 0;
        let mut done = 0;
        for (number, &spot) in row.iter().enumerate() {
            let end = long(spot);
            if end.is_none() && number + 1 != row.len() {
                continue;
            }
            let to = end.unwrap_or(before.len());
            for &spot in row.get(done..=number).unwrap_or_default() {
                for &upper in above.of(spot) {
                    let outside = place(upper) < from || place(upper) > to;
                    if outside && !(inner.at(spot) && inner.at(upper)) {
                        barred.insert((upper.min(spot), upper.max(spot)));
                    }
                }
            }
            done = number + 1;
            from = to;
        }
        before = row;
    }
    barred
}

/// Chains each spot to the middle one of its neighbours in the row before, where no chain crosses another. Returns
/// the first spot of each one's chain.
fn align(rows: &Rows, near: &Table<Vec<usize>>, barred: &BTreeSet<(usize, usize)>) -> Table<usize> {
    let spots = near.0.len();
    let mut places = Table::<usize>::new(spots);
    for row in rows {
        for (place, &spot) in row.iter().enumerate() {
            places.put(spot, place);
        }
    }
    let mut root = Table((0..spots).collect());
    for row in rows {
        let mut last = None;
        for &spot in row {
            let mut others = near.of(spot).to_vec();
            others.sort_unstable_by_key(|&other| places.at(other));
            let high = others.len() / 2;
            let low = others.len().saturating_sub(1) / 2;
            for &other in others.get(low..=high).or_else(|| others.get(low..)).unwrap_or_default() {
                let place = places.at(other);
                let free = last.is_none_or(|last| last < place);
                if free && !barred.contains(&(spot.min(other), spot.max(other))) {
                    root.put(spot, root.at(other));
                    last = Some(place);
                    break;
                }
            }
        }
    }
    root
}

/// Packs chains: each as far to the left as those before it allow, then as far to the right as those after it do.
fn pack(rows: &Rows, root: &Table<usize>, widths: &Table<i64>) -> Table<i64> {
    let spots = widths.0.len();
    let mut pairs: Vec<(usize, usize, i64)> = Vec::new();
    for row in rows {
        for (&left, &right) in row.iter().zip(row.iter().skip(1)) {
            pairs.push((root.at(left), root.at(right), (widths.at(left) + widths.at(right)) / 2));
        }
    }
    let (mut after, mut before) = (Table::<Vec<usize>>::new(spots), Table::<Vec<usize>>::new(spots));
    let mut waits = Table::<usize>::new(spots);
    for (number, &(left, right, _)) in pairs.iter().enumerate() {
        after.push(left, number);
        before.push(right, number);
        waits.put(right, waits.at(right) + 1);
    }
    let mut sorted: Vec<usize> =
        (0..spots).filter(|&spot| root.at(spot) == spot && waits.at(spot) == 0).collect();
    let mut columns = Table::<i64>::new(spots);
    let mut next = 0;
    while let Some(&block) = sorted.get(next) {
        next += 1;
        for &(_, right, apart) in after.of(block).iter().filter_map(|&pair| pairs.get(pair)) {
            columns.put(right, columns.at(right).max(columns.at(block) + apart));
            waits.put(right, waits.at(right) - 1);
            if waits.at(right) == 0 {
                sorted.push(right);
            }
        }
    }
    for &block in sorted.iter().rev() {
        let room = after.of(block).iter().filter_map(|&pair| pairs.get(pair));
        let limit = room.map(|&(_, right, apart)| columns.at(right) - apart).min();
        // A chain with nothing to its left is drawn to what is on its right; others would only drift from it.
        if let Some(limit) = limit.filter(|&limit| limit > columns.at(block)) {
            columns.put(block, limit);
        }
    }
    Table((0..spots).map(|spot| columns.at(root.at(spot))).collect())
}

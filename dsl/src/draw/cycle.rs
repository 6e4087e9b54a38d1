//! Which links lie on a cycle, and a way round each.

use super::{Drawing, words};
use std::collections::{BTreeMap, VecDeque};

/// How many ways round are told; a graph may have very many.
const TOLD: usize = 20;

/// The cycles of a drawing.
pub(super) struct Cycles {
    /// For each link, whether it lies on a cycle or is said to.
    pub(super) on: Vec<bool>,
    /// Ways round, each from a node back to itself, so that its first node is also its last.
    pub(super) ways: Vec<Vec<usize>>,
    /// How many nodes lie on cycles that no way of [`Cycles::ways`] goes through.
    pub(super) untold: usize,
}

impl Cycles {
    /// Finds the cycles.
    pub(super) fn of(drawing: &Drawing) -> Self {
        let count = drawing.nodes.len();
        let mut next = vec![Vec::new(); count];
        for link in drawing.links.iter().filter(|link| words::leads(drawing, link)) {
            if let Some(list) = next.get_mut(link.from) {
                list.push(link.to);
            }
        }
        let knot = knots(&next);
        let same = |a: usize, b: usize| knot.get(a).is_some_and(|mine| Some(mine) == knot.get(b));
        let on = drawing
            .links
            .iter()
            .map(|link| words::leads(drawing, link) && (link.cyclic || same(link.from, link.to)))
            .collect();
        let mut size = BTreeMap::<usize, usize>::new();
        for &number in &knot {
            *size.entry(number).or_default() += 1;
        }
        let mut covered = vec![false; count];
        let (mut ways, mut untold) = (Vec::new(), 0);
        for node in 0..count {
            let loops = next.get(node).is_some_and(|list| list.contains(&node));
            let knotted = knot.get(node).and_then(|number| size.get(number)).is_some_and(|&size| size > 1);
            if !(loops || knotted) || covered.get(node) == Some(&true) {
                continue;
            }
            if ways.len() == TOLD {
                untold += 1;
                continue;
            }
            let way = way_round(node, &next, &knot);
            for &passed in &way {
                if let Some(slot) = covered.get_mut(passed) {
                    *slot = true;
                }
            }
            ways.push(way);
        }
        Self { on, ways, untold }
    }

    /// Says the cycles, one in a line: `a -> b -> a` with real arrows.
    pub(super) fn lines(&self, drawing: &Drawing) -> Vec<String> {
        let names = |way: &Vec<usize>| way.iter().map(|&node| words::name(drawing, node)).collect::<Vec<_>>();
        let mut lines: Vec<String> =
            self.ways.iter().map(|way| format!("cycle: {}", names(way).join(" \u{2192} "))).collect();
        if self.untold > 0 {
            lines.push(format!("and {} more on cycles not told here", words::count(self.untold, "step")));
        }
        lines
    }
}

/// Finds a shortest way from a node back to itself, among the nodes of its knot.
fn way_round(start: usize, next: &[Vec<usize>], knot: &[usize]) -> Vec<usize> {
    let mut came = BTreeMap::<usize, usize>::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &to in next.get(node).into_iter().flatten() {
            if to == start {
                let mut way = vec![start, node];
                let mut at = node;
                while at != start
                    && let Some(&before) = came.get(&at)
                {
                    way.push(before);
                    at = before;
                }
                way.reverse();
                return way;
            }
            if knot.get(to) == knot.get(start) && !came.contains_key(&to) {
                came.insert(to, node);
                queue.push_back(to);
            }
        }
    }
    Vec::new()
}

/// Numbers the knots: two nodes have one number where each can be reached from the other. Tarjan's way, without
/// recursion, so that a long chain cannot exhaust the stack.
fn knots(next: &[Vec<usize>]) -> Vec<usize> {
    let count = next.len();
    let mut seen: Vec<Option<usize>> = vec![None; count];
    let mut low = vec![0usize; count];
    let mut knot: Vec<Option<usize>> = vec![None; count];
    let (mut clock, mut number) = (0, 0);
    let mut open = Vec::new();
    for root in 0..count {
        if seen.get(root).is_some_and(Option::is_some) {
            continue;
        }
        let mut calls = vec![(root, 0usize)];
        while let Some((node, place)) = calls.pop() {
            if place == 0 {
                set(&mut seen, node, Some(clock));
                set(&mut low, node, clock);
                clock += 1;
                open.push(node);
            }
            let Some(&to) = next.get(node).and_then(|list| list.get(place)) else {
                let mine = low.get(node).copied().unwrap_or_default();
                if seen.get(node).copied().flatten() == Some(mine) {
                    while let Some(member) = open.pop() {
                        set(&mut knot, member, Some(number));
                        if member == node {
                            break;
                        }
                    }
                    number += 1;
                }
                if let Some(&(above, _)) = calls.last() {
                    lower(&mut low, above, mine);
                }
                continue;
            };
            calls.push((node, place + 1));
            match seen.get(to).copied().flatten() {
                None => calls.push((to, 0)),
                Some(time) if knot.get(to).is_some_and(Option::is_none) => lower(&mut low, node, time),
                Some(_) => {}
            }
        }
    }
    knot.into_iter().map(Option::unwrap_or_default).collect()
}

fn set<T>(list: &mut [T], place: usize, value: T) {
    if let Some(slot) = list.get_mut(place) {
        *slot = value;
    }
}

fn lower(list: &mut [usize], place: usize, value: usize) {
    if let Some(slot) = list.get_mut(place) {
        *slot = value.min(*slot);
    }
}

//! Which row a node is in. Lines that would close a cycle are turned round first; then each node stands right below
//! the last of those it waits for.

use super::table::Table;
use std::collections::VecDeque;

/// Returns the rank of each node, 0 at the top, and which lines must go up.
pub(in crate::draw) fn ranks(count: usize, ends: &[(usize, usize)]) -> (Vec<usize>, Vec<bool>) {
    let upward = upward(count, ends);
    let mut below = Table::<Vec<usize>>::new(count);
    let mut waits = Table::<usize>::new(count);
    for (&(from, to), &up) in ends.iter().zip(&upward) {
        let (top, bottom) = if up { (to, from) } else { (from, to) };
        if top != bottom && top < count && bottom < count {
            below.push(top, bottom);
            waits.put(bottom, waits.at(bottom) + 1);
        }
    }
    let mut ranks = Table::<usize>::new(count);
    let mut ready: VecDeque<usize> = (0..count).filter(|&node| waits.at(node) == 0).collect();
    while let Some(node) = ready.pop_front() {
        for &next in below.of(node) {
            ranks.put(next, ranks.at(next).max(ranks.at(node) + 1));
            waits.put(next, waits.at(next) - 1);
            if waits.at(next) == 0 {
                ready.push_back(next);
            }
        }
    }
    (ranks.0, upward)
}

/// How far the search has come with a node.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    New,
    Open,
    Done,
}

/// Finds the lines that lead back to a node the search is still below of. Without them no cycle is left.
fn upward(count: usize, ends: &[(usize, usize)]) -> Vec<bool> {
    let mut lines = Table::<Vec<usize>>::new(count);
    let mut entered = Table::<bool>::new(count);
    for (number, &(from, to)) in ends.iter().enumerate() {
        if from != to && from < count && to < count {
            lines.push(from, number);
            entered.put(to, true);
        }
    }
    let mut upward = vec![false; ends.len()];
    let mut state = Table::<State>::new(count);
    // The search starts where the workflow does, so that it is the way back that is turned and not the way there.
    let (first, rest): (Vec<usize>, Vec<usize>) = (0..count).partition(|&node| !entered.at(node));
    for root in first.into_iter().chain(rest) {
        if state.at(root) != State::New {
            continue;
        }
        let mut calls = vec![(root, 0)];
        state.put(root, State::Open);
        while let Some((node, place)) = calls.pop() {
            let Some(&line) = lines.of(node).get(place) else {
                state.put(node, State::Done);
                continue;
            };
            calls.push((node, place + 1));
            let Some(&(_, to)) = ends.get(line) else { continue };
            match state.at(to) {
                State::New => {
                    state.put(to, State::Open);
                    calls.push((to, 0));
                }
                State::Open => {
                    if let Some(slot) = upward.get_mut(line) {
                        *slot = true;
                    }
                }
                State::Done => {}
            }
        }
    }
    upward
}

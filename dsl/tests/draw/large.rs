//! Graphs far larger than anyone looks at must still be drawn, without end of the stack and in a time that is waited.

use super::case::{needs, node};
use dsl::draw::{Drawing, Link, dot, json, mermaid, svg, text};

const NODES: usize = 20_000;
/// Where each node has more than one link there are fewer of them: the tests are built without optimization.
const LINKED: usize = 5_000;

fn check(name: &str, count: usize, links: Vec<Link>) {
    let nodes = (0..count).map(|number| node(&format!("s{number}"), "run work")).collect();
    let drawing = Drawing { name: name.to_owned(), nodes, links };
    for out in [text(&drawing), mermaid(&drawing), dot(&drawing), json(&drawing), svg(&drawing)] {
        assert!(out.contains(&format!("s{}", count - 1)));
    }
}

#[test]
fn a_chain() {
    check("chain", NODES, (1..NODES).map(|to| needs(to - 1, to)).collect());
}

#[test]
fn a_fan() {
    check("fan", NODES, (1..NODES).map(|to| needs(0, to)).collect());
}

#[test]
fn a_ring() {
    check("ring", NODES, (0..NODES).map(|to| needs((to + NODES - 1) % NODES, to)).collect());
}

#[test]
fn long_lines() {
    let near = (1..LINKED).map(|to| needs(to - 1, to));
    check("long", LINKED, near.chain((500..LINKED).map(|to| needs(to - 500, to))).collect());
}

#[test]
fn a_tangle() {
    let mut seed = 7_usize;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    check("tangle", LINKED, (0..2 * LINKED).map(|_| needs(next(LINKED), next(LINKED))).collect());
}

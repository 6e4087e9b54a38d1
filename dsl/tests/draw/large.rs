//! Graphs far larger than anyone looks at must still be drawn, without end of the stack and in a time that is waited.

use super::case::{needs, node};
use dsl::draw::{Drawing, Link, dot, json, mermaid, svg, text};

const NODES: usize = 20_000;

fn check(name: &str, links: Vec<Link>) {
    let nodes = (0..NODES).map(|number| node(&format!("s{number}"), "run work")).collect();
    let drawing = Drawing { name: name.to_owned(), nodes, links };
    for out in [text(&drawing), mermaid(&drawing), dot(&drawing), json(&drawing), svg(&drawing)] {
        assert!(out.contains("s19999"));
    }
}

#[test]
fn a_chain() {
    check("chain", (1..NODES).map(|to| needs(to - 1, to)).collect());
}

#[test]
fn a_fan() {
    check("fan", (1..NODES).map(|to| needs(0, to)).collect());
}

#[test]
fn a_ring() {
    check("ring", (0..NODES).map(|to| needs((to + NODES - 1) % NODES, to)).collect());
}

#[test]
fn long_lines() {
    let near = (1..NODES).map(|to| needs(to - 1, to));
    check("long", near.chain((500..NODES).map(|to| needs(to - 500, to))).collect());
}

#[test]
fn a_tangle() {
    let mut seed = 7_usize;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    check("tangle", (0..2 * NODES).map(|_| needs(next(NODES), next(NODES))).collect());
}

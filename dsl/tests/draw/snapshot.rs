//! What drawings look like.

use super::case;
use dsl::draw;

#[test]
fn text() {
    check("text", draw::text);
}

#[test]
fn mermaid() {
    check("mermaid", draw::mermaid);
}

#[test]
fn dot() {
    check("dot", draw::dot);
}

#[test]
fn json() {
    check("json", draw::json);
}

#[test]
fn svg() {
    check("svg", draw::svg);
}

fn check(format: &str, draw: fn(&draw::Drawing) -> String) {
    for (name, drawing) in case::all() {
        insta::assert_snapshot!(format!("{name}_{format}"), draw(&drawing));
    }
}

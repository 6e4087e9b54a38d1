//! Reads the picture back: whoever follows the lines of a text drawing must find exactly the links of the graph.

use super::random::whole_drawing;
use dsl::draw::{Drawing, text};
use proptest::prelude::*;
use std::collections::BTreeSet;

type Sheet = Vec<Vec<char>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Down,
    Left,
    Right,
}

/// A box: its left, right, upper and lower border.
struct Frame {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_lines_are_the_links(drawing in whole_drawing(14)) {
        let out = text(&drawing);
        prop_assume!(!out.contains("linked alike") && !out.contains("listed by layer"));
        prop_assert_eq!(traced(&drawing, &out), wanted(&drawing), "\n{}", out);
    }
}

fn wanted(drawing: &Drawing) -> BTreeSet<(usize, usize)> {
    drawing.links.iter().map(|link| (link.from, link.to)).collect()
}

fn traced(drawing: &Drawing, out: &str) -> BTreeSet<(usize, usize)> {
    // Wide characters stand in two columns and are one character; the picture has them only inside boxes.
    let sheet: Sheet = out.lines().map(|line| line.chars().flat_map(columns).collect()).collect();
    let frames: Vec<Frame> =
        (0..drawing.nodes.len()).map(|number| frame(&sheet, &format!("n{number:02}"))).collect();
    let mut found = BTreeSet::new();
    for (number, frame) in frames.iter().enumerate() {
        for column in frame.left + 1..frame.right {
            if at(&sheet, frame.bottom, column) == '┬' {
                for (row, column) in ends(&sheet, frame.bottom + 1, column) {
                    let inside =
                        |frame: &Frame| frame.top == row + 1 && frame.left < column && column < frame.right;
                    found.insert((number, frames.iter().position(inside).expect("an arrow points at a box")));
                }
            }
        }
    }
    found
}

fn columns(c: char) -> Vec<char> {
    if ('\u{2e80}'..='\u{ffdc}').contains(&c) { vec![c, ' '] } else { vec![c] }
}

fn at(sheet: &Sheet, row: usize, column: usize) -> char {
    sheet.get(row).and_then(|row| row.get(column)).copied().unwrap_or(' ')
}

fn frame(sheet: &Sheet, name: &str) -> Frame {
    let name: Vec<char> = name.chars().collect();
    for (row, line) in sheet.iter().enumerate() {
        let Some(left) =
            line.windows(5).position(|part| part[0] == '│' && part[1] == ' ' && part[2..] == name)
        else {
            continue;
        };
        let corner = |c: char| "┐╮╲".contains(c);
        let right =
            (left + 1..line.len().max(400)).find(|&column| corner(at(sheet, row - 1, column))).unwrap();
        let bottom = (row..sheet.len()).find(|&row| "└╰╲".contains(at(sheet, row, left))).unwrap();
        return Frame { left, right, top: row - 1, bottom };
    }
    panic!("no box of {name:?}");
}

/// Follows a line down and to both sides, never up, and returns where arrows point.
fn ends(sheet: &Sheet, row: usize, column: usize) -> BTreeSet<(usize, usize)> {
    use Way::{Down, Left, Right};
    let mut arrows = BTreeSet::new();
    let mut open = vec![(row, column, Down)];
    let mut seen = BTreeSet::new();
    while let Some((row, column, way)) = open.pop() {
        if !seen.insert((row, column, way)) {
            continue;
        }
        let next: &[Way] = match (way, at(sheet, row, column)) {
            (Down, '▼') => {
                arrows.insert((row, column));
                &[]
            }
            (Down, '│' | '┆') => &[Down],
            (Down, '╰') => &[Right],
            (Down, '╯') => &[Left],
            (Down, '┴') => &[Left, Right],
            (Down, '├') => &[Down, Right],
            (Down, '┤') => &[Down, Left],
            (Down, '┼') => &[Down, Left, Right],
            // A line that goes down is drawn whole where it passes over this one.
            (Left | Right, '─' | '┄' | '│' | '┆' | '┴') => &[way],
            (Left | Right, '┬' | '┼') => &[way, Down],
            (Left, '╭' | '├') | (Right, '╮' | '┤') => &[Down],
            (Left, '╰') | (Right, '╯') => &[],
            (_, other) => panic!("a line ends in {other:?} in row {row}, column {column}"),
        };
        open.extend(next.iter().map(|&way| match way {
            Down => (row + 1, column, Down),
            Left => (row, column - 1, Left),
            Right => (row, column + 1, Right),
        }));
    }
    arrows
}

//! Measures the picture: it is XML, boxes and labels are apart, lines keep clear of them, and nothing is cut off.

use super::{
    case,
    random::{any_drawing, whole_drawing},
};
use dsl::draw::{Drawing, svg};
use proptest::prelude::*;
use roxmltree::{Document, Node};

/// Left, top, right, bottom.
type Area = (f64, f64, f64, f64);

#[test]
fn cases_are_clear() {
    for (_, drawing) in case::all() {
        measure(&drawing).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_drawing_is_clear(drawing in any_drawing()) {
        measure(&drawing)?;
    }

    #[test]
    fn a_whole_drawing_is_clear(drawing in whole_drawing(40)) {
        measure(&drawing)?;
    }
}

fn measure(drawing: &Drawing) -> Result<(), TestCaseError> {
    let out = svg(drawing);
    let document = Document::parse(&out).map_err(|error| TestCaseError::fail(format!("{error}: {out}")))?;
    let root = document.root_element();
    prop_assert_eq!(root.attribute("role"), Some("img"));
    prop_assert!(root.children().any(|child| child.has_tag_name("title") && child.text().is_some()));
    prop_assert!(root.children().any(|child| child.has_tag_name("desc")));
    let sheet = (0.0, 0.0, number(root, "width"), number(root, "height"));

    let steps: Vec<Node<'_, '_>> = root.descendants().filter(|node| is_step(*node)).collect();
    prop_assert_eq!(steps.len(), drawing.nodes.len());
    let boxes: Vec<Area> = steps.iter().map(|step| outline(*step)).collect();
    for (number, (step, area)) in steps.iter().zip(&boxes).enumerate() {
        prop_assert!(within(*area, sheet));
        for other in &boxes[..number] {
            prop_assert!(!overlap(*area, *other), "boxes overlap: {:?} {:?}\n{}", area, other, out);
        }
        for text in step.children().filter(|child| child.has_tag_name("text")) {
            prop_assert!(within(written(text), *area), "text leaves its box: {:?}\n{}", text.text(), out);
        }
    }
    let lines: Vec<Node<'_, '_>> = root.children().filter(|node| has_class(*node, "e")).collect();
    let labels: Vec<Option<Area>> = lines
        .iter()
        .map(|line| line.children().find(|child| child.has_tag_name("text")).map(written))
        .collect();
    for (number, label) in labels.iter().enumerate() {
        let Some(label) = *label else { continue };
        prop_assert!(within(label, sheet));
        prop_assert!(!boxes.iter().any(|area| overlap(label, *area)), "a label covers a box\n{}", out);
        prop_assert!(
            !labels[..number].iter().flatten().any(|other| overlap(label, *other)),
            "labels overlap\n{}",
            out
        );
    }
    for (number, line) in lines.iter().enumerate() {
        let path = line.children().find(|child| child.has_tag_name("path")).unwrap();
        for point in points(path.attribute("d").unwrap()) {
            prop_assert!(!boxes.iter().any(|area| inside(point, *area)), "{:?} is in a box\n{}", point, out);
            let others = labels
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != number)
                .filter_map(|(_, label)| *label);
            for label in others {
                prop_assert!(!inside(point, label), "{:?} goes through a label\n{}", point, out);
            }
        }
    }
    for text in root.descendants().filter(|node| node.has_tag_name("text")) {
        let moved = text.parent().and_then(|group| group.attribute("transform")).is_some();
        prop_assert!(moved || within(written(text), sheet), "cut off: {:?}\n{}", text.text(), out);
    }
    Ok(())
}

fn has_class(node: Node<'_, '_>, class: &str) -> bool {
    node.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
}

/// A step is a group with a tooltip that is no line.
fn is_step(node: Node<'_, '_>) -> bool {
    let tip = node.children().any(|child| child.has_tag_name("title"));
    node.has_tag_name("g") && tip && !has_class(node, "e")
}

fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap().parse().unwrap()
}

/// Returns the area of a step's boxes, those behind it included.
fn outline(step: Node<'_, '_>) -> Area {
    let paths = step.children().filter(|child| child.has_tag_name("path") && has_class(*child, "box"));
    paths.fold((f64::MAX, f64::MAX, f64::MIN, f64::MIN), |area, path| {
        points(path.attribute("d").unwrap()).iter().fold(area, |area, point| {
            (area.0.min(point.0), area.1.min(point.1), area.2.max(point.0), area.3.max(point.1))
        })
    })
}

/// Returns the area of a line of text, reckoned with the widths of a common wide font.
fn written(text: Node<'_, '_>) -> Area {
    let class = text.attribute("class").unwrap_or("label");
    let (column, size) = match class {
        "n" => (8.43, 14.0),
        "a" => (7.23, 12.0),
        "c" | "ownt" | "label" => (6.63, 11.0),
        "t1" => (11.5, 18.0),
        "r" => (6.6, 11.0),
        _ => (6.9, 12.0),
    };
    let words: String = text.descendants().filter(Node::is_text).filter_map(|part| part.text()).collect();
    let columns = words.chars().map(|c| if ('\u{2e80}'..='\u{ffdc}').contains(&c) { 1.67 } else { 1.0 });
    let width = columns.sum::<f64>() * column;
    let (x, y) = (number(text, "x"), number(text, "y"));
    let left = match class {
        "r" => x - width,
        "label" => x - width / 2.0,
        _ => x,
    };
    (left, y - 0.8 * size, left + width, y + 0.2 * size)
}

fn within(inner: Area, outer: Area) -> bool {
    inner.0 >= outer.0 && inner.1 >= outer.1 && inner.2 <= outer.2 && inner.3 <= outer.3
}

fn overlap(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

fn inside(point: (f64, f64), area: Area) -> bool {
    area.0 < point.0 && point.0 < area.2 && area.1 < point.1 && point.1 < area.3
}

/// Returns points along a path, close to each other.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    let mut at = (0.0, 0.0);
    for part in path.split_inclusive(|c: char| c.is_ascii_alphabetic()).collect::<Vec<_>>().windows(2) {
        let command = part[0].chars().last().unwrap();
        let numbers: Vec<f64> = part[1]
            .trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .split([',', ' '])
            .filter(|number| !number.is_empty())
            .map(|number| number.parse().unwrap())
            .collect();
        let end = match (command, numbers.as_slice()) {
            ('H', [x]) => (*x, at.1),
            ('V', [y]) => (at.0, *y),
            ('M' | 'L' | 'A' | 'C', [.., x, y]) => (*x, *y),
            _ => panic!("{command} {numbers:?} in {path}"),
        };
        match (command, numbers.as_slice()) {
            ('C', [x1, y1, x2, y2, ..]) => out.extend((0..=24).map(|step| {
                let t = f64::from(step) / 24.0;
                let mix = |a: f64, b: f64, c: f64, d: f64| {
                    let u = 1.0 - t;
                    u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
                };
                (mix(at.0, *x1, *x2, end.0), mix(at.1, *y1, *y2, end.1))
            })),
            ('V' | 'H' | 'L', _) => out.extend((0..=24).map(|step| {
                let t = f64::from(step) / 24.0;
                (at.0 + (end.0 - at.0) * t, at.1 + (end.1 - at.1) * t)
            })),
            _ => out.push(end),
        }
        at = end;
    }
    out
}

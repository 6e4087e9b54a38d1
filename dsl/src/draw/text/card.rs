//! What stands in a box, and the form of its border.

use crate::draw::{Drawing, Node, NodeKind, scene::Item, words};

/// How much of an action or a condition is shown, in columns.
const SHOWN: usize = 32;
/// How wide the list of many alike nodes may become.
const FRAME: usize = 96;

/// A box: its lines and its border.
pub(super) struct Card {
    /// The lines in it.
    pub(super) lines: Vec<String>,
    /// The border.
    pub(super) border: Border,
}

/// The signs of a border.
pub(super) struct Border {
    /// The corners: upper left, upper right, lower left, lower right.
    pub(super) corners: [char; 4],
    /// The horizontal line.
    pub(super) flat: char,
    /// The vertical line.
    pub(super) upright: char,
}

/// An ordinary step.
const SQUARE: Border = Border {
    corners: ['\u{250c}', '\u{2510}', '\u{2514}', '\u{2518}'],
    flat: '\u{2500}',
    upright: '\u{2502}',
};
/// A step that waits.
const ROUND: Border = Border { corners: ['\u{256d}', '\u{256e}', '\u{2570}', '\u{256f}'], ..SQUARE };
/// A question to people.
const CUT: Border = Border { corners: ['\u{2571}', '\u{2572}', '\u{2572}', '\u{2571}'], ..SQUARE };
/// Many alike.
const FRAMED: Border = Border { flat: '\u{254c}', upright: '\u{254e}', ..SQUARE };

impl Card {
    /// Makes the box of an item.
    pub(super) fn of(drawing: &Drawing, item: &Item) -> Self {
        let nodes: Vec<&Node> = item.members.iter().filter_map(|&node| drawing.nodes.get(node)).collect();
        match nodes.as_slice() {
            [node] => Self { lines: lines(node, item.own.is_some()), border: border(node.kind) },
            many => Self { lines: grid(many), border: FRAMED },
        }
    }

    /// Returns how wide it must be, borders included: odd, so that it has a middle.
    pub(super) fn width(&self, ports: usize) -> usize {
        let text = self.lines.iter().map(|line| words::width(line)).max().unwrap_or_default();
        (text + 4).max(2 * ports + 3) | 1
    }

    /// Returns how high it is, borders included.
    pub(super) fn height(&self) -> usize {
        self.lines.len() + 2
    }
}

/// Tells all that is worth a word about a node in one line.
pub(super) fn line(node: &Node) -> String {
    let mut parts = vec![words::shorten(&words::shown(&node.action), SHOWN)];
    parts.extend(marks(node));
    parts.extend(condition(node));
    parts.join("  ")
}

/// Returns a node's name with the sign of a fan-out.
pub(super) fn head(node: &Node) -> String {
    let name = words::title(node);
    if node.fan_out { format!("{name} [*]") } else { name }
}

fn lines(node: &Node, own: bool) -> Vec<String> {
    let mut lines = vec![head(node), words::shorten(&words::shown(&node.action), SHOWN)];
    let marks = marks(node);
    if !marks.is_empty() {
        lines.push(marks.join("  "));
    }
    lines.extend(condition(node));
    if own {
        lines.push("\u{2550} waits for itself".to_owned());
    }
    lines
}

fn marks(node: &Node) -> Vec<String> {
    let mut marks = Vec::new();
    marks.extend(
        node.target.as_deref().map(|target| format!("on {}", words::shorten(&words::shown(target), SHOWN))),
    );
    marks.extend(words::risk_mark(node.risk).map(str::to_owned));
    if node.undo {
        marks.push("\u{21b6} undo".to_owned());
    }
    marks
}

fn condition(node: &Node) -> Option<String> {
    node.condition.as_deref().map(|text| words::shorten(&format!("when {}", words::shown(text)), SHOWN))
}

/// Lists alike nodes in columns, read downwards.
fn grid(nodes: &[&Node]) -> Vec<String> {
    let name = nodes.iter().map(|node| words::width(&head(node))).max().unwrap_or_default();
    let cell = |node: &Node| {
        let head = head(node);
        let pad = " ".repeat(name.saturating_sub(words::width(&head)));
        format!("{head}{pad}  {}", line(node))
    };
    let cells: Vec<String> = nodes.iter().map(|node| cell(node)).collect();
    let wide = cells.iter().map(|cell| words::width(cell)).max().unwrap_or_default();
    let columns = ((FRAME + 4) / (wide + 4)).clamp(1, 4).min(cells.len().div_ceil(3).max(1));
    let deep = cells.len().div_ceil(columns).max(1);
    let mut lines = vec![format!("{} steps, linked alike", nodes.len())];
    for row in 0..deep {
        let mut line = String::new();
        for cell in cells.iter().skip(row).step_by(deep) {
            let pad = " ".repeat(wide + 4 - words::width(cell));
            line.push_str(cell);
            line.push_str(&pad);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

fn border(kind: NodeKind) -> Border {
    match kind {
        NodeKind::Run
        | NodeKind::Script
        | NodeKind::Do
        | NodeKind::Http
        | NodeKind::Agent
        | NodeKind::Call => SQUARE,
        NodeKind::Approve => CUT,
        NodeKind::Wait => ROUND,
    }
}

//! The box of a step, and the frame around many that are linked alike.

use super::{
    escape,
    style::{CODE, CODE_SMALL, NAME, SMALL},
};
use crate::draw::{Drawing, Node, NodeKind, scene::Item, words};

/// How much of an action or a condition is shown, in columns.
const SHOWN: usize = 38;
/// The space between the border and the words.
const PAD: i64 = 16;
/// How far the sheets behind a fan-out look out.
const STACK: i64 = 4;
/// The room at both sides for a line that comes back.
const OWN: i64 = 26;
/// The heading of a frame, and the space between the boxes in it.
const FRAME_HEAD: i64 = 30;
const FRAME_GAP: i64 = 12;

/// How large an item is drawn, in pixels.
pub(super) struct Block {
    /// The full width.
    pub(super) width: i64,
    /// The full height.
    pub(super) height: i64,
    /// The size of one box: the only one, or each in a frame.
    cell: (i64, i64),
    /// How many boxes of a frame stand in a row.
    columns: usize,
}

/// The words in a box.
struct Words {
    name: String,
    risk: &'static str,
    /// What it does.
    action: String,
    /// Where, and whether it can be taken back.
    facts: String,
    condition: String,
    own: &'static str,
}

impl Words {
    fn of(node: &Node, own: bool) -> Self {
        let mut facts = Vec::new();
        facts.extend(node.target.as_deref().map(|target| format!("on {}", words::shown(target))));
        if node.undo {
            facts.push("undo".to_owned());
        }
        let condition = node.condition.as_deref().map(|text| format!("when {}", words::shown(text)));
        Self {
            name: words::title(node),
            risk: words::risk(node.risk),
            action: words::shorten(&words::shown(&node.action), SHOWN),
            facts: words::shorten(&facts.join(" \u{b7} "), SHOWN),
            condition: words::shorten(&condition.unwrap_or_default(), SHOWN),
            own: if own { "\u{21ba} waits for itself" } else { "" },
        }
    }

    /// Returns the lines below the name, each with its class.
    fn lines(&self) -> Vec<(&'static str, &str)> {
        let lines =
            [("a", self.action.as_str()), ("c", &self.facts), ("c", &self.condition), ("ownt", self.own)];
        lines.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    /// Returns the size of the box around the words.
    fn size(&self, node: &Node) -> (i64, i64) {
        let star = if node.fan_out { NAME.width(" [*]") } else { 0 };
        let head = NAME.width(&self.name) + star + 18 + SMALL.width(self.risk);
        let mut width = head.max(112);
        for (class, text) in self.lines() {
            let letters = if class == "a" { CODE } else { CODE_SMALL };
            width = width.max(letters.width(text));
        }
        let lines = i64::try_from(self.lines().len()).unwrap_or_default();
        ((width + 2 * PAD + 1) / 2 * 2, 38 + 17 * lines)
    }
}

impl Block {
    /// Measures an item.
    pub(super) fn of(drawing: &Drawing, item: &Item) -> Self {
        let nodes = item.members.iter().filter_map(|&node| drawing.nodes.get(node));
        let mut cell = (0, 0);
        for node in nodes {
            let size = Words::of(node, item.own.is_some()).size(node);
            let stack = if node.fan_out { 2 * STACK } else { 0 };
            cell = (size.0.max(cell.0), (size.1 + stack).max(cell.1));
        }
        let count = item.members.len();
        if count < 2 {
            let own = if item.own.is_some() { 2 * OWN } else { 0 };
            return Self { width: cell.0 + own, height: cell.1, cell, columns: 1 };
        }
        let many = i64::try_from(count).unwrap_or(i64::MAX / 1_000_000);
        let (wide, high) = (cell.0 + FRAME_GAP, cell.1 + FRAME_GAP);
        // About twice as wide as high.
        let columns = (many * 2 * high / wide).isqrt().clamp(1, many);
        let rows = (many + columns - 1) / columns;
        Self {
            width: columns * wide + FRAME_GAP,
            height: rows * high + FRAME_HEAD,
            cell,
            columns: usize::try_from(columns).unwrap_or(1),
        }
    }

    /// Draws an item with its upper edge and its middle where told.
    pub(super) fn draw(&self, drawing: &Drawing, item: &Item, middle: i64, top: i64) -> String {
        let nodes: Vec<&Node> = item.members.iter().filter_map(|&node| drawing.nodes.get(node)).collect();
        let left = middle - self.width / 2;
        match nodes.as_slice() {
            [node] if item.own.is_some() => {
                let right = left + self.width - OWN;
                let line = own(right, top + self.height / 2);
                boxed(node, true, (left + OWN, top), self.cell) + &line
            }
            [node] => boxed(node, false, (left, top), self.cell),
            many => {
                let mut out = format!(
                    "<g><rect class=\"frame\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"8\"/>\
                     <text class=\"g\" x=\"{}\" y=\"{}\">{} steps, linked alike</text>\n",
                    self.width,
                    self.height,
                    left + FRAME_GAP,
                    top + 20,
                    many.len(),
                );
                let (mut x, mut y) = (left + FRAME_GAP, top + FRAME_HEAD);
                for row in many.chunks(self.columns) {
                    for node in row {
                        out.push_str(&boxed(node, false, (x, y), self.cell));
                        x += self.cell.0 + FRAME_GAP;
                    }
                    x = left + FRAME_GAP;
                    y += self.cell.1 + FRAME_GAP;
                }
                out.push_str("</g>\n");
                out
            }
        }
    }
}

/// Draws one box.
fn boxed(node: &Node, own: bool, (left, top): (i64, i64), (width, height): (i64, i64)) -> String {
    let words = Words::of(node, own);
    let tip = words::facts(node).join("\n");
    let mut out = format!(
        "<g class=\"{} {}\"><title>{}</title>",
        words::kind(node.kind),
        words::risk(node.risk),
        escape(&tip)
    );
    let (mut width, mut height) = (width, height);
    if node.fan_out {
        width -= 2 * STACK;
        height -= 2 * STACK;
        for step in [2 * STACK, STACK] {
            out.push_str(&format!(
                "<path class=\"box\" d=\"{}\"/>",
                outline(node.kind, left + step, top + step, width, height)
            ));
        }
    }
    out.push_str(&format!("<path class=\"box\" d=\"{}\"/>", outline(node.kind, left, top, width, height)));
    out.push_str(&format!("<path class=\"s\" d=\"{}\"/>", stripe(node.kind, left, top, height)));
    if node.kind == NodeKind::Call {
        let (x, y, width, height) = (left + 9, top + 4, width - 13, height - 8);
        out.push_str(&format!(
            "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
        ));
    }
    let star = if node.fan_out { "<tspan class=\"star\" dx=\"8\">[*]</tspan>" } else { "" };
    let mut y = top + 24;
    out.push_str(&format!(
        "<text class=\"n\" x=\"{}\" y=\"{y}\">{}{star}</text>",
        left + PAD,
        escape(&words.name)
    ));
    out.push_str(&format!("<text class=\"r\" x=\"{}\" y=\"{y}\">{}</text>", left + width - PAD, words.risk));
    for (class, text) in words.lines() {
        y += 17;
        out.push_str(&format!(
            "<text class=\"{class}\" x=\"{}\" y=\"{y}\">{}</text>",
            left + PAD,
            escape(text)
        ));
    }
    out.push_str("</g>\n");
    out
}

/// Returns the outline of a box: an octagon for a question, round ends for a wait, a rounded box for the others.
fn outline(kind: NodeKind, left: i64, top: i64, width: i64, height: i64) -> String {
    let (right, bottom) = (left + width, top + height);
    let corner = corner(kind);
    let (inner_left, inner_right) = (left + corner, right - corner);
    let (inner_top, inner_bottom) = (top + corner, bottom - corner);
    if kind == NodeKind::Approve {
        format!(
            "M{inner_left},{top}H{inner_right}L{right},{inner_top}V{inner_bottom}L{inner_right},{bottom}\
             H{inner_left}L{left},{inner_bottom}V{inner_top}Z"
        )
    } else {
        let arc = format!("A{corner},{corner} 0 0 1 ");
        format!(
            "M{inner_left},{top}H{inner_right}{arc}{right},{inner_top}V{inner_bottom}{arc}{inner_right},{bottom}\
             H{inner_left}{arc}{left},{inner_bottom}V{inner_top}{arc}{inner_left},{top}Z"
        )
    }
}

/// Returns the left edge of a box, five pixels wide, which has the colour of the risk.
fn stripe(kind: NodeKind, left: i64, top: i64, height: i64) -> String {
    let corner = corner(kind);
    let (inner, inner_top, inner_bottom, bottom) =
        (left + 5, top + corner, top + height - corner, top + height);
    // How far the outline is from the upper edge where it is five pixels from the left one.
    let inset = match kind {
        NodeKind::Approve => {
            return format!("M{inner},{}L{left},{inner_top}V{inner_bottom}L{inner},{}Z", top + 7, bottom - 7);
        }
        NodeKind::Wait => 7,
        NodeKind::Run
        | NodeKind::Script
        | NodeKind::Do
        | NodeKind::Http
        | NodeKind::Agent
        | NodeKind::Call => 0,
    };
    let arc = format!("A{corner},{corner} 0 0 0 ");
    format!("M{inner},{}{arc}{left},{inner_top}V{inner_bottom}{arc}{inner},{}Z", top + inset, bottom - inset)
}

fn corner(kind: NodeKind) -> i64 {
    match kind {
        NodeKind::Run
        | NodeKind::Script
        | NodeKind::Do
        | NodeKind::Http
        | NodeKind::Agent
        | NodeKind::Call => 6,
        NodeKind::Approve => 12,
        NodeKind::Wait => 20,
    }
}

/// Draws the line of a step that waits for itself, at the right side of its box.
fn own(right: i64, middle: i64) -> String {
    let (far, above, below) = (right + OWN, middle - 12, middle + 12);
    let start = right + 8;
    format!(
        "<path class=\"own\" d=\"M{right},{above}C{far},{above} {far},{below} {start},{below}\"/>\
         <path class=\"ownh\" d=\"M{},{}L{},{below}L{},{}Z\"/>\n",
        right + 9,
        below - 5,
        right + 1,
        right + 9,
        below + 5,
    )
}

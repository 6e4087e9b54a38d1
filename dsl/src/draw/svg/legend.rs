//! What the signs mean: only those that occur.

use super::style::SMALL;
use crate::draw::{
    Drawing, NodeKind,
    scene::{Look, Scene},
    words,
};
use engine::plan::Risk;

/// The height of a line of the legend, and the width of a sign.
const LINE: i64 = 24;
const SIGN: i64 = 28;

/// Draws the legend with its first line where told, and returns how high it is.
pub(super) fn legend(drawing: &Drawing, scene: &Scene, (left, top): (i64, i64), width: i64) -> (String, i64) {
    let signs = signs(drawing, scene);
    let column = SIGN + 24 + signs.iter().map(|(_, text)| SMALL.width(text)).max().unwrap_or_default();
    let columns = usize::try_from((width + 14) / column).unwrap_or(1).max(1);
    let lines = signs.len().div_ceil(columns);
    let columns = signs.len().div_ceil(lines.max(1)).max(1);
    let mut out = String::from("<g>\n");
    let mut y = top;
    for line in signs.chunks(columns) {
        let mut x = left;
        for (sign, text) in line {
            out.push_str(&format!("<g transform=\"translate({x},{y})\">{sign}"));
            out.push_str(&format!("<text class=\"g\" x=\"{}\" y=\"4\">{text}</text></g>\n", SIGN + 10));
            x += column;
        }
        y += LINE;
    }
    out.push_str("</g>\n");
    (out, if signs.is_empty() { 0 } else { y - top + 12 })
}

/// Returns the signs that occur, each drawn around the height 0, with words.
fn signs(drawing: &Drawing, scene: &Scene) -> Vec<(String, String)> {
    let looks = |look| scene.arcs.iter().any(|arc| arc.look == look);
    let kinds = |kind| drawing.nodes.iter().any(|node| node.kind == kind);
    let mut signs = Vec::new();
    for (look, class, text) in [
        (Look::Needs, "e", "needs"),
        (Look::After, "e after", "after (any outcome)"),
        (Look::Cycle, "e cycle", "\u{21ba} on a cycle"),
    ] {
        if looks(look) {
            let arrow = "<path d=\"M0,0H20\"/><path class=\"h\" d=\"M20,-5L28,0L20,5Z\"/>";
            signs.push((format!("<g class=\"{class}\">{arrow}</g>"), text.to_owned()));
        }
    }
    if !drawing.nodes.is_empty() {
        let mut bars = String::new();
        for (risk, x) in [Risk::Low, Risk::Medium, Risk::High, Risk::Critical].into_iter().zip([1, 8, 15, 22])
        {
            bars.push_str(&format!(
                "<g class=\"{}\"><path class=\"s\" d=\"M{x},-7h5V7h-5Z\"/></g>",
                words::risk(risk)
            ));
        }
        signs.push((bars, "low to critical risk".to_owned()));
    }
    let outline = |class: &str, d: &str| format!("<g class=\"{class}\"><path class=\"box\" d=\"{d}\"/></g>");
    if kinds(NodeKind::Approve) {
        let octagon = outline("approve", "M6,-8H22L27,-3V3L22,8H6L1,3V-3Z");
        signs.push((octagon, "people approve".to_owned()));
    }
    if kinds(NodeKind::Wait) {
        signs.push((outline("wait", "M9,-8H19A8,8 0 0 1 19,8H9A8,8 0 0 1 9,-8Z"), "waits".to_owned()));
    }
    if kinds(NodeKind::Agent) {
        signs.push((outline("agent", "M1,-8H27V8H1Z"), "asks a model".to_owned()));
    }
    if kinds(NodeKind::Call) {
        let frames = outline("call", "M1,-8H27V8H1ZM4,-5H24V5H4Z");
        signs.push((frames, "calls a workflow".to_owned()));
    }
    if drawing.nodes.iter().any(|node| node.fan_out) {
        let sheets = outline("run", "M7,-3V-2H27V9H7ZM4,-6H24V6H4ZM1,-9H21V3H1Z");
        signs.push((sheets, "one for each item".to_owned()));
    }
    signs
}

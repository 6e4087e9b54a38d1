//! The words of the drawings, so that every format says the same thing the same way.

use super::{Drawing, Link, Node, NodeKind};
use engine::plan::{EdgeKind, Risk, Why};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Names a risk as the language does.
pub(super) fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
        Risk::Critical => "critical",
    }
}

/// Marks a risk; a low one needs no mark. The sign tells the grade where there is no colour.
pub(super) fn risk_mark(risk: Risk) -> Option<&'static str> {
    match risk {
        Risk::Low => None,
        Risk::Medium => Some("\u{25b3} medium"),
        Risk::High => Some("\u{25b2} high"),
        Risk::Critical => Some("\u{25b2}\u{25b2} critical"),
    }
}

/// Names an action as the language does.
pub(super) fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Run => "run",
        NodeKind::Script => "script",
        NodeKind::Do => "do",
        NodeKind::Http => "http",
        NodeKind::Agent => "agent",
        NodeKind::Call => "call",
        NodeKind::Approve => "approve",
        NodeKind::Wait => "wait",
    }
}

/// Names the kind of a link.
pub(super) fn edge(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Needs => "needs",
        EdgeKind::After => "after",
    }
}

/// Returns the data a link carries: `outputs digest, size, status`. It is empty where the link only orders.
pub(super) fn data(why: &[Why]) -> String {
    let (mut outputs, mut artifacts, mut status) = (Vec::new(), Vec::new(), false);
    for reason in why {
        let (list, name) = match reason {
            Why::Explicit => continue,
            Why::Status => {
                status = true;
                continue;
            }
            Why::Output(name) => (&mut outputs, shown(name)),
            Why::Artifact(name) => (&mut artifacts, shown(name)),
        };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    let mut parts = Vec::new();
    for (word, names) in [("output", outputs), ("artifact", artifacts)] {
        match names.as_slice() {
            [] => {}
            [one] => parts.push(format!("{word} {one}")),
            many => parts.push(format!("{word}s {}", many.join(", "))),
        }
    }
    if status {
        parts.push("status".to_owned());
    }
    parts.join(", ")
}

/// Says why a step waits, never empty: `needs`, `after, status`, `output digest`. What only orders is always told.
pub(super) fn reasons(kind: EdgeKind, why: &[Why]) -> String {
    let data = data(why);
    match kind {
        _ if data.is_empty() => edge(kind).to_owned(),
        EdgeKind::Needs if !why.contains(&Why::Explicit) => data,
        EdgeKind::Needs | EdgeKind::After => format!("{}, {data}", edge(kind)),
    }
}

/// Counts steps, approvals and links that cannot be drawn: the line under a picture's name.
pub(super) fn summary(drawing: &Drawing) -> String {
    let nodes = &drawing.nodes;
    let mut parts = vec![count(nodes.len(), "step")];
    let approvals = nodes.iter().filter(|node| node.kind == NodeKind::Approve).count();
    if approvals > 0 {
        parts.push(count(approvals, "approval"));
    }
    for grade in [Risk::High, Risk::Critical] {
        let risky = nodes.iter().filter(|node| node.risk == grade).count();
        if risky > 0 {
            parts.push(format!("{risky} of {} risk", risk(grade)));
        }
    }
    let lost = drawing.links.iter().filter(|link| !leads(drawing, link)).count();
    if lost > 0 {
        parts.push(format!("{} to no step, left out", count(lost, "link")));
    }
    parts.join(", ")
}

/// Counts in words: `1 step`, `2 steps`.
pub(super) fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// Tells whether both ends of a link exist.
pub(super) fn leads(drawing: &Drawing, link: &Link) -> bool {
    link.from < drawing.nodes.len() && link.to < drawing.nodes.len()
}

/// Returns the name of a node by its number, shown safely.
pub(super) fn name(drawing: &Drawing, node: usize) -> String {
    drawing.nodes.get(node).map(title).unwrap_or_default()
}

/// Returns a node's name, shown safely.
pub(super) fn title(node: &Node) -> String {
    if node.name.is_empty() { "(no name)".to_owned() } else { shown(&node.name) }
}

/// Returns the lines of a box in the formats that lay out by themselves: name, action, and all that is not ordinary.
pub(super) fn label(node: &Node) -> Vec<String> {
    const SHOWN: usize = 40;
    let mut lines = vec![title(node), shorten(&shown(&node.action), SHOWN)];
    lines.extend(node.target.as_deref().map(|target| format!("on {}", shown(target))));
    lines.extend(risk_mark(node.risk).map(str::to_owned));
    let condition = node.condition.as_deref().map(|text| format!("when {}", shown(text)));
    lines.extend(condition.map(|text| shorten(&text, SHOWN)));
    if node.undo {
        lines.push("\u{21b6} undo".to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Says all there is to say of a node, a fact in each line.
pub(super) fn facts(node: &Node) -> Vec<String> {
    let mut facts = vec![title(node), shown(&node.action)];
    facts.extend(node.target.as_deref().map(|target| format!("on {}", shown(target))));
    facts.push(format!("risk {}", risk(node.risk)));
    if node.fan_out {
        facts.push("[*] once for each item".to_owned());
    }
    facts.extend(node.condition.as_deref().map(|condition| format!("when {}", shown(condition))));
    if node.undo {
        facts.push("has undo".to_owned());
    }
    facts
}

/// Makes text safe to show: control characters and characters that turn the direction of writing are spelled out.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if c.is_control() || is_hidden(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}

/// Tells whether a character is not seen itself but changes how others are, or is none that XML may hold.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

/// Cuts text to so many columns, with an ellipsis where something is left out.
pub(super) fn shorten(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('\u{2026}');
    out
}

/// Returns how many columns text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

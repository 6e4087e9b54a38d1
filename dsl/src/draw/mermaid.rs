//! The graph in Mermaid's language, which many places that show Markdown draw by themselves.

use super::{Drawing, Node, NodeKind, cycle::Cycles, words};
use engine::plan::{EdgeKind, Risk};

/// How each risk looks: a border, so that the fill stays the page's own, light or dark.
const CLASSES: &str = "  classDef low stroke:#8c959f\n  classDef medium stroke:#bf8700,stroke-width:2px\n  \
                       classDef high stroke:#d1570c,stroke-width:3px\n  classDef critical stroke:#cf222e,stroke-width:4px\n";

/// Writes a graph as a Mermaid flowchart.
#[must_use]
pub fn mermaid(drawing: &Drawing) -> String {
    let cycles = Cycles::of(drawing);
    // The title is YAML, whose quoted text is close enough to JSON's.
    let title = words::shown(&drawing.name).replace('\\', "\\\\").replace('"', "\\\"");
    let mut out = format!("---\ntitle: \"{title}\"\n---\nflowchart TD\n");
    for line in cycles.lines(drawing) {
        out.push_str(&format!("  %% {line}\n"));
    }
    for (number, node) in drawing.nodes.iter().enumerate() {
        let (open, close) = shape(node.kind);
        out.push_str(&format!("  n{number}{open}\"{}\"{close}\n", label(node)));
    }
    let mut drawn = 0;
    let mut red = Vec::new();
    for (link, &cyclic) in drawing.links.iter().zip(&cycles.on) {
        if !words::leads(drawing, link) {
            continue;
        }
        if cyclic {
            red.push(drawn.to_string());
        }
        let arrow = match link.kind {
            EdgeKind::After => "-.->",
            EdgeKind::Needs if cyclic => "==>",
            EdgeKind::Needs => "-->",
        };
        let data = escape(&words::data(&link.why));
        let data = if cyclic { format!("\u{21ba} {data}") } else { data };
        let text = if data.is_empty() { String::new() } else { format!("|\"{}\"|", data.trim_end()) };
        out.push_str(&format!("  n{} {arrow}{text} n{}\n", link.from, link.to));
        drawn += 1;
    }
    if !drawing.nodes.is_empty() {
        out.push_str(CLASSES);
    }
    for risk in [Risk::Low, Risk::Medium, Risk::High, Risk::Critical] {
        let nodes = drawing.nodes.iter().enumerate().filter(|(_, node)| node.risk == risk);
        let names: Vec<String> = nodes.map(|(number, _)| format!("n{number}")).collect();
        if !names.is_empty() {
            out.push_str(&format!("  class {} {}\n", names.join(","), words::risk(risk)));
        }
    }
    if !red.is_empty() {
        out.push_str(&format!("  linkStyle {} stroke:#cf222e,color:#cf222e\n", red.join(",")));
    }
    out
}

/// Returns the lines of a box. The star of a fan-out is no text of the file and stays as it is.
fn label(node: &Node) -> String {
    let star = if node.fan_out { " [*]" } else { "" };
    let lines = words::label(node);
    let escaped = lines.iter().map(|line| escape(line));
    let marked = escaped.enumerate().map(|(number, line)| if number == 0 { line + star } else { line });
    marked.collect::<Vec<_>>().join("<br/>")
}

fn shape(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Run => ("[", "]"),
        NodeKind::Script => ("(", ")"),
        NodeKind::Do => ("[/", "/]"),
        NodeKind::Http => ("[\\", "\\]"),
        NodeKind::Agent => ("([", "])"),
        NodeKind::Call => ("[[", "]]"),
        NodeKind::Approve => ("{{", "}}"),
        NodeKind::Wait => (">", "]"),
    }
}

/// Spells out what would end the text, be read as HTML or as an entity, or turn it into Markdown.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next().is_some_and(char::is_alphanumeric);
        match c {
            '_' if inside && next => out.push(c),
            '"' | '#' | '&' | '<' | '>' | '\'' | '`' | ';' | '\\' | '*' | '_' | '|' => {
                out.push_str(&format!("#{};", u32::from(c)));
            }
            _ => out.push(c),
        }
        inside = c.is_alphanumeric();
    }
    out
}

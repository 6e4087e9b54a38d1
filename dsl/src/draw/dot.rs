//! The graph in the language of Graphviz.

use super::{Drawing, Node, NodeKind, cycle::Cycles, words};
use engine::plan::{EdgeKind, Risk};

/// Writes a graph for Graphviz.
#[must_use]
pub fn dot(drawing: &Drawing) -> String {
    let cycles = Cycles::of(drawing);
    let name = quote(&[words::shown(&drawing.name)]);
    let mut out = format!("digraph {name} {{\n");
    for line in cycles.lines(drawing) {
        out.push_str(&format!("  // {line}\n"));
    }
    out.push_str(&format!(
        "  graph [label={name}, labelloc=t, labeljust=l, bgcolor=transparent, rankdir=TB];\n"
    ));
    out.push_str("  graph [fontname=\"Helvetica\"];\n");
    out.push_str(
        "  node [fontname=\"Helvetica\", fontsize=12, style=filled, fillcolor=white, margin=\"0.2,0.1\"];\n",
    );
    out.push_str("  edge [fontname=\"Helvetica\", fontsize=10, color=\"#59636e\", fontcolor=\"#59636e\"];\n");
    for (number, node) in drawing.nodes.iter().enumerate() {
        let lines = if node.fan_out { ", peripheries=2" } else { "" };
        let (colour, width) = border(node.risk);
        out.push_str(&format!(
            "  n{number} [label={}, {}, color=\"{colour}\", penwidth={width}{lines}, tooltip={}];\n",
            quote(&label(node)),
            shape(node.kind),
            quote(&words::facts(node)),
        ));
    }
    for (link, &cyclic) in drawing.links.iter().zip(&cycles.on) {
        if !words::leads(drawing, link) {
            continue;
        }
        let mut marks = Vec::new();
        let data = words::data(&link.why);
        let data = if cyclic { format!("\u{21ba} {data}").trim_end().to_owned() } else { data };
        if !data.is_empty() {
            marks.push(format!("label={}", quote(&[format!(" {data} ")])));
        }
        if link.kind == EdgeKind::After {
            marks.push("style=dashed".to_owned());
        }
        if cyclic {
            marks.push("color=\"#cf222e\", fontcolor=\"#cf222e\", penwidth=2".to_owned());
        }
        marks.push(format!("tooltip={}", quote(&[words::reasons(link.kind, &link.why)])));
        out.push_str(&format!("  n{} -> n{} [{}];\n", link.from, link.to, marks.join(", ")));
    }
    out.push_str("}\n");
    out
}

/// Returns the lines of a box.
fn label(node: &Node) -> Vec<String> {
    let mut lines = words::label(node);
    if let Some(first) = lines.first_mut().filter(|_| node.fan_out) {
        first.push_str(" [*]");
    }
    lines
}

fn shape(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Run => "shape=box",
        NodeKind::Script => "shape=note",
        NodeKind::Do => "shape=component",
        NodeKind::Http => "shape=cds, margin=\"0.3,0.2\"",
        NodeKind::Agent => "shape=hexagon, margin=0",
        NodeKind::Call => "shape=folder",
        NodeKind::Approve => "shape=octagon, margin=0",
        NodeKind::Wait => "shape=box, style=\"filled,rounded\"",
    }
}

fn border(risk: Risk) -> (&'static str, u8) {
    match risk {
        Risk::Low => ("#8c959f", 1),
        Risk::Medium => ("#bf8700", 2),
        Risk::High => ("#d1570c", 3),
        Risk::Critical => ("#cf222e", 4),
    }
}

/// Quotes lines as one text. Graphviz reads entities even in quoted text, and gives a backslash its own meaning.
fn quote(lines: &[String]) -> String {
    let escape = |line: &String| line.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;");
    format!("\"{}\"", lines.iter().map(escape).collect::<Vec<_>>().join("\\n"))
}

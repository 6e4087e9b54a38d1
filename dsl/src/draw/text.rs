//! The graph for a terminal: boxes and lines where that is clear, else a list by layers, and below either what waits
//! for what and why. All signs are one column wide.

mod canvas;
mod card;
mod channel;
mod list;
mod picture;

use super::{
    Drawing, NodeKind,
    scene::{Look, Scene},
    words,
};

/// From this width on, in columns, lines of words are broken.
const BREAK: usize = 100;

/// Draws a graph with box characters.
#[must_use]
pub fn text(drawing: &Drawing) -> String {
    let scene = Scene::of(drawing);
    let mut out = vec![format!("{}: {}", words::shown(&drawing.name), words::summary(drawing))];
    match picture::picture(drawing, &scene) {
        Ok(_) if drawing.nodes.is_empty() => {}
        Ok(lines) => {
            out.push(String::new());
            out.extend(lines);
            section(&mut out, links(drawing, &scene));
            section(&mut out, scene.cycles.lines(drawing));
            section(&mut out, legend(drawing, &scene));
        }
        Err(reason) => {
            out.push(format!("{reason}, so the steps are listed by layer."));
            section(&mut out, list::list(drawing, &scene));
            section(&mut out, scene.cycles.lines(drawing));
        }
    }
    out.push(String::new());
    out.join("\n")
}

/// Adds lines after an empty one, if there are any.
fn section(out: &mut Vec<String>, lines: Vec<String>) {
    if !lines.is_empty() {
        out.push(String::new());
        out.extend(lines);
    }
}

/// Says what waits for what, and why: `deploy <- image: output digest` with a real arrow.
fn links(drawing: &Drawing, scene: &Scene) -> Vec<String> {
    let mut rows: Vec<(String, Vec<String>, String)> = Vec::new();
    for (number, item) in scene.items.iter().enumerate() {
        let first = rows.len();
        for arc in scene.arcs.iter().filter(|arc| arc.to == number) {
            let why = words::reasons(arc.kind, &arc.why);
            let from = scene.name(drawing, arc.from);
            match rows.iter_mut().skip(first).find(|row| row.2 == why) {
                Some(row) => row.1.push(from),
                None => rows.push((scene.name(drawing, number), vec![from], why)),
            }
        }
        if let Some((kind, why)) = &item.own {
            let why = words::reasons(*kind, why);
            rows.push((scene.name(drawing, number), vec!["itself".to_owned()], why));
        }
    }
    let wide = rows.iter().map(|row| words::width(&row.0)).max().unwrap_or_default().min(40);
    let mut lines = Vec::new();
    let mut last = None;
    for (name, from, why) in &rows {
        let shown = if last == Some(name) { "" } else { name };
        let pad = " ".repeat(wide.saturating_sub(words::width(shown)));
        lines.extend(wrap(&format!("{shown}{pad} \u{2190} "), wide + 3, from, &format!(": {why}")));
        last = Some(name);
    }
    lines
}

/// Writes a list behind a start, broken into lines that begin under the first entry.
fn wrap(start: &str, indent: usize, entries: &[String], end: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = start.to_owned();
    let mut fresh = true;
    for (number, entry) in entries.iter().enumerate() {
        let tail = if number + 1 == entries.len() { end } else { "," };
        if !fresh && words::width(&line) + 1 + words::width(entry) + words::width(tail) > BREAK {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(entry);
        line.push_str(tail);
        fresh = false;
    }
    lines.push(line);
    lines
}

/// Explains the signs that occur and do not explain themselves.
fn legend(drawing: &Drawing, scene: &Scene) -> Vec<String> {
    let looks = |look| scene.arcs.iter().any(|arc| arc.look == look);
    let kinds = |kind| drawing.nodes.iter().any(|node| node.kind == kind);
    let plain = scene.arcs.iter().all(|arc| arc.look == Look::Needs);
    let signs = [
        (!plain && looks(Look::Needs), "\u{2500} needs"),
        (looks(Look::After), "\u{2504} after"),
        (looks(Look::Cycle), "\u{2550} on a cycle"),
        (drawing.nodes.iter().any(|node| node.fan_out), "[*] once for each item"),
        (kinds(NodeKind::Approve), "\u{2571} \u{2572} approval"),
        (kinds(NodeKind::Wait), "\u{256d} \u{256e} wait"),
    ];
    let used: Vec<&str> = signs.into_iter().filter_map(|(used, sign)| used.then_some(sign)).collect();
    if used.is_empty() { Vec::new() } else { vec![used.join("   ")] }
}

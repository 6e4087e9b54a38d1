//! The list that stands for a picture too large to be clear: the steps of each layer, each with what it waits for.

use super::{BREAK, card, wrap};
use crate::draw::{
    Drawing,
    layout::ranks,
    scene::{Item, Scene},
    words,
};

/// Lists the steps by layer.
pub(super) fn list(drawing: &Drawing, scene: &Scene) -> Vec<String> {
    let ends: Vec<(usize, usize)> = scene.arcs.iter().map(|arc| (arc.from, arc.to)).collect();
    let (ranks, _) = ranks(scene.items.len(), &ends);
    let mut into = vec![Vec::new(); scene.items.len()];
    for arc in &scene.arcs {
        if let Some(list) = into.get_mut(arc.to) {
            let from = scene.name(drawing, arc.from);
            list.push(format!("{from} ({})", words::reasons(arc.kind, &arc.why)));
        }
    }
    let mut layers: Vec<Vec<(&Item, &Vec<String>)>> = Vec::new();
    for ((item, rank), into) in scene.items.iter().zip(ranks).zip(&into) {
        if layers.len() <= rank {
            layers.resize_with(rank + 1, Vec::new);
        }
        if let Some(layer) = layers.get_mut(rank) {
            layer.push((item, into));
        }
    }
    let mut lines = Vec::new();
    for (number, layer) in layers.iter().enumerate() {
        lines.push(format!("layer {}", number + 1));
        for (item, into) in layer {
            lines.extend(entry(drawing, item, into));
        }
    }
    lines
}

/// Lists an item: its nodes, and under them what they wait for.
fn entry(drawing: &Drawing, item: &Item, into: &[String]) -> Vec<String> {
    let nodes = || item.members.iter().filter_map(|&node| drawing.nodes.get(node));
    let wide = nodes().map(|node| words::width(&card::head(node))).max().unwrap_or_default();
    let mut lines = Vec::new();
    for node in nodes() {
        let head = card::head(node);
        let pad = " ".repeat(wide.saturating_sub(words::width(&head)));
        lines.push(format!("  {head}{pad}  {}", card::line(node)));
    }
    let mut into = into.to_vec();
    if let Some((kind, why)) = &item.own {
        into.push(format!("itself ({})", words::reasons(*kind, why)));
    }
    let short = format!("  \u{2190} {}", into.join(", "));
    match lines.as_mut_slice() {
        _ if into.is_empty() => {}
        [only] if words::width(only) + words::width(&short) <= BREAK => only.push_str(&short),
        _ => lines.extend(wrap("      \u{2190} ", 8, &into, "")),
    }
    lines
}

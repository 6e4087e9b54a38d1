//! The graph for programs: a stable JSON text.
//!
//! ```json
//! {
//!   "format": 1,
//!   "name": "ship",
//!   "nodes": [{ "name": "test", "action": "run cargo test", "kind": "run", "target": "builder", "risk": "low",
//!               "fan_out": false, "condition": null, "undo": false, "layer": 0 }],
//!   "links": [{ "from": 0, "to": 1, "kind": "needs", "why": [{ "output": "digest" }], "cyclic": false }],
//!   "layers": [[0], [1]],
//!   "cycles": []
//! }
//! ```
//!
//! Nodes are named by their position in `nodes`, because in a broken file two may have one name. `kind` of a node is
//! one of `run`, `script`, `do`, `http`, `agent`, `call`, `approve`, `wait`; of a link, `needs` or `after`. A reason
//! is `"explicit"`, `"status"`, `{ "output": name }` or `{ "artifact": name }`. `layers` lists the nodes by how long
//! the longest way to them is, after links that lead back are set aside; each of `cycles` is a way that ends where it
//! began. Names stand as they are in the file. A change that could break a reader counts `format` up.

use super::{Drawing, cycle::Cycles, layout::ranks, words};
use engine::plan::Why;
use serde_json::{Value, json};

/// Writes a graph as JSON.
#[must_use]
pub fn json(drawing: &Drawing) -> String {
    let cycles = Cycles::of(drawing);
    let ends: Vec<(usize, usize)> = drawing.links.iter().map(|link| (link.from, link.to)).collect();
    let (ranks, _) = ranks(drawing.nodes.len(), &ends);
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (node, &rank) in ranks.iter().enumerate() {
        if layers.len() <= rank {
            layers.resize_with(rank + 1, Vec::new);
        }
        if let Some(layer) = layers.get_mut(rank) {
            layer.push(node);
        }
    }
    let nodes: Vec<Value> = drawing
        .nodes
        .iter()
        .zip(&ranks)
        .map(|(node, layer)| {
            json!({
                "name": node.name,
                "action": node.action,
                "kind": words::kind(node.kind),
                "target": node.target,
                "risk": words::risk(node.risk),
                "fan_out": node.fan_out,
                "condition": node.condition,
                "undo": node.undo,
                "layer": layer,
            })
        })
        .collect();
    let links: Vec<Value> = drawing
        .links
        .iter()
        .zip(&cycles.on)
        .filter(|(link, _)| words::leads(drawing, link))
        .map(|(link, cyclic)| {
            json!({
                "from": link.from,
                "to": link.to,
                "kind": words::edge(link.kind),
                "why": link.why.iter().map(why).collect::<Vec<_>>(),
                "cyclic": cyclic,
            })
        })
        .collect();
    let graph = json!({
        "format": 1,
        "name": drawing.name,
        "nodes": nodes,
        "links": links,
        "layers": layers,
        "cycles": cycles.ways,
    });
    format!("{graph:#}\n")
}

fn why(why: &Why) -> Value {
    match why {
        Why::Explicit => json!("explicit"),
        Why::Status => json!("status"),
        Why::Output(name) => json!({ "output": &**name }),
        Why::Artifact(name) => json!({ "artifact": &**name }),
    }
}

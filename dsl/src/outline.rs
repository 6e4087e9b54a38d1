//! The graph of a workflow as people look at it, also while the file is in error.

use crate::{
    Workflow,
    draw::{Drawing, Link, Node, NodeKind},
    lower,
    names::{ActionKind, Names, StepInfo},
    walk,
};
use engine::plan::{Plan, Risk, Step, graph::cycles};
use grammar::tree::{Expr, ExprKind};
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use std::{collections::BTreeSet, sync::Arc};

/// Gathers what is to be drawn.
pub(crate) fn outline(names: &Names<'_>, plan: Option<Arc<Plan>>, links: &[lower::Link]) -> Workflow {
    let cyclic = on_cycles(names.steps.len(), links);
    let nodes = nodes(names, plan.as_deref());
    let drawing = Drawing {
        name: names.workflow.name().text.to_string(),
        nodes,
        links: links
            .iter()
            .enumerate()
            .map(|(at, link)| Link {
                from: link.from,
                to: link.to,
                kind: link.kind,
                why: link.why.iter().map(|(why, _)| why.clone()).collect(),
                cyclic: cyclic.contains(&at),
            })
            .collect(),
    };
    let places = names.steps.iter().map(|step| ((*step.name.text).into(), step.name.span)).collect();
    Workflow { name: (*names.workflow.name().text).into(), plan, drawing, places }
}

fn on_cycles(steps: usize, links: &[lower::Link]) -> BTreeSet<usize> {
    let mut graph: StableDiGraph<(), usize> = StableDiGraph::with_capacity(steps, links.len());
    let nodes: Vec<NodeIndex> = (0..steps).map(|_| graph.add_node(())).collect();
    for (at, link) in links.iter().enumerate() {
        if let (Some(from), Some(to)) = (nodes.get(link.from), nodes.get(link.to)) {
            graph.add_edge(*from, *to, at);
        }
    }
    cycles(&graph).into_iter().flatten().filter_map(|edge| graph.edge_weight(edge).copied()).collect()
}

/// Returns the steps as they are drawn.
fn nodes(names: &Names<'_>, plan: Option<&Plan>) -> Vec<Node> {
    // A plan has every step, in the order of declaration: a search by name would look at all of them for each.
    let mut planned = plan.into_iter().flat_map(|plan| plan.graph.node_weights());
    names.steps.iter().map(|step| node(names, step, planned.next())).collect()
}

fn node(names: &Names<'_>, step: &StepInfo<'_>, planned: Option<&Step>) -> Node {
    let fields = step.fields;
    let text = |value: Option<&Expr>| value.map(|value| one_line(names, value));
    let target =
        fields.value("on").and_then(walk::chain).and_then(|words| words.get(1).map(|word| word.0.to_owned()));
    let declared = fields.value("risk").and_then(literal).and_then(Risk::parse).unwrap_or(Risk::Low);
    // What the action is known to do counts whatever the author says.
    let risk = planned.map_or(declared, |planned| planned.risk);
    Node {
        name: step.name.text.to_string(),
        action: action(names, step),
        kind: kind(step.action),
        target,
        risk,
        fan_out: step.for_each.is_some(),
        condition: text(step.when),
        undo: fields.section("undo").is_some(),
    }
}

/// Returns what a step does, short enough for a box.
fn action(names: &Names<'_>, step: &StepInfo<'_>) -> String {
    let fields = step.fields;
    match step.action {
        None => "nothing".to_owned(),
        Some(ActionKind::Run) => match fields.value("run").map(|run| &run.kind) {
            Some(ExprKind::List(items)) => {
                let words = items.iter().take(2).map_while(|item| literal(&item.value));
                format!("run {}", words.collect::<Vec<_>>().join(" "))
            }
            Some(_) | None => "run".to_owned(),
        },
        Some(ActionKind::Script) => match fields.value("script").map(|script| &script.kind) {
            Some(ExprKind::Heredoc(heredoc)) => format!("script {}", heredoc.tag.text.to_lowercase()),
            Some(_) | None => "script".to_owned(),
        },
        Some(kind @ (ActionKind::Do(_) | ActionKind::Call(_))) => {
            let path = fields.section(kind.word()).map(|section| &section.path);
            let words: Vec<&str> = path.into_iter().flatten().map(|name| &*name.text).collect();
            format!("{} {}", kind.word(), words.join("."))
        }
        Some(ActionKind::Http) => {
            let method =
                fields.section("http").and_then(|http| http.fields.value("method")).and_then(literal);
            format!("http {}", method.unwrap_or("GET"))
        }
        Some(ActionKind::Agent) => "agent".to_owned(),
        Some(ActionKind::Approve) => "approve".to_owned(),
        Some(ActionKind::Wait) => {
            let wait = fields.section("wait");
            let what = ["for", "until", "signal"]
                .into_iter()
                .find_map(|word| Some((word, wait?.fields.value(word)?)))
                .map_or_else(String::new, |(word, value)| format!(" {word} {}", one_line(names, value)));
            format!("wait{what}")
        }
    }
}

fn kind(action: Option<ActionKind>) -> NodeKind {
    match action {
        None | Some(ActionKind::Run) => NodeKind::Run,
        Some(ActionKind::Script) => NodeKind::Script,
        Some(ActionKind::Do(_)) => NodeKind::Do,
        Some(ActionKind::Http) => NodeKind::Http,
        Some(ActionKind::Agent) => NodeKind::Agent,
        Some(ActionKind::Call(_)) => NodeKind::Call,
        Some(ActionKind::Approve) => NodeKind::Approve,
        Some(ActionKind::Wait) => NodeKind::Wait,
    }
}

fn literal(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Text(text) => text.literal(),
        _ => None,
    }
}

fn one_line(names: &Names<'_>, expr: &Expr) -> String {
    let source = names.world.sources.get(usize::from(expr.span.file.0));
    let text = source.map_or("", |source| source.tree.slice(expr.span));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

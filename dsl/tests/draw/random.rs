//! Graphs made by chance.

use super::case::{link, node};
use dsl::draw::{Drawing, Link, Node};
use engine::plan::{EdgeKind, Risk, Why};
use proptest::{collection::vec, option, prelude::*, sample::select};

/// What a name may hold at worst.
const NAMES: [&str; 8] =
    ["build", "<b>&\"", "a'b", "größe", "検査", "line\nbreak", "\u{1b}[31m\u{202e}", "]]>--%%{#35;}\\"];

/// Makes any drawing, as broken as the type allows: cycles, links to nothing, two nodes of one name.
pub(super) fn any_drawing() -> impl Strategy<Value = Drawing> {
    (select(NAMES.as_slice()), vec(any_node(), 0..24), vec(any_link(26), 0..60))
        .prop_map(|(name, nodes, links)| Drawing { name: name.to_owned(), nodes, links })
}

/// Makes a drawing without cycles whose nodes are `n00`, `n01` and so on, each linked to one before it.
pub(super) fn whole_drawing(most: usize) -> impl Strategy<Value = Drawing> {
    let links = vec((any::<prop::sample::Index>(), any_kind(), any::<bool>()), 1..3);
    vec((any_node(), links), 1..most).prop_map(|nodes| {
        let mut drawing = Drawing { name: "whole".to_owned(), nodes: Vec::new(), links: Vec::new() };
        for (number, (mut node, links)) in nodes.into_iter().enumerate() {
            node.name = format!("n{number:02}");
            drawing.nodes.push(node);
            for (from, kind, near) in links.into_iter().filter(|_| number > 0) {
                let from = if near { number - 1 - from.index(number.min(3)) } else { from.index(number) };
                if !drawing.links.iter().any(|link| (link.from, link.to) == (from, number)) {
                    drawing.links.push(link(from, number, kind, &[Why::Explicit]));
                }
            }
        }
        drawing
    })
}

fn any_node() -> impl Strategy<Value = Node> {
    let actions = [
        "run cargo test",
        "script sh",
        "do lint",
        "http GET",
        "agent gemini",
        "call a.b",
        "approve",
        "wait 9s",
    ];
    let risks = [Risk::Low, Risk::Medium, Risk::High, Risk::Critical];
    (
        select(NAMES.as_slice()),
        select(actions.to_vec()),
        select(risks.to_vec()),
        option::of(select(NAMES.as_slice())),
        option::of(select(NAMES.as_slice())),
        any::<[bool; 2]>(),
    )
        .prop_map(|(name, action, risk, target, condition, [fan_out, undo])| Node {
            risk,
            fan_out,
            undo,
            target: target.map(str::to_owned),
            condition: condition.map(str::to_owned),
            ..node(name, action)
        })
}

fn any_link(nodes: usize) -> impl Strategy<Value = Link> {
    let reasons = || {
        prop_oneof![
            Just(Why::Explicit),
            Just(Why::Status),
            select(NAMES.as_slice()).prop_map(|name| Why::Output(name.into())),
            select(NAMES.as_slice()).prop_map(|name| Why::Artifact(name.into())),
        ]
    };
    (0..nodes, 0..nodes, any_kind(), vec(reasons(), 0..3), any::<bool>())
        .prop_map(|(from, to, kind, why, cyclic)| Link { cyclic, ..link(from, to, kind, &why) })
}

fn any_kind() -> impl Strategy<Value = EdgeKind> {
    select(vec![EdgeKind::Needs, EdgeKind::After])
}

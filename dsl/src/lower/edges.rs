//! Why steps wait for each other: edges, cycles, approvals, and steps that never run.

use super::{Named, Orders, step::reason};
use crate::{
    check::narrow::facts,
    danger::Danger,
    message::{flow, lint},
    names::{ActionKind, Names},
};
use engine::{
    expression::{Expr, Operator, Read},
    id::Name,
    plan::{
        Action, Edge, EdgeKind, Graph, Plan, Risk, Step, Why,
        graph::{cycles, order},
    },
    value::Value,
};
use grammar::{Diagnostic, Span};
use petgraph::{
    Direction,
    stable_graph::{NodeIndex, StableDiGraph},
    visit::EdgeRef as _,
};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// An edge with the places that cause it.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// The step that comes first.
    pub from: usize,
    /// The step that waits.
    pub to: usize,
    /// What must hold of the first.
    pub kind: EdgeKind,
    /// Each reason, and where it is written.
    pub why: Vec<(Why, Span)>,
}

/// Joins all reasons for each pair of steps into one link, in the order of the steps.
pub(super) fn links(names: &Names<'_>, orders: &[Orders]) -> Vec<Link> {
    let mut links: BTreeMap<(usize, usize), Link> = BTreeMap::new();
    for (to, order) in orders.iter().enumerate().take(names.steps.len()) {
        let named = order.named.iter().map(|it| (it.step, it.kind, Why::Explicit, it.span));
        let read = order.read.iter().map(|it| {
            let kind = if it.why == Why::Status { EdgeKind::After } else { EdgeKind::Needs };
            (it.step, kind, it.why.clone(), it.span)
        });
        for (from, kind, why, span) in named.chain(read) {
            match links.entry((to, from)) {
                Entry::Vacant(slot) => {
                    slot.insert(Link { from, to, kind, why: vec![(why, span)] });
                }
                Entry::Occupied(mut slot) => {
                    let link = slot.get_mut();
                    link.kind = link.kind.max(kind);
                    if !link.why.iter().any(|(known, _)| *known == why) {
                        link.why.push((why, span));
                    }
                }
            }
        }
    }
    links.into_values().collect()
}

/// Makes the graph of the plan.
pub(super) fn graph(names: &Names<'_>, orders: &[Orders], steps: Vec<Step>) -> Graph {
    let mut graph = Graph::with_capacity(steps.len(), steps.len());
    let nodes: Vec<NodeIndex> = steps.into_iter().map(|step| graph.add_node(step)).collect();
    for link in links(names, orders) {
        let (Some(from), Some(to)) = (nodes.get(link.from), nodes.get(link.to)) else { continue };
        let mut why: Vec<Why> = link.why.into_iter().map(|(why, _)| why).collect();
        why.sort();
        graph.add_edge(*from, *to, Edge { kind: link.kind, why });
    }
    graph
}

/// Looks at the order as a whole.
pub(super) fn check(
    names: &Names<'_>,
    orders: &[Orders],
    links: &[Link],
    plan: Option<&Plan>,
    found: &mut Vec<Diagnostic>,
) {
    for (to, order) in orders.iter().enumerate() {
        named_twice(names, to, order, found);
    }
    let cyclic = report_cycles(names, links, found);
    if let (Some(plan), false) = (plan, cyclic) {
        approvals(names, orders, plan, found);
        never_runs(names, plan, found);
    }
}

/// E0404 and W0903: the same order said twice.
fn named_twice(names: &Names<'_>, to: usize, order: &Orders, found: &mut Vec<Diagnostic>) {
    let mut needs: BTreeMap<usize, &Named> = BTreeMap::new();
    for named in order.named.iter().filter(|it| it.kind == EdgeKind::Needs) {
        needs.insert(named.step, named);
    }
    let name = |step: usize| names.steps.get(step).map_or("", |step| &*step.name.text);
    for after in order.named.iter().filter(|it| it.kind == EdgeKind::After) {
        if let Some(named) = needs.get(&after.step) {
            let removal = after.removal.unwrap_or(after.span);
            found.push(flow::needs_and_after(name(after.step), named.span, after.span, removal));
        }
    }
    for named in needs.values() {
        let read = order.read.iter().find(|it| it.step == named.step && it.why != Why::Status);
        if let Some(read) = read {
            let only = order.named.iter().filter(|it| it.kind == EdgeKind::Needs).count() == 1;
            let setting = names.steps.get(to).and_then(|step| step.fields.setting("needs"));
            let removal = if only { setting.map(|setting| setting.span) } else { named.removal };
            found.push(lint::needless_needs(name(named.step), named.span, read.span, removal));
        }
    }
}

/// E0401: each knot of steps once, by its shortest cycle.
fn report_cycles(names: &Names<'_>, links: &[Link], found: &mut Vec<Diagnostic>) -> bool {
    let mut graph: StableDiGraph<usize, usize> = StableDiGraph::with_capacity(names.steps.len(), links.len());
    let nodes: Vec<NodeIndex> = (0..names.steps.len()).map(|at| graph.add_node(at)).collect();
    for (at, link) in links.iter().enumerate() {
        if let (Some(from), Some(to)) = (nodes.get(link.from), nodes.get(link.to)) {
            graph.add_edge(*from, *to, at);
        }
    }
    let cycles = cycles(&graph);
    for cycle in &cycles {
        let round: Vec<&Link> = cycle
            .iter()
            .filter_map(|edge| graph.edge_weight(*edge))
            .filter_map(|at| links.get(*at))
            .collect();
        report_cycle(names, &round, found);
    }
    !cycles.is_empty()
}

fn report_cycle(names: &Names<'_>, round: &[&Link], found: &mut Vec<Diagnostic>) {
    let name = |step: usize| names.steps.get(step).map_or("", |step| &*step.name.text);
    let mut path: Vec<&str> = round.iter().map(|link| name(link.from)).collect();
    path.extend(round.first().map(|link| name(link.from)));
    let causes: Vec<flow::Cause> = round
        .iter()
        .filter_map(|link| {
            let (why, span) =
                link.why.iter().find(|(why, _)| *why != Why::Explicit).or_else(|| link.why.first())?;
            let text = match (why, link.kind) {
                (Why::Explicit, EdgeKind::Needs) => {
                    format!("`{}` needs `{}`", name(link.to), name(link.from))
                }
                (Why::Explicit, EdgeKind::After) => {
                    format!("`{}` comes after `{}`", name(link.to), name(link.from))
                }
                (Why::Output(_) | Why::Artifact(_) | Why::Status, _) => {
                    format!("`{}` waits for `{}`: it {}", name(link.to), name(link.from), reason(why))
                }
            };
            Some(flow::Cause { text, span: *span })
        })
        .collect();
    // Among references that carry data, the one that only orders is the odd one out.
    let only_orders = |link: &&&Link| link.why.iter().all(|(why, _)| *why == Why::Explicit);
    let odd = match round.iter().filter(only_orders).count() {
        1 => round.iter().position(|link| only_orders(&link)),
        _ => None,
    };
    found.push(flow::cycle(&path, &causes, odd));
}

/// E0601 and W0909: risky steps and the approvals above them.
fn approvals(names: &Names<'_>, orders: &[Orders], plan: &Plan, found: &mut Vec<Diagnostic>) {
    let wanted = plan.policy.approve_at.as_ref().and_then(lowest_risk);
    let nodes: Vec<NodeIndex> = plan.graph.node_indices().collect();
    let approved = below_approvals(names, plan);
    for (at, info) in names.steps.iter().enumerate() {
        let Some(step) = nodes.get(at).and_then(|node| plan.graph.node_weight(*node)) else { continue };
        let known = Danger::of(info, step);
        let approve =
            |step: &usize| names.steps.get(*step).is_some_and(|it| it.action == Some(ActionKind::Approve));
        if let Some((wanted, policy_at)) = wanted.zip(policy_span(names))
            && known.risk >= wanted
            && !nodes.get(at).is_some_and(|node| approved.contains(node))
            && step_is_action(info.action)
            && !info.fields.has_broken
        {
            let policy = (wanted.as_str(), policy_at);
            found.push(flow::not_approved(&step.name, known, policy));
        }
        if known.risk < wanted.unwrap_or(Risk::High) {
            continue;
        }
        let Some(order) = orders.get(at) else { continue };
        for named in order.named.iter().filter(|it| it.kind == EdgeKind::Needs && approve(&it.step)) {
            let tested = order.read.iter().any(|it| it.step == named.step);
            let Some((approval, approval_step)) = names
                .steps
                .get(named.step)
                .zip(nodes.get(named.step).and_then(|it| plan.graph.node_weight(*it)))
            else {
                continue;
            };
            if let (Some(when), false) = (approval.when, tested)
                && !asked_only_then(plan.policy.approve_at.as_ref(), approval_step.when.as_ref())
            {
                let names = (&*step.name, &*approval.name.text);
                found.push(lint::approval_may_be_skipped(names.0, names.1, named.span, when.span));
            }
        }
    }
}

fn step_is_action(action: Option<ActionKind>) -> bool {
    !matches!(action, None | Some(ActionKind::Approve | ActionKind::Wait))
}

fn policy_span(names: &Names<'_>) -> Option<Span> {
    let policy = names.workflow.section("policy")?;
    Some(policy.fields.setting("approve_at")?.value.span)
}

/// The policy asks exactly when the approval is asked: `approve_at = c ? "high" : "never"` beside `when = c`.
fn asked_only_then(policy: Option<&Expr>, when: Option<&Expr>) -> bool {
    match (policy, when) {
        (Some(Expr::If(condition, _, otherwise)), Some(when)) => {
            **condition == *when && **otherwise == Expr::Literal(Value::Text("never".into()))
        }
        _ => false,
    }
}

/// Returns the lowest risk the policy may ask approval for.
fn lowest_risk(policy: &Expr) -> Option<Risk> {
    match policy {
        Expr::Literal(Value::Text(word)) => Risk::parse(word),
        Expr::If(_, yes, no) => match (lowest_risk(yes), lowest_risk(no)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        },
        _ => None,
    }
}

/// Returns the steps that cannot start unless an approval above them was given or was not asked for: those that need it,
/// directly or through others. Coming `after` it proves nothing, unless `when` tests that it succeeded.
fn below_approvals(names: &Names<'_>, plan: &Plan) -> BTreeSet<NodeIndex> {
    let mut below = BTreeSet::new();
    for node in order(&plan.graph) {
        let when = names.steps.get(node.index()).and_then(|step| step.when);
        let proved = when.map(|when| facts(when, true)).unwrap_or_default();
        let approved = plan.graph.edges_directed(node, Direction::Incoming).any(|edge| {
            let Some(before) = plan.graph.node_weight(edge.source()) else { return false };
            let holds = edge.weight().kind == EdgeKind::Needs
                || proved.iter().any(|fact| fact.strip_prefix("step.") == Some(&*before.name));
            holds && (matches!(before.action, Action::Approve(_)) || below.contains(&edge.source()))
        });
        if approved {
            below.insert(node);
        }
    }
    below
}

/// E0403: conditions that contradict themselves, or ask for what a step that never runs cannot be.
fn never_runs(names: &Names<'_>, plan: &Plan, found: &mut Vec<Diagnostic>) {
    let mut dead: BTreeMap<Name, Span> = BTreeMap::new();
    for node in order(&plan.graph) {
        let Some(step) = plan.graph.node_weight(node) else { continue };
        let Some(info) = names.steps.get(node.index()) else { continue };
        let (Some(when), Some(written)) = (&step.when, info.when) else { continue };
        if *when == Expr::Literal(Value::Bool(false)) {
            dead.insert(step.name.clone(), written.span);
            continue;
        }
        let mut equal: Vec<(&Expr, &Value)> = Vec::new();
        conjuncts(when, &mut |left, value| equal.push((left, value)));
        let contradiction = equal.iter().enumerate().any(|(at, (left, value))| {
            equal.iter().skip(at + 1).any(|(other, other_value)| left == other && value != other_value)
        });
        let impossible = equal.iter().find_map(|(left, value)| match (left, value) {
            (Expr::Read(Read::Status(status)), Value::Text(word)) if **word != *"skipped" => dead
                .get(status)
                .map(|span| (*span, format!("`{status}` never runs, so it is always skipped"))),
            _ => None,
        });
        let cause = match (contradiction, impossible) {
            (true, _) => ("the two sides of `&&` cannot both hold; did you mean `||`?", None),
            (false, Some(cause)) => ("a step that never runs has no other status", Some(cause)),
            (false, None) => continue,
        };
        found.push(flow::never_runs(&step.name, written.span, cause.0, cause.1));
        dead.insert(step.name.clone(), written.span);
    }
}

/// Calls `visit` for each `x == literal` that a condition needs.
fn conjuncts<'e>(condition: &'e Expr, visit: &mut dyn FnMut(&'e Expr, &'e Value)) {
    let mut open = vec![condition];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::Binary(Operator::And, left, right) => open.extend([&**left, &**right]),
            Expr::Binary(Operator::Equal, left, right) => match (&**left, &**right) {
                (left, Expr::Literal(value)) | (Expr::Literal(value), left) => visit(left, value),
                _ => {}
            },
            _ => {}
        }
    }
}

//! The canonical JSON of a plan: equal plans give equal text, and the digest of that text names the plan.
//!
//! Objects have their keys in order, there are no blanks, and what is absent is left out: an optional value without
//! one, an empty list, a flag that is not set. Lists keep the order of declaration; edges, which have none, are in the
//! order of the steps they join. Integers are written as they are, other numbers with as few digits as bring the same
//! number back. A callee stands as its digest under the name its calls use, so a plan's digest covers all it may run.

use super::{Edge, EdgeKind, Output, Param, Plan, Policy, Secret, Target, Trigger, Why, step::Concurrency};
use crate::{
    expression::Expr,
    id::{Digest, Name},
};
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    ptr,
};

/// The edition of the form, the first thing a reader looks at.
pub(super) const EDITION: u64 = 1;

impl Plan {
    /// Returns the canonical JSON; its callees are in it by their digests only.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        let mut text = String::new();
        write_plan(self, &digests(self), None, &mut text);
        text
    }

    /// Returns the digest of the canonical JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(self, &digests(self))
    }

    /// Returns the canonical JSON with one member more, `plans`: all that is called from here, by digest, each once.
    /// [`Plan::from_json`] reads it back.
    #[must_use]
    pub fn to_json(&self) -> String {
        let digests = digests(self);
        let mut callees = BTreeMap::new();
        for plan in callees_first(self).into_iter().filter(|plan| !ptr::eq(*plan, self)) {
            callees.extend(digests.get(&ptr::from_ref(plan)).map(|digest| (*digest, plan)));
        }
        let mut text = String::new();
        write_plan(self, &digests, Some(&callees), &mut text);
        text
    }
}

/// All of a plan but its steps and edges, which are too many to be gathered first.
#[derive(Serialize)]
struct Head<'a> {
    #[serde(rename = "skynet-plan")]
    edition: u64,
    name: &'a Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: &'a Option<Expr>,
    fail_fast: bool,
    priority: i64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    params: &'a [Param],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    secrets: &'a [Secret],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    lets: &'a [(Name, Expr)],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    env: &'a [(Name, Expr)],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    targets: &'a [Target],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    triggers: &'a [Trigger],
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: &'a Option<Concurrency>,
    policy: &'a Policy,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    meta: &'a [(Name, Expr)],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    outputs: &'a [Output],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    callees: BTreeMap<&'a str, Digest>,
}

/// An edge, its ends given by the names of the steps.
#[derive(Serialize)]
struct Link<'a> {
    from: &'a str,
    to: &'a str,
    kind: EdgeKind,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    why: &'a [Why],
}

/// The digest of every plan met, found by where the plan is kept.
pub(super) type Digests = BTreeMap<*const Plan, Digest>;

/// Where text goes: into memory, or piece by piece into a digest.
trait Sink {
    fn put(&mut self, text: &str);
}

impl Sink for String {
    fn put(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Sink for Sha256 {
    fn put(&mut self, text: &str) {
        self.update(text.as_bytes());
    }
}

/// Returns the digest of a plan whose callees' digests are known.
pub(super) fn digest(plan: &Plan, digests: &Digests) -> Digest {
    let mut hash = Sha256::new();
    write_plan(plan, digests, None, &mut hash);
    Digest(hash.finalize().into())
}

/// Returns the digests of all plans that a plan may call; each is computed once, however often it is called.
fn digests(plan: &Plan) -> Digests {
    let mut digests = Digests::new();
    for callee in callees_first(plan).into_iter().filter(|callee| !ptr::eq(*callee, plan)) {
        let digest = digest(callee, &digests);
        digests.insert(ptr::from_ref(callee), digest);
    }
    digests
}

/// Returns a plan and all it may call, each once and after all that it calls itself.
fn callees_first(plan: &Plan) -> Vec<&Plan> {
    let mut ordered = Vec::new();
    let mut seen = BTreeSet::from([ptr::from_ref(plan)]);
    let mut open = vec![(plan, plan.callees.values())];
    while let Some((plan, callees)) = open.last_mut() {
        match callees.next() {
            Some(callee) => {
                if seen.insert(ptr::from_ref(&**callee)) {
                    open.push((callee, callee.callees.values()));
                }
            }
            None => {
                ordered.push(*plan);
                open.pop();
            }
        }
    }
    ordered
}

fn write_plan(
    plan: &Plan,
    digests: &Digests,
    carried: Option<&BTreeMap<Digest, &Plan>>,
    sink: &mut impl Sink,
) {
    let callees = plan.callees.iter();
    let head = json(&Head {
        edition: EDITION,
        name: &plan.name,
        description: plan.description.as_deref(),
        timeout: &plan.timeout,
        fail_fast: plan.fail_fast,
        priority: plan.priority,
        params: &plan.params,
        secrets: &plan.secrets,
        lets: &plan.lets,
        env: &plan.env,
        targets: &plan.targets,
        triggers: &plan.triggers,
        concurrency: &plan.concurrency,
        policy: &plan.policy,
        meta: &plan.meta,
        outputs: &plan.outputs,
        callees: callees
            .filter_map(|(name, plan)| Some((&**name, *digests.get(&ptr::from_ref(&**plan))?)))
            .collect(),
    });
    let mut members: BTreeMap<&str, Member<'_>> = BTreeMap::new();
    for (key, value) in head.as_object().into_iter().flatten() {
        members.insert(key, Member::Json(value));
    }
    if plan.graph.node_count() > 0 {
        members.insert("steps", Member::Steps);
    }
    if plan.graph.edge_count() > 0 {
        members.insert("edges", Member::Edges);
    }
    if let Some(carried) = carried.filter(|carried| !carried.is_empty()) {
        members.insert("plans", Member::Plans(carried));
    }
    write_list('{', '}', members, sink, |(key, member), sink| {
        write_text(key, sink);
        sink.put(":");
        match member {
            Member::Json(value) => write(value, sink),
            Member::Steps => {
                write_list('[', ']', plan.graph.node_weights(), sink, |step, sink| write(&json(step), sink));
            }
            Member::Edges => {
                write_list('[', ']', links(plan), sink, |link, sink| write(&json(&link), sink));
            }
            Member::Plans(carried) => write_list('{', '}', carried, sink, |(digest, plan), sink| {
                write_text(&digest.to_string(), sink);
                sink.put(":");
                write_plan(plan, digests, None, sink);
            }),
        }
    });
}

/// One member of a plan's object.
enum Member<'a> {
    Json(&'a Json),
    Steps,
    Edges,
    Plans(&'a BTreeMap<Digest, &'a Plan>),
}

/// Returns the edges by the steps they join: neither the order in which they were added nor the graph's own numbers
/// are part of a plan.
fn links(plan: &Plan) -> Vec<Link<'_>> {
    let mut edges: Vec<_> = plan.graph.edge_references().collect();
    edges.sort_by(|a, b| {
        let ends = (a.source(), a.target()).cmp(&(b.source(), b.target()));
        let Edge { kind, why } = a.weight();
        ends.then_with(|| (kind, why).cmp(&(&b.weight().kind, &b.weight().why)))
    });
    let name = |node| plan.graph.node_weight(node).map(|step| &*step.name);
    edges
        .into_iter()
        .filter_map(|edge| {
            let Edge { kind, why } = edge.weight();
            Some(Link { from: name(edge.source())?, to: name(edge.target())?, kind: *kind, why })
        })
        .collect()
}

fn json(part: &impl Serialize) -> Json {
    serde_json::to_value(part)
        .expect("every key of a plan is a text, and nothing in it refuses to be written")
}

fn write(value: &Json, sink: &mut impl Sink) {
    match value {
        Json::Object(members) => {
            // The map may or may not be sorted, as other crates of a build decide.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            write_list('{', '}', members, sink, |(key, member), sink| {
                write_text(key, sink);
                sink.put(":");
                write(member, sink);
            });
        }
        Json::Array(items) => write_list('[', ']', items, sink, |item, sink| write(item, sink)),
        Json::String(text) => write_text(text, sink),
        Json::Null | Json::Bool(_) | Json::Number(_) => sink.put(&value.to_string()),
    }
}

fn write_list<S: Sink, T>(
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    sink: &mut S,
    mut write: impl FnMut(T, &mut S),
) {
    let mut bytes = [0; 4];
    sink.put(open.encode_utf8(&mut bytes));
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            sink.put(",");
        }
        write(item, sink);
    }
    sink.put(close.encode_utf8(&mut bytes));
}

fn write_text(text: &str, sink: &mut impl Sink) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        sink.put(&Json::from(text).to_string());
    } else {
        sink.put("\"");
        sink.put(text);
        sink.put("\"");
    }
}

//! The canonical JSON of a plan: equal plans give equal text, and the digest of that text names the plan.
//!
//! Objects have their keys in order, there are no blanks, and what is absent is left out: an optional value without
//! one, an empty list, a flag that is not set. Lists keep the order of declaration; edges, which have none, are in the
//! order of the steps they join. Integers are written as they are, other numbers with as few digits as bring the same
//! number back. A callee stands as its digest under the name its calls use, so a plan's digest covers all it may run.

mod keys;

use super::{Edge, EdgeKind, Plan, Why};
use crate::id::{Digest, Name};
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use serde::Serialize;
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
        let mut text = Vec::new();
        write_plan(self, &digests(self), None, &mut text);
        into_text(text)
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
        let mut text = Vec::new();
        write_plan(self, &digests, Some(&callees), &mut text);
        into_text(text)
    }
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
    fn put(&mut self, text: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, text: &[u8]) {
        self.extend_from_slice(text);
    }
}

impl Sink for Sha256 {
    fn put(&mut self, text: &[u8]) {
        self.update(text);
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
    let mut members = BTreeMap::from([
        ("fail_fast", Member::of(&plan.fail_fast)),
        ("name", Member::of(&plan.name)),
        ("policy", Member::of(&plan.policy)),
        ("priority", Member::of(&plan.priority)),
        ("skynet-plan", Member::of(&EDITION)),
    ]);
    members.extend(plan.description.as_ref().map(|text| ("description", Member::of(text))));
    members.extend(plan.timeout.as_ref().map(|timeout| ("timeout", Member::of(timeout))));
    members.extend(plan.concurrency.as_ref().map(|limit| ("concurrency", Member::of(limit))));
    let lists = [
        ("params", Member::of_list(&plan.params)),
        ("secrets", Member::of_list(&plan.secrets)),
        ("lets", Member::of_list(&plan.lets)),
        ("env", Member::of_list(&plan.env)),
        ("targets", Member::of_list(&plan.targets)),
        ("triggers", Member::of_list(&plan.triggers)),
        ("meta", Member::of_list(&plan.meta)),
        ("outputs", Member::of_list(&plan.outputs)),
        ("callees", (!plan.callees.is_empty()).then(|| Member::of(&called(plan, digests)))),
        ("steps", (plan.graph.node_count() > 0).then_some(Member::Steps)),
        ("edges", (plan.graph.edge_count() > 0).then_some(Member::Edges)),
        ("plans", carried.filter(|carried| !carried.is_empty()).map(Member::Plans)),
    ];
    members.extend(lists.into_iter().filter_map(|(key, member)| Some((key, member?))));
    let mut separator: &[u8] = b"{";
    for (key, member) in members {
        put_all(sink, [separator, b"\"", key.as_bytes(), b"\":"]);
        separator = b",";
        match member {
            Member::Text(text) => sink.put(&text),
            Member::Steps => put_list(plan.graph.node_weights(), sink),
            Member::Edges => put_list(links(plan), sink),
            Member::Plans(carried) => put_plans(carried, digests, sink),
        }
    }
    sink.put(b"}");
}

/// One member of a plan's object; long ones are written piece by piece.
enum Member<'a> {
    Text(Vec<u8>),
    Steps,
    Edges,
    Plans(&'a BTreeMap<Digest, &'a Plan>),
}

impl Member<'_> {
    fn of(part: &(impl Serialize + ?Sized)) -> Self {
        let mut text = Vec::new();
        write(part, &mut text);
        Self::Text(text)
    }

    fn of_list<T: Serialize>(list: &[T]) -> Option<Self> {
        (!list.is_empty()).then(|| Self::of(list))
    }
}

/// Returns the digests of the plans called, by the names the calls use.
fn called<'a>(plan: &'a Plan, digests: &Digests) -> BTreeMap<&'a Name, Digest> {
    let digest = |plan: &Plan| digests.get(&ptr::from_ref(plan)).copied();
    plan.callees.iter().filter_map(|(name, callee)| Some((name, digest(callee)?))).collect()
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

fn put_list<T: Serialize>(items: impl IntoIterator<Item = T>, sink: &mut impl Sink) {
    let mut text = Vec::new();
    let mut separator: &[u8] = b"[";
    for item in items {
        text.clear();
        write(&item, &mut text);
        put_all(sink, [separator, &text]);
        separator = b",";
    }
    sink.put(b"]");
}

fn put_plans(plans: &BTreeMap<Digest, &Plan>, digests: &Digests, sink: &mut impl Sink) {
    let mut separator: &[u8] = b"{";
    for (digest, plan) in plans {
        put_all(sink, [separator, b"\"", digest.to_string().as_bytes(), b"\":"]);
        write_plan(plan, digests, None, sink);
        separator = b",";
    }
    sink.put(b"}");
}

fn put_all<const N: usize>(sink: &mut impl Sink, texts: [&[u8]; N]) {
    for text in texts {
        sink.put(text);
    }
}

fn write(part: &(impl Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(&mut *text, part)
        .expect("every key of a plan is a text, and memory takes all that is written");
    keys::sort(text);
}

fn into_text(json: Vec<u8>) -> String {
    String::from_utf8(json).expect("JSON that was written here is UTF-8")
}

//! Reading a plan back from its JSON, and everything that can be wrong with it.
//!
//! Whoever holds a plan may rely on what the compiler promised: names are unique, edges join steps that there are, no
//! step waits for itself in the end, and every callee is there. So all of it is checked, and the plans carried beside
//! must have the digests under which they are carried.

use super::{
    Action, Edge, Graph, MAX_CALL_DEPTH, Output, Param, Plan, Policy, Secret, Step, Target, Trigger,
    canonical::{self, EDITION},
    graph,
    step::Concurrency,
};
use crate::{
    expression::Expr,
    id::{Digest, Name},
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, ptr, sync::Arc};

/// Why a text is not a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// It is not JSON of the right shape: what is wrong, and where.
    Malformed(String),
    /// It was written by a program that knows more than this one.
    Edition(u64),
    /// Two steps have this name.
    SameName(Name),
    /// An edge joins a step of this name, and there is none.
    NoStep(Name),
    /// These steps wait for each other.
    Cycle(Vec<Name>),
    /// A step calls this workflow, and the plan does not name it.
    NoCallee(Name),
    /// The plan of this digest is called and not carried beside.
    Missing(Digest),
    /// A plan is carried under this digest and has another.
    WrongDigest(Digest),
    /// Plans call each other more than [`MAX_CALL_DEPTH`] deep, or in a circle.
    CallsTooDeep,
}

impl Plan {
    /// Reads a plan from what [`Plan::to_json`] wrote, or from its canonical JSON if it calls nothing.
    ///
    /// # Errors
    /// If the text is not a plan that the compiler could have made.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        let mut document: Document = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => {
                // A later edition may look different altogether, and saying so helps more than what looks wrong.
                let edition = serde_json::from_str::<Edition>(text).map_or(EDITION, |found| found.edition);
                return Err(if edition == EDITION {
                    PlanError::Malformed(error.to_string())
                } else {
                    PlanError::Edition(edition)
                });
            }
        };
        let callees = build_all(std::mem::take(&mut document.plans))?;
        Ok(build(document, &callees)?.0)
    }
}

impl std::error::Error for PlanError {}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "this is not a plan: {what}"),
            Self::Edition(edition) => {
                write!(f, "the plan is of edition {edition}, and this program knows {EDITION}")
            }
            Self::SameName(name) => write!(f, "two steps of the plan are called `{name}`"),
            Self::NoStep(name) => write!(f, "an edge of the plan joins `{name}`, and no step is called so"),
            Self::Cycle(names) => write!(f, "steps of the plan wait for each other: {}", names.join(" -> ")),
            Self::NoCallee(name) => {
                write!(f, "a step calls `{name}`, and the plan does not say what that is")
            }
            Self::Missing(digest) => write!(f, "the plan {digest} is called and missing"),
            Self::WrongDigest(digest) => write!(f, "what is kept as the plan {digest} is another one"),
            Self::CallsTooDeep => write!(f, "plans call each other more than {MAX_CALL_DEPTH} deep"),
        }
    }
}

/// The object of a plan, as [`super::canonical`] writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "skynet-plan")]
    edition: u64,
    name: Name,
    description: Option<Arc<str>>,
    timeout: Option<Expr>,
    fail_fast: bool,
    priority: i64,
    #[serde(default)]
    params: Vec<Param>,
    #[serde(default)]
    secrets: Vec<Secret>,
    #[serde(default)]
    lets: Vec<(Name, Expr)>,
    #[serde(default)]
    env: Vec<(Name, Expr)>,
    #[serde(default)]
    targets: Vec<Target>,
    #[serde(default)]
    triggers: Vec<Trigger>,
    concurrency: Option<Concurrency>,
    policy: Policy,
    #[serde(default)]
    meta: Vec<(Name, Expr)>,
    #[serde(default)]
    steps: Vec<Step>,
    #[serde(default)]
    edges: Vec<Link>,
    #[serde(default)]
    outputs: Vec<Output>,
    #[serde(default)]
    callees: BTreeMap<Name, Digest>,
    #[serde(default)]
    plans: BTreeMap<Digest, Document>,
}

/// An edge, its ends given by the names of the steps.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    from: Name,
    to: Name,
    kind: super::EdgeKind,
    #[serde(default)]
    why: Vec<super::Why>,
}

/// The member that every edition has.
#[derive(Deserialize)]
struct Edition {
    #[serde(rename = "skynet-plan")]
    edition: u64,
}

/// The plans that were put together, by digest, each with how deep its calls go.
type Built = BTreeMap<Digest, (Arc<Plan>, usize)>;

/// Puts together the plans carried beside, each after all that it calls.
fn build_all(mut documents: BTreeMap<Digest, Document>) -> Result<Built, PlanError> {
    let mut callers: BTreeMap<Digest, Vec<Digest>> = BTreeMap::new();
    let mut waits: BTreeMap<Digest, usize> = BTreeMap::new();
    let mut ready = Vec::new();
    for (digest, document) in &documents {
        if let Some(missing) = document.callees.values().find(|callee| !documents.contains_key(callee)) {
            return Err(PlanError::Missing(*missing));
        }
        for callee in document.callees.values() {
            callers.entry(*callee).or_default().push(*digest);
        }
        waits.insert(*digest, document.callees.len());
        if document.callees.is_empty() {
            ready.push(*digest);
        }
    }
    let mut built = Built::new();
    let mut digests = canonical::Digests::new();
    while let Some(digest) = ready.pop() {
        let Some(document) = documents.remove(&digest) else { continue };
        let (plan, depth) = build(document, &built)?;
        let plan = Arc::new(plan);
        if canonical::digest(&plan, &digests) != digest {
            return Err(PlanError::WrongDigest(digest));
        }
        digests.insert(ptr::from_ref(&*plan), digest);
        built.insert(digest, (plan, depth));
        for caller in callers.remove(&digest).into_iter().flatten() {
            if let Some(count) = waits.get_mut(&caller) {
                *count -= 1;
                if *count == 0 {
                    ready.push(caller);
                }
            }
        }
    }
    // What is left could only wait for itself.
    if documents.is_empty() { Ok(built) } else { Err(PlanError::CallsTooDeep) }
}

/// Puts together one plan, and says how deep its calls go.
fn build(document: Document, built: &Built) -> Result<(Plan, usize), PlanError> {
    if document.edition != EDITION {
        return Err(PlanError::Edition(document.edition));
    }
    if !document.plans.is_empty() {
        return Err(PlanError::Malformed("only the outermost plan carries others".into()));
    }
    let mut callees = BTreeMap::new();
    let mut depth = 0;
    for (name, digest) in document.callees {
        let (plan, below) = built.get(&digest).ok_or(PlanError::Missing(digest))?;
        depth = depth.max(below + 1);
        callees.insert(name, Arc::clone(plan));
    }
    if depth > MAX_CALL_DEPTH {
        return Err(PlanError::CallsTooDeep);
    }
    for step in &document.steps {
        let undo = step.undo.as_ref().map(|undo| &undo.action);
        for action in std::iter::once(&step.action).chain(undo) {
            if let Action::Call { workflow, .. } = action
                && !callees.contains_key(workflow)
            {
                return Err(PlanError::NoCallee(Arc::clone(workflow)));
            }
        }
    }
    let plan = Plan {
        name: document.name,
        description: document.description,
        timeout: document.timeout,
        fail_fast: document.fail_fast,
        priority: document.priority,
        params: document.params,
        secrets: document.secrets,
        lets: document.lets,
        env: document.env,
        targets: document.targets,
        triggers: document.triggers,
        concurrency: document.concurrency,
        policy: document.policy,
        meta: document.meta,
        graph: join(document.steps, document.edges)?,
        outputs: document.outputs,
        callees,
    };
    Ok((plan, depth))
}

/// Joins steps by edges.
fn join(steps: Vec<Step>, links: Vec<Link>) -> Result<Graph, PlanError> {
    let mut graph = Graph::with_capacity(steps.len(), links.len());
    let mut nodes = BTreeMap::new();
    for step in steps {
        let name = Arc::clone(&step.name);
        if nodes.insert(Arc::clone(&name), graph.add_node(step)).is_some() {
            return Err(PlanError::SameName(name));
        }
    }
    for Link { from, to, kind, why } in links {
        let node = |name: Name| nodes.get(&name).copied().ok_or(PlanError::NoStep(name));
        graph.add_edge(node(from)?, node(to)?, Edge { kind, why });
    }
    if let Some(cycle) = graph::cycles(&graph).into_iter().next() {
        let starts = cycle.into_iter().filter_map(|edge| graph.edge_endpoints(edge));
        let names = starts.filter_map(|(from, _)| graph.node_weight(from)).map(|step| Arc::clone(&step.name));
        return Err(PlanError::Cycle(names.collect()));
    }
    Ok(graph)
}

//! A plan with what a job asks of it again and again: steps by position, and which wait for which.

use crate::{
    id::{Digest, Name},
    plan::{EdgeKind, Plan, Step, graph},
};
use petgraph::{
    stable_graph::NodeIndex,
    visit::{EdgeRef, IntoEdgeReferences},
};
use std::{collections::BTreeMap, sync::Arc};

/// The position of a step, in the order of declaration.
pub type StepIx = usize;

/// A plan, ready for jobs. Cloning is not needed: jobs share it.
#[derive(Debug)]
pub struct Shape {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Its digest.
    pub digest: Digest,
    /// The steps so that each comes after all it waits for.
    pub order: Vec<StepIx>,
    /// The shapes of the plans it calls, by the name the calls use.
    pub callees: BTreeMap<Name, Arc<Self>>,
    by_name: BTreeMap<Name, StepIx>,
    incoming: Vec<Vec<(StepIx, EdgeKind)>>,
    outgoing: Vec<Vec<StepIx>>,
}

/// Shapes of one digest are of one plan.
impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Shape {
    /// Looks at a plan.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Arc<Self> {
        let count = plan.graph.node_count();
        let (mut incoming, mut outgoing) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for edge in plan.graph.edge_references() {
            let (from, to) = (edge.source().index(), edge.target().index());
            if let Some(edges) = incoming.get_mut(to) {
                edges.push((from, edge.weight().kind));
            }
            if let Some(edges) = outgoing.get_mut(from) {
                edges.push(to);
            }
        }
        incoming.iter_mut().for_each(|edges| edges.sort_unstable());
        outgoing.iter_mut().for_each(|edges| edges.sort_unstable());
        let by_name = plan.graph.node_indices().filter_map(|node| {
            plan.graph.node_weight(node).map(|step| (Arc::clone(&step.name), node.index()))
        });
        let callees = plan.callees.iter().map(|(name, plan)| (Arc::clone(name), Self::new(Arc::clone(plan))));
        Arc::new(Self {
            digest: plan.digest(),
            order: graph::order(&plan.graph).into_iter().map(NodeIndex::index).collect(),
            callees: callees.collect(),
            by_name: by_name.collect(),
            incoming,
            outgoing,
            plan,
        })
    }

    /// Returns how many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.incoming.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.incoming.is_empty()
    }

    /// Returns a step by its position.
    #[must_use]
    pub fn step(&self, ix: StepIx) -> Option<&Step> {
        self.plan.graph.node_weight(NodeIndex::new(ix))
    }

    /// Finds a step by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<StepIx> {
        self.by_name.get(name).copied()
    }

    /// Returns what a step waits for.
    #[must_use]
    pub fn incoming(&self, ix: StepIx) -> &[(StepIx, EdgeKind)] {
        self.incoming.get(ix).map_or(&[], Vec::as_slice)
    }

    /// Returns what waits for a step.
    #[must_use]
    pub fn outgoing(&self, ix: StepIx) -> &[StepIx] {
        self.outgoing.get(ix).map_or(&[], Vec::as_slice)
    }

    /// Returns all above a step, itself left out.
    #[must_use]
    pub fn ancestors(&self, ix: StepIx) -> Vec<StepIx> {
        let mut met = vec![false; self.len()];
        let (mut found, mut open) = (Vec::new(), vec![ix]);
        while let Some(at) = open.pop() {
            for &(from, _) in self.incoming(at) {
                if let Some(seen) = met.get_mut(from)
                    && !std::mem::replace(seen, true)
                {
                    found.push(from);
                    open.push(from);
                }
            }
        }
        found
    }
}

//! Algorithms on the graph of a plan, and on any graph shaped like it: the compiler asks for the cycles of a graph
//! that is not a plan yet.
//!
//! Every one is iterative, because a chain may be as long as a file allows, and none takes much more than linear time.
//! Nodes count in the order of their indices, which is the order of declaration. Algorithms that need an acyclic graph
//! leave out what lies on or behind a cycle, they never fail.

use petgraph::{
    Direction,
    algo::kosaraju_scc,
    stable_graph::{EdgeIndex, NodeIndex, StableDiGraph},
    visit::{EdgeRef, IntoEdgeReferences, NodeIndexable},
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

/// How many nodes of one component a shortest cycle is looked for from. It is exact up to this size; in a larger
/// component the cycle found is the shortest through one of its first nodes, which keeps the search linear.
const SOURCES: usize = 64;

/// Returns the nodes so that each comes after all it waits for; of those that are ready, the earliest declared first.
#[must_use]
pub fn order<N, E>(graph: &StableDiGraph<N, E>) -> Vec<NodeIndex> {
    let mut waits = PerNode::new(graph, 0_usize);
    for edge in graph.edge_references() {
        waits.update(edge.target(), |count| *count += 1);
    }
    let mut ready: BinaryHeap<_> =
        graph.node_indices().filter(|&node| waits.get(node) == Some(0)).map(Reverse).collect();
    let mut ordered = Vec::with_capacity(graph.node_count());
    while let Some(Reverse(node)) = ready.pop() {
        ordered.push(node);
        for edge in graph.edges(node) {
            waits.update(edge.target(), |count| *count -= 1);
            if waits.get(edge.target()) == Some(0) {
                ready.push(Reverse(edge.target()));
            }
        }
    }
    ordered
}

/// Returns one short cycle of each strongly connected component, as its edges in the order they are walked. A cycle
/// starts at its earliest declared node, and cycles come in the order of their starts.
#[must_use]
pub fn cycles<N, E>(graph: &StableDiGraph<N, E>) -> Vec<Vec<EdgeIndex>> {
    // petgraph's tarjan_scc recurses along the graph; kosaraju_scc does not.
    let mut component_of = PerNode::new(graph, usize::MAX);
    let mut components = kosaraju_scc(graph);
    for (number, component) in components.iter().enumerate() {
        for &node in component {
            component_of.update(node, |slot| *slot = number);
        }
    }
    let mut inside: PerNode<Vec<(EdgeIndex, NodeIndex)>> = PerNode::new(graph, Vec::new());
    for edge in graph.edge_references() {
        if component_of.get(edge.source()) == component_of.get(edge.target()) {
            inside.update(edge.source(), |edges| edges.push((edge.id(), edge.target())));
        }
    }
    let mut search = Search { inside, reached: PerNode::new(graph, None) };
    let mut found = Vec::new();
    for component in &mut components {
        component.sort_unstable();
        let mut shortest: Option<Vec<EdgeIndex>> = None;
        for &source in component.iter().take(SOURCES) {
            let limit = shortest.as_ref().map_or(usize::MAX, Vec::len);
            shortest = search.through(source, limit).or(shortest);
        }
        if let Some(mut cycle) = shortest {
            let starts = cycle.iter().map(|&edge| graph.edge_endpoints(edge).map(|(from, _)| from));
            let first = starts.enumerate().min_by_key(|&(_, node)| node);
            cycle.rotate_left(first.map_or(0, |(position, _)| position));
            found.push((first.and_then(|(_, node)| node), cycle));
        }
    }
    found.sort_unstable_by_key(|&(start, _)| start);
    found.into_iter().map(|(_, cycle)| cycle).collect()
}

/// Returns the longest chain of nodes by their number: no job of this plan takes fewer steps one after another. Of
/// chains of the same length it is the one whose nodes are declared earliest, seen from the end.
#[must_use]
pub fn critical_path<N, E>(graph: &StableDiGraph<N, E>) -> Vec<&N> {
    let mut longest: PerNode<(usize, Option<NodeIndex>)> = PerNode::new(graph, (0, None));
    let mut end: Option<(usize, NodeIndex)> = None;
    for node in order(graph) {
        let before = graph.neighbors_directed(node, Direction::Incoming);
        let best = before
            .filter_map(|from| longest.get(from).map(|(length, _)| (length, Reverse(from))))
            .max()
            .map(|(length, Reverse(from))| (length, from));
        let length = best.map_or(0, |(length, _)| length) + 1;
        longest.update(node, |slot| *slot = (length, best.map(|(_, from)| from)));
        if end.is_none_or(|(most, last)| (length, Reverse(node)) > (most, Reverse(last))) {
            end = Some((length, node));
        }
    }
    let mut path = Vec::new();
    let mut next = end.map(|(_, node)| node);
    while let Some(node) = next {
        path.extend(graph.node_weight(node));
        next = longest.get(node).and_then(|(_, from)| from);
    }
    path.reverse();
    path
}

/// Returns the nodes by how many must end before them: the first layer waits for nothing, each other one for at least
/// one node of the layer before it. Within a layer the order is that of declaration.
#[must_use]
pub fn layers<N, E>(graph: &StableDiGraph<N, E>) -> Vec<Vec<NodeIndex>> {
    let mut depth = PerNode::new(graph, 0_usize);
    let mut layers: Vec<Vec<NodeIndex>> = Vec::new();
    for node in order(graph) {
        let at = depth.get(node).unwrap_or_default();
        for edge in graph.edges(node) {
            depth.update(edge.target(), |below| *below = (*below).max(at + 1));
        }
        if layers.len() <= at {
            layers.resize_with(at + 1, Vec::new);
        }
        if let Some(layer) = layers.get_mut(at) {
            layer.push(node);
        }
    }
    for layer in &mut layers {
        layer.sort_unstable();
    }
    layers
}

/// Returns the size of the largest layer: how many steps run side by side if every step takes equally long. With
/// other lengths more may happen to overlap, so it is a guide, not a bound.
#[must_use]
pub fn width<N, E>(graph: &StableDiGraph<N, E>) -> usize {
    layers(graph).iter().map(Vec::len).max().unwrap_or_default()
}

/// A breadth-first search for cycles that stays inside one component.
struct Search {
    /// The edges that stay inside their component, in the order of declaration.
    inside: PerNode<Vec<(EdgeIndex, NodeIndex)>>,
    /// From which source a node was reached last, and by which edge from where.
    reached: PerNode<Option<(NodeIndex, EdgeIndex, NodeIndex)>>,
}

impl Search {
    /// Finds a shortest cycle through a node, if one is shorter than the limit.
    fn through(&mut self, source: NodeIndex, limit: usize) -> Option<Vec<EdgeIndex>> {
        let mut queue = VecDeque::from([(source, 1)]);
        while let Some((node, length)) = queue.pop_front() {
            if length >= limit {
                return None;
            }
            for &(edge, target) in self.inside.values.get(node.index()).into_iter().flatten() {
                if target == source {
                    return Some(self.walked(source, node, edge));
                }
                self.reached.update(target, |slot| {
                    if slot.is_none_or(|(from, _, _)| from != source) {
                        *slot = Some((source, edge, node));
                        queue.push_back((target, length + 1));
                    }
                });
            }
        }
        None
    }

    /// Walks back from the end of a cycle to its source.
    fn walked(&self, source: NodeIndex, mut node: NodeIndex, last: EdgeIndex) -> Vec<EdgeIndex> {
        let mut cycle = vec![last];
        while node != source
            && let Some(Some((_, edge, before))) = self.reached.get(node)
        {
            cycle.push(edge);
            node = before;
        }
        cycle.reverse();
        cycle
    }
}

/// A value for each node, found by the node's index.
struct PerNode<T> {
    values: Vec<T>,
}

impl<T: Clone> PerNode<T> {
    /// Gives every node the same value.
    fn new<N, E>(graph: &StableDiGraph<N, E>, value: T) -> Self {
        Self { values: vec![value; graph.node_bound()] }
    }

    fn get(&self, node: NodeIndex) -> Option<T> {
        self.values.get(node.index()).cloned()
    }

    fn update(&mut self, node: NodeIndex, change: impl FnOnce(&mut T)) {
        if let Some(value) = self.values.get_mut(node.index()) {
            change(value);
        }
    }
}

//! The graph algorithms: small cases a reader can check, long chains, and random graphs against simpler models.

use engine::plan::graph::{critical_path, cycles, layers, order, width};
use petgraph::{
    stable_graph::{NodeIndex, StableDiGraph},
    visit::{EdgeRef, IntoEdgeReferences},
};
use proptest::{collection::vec, prelude::*};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

type Plain = StableDiGraph<usize, ()>;

const LONG: usize = 20_000;

/// Makes a graph of `nodes` nodes that weigh their position.
fn graph(nodes: usize, edges: &[(usize, usize)]) -> Plain {
    let mut graph = Plain::new();
    for node in 0..nodes {
        graph.add_node(node);
    }
    for &(from, to) in edges {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    graph
}

fn positions(nodes: Vec<NodeIndex>) -> Vec<usize> {
    nodes.into_iter().map(NodeIndex::index).collect()
}

/// The nodes that a cycle passes, in its order.
fn starts(graph: &Plain, cycle: &[petgraph::stable_graph::EdgeIndex]) -> Vec<usize> {
    cycle.iter().map(|&edge| graph.edge_endpoints(edge).unwrap().0.index()).collect()
}

#[test]
fn of_steps_that_are_ready_the_earliest_declared_comes_first() {
    let diamond = graph(5, &[(4, 1), (4, 2), (1, 0), (2, 0)]);
    assert_eq!(positions(order(&diamond)), [3, 4, 1, 2, 0]);
    assert_eq!(critical_path(&diamond), [&4, &1, &0]);
    assert_eq!(width(&diamond), 2);
    let layers: Vec<_> = layers(&diamond).into_iter().map(positions).collect();
    assert_eq!(layers, [vec![3, 4], vec![1, 2], vec![0]]);
}

#[test]
fn a_graph_without_nodes_has_nothing() {
    let empty = graph(0, &[]);
    assert!(order(&empty).is_empty() && cycles(&empty).is_empty() && layers(&empty).is_empty());
    assert!(critical_path(&empty).is_empty());
    assert_eq!(width(&empty), 0);
}

#[test]
fn a_cycle_starts_at_its_earliest_step_and_is_short() {
    // 1 → 3 → 2 → 1 is shorter than the way round through 4 and 5; 0 only leads into it.
    let knot = graph(7, &[(0, 3), (3, 4), (4, 5), (5, 2), (2, 1), (1, 3), (3, 2), (5, 6)]);
    let found = cycles(&knot);
    assert_eq!(found.len(), 1);
    assert_eq!(starts(&knot, &found[0]), [1, 3, 2]);
}

#[test]
fn each_component_gives_one_cycle_and_a_loop_is_one() {
    let mut two = graph(6, &[(5, 4), (4, 5), (0, 0), (1, 2), (2, 3)]);
    assert_eq!(
        cycles(&two).iter().map(|cycle| starts(&two, cycle)).collect::<Vec<_>>(),
        [vec![0], vec![4, 5]]
    );
    two.remove_node(NodeIndex::new(0));
    assert_eq!(cycles(&two).iter().map(|cycle| starts(&two, cycle)).collect::<Vec<_>>(), [vec![4, 5]]);
}

#[test]
fn what_lies_on_or_behind_a_cycle_is_left_out_of_an_order() {
    let stuck = graph(5, &[(0, 1), (1, 2), (2, 1), (2, 3)]);
    assert_eq!(positions(order(&stuck)), [0, 4]);
    assert_eq!(critical_path(&stuck), [&0]);
    assert_eq!(width(&stuck), 2);
}

#[test]
fn a_removed_step_is_no_step() {
    let mut chain = graph(4, &[(0, 1), (1, 2), (2, 3)]);
    chain.remove_node(NodeIndex::new(1));
    assert_eq!(positions(order(&chain)), [0, 2, 3]);
    assert_eq!(critical_path(&chain), [&2, &3]);
    assert_eq!(width(&chain), 2);
}

#[test]
fn long_chains_and_rings_do_not_overflow_the_stack() {
    let mut edges: Vec<_> = (1..LONG).map(|node| (node - 1, node)).collect();
    let chain = graph(LONG, &edges);
    assert!(positions(order(&chain)).into_iter().eq(0..LONG));
    assert_eq!(critical_path(&chain).len(), LONG);
    assert_eq!(layers(&chain).len(), LONG);
    assert_eq!(width(&chain), 1);
    assert!(cycles(&chain).is_empty());
    edges.push((LONG - 1, 0));
    let ring = graph(LONG, &edges);
    let found = cycles(&ring);
    assert_eq!(starts(&ring, &found[0]), (0..LONG).collect::<Vec<_>>());
    assert!(order(&ring).is_empty());
}

#[test]
fn a_large_knot_is_looked_at_from_its_first_steps_only() {
    // Everything waits for everything near it: one component of 20,000 steps and 200,000 edges.
    let edges: Vec<_> =
        (0..LONG).flat_map(|node| (1..=10).map(move |step| (node, (node + step * step) % LONG))).collect();
    let knot = graph(LONG, &edges);
    let found = cycles(&knot);
    assert_eq!(found.len(), 1);
    let walked = starts(&knot, &found[0]);
    assert_eq!(walked[0], 0);
    assert_eq!(walked.len(), LONG / 100);
}

/// The shortest cycle through any node of a set, by brute force.
fn girth(graph: &Plain, members: &BTreeSet<usize>) -> Option<usize> {
    members
        .iter()
        .filter_map(|&start| {
            let mut distance = BTreeMap::from([(start, 0)]);
            let mut queue = VecDeque::from([start]);
            while let Some(node) = queue.pop_front() {
                for next in graph.neighbors(NodeIndex::new(node)).map(NodeIndex::index) {
                    if next == start {
                        return Some(distance[&node] + 1);
                    }
                    if !distance.contains_key(&next) {
                        distance.insert(next, distance[&node] + 1);
                        queue.push_back(next);
                    }
                }
            }
            None
        })
        .min()
}

/// All that can be reached from a node by at least one edge.
fn reach(graph: &Plain, start: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut stack = vec![start];
    while let Some(node) = stack.pop() {
        for next in graph.neighbors(NodeIndex::new(node)) {
            if seen.insert(next.index()) {
                stack.push(next.index());
            }
        }
    }
    seen
}

/// The longest chain that ends at each node, by relaxing edges until nothing changes.
fn depths(graph: &Plain) -> Vec<usize> {
    let mut depth = vec![1; graph.node_count()];
    for _ in 0..graph.node_count() {
        for edge in graph.edge_references() {
            depth[edge.target().index()] = depth[edge.target().index()].max(depth[edge.source().index()] + 1);
        }
    }
    depth
}

fn any_edges(nodes: usize, most: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
    vec((0..nodes, 0..nodes), 0..most)
}

proptest! {
    #[test]
    fn an_order_is_the_smallest_of_all(
        edges in any_edges(12, 30).prop_map(|edges| -> Vec<_> { edges.into_iter().filter(|(a, b)| a != b).collect() }),
        shuffle in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        // An edge always leads up in a shuffled numbering, so the graph is acyclic but not sorted.
        let acyclic: Vec<_> =
            edges.iter().map(|&(a, b)| if shuffle[a] < shuffle[b] { (a, b) } else { (b, a) }).collect();
        let graph = graph(12, &acyclic);
        let mut left: BTreeSet<usize> = (0..12).collect();
        let mut expected = Vec::new();
        while let Some(&next) =
            left.iter().find(|&&node| !acyclic.iter().any(|&(from, to)| to == node && left.contains(&from)))
        {
            left.remove(&next);
            expected.push(next);
        }
        prop_assert_eq!(positions(order(&graph)), expected);

        let depth = depths(&graph);
        let path = critical_path(&graph);
        prop_assert_eq!(path.len(), depth.iter().copied().max().unwrap());
        for pair in path.windows(2) {
            prop_assert!(acyclic.contains(&(*pair[0], *pair[1])));
        }
        let found = layers(&graph);
        for (number, layer) in found.iter().enumerate() {
            let expected: Vec<_> = (0..12).filter(|&node| depth[node] == number + 1).collect();
            prop_assert_eq!(positions(layer.clone()), expected);
        }
        prop_assert_eq!(width(&graph), found.iter().map(Vec::len).max().unwrap());
    }

    #[test]
    fn a_shortest_cycle_of_each_component_is_found(edges in any_edges(14, 30)) {
        let graph = graph(14, &edges);
        let reached: Vec<_> = (0..14).map(|node| reach(&graph, node)).collect();
        let mut components: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for node in (0..14).filter(|&node| reached[node].contains(&node)) {
            let members: BTreeSet<_> =
                (0..14).filter(|&other| reached[node].contains(&other) && reached[other].contains(&node)).collect();
            components.insert(*members.first().unwrap(), members);
        }
        let found = cycles(&graph);
        prop_assert_eq!(found.len(), components.len());
        prop_assert!(found.iter().map(|cycle| starts(&graph, cycle)[0]).is_sorted());
        for cycle in &found {
            let walked = starts(&graph, cycle);
            let members = components.values().find(|members| members.contains(&walked[0])).unwrap();
            prop_assert_eq!(Some(walked.len()), girth(&graph, members));
            prop_assert_eq!(walked.iter().min(), walked.first());
            for (position, &edge) in cycle.iter().enumerate() {
                let (_, to) = graph.edge_endpoints(edge).unwrap();
                prop_assert_eq!(to.index(), walked[(position + 1) % walked.len()]);
            }
        }
        prop_assert_eq!(cycles(&graph), found);
    }
}

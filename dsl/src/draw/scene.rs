//! The graph as text and SVG draw it: many nodes that are linked alike become one item, and links between the same
//! items become one arc. A fan of thirty steps is then a frame with a list in it and two lines, not sixty.

use super::{Drawing, cycle::Cycles, words};
use engine::plan::{EdgeKind, Why};
use std::collections::{BTreeMap, BTreeSet};

/// From how many nodes on a set of alike nodes is one item; fewer are clearer each by itself.
const ALIKE: usize = 6;

/// Items and arcs.
pub(super) struct Scene {
    /// What is drawn as one thing, in the order of the first node of each.
    pub(super) items: Vec<Item>,
    /// The lines between different items, without repetition.
    pub(super) arcs: Vec<Arc>,
    /// The cycles of the drawing.
    pub(super) cycles: Cycles,
}

/// What is drawn as one thing.
pub(super) struct Item {
    /// One node, or all of a set of alike nodes.
    pub(super) members: Vec<usize>,
    /// How and why the node waits for itself, if it does.
    pub(super) own: Option<(EdgeKind, Vec<Why>)>,
}

/// A line from one item to another.
pub(super) struct Arc {
    /// The item that goes first.
    pub(super) from: usize,
    /// The item that waits.
    pub(super) to: usize,
    /// How the line looks.
    pub(super) look: Look,
    /// What must hold of the first.
    pub(super) kind: EdgeKind,
    /// Why it waits.
    pub(super) why: Vec<Why>,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// Solid: it succeeded or was skipped.
    Needs,
    /// Dashed: it is final.
    After,
    /// On a cycle.
    Cycle,
}

/// One link as a node sees it; nodes with the same set of these are alike.
type Seen<'a> = (bool, usize, EdgeKind, &'a [Why]);

impl Scene {
    /// Gathers what is alike.
    pub(super) fn of(drawing: &Drawing) -> Self {
        let cycles = Cycles::of(drawing);
        let (items, item_of) = gather(drawing, &cycles);
        let mut scene = Self { items, arcs: Vec::new(), cycles };
        let mut known = BTreeMap::new();
        for (link, &cyclic) in drawing.links.iter().zip(&scene.cycles.on) {
            let (Some(&from), Some(&to)) = (item_of.get(link.from), item_of.get(link.to)) else { continue };
            if from == to {
                if let Some(item) = scene.items.get_mut(from) {
                    let own = item.own.get_or_insert((link.kind, Vec::new()));
                    own.0 = own.0.max(link.kind);
                    extend(&mut own.1, &link.why);
                }
                continue;
            }
            let look = match link.kind {
                _ if cyclic => Look::Cycle,
                EdgeKind::Needs => Look::Needs,
                EdgeKind::After => Look::After,
            };
            let place = *known.entry((from, to, look, link.kind)).or_insert(scene.arcs.len());
            match scene.arcs.get_mut(place) {
                Some(arc) => extend(&mut arc.why, &link.why),
                None => scene.arcs.push(Arc { from, to, look, kind: link.kind, why: link.why.clone() }),
            }
        }
        scene
    }

    /// Names an item: its node's name, or the first and the last of many.
    pub(super) fn name(&self, drawing: &Drawing, item: usize) -> String {
        let members = self.items.get(item).map(|item| item.members.as_slice()).unwrap_or_default();
        match members {
            [] => String::new(),
            [only] => words::name(drawing, *only),
            [first, .., last] => {
                let (first, last) = (words::name(drawing, *first), words::name(drawing, *last));
                format!("{first} \u{2026} {last} ({} steps)", members.len())
            }
        }
    }
}

/// Puts each node into an item, and returns the items with the item of each node.
fn gather(drawing: &Drawing, cycles: &Cycles) -> (Vec<Item>, Vec<usize>) {
    let count = drawing.nodes.len();
    let mut seen: Vec<BTreeSet<Seen<'_>>> = vec![BTreeSet::new(); count];
    let mut alone = vec![false; count];
    for (link, &cyclic) in drawing.links.iter().zip(&cycles.on) {
        if !words::leads(drawing, link) {
            continue;
        }
        for (end, other, leads) in [(link.from, link.to, true), (link.to, link.from, false)] {
            if let Some(set) = seen.get_mut(end) {
                set.insert((leads, other, link.kind, &link.why));
            }
            if let Some(slot) = alone.get_mut(end) {
                *slot |= cyclic;
            }
        }
    }
    let mut alike = BTreeMap::<&BTreeSet<Seen<'_>>, Vec<usize>>::new();
    for (node, set) in seen.iter().enumerate() {
        if alone.get(node) == Some(&false) {
            alike.entry(set).or_default().push(node);
        }
    }
    let mut lead: Vec<Option<&Vec<usize>>> = vec![None; count];
    for members in alike.values().filter(|members| members.len() >= ALIKE) {
        for &member in members {
            if let Some(slot) = lead.get_mut(member) {
                *slot = Some(members);
            }
        }
    }
    let mut items: Vec<Item> = Vec::new();
    let mut item_of: Vec<usize> = Vec::with_capacity(count);
    for (node, members) in lead.into_iter().enumerate() {
        let first = members.and_then(|members| members.first()).copied().unwrap_or(node);
        if let Some(&item) = item_of.get(first) {
            item_of.push(item);
            continue;
        }
        item_of.push(items.len());
        items.push(Item { members: members.cloned().unwrap_or_else(|| vec![node]), own: None });
    }
    (items, item_of)
}

/// Adds reasons that are not there yet.
fn extend(why: &mut Vec<Why>, more: &[Why]) {
    for reason in more {
        if !why.contains(reason) {
            why.push(reason.clone());
        }
    }
}

//! Settling what other expressions build on, each after what it builds on itself.
//!
//! A `let` may read other lets and outputs of steps; the type of a gathered output depends on what the step fans out
//! over, which may be a `let` or another gathered output. Going through them in order, instead of on demand, keeps the
//! stack flat however long such a chain is, and finds the chains that bite their own tail.

use super::{Checker, Memo};
use crate::{message::flow, walk};
use grammar::{
    Span,
    tree::{self, ExprKind},
};
use std::collections::{BTreeMap, VecDeque};

/// Something that is settled once: a `let` by its name, or the fan-out of a step by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node<'a> {
    Let(&'a str),
    Fan(usize),
}

impl<'a> Checker<'a> {
    /// Checks all lets and fan-outs, in an order in which each finds what it needs.
    pub(crate) fn settle(&mut self) {
        let needs = self.needs();
        let mut waits: BTreeMap<Node<'a>, usize> = BTreeMap::new();
        let mut awaited: BTreeMap<Node<'a>, Vec<Node<'a>>> = BTreeMap::new();
        for (node, its_needs) in &needs {
            waits.insert(*node, its_needs.len());
            for need in its_needs.keys() {
                awaited.entry(*need).or_default().push(*node);
            }
        }
        let mut ready: VecDeque<Node<'a>> =
            waits.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
        while let Some(node) = ready.pop_front() {
            waits.remove(&node);
            match node {
                Node::Let(name) => {
                    self.let_typed(name);
                    self.settled.push(name);
                }
                Node::Fan(step) => drop(self.fan(step)),
            }
            for next in awaited.remove(&node).unwrap_or_default() {
                if let Some(count) = waits.get_mut(&next) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push_back(next);
                    }
                }
            }
        }
        // What is left needs itself, or something that does.
        for node in waits.keys() {
            match node {
                Node::Let(name) => drop(self.lets.insert(name, Memo::Known(None))),
                Node::Fan(step) => self.set_fan(*step, Memo::Known(None)),
            }
        }
        self.report_round(&needs, &waits);
    }

    /// Reports one round among those left; rounds through steps show as cycles of the graph.
    fn report_round(
        &mut self,
        needs: &BTreeMap<Node<'a>, BTreeMap<Node<'a>, Span>>,
        left: &BTreeMap<Node<'a>, usize>,
    ) {
        let next = |node: &Node<'a>| needs.get(node)?.iter().find(|(need, _)| left.contains_key(need));
        let Some(mut at) = left.keys().next().copied() else { return };
        let mut seen: Vec<(Node<'a>, Span)> = Vec::new();
        while let Some((need, span)) = next(&at) {
            if let Some(from) = seen.iter().position(|(node, _)| node == need) {
                let round = seen.get(from..).unwrap_or_default();
                let through_lets = round.iter().all(|(node, _)| matches!(node, Node::Let(_)));
                if let (true, Node::Let(name)) = (through_lets, need)
                    && let Some(declared) = self.names.lets.get(name)
                {
                    self.found.push(flow::values_need_each_other(name, *span, declared.name().span));
                }
                return;
            }
            seen.push((*need, *span));
            at = *need;
        }
    }

    /// Returns what each needs, and where it says so.
    fn needs(&self) -> BTreeMap<Node<'a>, BTreeMap<Node<'a>, Span>> {
        let lets = self.names.lets.iter().filter_map(|(name, declared)| {
            Some((Node::Let(name), self.needs_of(declared.syntax.value.as_ref()?)))
        });
        let fans = self.names.steps.iter().enumerate();
        let fans = fans.filter_map(|(at, step)| Some((Node::Fan(at), self.needs_of(step.for_each?))));
        lets.chain(fans).collect()
    }

    fn needs_of(&self, written: &tree::Expr) -> BTreeMap<Node<'a>, Span> {
        let mut needs = BTreeMap::new();
        walk::expressions(written, &mut |expr| {
            let ExprKind::Member(base, name) = &expr.kind else { return };
            let ExprKind::Name(root) = &base.kind else { return };
            let need = match &**root {
                "let" => self.names.lets.get_key_value(&*name.text).map(|(name, _)| Node::Let(name)),
                "step" => {
                    self.names.find(&name.text).and_then(|(at, step)| step.for_each.map(|_| Node::Fan(at)))
                }
                _ => None,
            };
            if let Some(need) = need {
                needs.entry(need).or_insert(expr.span);
            }
        });
        needs
    }
}

//! What follows by itself: steps begin, are skipped or blocked, until nothing more can happen without the world.

use super::Decision;
use crate::{
    event::{At, Event},
    expression::{Expr, Read},
    job::{InstanceState, JobState, Status, StepIx},
    plan::{Action, EdgeKind, FanOut, OnFailure, Step},
    request::FailureClass,
    scope::JobScope,
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

/// How many instances a step may have where it does not say.
const MAX_ITEMS: u32 = 100_000;

impl Decision<'_> {
    pub(super) fn advance(&mut self) {
        while self.broken.is_none() {
            let JobState::Running { stopping } = self.job.state else { break };
            if stopping.is_some() || self.job.undo.is_some() {
                break;
            }
            let before = self.job.seq;
            if self.is_giving_up() {
                self.close_waits();
            }
            self.take_turns();
            if self.job.paused_by.is_none() {
                self.fill();
            }
            if self.job.seq == before {
                break;
            }
        }
        self.end();
    }

    /// Returns whether another attempt may run.
    pub(super) fn has_room(&self) -> bool {
        self.job.running.len() < self.most()
    }

    fn wants_place(&self, ix: StepIx, instance: u32) -> bool {
        self.job.instance(ix, instance).is_some_and(|it| matches!(it.state, InstanceState::Slot(_)))
    }

    /// Returns how many attempts may run at once.
    fn most(&self) -> usize {
        let most = self.job.created.as_ref().map_or(1, |created| created.max_parallel);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Lets every step whose turn has come begin, or ends it.
    fn take_turns(&mut self) {
        let mut next = 0;
        while let Some(ix) = self.job.ready.range(next..).next().copied() {
            next = ix + 1;
            let shape = Arc::clone(&self.job.shape);
            let Some(step) = shape.step(ix) else { continue };
            if let Some(by) = self.obstacle(ix) {
                self.emit(Event::StepBlocked { step: Arc::clone(&step.name), by });
                continue;
            }
            let is_held = self.job.paused_by.is_some();
            if is_held || (takes_room(step) && step.fan_out.is_none() && !self.has_room()) {
                continue;
            }
            let reads_each = step.when.as_ref().is_some_and(|when| when.reads().any(is_each));
            let holds = match step.when.as_ref().filter(|_| step.fan_out.is_none() || !reads_each) {
                Some(when) => JobScope::new(self.job).bool(when),
                None => Ok(true),
            };
            match holds {
                Ok(true) => match &step.fan_out {
                    Some(fan_out) => self.expand(ix, step, fan_out),
                    None => self.begin(ix, 0),
                },
                Ok(false) => self.emit(Event::StepSkipped {
                    at: At::new(Arc::clone(&step.name), 0),
                    whole: true,
                    why: step.when.as_ref().map(ToString::to_string).unwrap_or_default(),
                }),
                Err(why) => self.fail(ix, 0, FailureClass::Expression, format!("`when`: {why}")),
            }
        }
    }

    /// Says what keeps a step from starting, now that all it waits for has ended.
    fn obstacle(&self, ix: StepIx) -> Option<String> {
        if self.is_given_up(ix) {
            return self.job.failing.clone();
        }
        self.job.shape.incoming(ix).iter().filter(|(_, kind)| *kind == EdgeKind::Needs).find_map(
            |(from, _)| {
                let (step, plan) = (self.job.steps.get(*from)?, self.job.shape.step(*from)?);
                let lets = match step.status {
                    Status::Succeeded | Status::Skipped => true,
                    Status::Failed => plan.on_failure == OnFailure::Continue,
                    Status::Pending
                    | Status::Waiting
                    | Status::Running
                    | Status::Blocked
                    | Status::Cancelled => false,
                };
                (!lets).then(|| format!("step `{}` {}", plan.name, came_to(step.status)))
            },
        )
    }

    fn expand(&mut self, ix: StepIx, step: &Step, fan_out: &FanOut) {
        let expanded = self.expansion(fan_out);
        match expanded {
            Ok((over, keys, parallel)) => {
                self.emit(Event::FanOutExpanded { step: Arc::clone(&step.name), over, keys, parallel });
            }
            Err(why) => self.fail(ix, 0, FailureClass::Expression, why),
        }
    }

    fn expansion(&self, fan_out: &FanOut) -> Result<(Value, Vec<crate::id::Name>, Option<u32>), String> {
        let scope = JobScope::new(self.job);
        let over = scope.value(&fan_out.over).map_err(|why| format!("`for_each`: {why}"))?;
        let items = crate::job::Items::new(&over, Vec::new(), None)?;
        let count = |word: &str, expr: &Option<Expr>| {
            expr.as_ref().map(|expr| scope.count(expr).map_err(|why| format!("`{word}`: {why}"))).transpose()
        };
        let most = count("max_items", &fan_out.max_items)?.unwrap_or(MAX_ITEMS);
        if usize::try_from(most).is_ok_and(|most| items.len() > most) {
            return Err(format!("`for_each` has {} items, and `max_items` is {most}", items.len()));
        }
        let mut keys = Vec::new();
        if let Some(key) = &fan_out.key {
            let mut met: BTreeMap<crate::id::Name, usize> = BTreeMap::new();
            for (at, position) in (0..items.len()).zip(0_u32..) {
                let own = JobScope::new(self.job).each(Some(&items), position).text(key);
                let name: crate::id::Name = own.map_err(|why| format!("item {at}: `key`: {why}"))?.into();
                if let Some(first) = met.insert(Arc::clone(&name), at) {
                    return Err(format!("items {first} and {at} both have the key {name:?}"));
                }
                keys.push(name);
            }
        }
        let parallel = count("parallel", &fan_out.parallel)?;
        Ok((over, keys, parallel.map(|most| most.max(1))))
    }

    /// Begins instances that may, as long as there is room.
    fn fill(&mut self) {
        let mut next = 0;
        while let Some(ix) = self.job.open.range(next..).next().copied() {
            next = ix + 1;
            let shape = Arc::clone(&self.job.shape);
            let Some(step) = shape.step(ix) else { continue };
            let takes_room = takes_room(step);
            let own = self.job.asking.range((ix, 0)..=(ix, u32::MAX));
            let mut queued = own.filter(|&&(_, at)| self.wants_place(ix, at)).count();
            let mut from = 0;
            while let Some(state) = self.job.steps.get(ix) {
                let limit = state.fan_out.as_ref().and_then(|items| items.parallel);
                let is_full = limit.is_some_and(|limit| state.in_flight >= limit);
                // More than may run at once need not queue for a place.
                let is_queued = takes_room && step.concurrency.is_some() && queued >= self.most();
                if is_full || is_queued || (takes_room && !self.has_room()) {
                    break;
                }
                let Some(instance) = state.open.range(from..).next().copied() else { break };
                if self.is_given_up(ix) {
                    break;
                }
                from = instance + 1;
                let before = self.job.seq;
                self.begin(ix, instance);
                queued += usize::from(self.wants_place(ix, instance));
                if self.job.seq == before {
                    break;
                }
            }
        }
    }
}

/// Returns whether the step is performed, by a provider or by a job of its own.
pub(super) const fn takes_room(step: &Step) -> bool {
    match step.action {
        Action::Run { .. }
        | Action::Script { .. }
        | Action::Do { .. }
        | Action::Http(_)
        | Action::Agent { .. }
        | Action::Call { .. } => true,
        Action::Approve(_) | Action::Wait(_) => false,
    }
}

const fn is_each(read: &Read) -> bool {
    matches!(read, Read::EachKey | Read::EachValue | Read::EachIndex)
}

const fn came_to(status: Status) -> &'static str {
    match status {
        Status::Blocked => "could not start",
        Status::Cancelled => "was stopped",
        Status::Pending
        | Status::Waiting
        | Status::Running
        | Status::Succeeded
        | Status::Failed
        | Status::Skipped => "failed",
    }
}

//! A job that is driven, and what is under way for it.

use super::{
    Next, Refused, Report, Runtime,
    keep::{Busy, Told},
    perform,
};
use crate::{
    command::{ChildEnd, Command},
    decide::slot,
    event::At,
    id::{AttemptKey, JobId, Name},
    job::{Job, JobState},
    port::Stop,
    react::{self, Effect, Owed},
    scope::JobScope,
    slot::Holder,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::AtomicBool},
};

/// How long after its deadline a provider may still take to end an attempt, in milliseconds, until it is asked to.
const GRACE: i64 = 30_000;

/// A job that is driven.
pub(super) struct Live {
    /// As it will be once what it decided is kept.
    pub(super) job: Job,
    /// What it waits for before it decides again.
    pub(super) busy: Option<Busy>,
    /// What it was asked meanwhile.
    pub(super) asked: Vec<Told>,
    /// What was asked of the world and is still owed.
    underway: BTreeSet<Owed>,
    /// Attempts that a provider has, each with the sign that it is to be stopped.
    performing: BTreeMap<AttemptKey, Arc<AtomicBool>>,
    /// The groups in which a place is held or asked for.
    places: BTreeMap<Option<At>, Name>,
    /// The jobs of calls, by the attempt that called.
    children: BTreeMap<Owed, JobId>,
    /// The times for which somebody waits.
    pub(super) woken: BTreeSet<i64>,
}

impl Live {
    pub(super) const fn new(job: Job) -> Self {
        Self {
            job,
            busy: None,
            asked: Vec::new(),
            underway: BTreeSet::new(),
            performing: BTreeMap::new(),
            places: BTreeMap::new(),
            children: BTreeMap::new(),
            woken: BTreeSet::new(),
        }
    }

    pub(super) fn is_performing(&self, key: &AttemptKey) -> bool {
        self.performing.contains_key(key)
    }

    /// Takes note that a provider is done with what a command reports.
    pub(super) fn performed(&mut self, command: &Command) {
        if let Command::ReportOutcome { at, attempt, .. } = command {
            let (job, step) = (self.job.id(), Arc::clone(&at.step));
            self.performing.remove(&AttemptKey { job, step, instance: at.instance, attempt: *attempt });
        }
    }
}

impl Runtime {
    /// Compares what is owed with what is under way: starts what is new, stops what is owed no more.
    pub(super) fn react(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        if live.busy.is_some() {
            // What it has decided may not come to be; once that is known, this is done.
            return;
        }
        let owed: BTreeSet<Owed> = react::owed(&live.job).into_iter().collect();
        let gone: Vec<Owed> = live.underway.difference(&owed).copied().collect();
        let new: Vec<Owed> = owed.difference(&live.underway).copied().collect();
        live.underway.retain(|it| owed.contains(it));
        for gone in gone {
            self.abandon(id, gone, &owed);
        }
        for new in new {
            self.start(id, new);
        }
        self.give_places_back(id);
    }

    fn start(&mut self, id: &JobId, owed: Owed) {
        let kinds = self.kinds();
        let Some(live) = self.jobs.get_mut(id) else { return };
        if let Owed::Wake(at) = owed {
            // An earlier one will look again.
            if live.woken.first().is_none_or(|first| at < *first) {
                live.woken.insert(at);
                let (clock, id) = (Arc::clone(&self.world.clock), Arc::clone(id));
                self.tasks.push(Box::pin(async move {
                    clock.sleep_until(at).await;
                    Report::Woke(id, at)
                }));
            }
            return;
        }
        let Some(effect) = react::effect(&live.job, owed) else { return };
        live.underway.insert(owed);
        match effect {
            Effect::Perform(perform) => {
                if let Some(deadline) = react::deadline(&live.job, owed) {
                    let (clock, key) = (Arc::clone(&self.world.clock), perform.key.clone());
                    self.tasks.push(Box::pin(async move {
                        clock.sleep_until(deadline.saturating_add(GRACE)).await;
                        Report::Overdue(key)
                    }));
                }
                let is_stopped = Arc::new(AtomicBool::new(false));
                live.performing.insert(perform.key.clone(), Arc::clone(&is_stopped));
                let shape = Arc::clone(&live.job.shape);
                let world = self.world.clone();
                self.tasks.push(Box::pin(perform::perform(world, shape, *perform, is_stopped)));
            }
            Effect::Stop { key, how } => self.stop(&key, how),
            Effect::TakeSlot { at, slot } => {
                let (priority, now) = (live.job.shape.plan.priority, self.world.clock.now());
                live.places.insert(at.clone(), Arc::clone(&slot.group));
                let turns = self.slots.request(Holder { job: Arc::clone(id), at }, &slot, priority, now);
                self.take_turns(turns);
            }
            Effect::AskCache { at, key } => {
                let (results, id) = (Arc::clone(&self.world.results), Arc::clone(id));
                self.tasks.push(Box::pin(async move {
                    let found = results.find(key).await;
                    Report::Command(id, Box::new(Command::ReportCache { at, found }))
                }));
            }
            Effect::StartChild { key, job, workflow, params } => {
                live.children.insert(owed, Arc::clone(&job));
                let shape = live.job.shape.callees.get(&workflow).map(Arc::clone);
                let submit = react::child(&live.job, &key, &job, &params, kinds);
                match shape {
                    Some(shape) => self.next.push_back(Next::StartChild(key, shape, Box::new(submit))),
                    None => {
                        let at = At::new(Arc::clone(&key.step), key.instance);
                        let end =
                            ChildEnd::Failed("the plan does not carry the workflow it calls".to_owned());
                        self.tell(key.job, Command::ReportChild { at, attempt: key.attempt, end });
                    }
                }
            }
            Effect::StopChild { job, how } => self.stop_child(job, how),
            Effect::Wake { .. } => {}
        }
    }

    /// Stops what is owed no more and was not reported: its time was up, or it was fenced.
    fn abandon(&mut self, id: &JobId, gone: Owed, owed: &BTreeSet<Owed>) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        match gone {
            Owed::Perform(ix, instance, attempt) => {
                let key = live.job.key(ix, instance, attempt);
                let is_stopped_anyhow = owed.iter().any(
                    |it| matches!(it, Owed::Stop(at, on, number, _) if (*at, *on, *number) == (ix, instance, attempt)),
                );
                if live.is_performing(&key) && !is_stopped_anyhow {
                    self.stop(&key, Stop::Now);
                }
            }
            Owed::Undo(position, attempt) => {
                let key = react::undone(&live.job, position, attempt).map(|(_, _, key)| key);
                let is_stopped_anyhow = owed.contains(&Owed::StopUndo(position, attempt));
                if let Some(key) = key.filter(|key| live.is_performing(key) && !is_stopped_anyhow) {
                    self.stop(&key, Stop::Now);
                }
            }
            Owed::Child(ix, instance, attempt) => {
                let child = live.children.remove(&gone);
                let is_over = |child: &JobId| self.jobs.get(child).is_none_or(|live| live.job.is_over());
                let is_stopped_anyhow = owed.iter().any(
                    |it| matches!(it, Owed::StopChild(at, on, number, _) if (*at, *on, *number) == (ix, instance, attempt)),
                );
                if let Some(child) = child.filter(|child| !is_over(child))
                    && !is_stopped_anyhow
                {
                    self.stop_child(child, Stop::Gracefully);
                }
            }
            Owed::JobSlot
            | Owed::Slot(..)
            | Owed::Cache(..)
            | Owed::Stop(..)
            | Owed::StopChild(..)
            | Owed::StopUndo(..)
            | Owed::Wake(_) => {}
        }
    }

    fn stop_child(&mut self, job: JobId, how: Stop) {
        let command = match how {
            Stop::Gracefully => Command::CancelJob,
            Stop::Now => Command::KillJob,
        };
        self.tell(job, command);
    }

    /// Has an attempt stopped.
    pub(super) fn stop(&mut self, key: &AttemptKey, how: Stop) {
        let Some(live) = self.jobs.get(&key.job) else { return };
        if let Some(is_stopped) = live.performing.get(key) {
            is_stopped.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        let provider = live.job.step(&key.step).and_then(|step| step.instance(key.instance)).and_then(|it| {
            match &it.state {
                crate::job::InstanceState::Running(running) => Some(Arc::clone(&running.provider)),
                _ => None,
            }
        });
        let providers = self.world.providers.clone();
        self.tasks.push(Box::pin(perform::stop(providers, provider, key.clone(), how)));
    }

    /// Lets go of a job: stops what runs for it here, and forgets it.
    pub(super) fn release(&mut self, id: &JobId) {
        let keys: Vec<_> =
            self.jobs.get(id).iter().flat_map(|live| live.performing.keys().cloned()).collect();
        for key in keys {
            self.stop(&key, Stop::Now);
        }
        let Some(live) = self.jobs.remove(id) else { return };
        self.unfinished.remove(id);
        let decided = match live.busy {
            Some(Busy::Appending(decided)) => decided.into_iter().map(|decided| decided.told).collect(),
            Some(Busy::Loading) | None => Vec::new(),
        };
        for mut told in decided.into_iter().chain(live.asked) {
            told.answer(Err(Refused::Gone));
        }
        let now = self.world.clock.now();
        for (at, group) in live.places {
            let turns = self.slots.release(&group, &Holder { job: Arc::clone(id), at }, now);
            self.take_turns(turns);
        }
    }

    /// Takes note of the places that a job held when it was driven last, which nobody else may have, and of when it took
    /// those of which only so many are given in a span.
    pub(super) fn hold_places(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        let job = &live.job;
        let mut held = Vec::new();
        if let (Some(limit), JobState::Running { .. }) = (&job.shape.plan.concurrency, &job.state) {
            held.extend(slot(limit, &JobScope::new(job)).ok().map(|slot| (None, slot)));
        }
        for (ix, step) in job.steps.iter().enumerate() {
            let Some(limit) = job.shape.step(ix).and_then(|plan| plan.concurrency.as_ref()) else { continue };
            for (at, _) in (0..).zip(&step.instances).filter(|(_, instance)| instance.has_slot) {
                let scope = JobScope::new(job).each(step.fan_out.as_deref(), at);
                held.extend(slot(limit, &scope).ok().map(|slot| (Some(job.place(ix, at)), slot)));
            }
        }
        for (group, given) in &job.given {
            self.slots.remember(group, given);
        }
        for (at, slot) in held {
            self.slots.hold(Holder { job: Arc::clone(id), at: at.clone() }, &slot);
            live.places.insert(at, slot.group);
        }
    }

    /// Gives back the places that are held or asked for no more.
    fn give_places_back(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        let job = &live.job;
        let is_needed = |at: &Option<At>| match at {
            None => !job.is_over(),
            Some(at) => job.at(at).is_some_and(|(_, instance)| {
                let asks = matches!(instance.state, crate::job::InstanceState::Slot(_));
                !job.state.is_final() && (instance.has_slot || asks)
            }),
        };
        let over: Vec<_> = live.places.extract_if(.., |at, _| !is_needed(at)).collect();
        let now = self.world.clock.now();
        for (at, group) in over {
            let turns = self.slots.release(&group, &Holder { job: Arc::clone(id), at }, now);
            self.take_turns(turns);
        }
    }
}

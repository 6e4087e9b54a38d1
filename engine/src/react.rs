//! From a job to what the world still has to be asked to do. A function of state: a crash between the log and an
//! effect costs nothing, as whoever reads the job next finds the same effects owed.

use crate::{
    command::Submit,
    event::{At, Door, Slot, Values},
    id::{AttemptKey, Digest, JobId, Name},
    job::{InstanceState, Job, JobState, StepIx, Stopping},
    plan::Action,
    port::Stop,
    request::Request,
    resolve,
    scope::JobScope,
};
use std::{collections::BTreeSet, sync::Arc};

/// What the world is asked to do. Each has a key, and doing one twice is doing it once.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Perform an attempt and report what came of it.
    Perform(Box<Perform>),
    /// Stop an attempt.
    Stop {
        /// Which.
        key: AttemptKey,
        /// How.
        how: Stop,
    },
    /// Get a place in a group; without `at` it is the job's own.
    TakeSlot {
        /// Where.
        at: Option<At>,
        /// Which place.
        slot: Slot,
    },
    /// Look for an earlier result.
    AskCache {
        /// Where.
        at: At,
        /// Its key.
        key: Digest,
    },
    /// Start the job of a call, or find it, and report how it ends.
    StartChild {
        /// The attempt that calls.
        key: AttemptKey,
        /// The job.
        job: JobId,
        /// The workflow, as the plan calls it.
        workflow: Name,
        /// What it is given.
        params: Values,
    },
    /// Stop the job of a call.
    StopChild {
        /// The job.
        job: JobId,
        /// How.
        how: Stop,
    },
    /// Ask again at this time.
    Wake {
        /// In milliseconds since 1970-01-01 UTC.
        at: i64,
    },
}

/// What is performed.
#[derive(Clone, Debug, PartialEq)]
pub struct Perform {
    /// Which attempt.
    pub key: AttemptKey,
    /// What to do, or why that cannot be told any more.
    pub request: Result<Request, String>,
    /// The digest of what the log says is done; none for what takes a step back.
    pub subject: Option<Digest>,
}

/// What is owed, by numbers alone: cheap to list after every decision, as most of it is under way already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owed {
    /// A place for the job.
    JobSlot,
    /// A place for an instance.
    Slot(StepIx, u32),
    /// An earlier result for an instance.
    Cache(StepIx, u32),
    /// An attempt.
    Perform(StepIx, u32, u32),
    /// The end of an attempt.
    Stop(StepIx, u32, u32, Stop),
    /// The job of a call.
    Child(StepIx, u32, u32),
    /// The end of the job of a call.
    StopChild(StepIx, u32, u32, Stop),
    /// Taking a step back: the position in the order, and the attempt.
    Undo(usize, u32),
    /// The end of that.
    StopUndo(usize, u32),
    /// A time.
    Wake(i64),
}

/// Returns the effects that are owed.
#[must_use]
pub fn react(job: &Job) -> Vec<Effect> {
    owed(job).into_iter().filter_map(|owed| effect(job, owed)).collect()
}

/// Lists what is owed.
#[must_use]
pub fn owed(job: &Job) -> Vec<Owed> {
    let mut list = Vec::new();
    if matches!(job.state, JobState::Queued { .. }) {
        list.push(Owed::JobSlot);
    }
    let how = job.stopping().map(|why| match why {
        Stopping::Kill => Stop::Now,
        Stopping::Cancel | Stopping::Expired => Stop::Gracefully,
    });
    for (ix, at) in job.running() {
        let Some(instance) = job.instance(ix, at) else { continue };
        let how = how.or_else(|| instance.evicted.as_ref().map(|_| Stop::Gracefully));
        list.push(match (matches!(instance.state, InstanceState::Child { .. }), how) {
            (false, None) => Owed::Perform(ix, at, instance.attempt),
            (false, Some(how)) => Owed::Stop(ix, at, instance.attempt, how),
            (true, None) if matches!(instance.state, InstanceState::Child { is_expired: true, .. }) => {
                Owed::StopChild(ix, at, instance.attempt, Stop::Gracefully)
            }
            (true, None) => Owed::Child(ix, at, instance.attempt),
            (true, Some(how)) => Owed::StopChild(ix, at, instance.attempt, how),
        });
    }
    if how.is_none() {
        for (ix, at) in job.asking() {
            match job.instance(ix, at).map(|it| &it.state) {
                Some(InstanceState::Slot(_)) => list.push(Owed::Slot(ix, at)),
                Some(InstanceState::Cache(_)) => list.push(Owed::Cache(ix, at)),
                Some(_) | None => {}
            }
        }
    }
    if let Some((undo, attempt)) = job.undo.as_ref().and_then(|undo| Some((undo, undo.running()?))) {
        let (at, kills) = (undo.done, undo.is_killed);
        list.push(if kills { Owed::StopUndo(at, attempt) } else { Owed::Undo(at, attempt) });
    }
    list.extend(job.next_due().map(Owed::Wake));
    list
}

/// Says what is owed in full; none if it is owed no more.
#[must_use]
pub fn effect(job: &Job, owed: Owed) -> Option<Effect> {
    match owed {
        Owed::JobSlot => match &job.state {
            JobState::Queued { slot, .. } => Some(Effect::TakeSlot { at: None, slot: slot.clone() }),
            _ => None,
        },
        Owed::Slot(ix, at) => match &job.instance(ix, at)?.state {
            InstanceState::Slot(slot) => {
                Some(Effect::TakeSlot { at: Some(job.place(ix, at)), slot: slot.as_ref().clone() })
            }
            _ => None,
        },
        Owed::Cache(ix, at) => match &job.instance(ix, at)?.state {
            InstanceState::Cache(question) => {
                Some(Effect::AskCache { at: job.place(ix, at), key: question.key })
            }
            _ => None,
        },
        Owed::Perform(ix, at, attempt) => {
            let InstanceState::Running(running) = &job.instance(ix, at)?.state else { return None };
            let (request, subject) = (resolve::attempt(job, ix, at), Some(running.subject));
            Some(Effect::Perform(Box::new(Perform { key: job.key(ix, at, attempt), request, subject })))
        }
        Owed::Stop(ix, at, attempt, how) => Some(Effect::Stop { key: job.key(ix, at, attempt), how }),
        Owed::Child(ix, at, attempt) => start_child(job, ix, at, attempt),
        Owed::StopChild(ix, at, _, how) => match &job.instance(ix, at)?.state {
            InstanceState::Child { job, .. } => Some(Effect::StopChild { job: Arc::clone(job), how }),
            _ => None,
        },
        Owed::Undo(position, attempt) => {
            let (ix, at, key) = undone(job, position, attempt)?;
            let request = resolve::undo(job, ix, at, attempt);
            Some(Effect::Perform(Box::new(Perform { key, request, subject: None })))
        }
        Owed::StopUndo(position, attempt) => {
            let (_, _, key) = undone(job, position, attempt)?;
            Some(Effect::Stop { key, how: Stop::Now })
        }
        Owed::Wake(at) => Some(Effect::Wake { at }),
    }
}

/// Returns when the time of an attempt is up, if it has one.
pub(crate) fn deadline(job: &Job, owed: Owed) -> Option<i64> {
    let Owed::Perform(ix, at, _) = owed else { return None };
    match &job.instance(ix, at)?.state {
        InstanceState::Running(running) => running.deadline,
        _ => None,
    }
}

pub(crate) fn undone(job: &Job, position: usize, attempt: u32) -> Option<(StepIx, u32, AttemptKey)> {
    let At { step, instance } = job.undo.as_ref()?.order.get(position)?;
    let ix = job.shape.find(step)?;
    Some((ix, *instance, job.key(ix, *instance, attempt)))
}

fn start_child(job: &Job, ix: StepIx, at: u32, attempt: u32) -> Option<Effect> {
    let InstanceState::Child { job: child, .. } = &job.instance(ix, at)?.state else { return None };
    let Action::Call { workflow, params } = &job.shape.step(ix)?.action else { return None };
    let items = job.steps.get(ix).and_then(|step| step.fan_out.as_deref());
    let scope = JobScope::new(job).each(items, at);
    let params = params.iter().filter_map(|(name, value)| Some((Arc::clone(name), scope.value(value).ok()?)));
    Some(Effect::StartChild {
        key: job.key(ix, at, attempt),
        job: Arc::clone(child),
        workflow: Arc::clone(workflow),
        params: Arc::new(params.collect()),
    })
}

/// Returns the command that starts the job of a call.
#[must_use]
pub fn child(parent: &Job, key: &AttemptKey, job: &JobId, params: &Values, kinds: BTreeSet<Name>) -> Submit {
    let created = parent.created.as_ref();
    Submit {
        job: Arc::clone(job),
        params: Arc::clone(params),
        // Whoever may start the caller may start what it calls: the file was read as a whole.
        door: created.map_or(Door::Call, |created| created.door),
        workspace: created.and_then(|created| created.workspace.clone()),
        mock: parent.is_mock(),
        max_parallel: created.map_or(1, |created| created.max_parallel),
        queue_timeout: created.and_then(|created| created.queue_timeout),
        seed: created.map_or(0, |created| created.seed),
        parent: Some(key.clone()),
        kinds,
        fork: None,
    }
}

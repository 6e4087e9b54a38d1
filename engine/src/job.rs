//! A job: the fold of its events, and nothing else. It is changed by [`Job::evolve`](crate::evolve) alone.
//!
//! Beside what events say it keeps a few sets that follow from them: what runs, what may begin, when something is due.
//! They make each question cost what its answer is long, not what the job is large.

pub mod shape;
pub mod step;
mod undo;

use crate::{
    event::{At, JobCreated, Slot, Values},
    id::{AttemptKey, JobId, Name},
    value::Value,
};
pub use shape::{Shape, StepIx};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};
pub use step::{Approval, Instance, InstanceState, Items, Running, Status, StepState};
pub use undo::{Turn, Undo};

/// An execution of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The plan.
    pub shape: Arc<Shape>,
    /// The number of its last event.
    pub seq: u64,
    /// How it stands.
    pub state: JobState,
    /// How it began.
    pub created: Option<Arc<JobCreated>>,
    /// When it was created.
    pub created_at: i64,
    /// When its last event was.
    pub updated_at: i64,
    /// Whether no step starts.
    pub paused_by: Option<Name>,
    /// Why it will fail, once it has ended.
    pub failing: Option<String>,
    /// Whether a step failed since the job began or was retried, in a way that does not let it go on.
    pub gives_up: bool,
    /// When its time is up.
    pub deadline: Option<i64>,
    /// What is taken back.
    pub undo: Option<Undo>,
    /// Its steps, in the order of declaration.
    pub steps: Vec<StepState>,
    /// The last body of each signal that came.
    pub signals: BTreeMap<Name, Value>,
    /// When it was given the latest places in groups whose rate is limited, as many of each as count.
    pub given: BTreeMap<Name, VecDeque<i64>>,
    /// What it gave back.
    pub outputs: Values,
    /// Steps whose turn it is: all they wait for has ended.
    pub(crate) ready: BTreeSet<StepIx>,
    /// Steps with instances that may begin.
    pub(crate) open: BTreeSet<StepIx>,
    /// Instances that are performed, here or by a job of their own.
    pub(crate) running: BTreeSet<(StepIx, u32)>,
    /// Instances that wait for people, a place or the cache.
    pub(crate) asking: BTreeSet<(StepIx, u32)>,
    /// The messages from outside that led to something.
    pub(crate) causes: BTreeSet<Name>,
    /// When something is due.
    pub(crate) timers: BTreeSet<(i64, Due)>,
    /// How many steps have not ended.
    pub(crate) unfinished: usize,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq)]
pub enum JobState {
    /// It has no event yet.
    Absent,
    /// It is there, with its plan.
    Planned,
    /// It waits for a place in its group.
    Queued {
        /// Which place.
        slot: Slot,
        /// Until when at most.
        until: Option<i64>,
    },
    /// Steps run.
    Running {
        /// Whether it is to end before its time.
        stopping: Option<Stopping>,
    },
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed {
        /// Why.
        cause: String,
    },
    /// It was stopped.
    Cancelled,
    /// Its time was up.
    TimedOut,
}

/// Why a job ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopping {
    /// Somebody asked for it.
    Cancel,
    /// Somebody asked for it, at once and without undo.
    Kill,
    /// Its time is up.
    Expired,
}

/// What is due at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// The end of the job's time.
    Job,
    /// The end of its time in the queue.
    Queue,
    /// Something about an instance.
    Instance(StepIx, u32),
}

impl Job {
    /// Makes a job without events.
    #[must_use]
    pub fn new(shape: Arc<Shape>) -> Self {
        let steps: Vec<_> = (0..shape.len()).map(|ix| StepState::new(shape.incoming(ix).len())).collect();
        Self {
            unfinished: steps.len(),
            seq: 0,
            state: JobState::Absent,
            created: None,
            created_at: 0,
            updated_at: 0,
            paused_by: None,
            failing: None,
            gives_up: false,
            deadline: None,
            undo: None,
            steps,
            signals: BTreeMap::new(),
            given: BTreeMap::new(),
            outputs: Values::default(),
            ready: BTreeSet::new(),
            open: BTreeSet::new(),
            running: BTreeSet::new(),
            asking: BTreeSet::new(),
            causes: BTreeSet::new(),
            timers: BTreeSet::new(),
            shape,
        }
    }

    /// Returns its id; empty before it is created.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.created.as_ref().map_or_else(|| "".into(), |created| Arc::clone(&created.job))
    }

    /// Returns a step by its name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&StepState> {
        self.shape.find(name).and_then(|ix| self.steps.get(ix))
    }

    /// Returns an instance.
    #[must_use]
    pub fn instance(&self, ix: StepIx, instance: u32) -> Option<&Instance> {
        self.steps.get(ix).and_then(|step| step.instance(instance))
    }

    /// Finds an instance by where an event says it is.
    #[must_use]
    pub fn at(&self, at: &At) -> Option<(StepIx, &Instance)> {
        let ix = self.shape.find(&at.step)?;
        self.instance(ix, at.instance).map(|instance| (ix, instance))
    }

    /// Returns where an instance is.
    #[must_use]
    pub fn place(&self, ix: StepIx, instance: u32) -> At {
        At::new(self.shape.step(ix).map_or_else(|| "".into(), |step| Arc::clone(&step.name)), instance)
    }

    /// Returns the key of an attempt.
    #[must_use]
    pub fn key(&self, ix: StepIx, instance: u32, attempt: u32) -> AttemptKey {
        let At { step, instance } = self.place(ix, instance);
        AttemptKey { job: self.id(), step, instance, attempt }
    }

    /// Returns the instances that are performed.
    pub fn running(&self) -> impl Iterator<Item = (StepIx, u32)> {
        self.running.iter().copied()
    }

    /// Returns the instances that wait for people, a place or the cache.
    pub fn asking(&self) -> impl Iterator<Item = (StepIx, u32)> {
        self.asking.iter().copied()
    }

    /// Returns when something is due next.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Returns whether steps only pretend.
    #[must_use]
    pub fn is_mock(&self) -> bool {
        self.created.as_ref().is_some_and(|created| created.mock)
    }

    /// Returns how it is to end before its time, if it is.
    #[must_use]
    pub const fn stopping(&self) -> Option<Stopping> {
        match self.state {
            JobState::Running { stopping } => stopping,
            JobState::Absent
            | JobState::Planned
            | JobState::Queued { .. }
            | JobState::Succeeded
            | JobState::Failed { .. }
            | JobState::Cancelled
            | JobState::TimedOut => None,
        }
    }

    /// Returns whether it has ended and nothing is taken back any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.is_final() && self.undo.as_ref().is_none_or(|undo| undo.is_finished)
    }
}

impl JobState {
    /// Returns whether it stays so, unless a person retries.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Absent | Self::Planned | Self::Queued { .. } | Self::Running { .. } => false,
            Self::Succeeded | Self::Failed { .. } | Self::Cancelled | Self::TimedOut => true,
        }
    }

    /// Returns its word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Absent => "created",
            Self::Planned => "planned",
            Self::Queued { .. } => "queued",
            Self::Running { .. } => "running",
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timeout",
        }
    }
}

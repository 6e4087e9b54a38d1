//! The state of a step and of its instances.

use crate::{
    event::{ApprovalRequested, Slot, Values},
    id::{Digest, JobId, Name},
    plan::Risk,
    request::FailureClass,
    value::Value,
};
use std::{collections::BTreeSet, sync::Arc};

/// How a step or an instance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It has not begun: what it waits for has not ended.
    Pending,
    /// It has begun, and waits for something.
    Waiting,
    /// An attempt is performed.
    Running,
    /// It went well.
    Succeeded,
    /// It did not.
    Failed,
    /// Its own `when` is false, or a person skipped it.
    Skipped,
    /// It could not start.
    Blocked,
    /// It was stopped.
    Cancelled,
}

/// A step of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct StepState {
    /// How it stands. [`Status::Waiting`] until an instance runs, then [`Status::Running`].
    pub status: Status,
    /// How many of those it waits for have not ended.
    pub unmet: usize,
    /// What it fans out over, if it does and that is known.
    pub fan_out: Option<Arc<Items>>,
    /// Its instances: one if it does not fan out.
    pub instances: Vec<Instance>,
    /// Those that have not begun, or may go on.
    pub open: BTreeSet<u32>,
    /// How many have begun and not ended.
    pub in_flight: u32,
    /// How many have ended, by how.
    pub ended: Ended,
    /// The highest number an attempt had before the step was run anew. Numbers are not given twice, as an attempt's
    /// number is part of what makes it one effect.
    pub attempts: u32,
    /// Whether a question to people succeeded above it; known once all it waits for has ended.
    pub is_approved: bool,
    /// Why it was skipped or blocked.
    pub why: Option<String>,
    /// What all its instances gave, once it has ended, by output.
    pub outputs: Values,
    /// Likewise, by artifact.
    pub artifacts: Values,
}

/// How many instances have ended, by how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    succeeded: u32,
    failed: u32,
    skipped: u32,
    blocked: u32,
    cancelled: u32,
}

/// What a step fans out over.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    /// How many may run at once.
    pub parallel: Option<u32>,
    values: Arc<Vec<Value>>,
    /// The keys of the map, if it is one.
    map_keys: Option<Vec<Name>>,
    /// What the instances are called, if the step says so.
    names: Vec<Name>,
}

impl Items {
    /// Takes a list or a map apart, with a name for each item or none at all.
    ///
    /// # Errors
    /// If it is neither, or there are not as many names as items.
    pub fn new(over: &Value, names: Vec<Name>, parallel: Option<u32>) -> Result<Self, String> {
        let (values, map_keys) = match over {
            Value::List(values) => (Arc::clone(values), None),
            Value::Map(entries) => {
                (Arc::new(entries.values().cloned().collect()), Some(entries.keys().cloned().collect()))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Time(_)
            | Value::Artifact(_) => return Err(format!("a {} is no list and no map", over.kind())),
        };
        if !names.is_empty() && names.len() != values.len() {
            return Err(format!("there are {} names for {} items", names.len(), values.len()));
        }
        Ok(Self { parallel, values, map_keys, names })
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the keys of the map, if it is one.
    #[must_use]
    pub fn map_keys(&self) -> Option<&[Name]> {
        self.map_keys.as_deref()
    }

    /// Returns an item.
    #[must_use]
    pub fn value(&self, at: usize) -> Option<&Value> {
        self.values.get(at)
    }

    /// Returns `each.key` of an item: its key in the map, or its position as text.
    #[must_use]
    pub fn key(&self, at: usize) -> Name {
        let key = self.map_keys.as_ref().and_then(|keys| keys.get(at)).map(Arc::clone);
        key.unwrap_or_else(|| at.to_string().into())
    }

    /// Returns what the instance is called.
    #[must_use]
    pub fn name(&self, at: usize) -> Name {
        self.names.get(at).map_or_else(|| self.key(at), Arc::clone)
    }
}

/// One instance of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instance {
    /// What it does.
    pub state: InstanceState,
    /// The number of the latest attempt; 0 before the first.
    pub attempt: u32,
    /// How many attempts the present round has had.
    pub tries: u32,
    /// How many of these were lost, which do not count where `retry` does.
    pub spared: u32,
    /// How many attempts were lost one after another.
    pub lost: u32,
    /// Why nobody knows what came of it, though it has ended.
    pub doubt: Option<Arc<str>>,
    /// How many rounds have gone well.
    pub round: u32,
    /// What people have agreed to.
    pub approved: Option<Digest>,
    /// Whether it holds a place in its group.
    pub has_slot: bool,
    /// Why it has lost that place and is being stopped, if so.
    pub evicted: Option<Arc<str>>,
    /// The key under which no earlier result was found, once that was asked.
    pub missed_cache: Option<Digest>,
    /// Whether an earlier result serves: nothing was performed here.
    pub is_reused: bool,
    /// What it gave.
    pub outputs: Values,
    /// The files it left.
    pub artifacts: Values,
}

/// What an instance does.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum InstanceState {
    /// It may begin, or go on, as soon as there is room.
    #[default]
    Open,
    /// It waits for people.
    Approval(Box<Approval>),
    /// It waits for a place in its group.
    Slot(Box<Slot>),
    /// It waits to hear of an earlier result.
    Cache(Box<CacheQuestion>),
    /// It waits for a time or a signal.
    Timer {
        /// When it ends.
        until: Option<i64>,
        /// What ends it.
        signal: Option<Name>,
    },
    /// It is performed.
    Running(Box<Running>),
    /// A job runs for it.
    Child {
        /// The job.
        job: JobId,
        /// When that takes too long.
        deadline: Option<i64>,
        /// Whether it does, and is being stopped.
        is_expired: bool,
    },
    /// An attempt failed, and another follows.
    Retry {
        /// When.
        at: i64,
        /// After what failure.
        class: FailureClass,
        /// In words.
        message: Arc<str>,
    },
    /// A round went well, and another follows.
    Round {
        /// When.
        at: i64,
    },
    /// Nobody knows what came of it; a person decides.
    Unknown {
        /// Why.
        why: Arc<str>,
    },
    /// It went well.
    Succeeded,
    /// It did not.
    Failed {
        /// What kind of failure.
        class: FailureClass,
        /// In words.
        message: Arc<str>,
    },
    /// It did not run.
    Skipped,
    /// It could not start.
    Blocked,
    /// It was stopped.
    Cancelled,
}

/// A question to people.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// What was asked.
    pub asked: ApprovalRequested,
    /// Who has agreed.
    pub given: Vec<Name>,
}

impl Approval {
    /// Returns how many people must still agree.
    #[must_use]
    pub fn missing(&self) -> u32 {
        self.asked.quorum.saturating_sub(u32::try_from(self.given.len()).unwrap_or(u32::MAX))
    }
}

/// A question to the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheQuestion {
    /// The key.
    pub key: Digest,
    /// How old a result may be, in milliseconds.
    pub ttl: Option<i64>,
}

/// What is performed.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// When it began.
    pub since: i64,
    /// The kind of place.
    pub provider: Name,
    /// The digest of what is done.
    pub subject: Digest,
    /// How dangerous it is.
    pub risk: Risk,
    /// When it takes too long.
    pub deadline: Option<i64>,
}

impl Status {
    /// Returns whether it stays so.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::Waiting | Self::Running => false,
            Self::Succeeded | Self::Failed | Self::Skipped | Self::Blocked | Self::Cancelled => true,
        }
    }

    /// Returns its word in the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Blocked => "blocked",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Ended {
    /// Counts one more; one that has not ended counts for nothing.
    pub(crate) const fn add(&mut self, status: Status) {
        match status {
            Status::Pending | Status::Waiting | Status::Running => {}
            Status::Succeeded => self.succeeded += 1,
            Status::Failed => self.failed += 1,
            Status::Skipped => self.skipped += 1,
            Status::Blocked => self.blocked += 1,
            Status::Cancelled => self.cancelled += 1,
        }
    }

    /// Returns how many have ended in this way.
    #[must_use]
    pub const fn count(&self, status: Status) -> u32 {
        match status {
            Status::Pending | Status::Waiting | Status::Running => 0,
            Status::Succeeded => self.succeeded,
            Status::Failed => self.failed,
            Status::Skipped => self.skipped,
            Status::Blocked => self.blocked,
            Status::Cancelled => self.cancelled,
        }
    }

    /// Returns how many have ended.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.succeeded + self.failed + self.skipped + self.blocked + self.cancelled
    }
}

impl Instance {
    /// Returns whether an attempt of it was begun, since the step last began.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        self.tries > 0 || self.round > 0
    }

    /// Returns whether nothing has happened to it yet.
    pub(crate) const fn is_untouched(&self) -> bool {
        matches!(self.state, InstanceState::Open)
            && !self.has_begun()
            && !self.has_slot
            && self.approved.is_none()
            && self.missed_cache.is_none()
    }
}

impl InstanceState {
    /// Returns how it stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Open => Status::Pending,
            Self::Approval(_)
            | Self::Slot(_)
            | Self::Cache(_)
            | Self::Timer { .. }
            | Self::Retry { .. }
            | Self::Round { .. }
            | Self::Unknown { .. } => Status::Waiting,
            Self::Running(_) | Self::Child { .. } => Status::Running,
            Self::Succeeded => Status::Succeeded,
            Self::Failed { .. } => Status::Failed,
            Self::Skipped => Status::Skipped,
            Self::Blocked => Status::Blocked,
            Self::Cancelled => Status::Cancelled,
        }
    }

    /// Returns when something is due.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        match self {
            Self::Approval(approval) => approval.asked.expires,
            Self::Timer { until, .. } => *until,
            Self::Child { deadline, is_expired, .. } => deadline.filter(|_| !is_expired),
            Self::Retry { at, .. } | Self::Round { at } => Some(*at),
            // Whoever performs an attempt ends it at its deadline, and only they know whether it has ended.
            Self::Running(_)
            | Self::Open
            | Self::Slot(_)
            | Self::Cache(_)
            | Self::Unknown { .. }
            | Self::Succeeded
            | Self::Failed { .. }
            | Self::Skipped
            | Self::Blocked
            | Self::Cancelled => None,
        }
    }
}

impl StepState {
    /// Makes a step that waits for this many others.
    #[must_use]
    pub fn new(unmet: usize) -> Self {
        Self {
            status: Status::Pending,
            unmet,
            fan_out: None,
            instances: Vec::new(),
            open: BTreeSet::new(),
            in_flight: 0,
            ended: Ended::default(),
            attempts: 0,
            is_approved: false,
            why: None,
            outputs: Values::default(),
            artifacts: Values::default(),
        }
    }

    /// Returns an instance.
    #[must_use]
    pub fn instance(&self, instance: u32) -> Option<&Instance> {
        usize::try_from(instance).ok().and_then(|at| self.instances.get(at))
    }

    /// Returns how many instances have ended in this way.
    #[must_use]
    pub fn count(&self, status: Status) -> u32 {
        self.ended.count(status)
    }
}

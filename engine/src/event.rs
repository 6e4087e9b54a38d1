//! What has happened: the persisted contract. A job is the fold of its events and nothing else.
//!
//! Names are in the past tense. In JSON an event is an object whose `type` is its name in small letters with `_`;
//! fields that are absent or empty are left out. A change that an older program could not read raises
//! [`SCHEMA_VERSION`] and comes with a step in [`upcast`](mod@upcast).
//!
//! The file is long because the contract is one list, and is read as one.

mod part;
pub mod upcast;

use crate::{
    id::{Digest, JobId, Name},
    request::{FailureClass, LogSeal, Stopped},
    value::Value,
};
pub use part::{ApprovalRequested, Fork, JobCreated, Slot, StepStarted, StepSucceeded};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The version of the events that this program writes.
pub const SCHEMA_VERSION: u32 = 2;

/// An event as the log keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its position in the stream of its job, from 1 without a gap.
    pub seq: u64,
    /// When it was decided, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who caused it.
    pub actor: Actor,
    /// The message from outside that led to it, if it is the first event that did; a message leads to something once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<Name>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Who asked for something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The engine itself.
    Engine,
    /// A worker, by what it reports.
    Worker,
    /// A person.
    Person {
        /// Who: `user:ann`.
        name: Name,
        /// Through which door.
        door: Door,
    },
}

/// Ways into the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// A shell, by a person who owns the file.
    Shell,
    /// HTTP.
    Http,
    /// Telegram.
    Telegram,
    /// A schedule or another trigger.
    Trigger,
    /// A job that called.
    Call,
}

/// The place in a job that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct At {
    /// The step.
    pub step: Name,
    /// The position of the instance; 0 in a step without `for_each`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub instance: u32,
}

/// Values by name, shared.
pub type Values = Arc<BTreeMap<Name, Value>>;

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The job is there.
    JobCreated(JobCreated),
    /// Its concurrency group was full, or is asked now; it waits for a place.
    JobQueued {
        /// Which place it waits for.
        slot: Slot,
        /// Until when it waits at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
    },
    /// Steps may start.
    JobStarted {
        /// When its time is up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<i64>,
    },
    /// No step starts from now on.
    JobPaused,
    /// Steps start again.
    JobResumed,
    /// Somebody wants it to end.
    JobCancelRequested {
        /// Whether at once and without undo.
        kill: bool,
    },
    /// Its time is up: what runs is stopped.
    JobExpired,
    /// A person lets it go on after its end: these steps are as if they had not begun.
    JobRetried {
        /// The steps, in the order of the plan.
        steps: Vec<Name>,
    },
    /// It ended well.
    JobSucceeded {
        /// What it gives back.
        outputs: Values,
    },
    /// It ended badly.
    JobFailed {
        /// Why.
        cause: String,
    },
    /// It ended because somebody asked for it.
    JobCancelled,
    /// It ended because its time was up.
    JobTimedOut,

    /// It is known how many instances a step has.
    FanOutExpanded {
        /// The step.
        step: Name,
        /// The list or map: an instance for each item.
        over: Value,
        /// What the instances are called, in order; by position or key of the map where nothing is given.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<Name>,
        /// How many may run at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parallel: Option<u32>,
    },
    /// An attempt is about to be performed.
    StepStarted(StepStarted),
    /// An attempt ended well.
    StepSucceeded(StepSucceeded),
    /// An attempt ended badly.
    StepFailed {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// What kind of failure.
        class: FailureClass,
        /// What went wrong, and how to go on.
        message: String,
        /// How the program ended and what it printed last, as far as it ran.
        #[serde(default, skip_serializing_if = "no_values")]
        result: Values,
        /// The digest of all it printed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log: Option<LogSeal>,
        /// When it is tried again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<i64>,
    },
    /// Nobody knows whether an attempt took effect. A person decides.
    StepOutcomeUnknown {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Why nobody knows.
        why: String,
    },
    /// Whoever performed an attempt is gone. It is tried again.
    StepLost {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Why it counts as lost.
        why: String,
    },
    /// It does not run, and what needs it goes on.
    StepSkipped {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Whether the whole step is meant, before it had instances.
        #[serde(default, skip_serializing_if = "is_false")]
        whole: bool,
        /// Why.
        why: String,
    },
    /// It cannot start any more.
    StepBlocked {
        /// The step.
        step: Name,
        /// What stands in its way.
        by: String,
    },
    /// An instance will not run any more, or was stopped.
    StepCancelled {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Whether it is proved that nothing of it runs; none if nothing did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped: Option<Stopped>,
    },
    /// An earlier result serves instead.
    StepReused {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// The job it is from.
        from: JobId,
        /// Why it may serve.
        why: String,
        /// The outputs.
        outputs: Values,
        /// The artifacts.
        artifacts: Values,
    },
    /// It is looked for an earlier result that may serve.
    CacheAsked {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// The key it would have.
        key: Digest,
        /// How old it may be, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl: Option<i64>,
    },
    /// No earlier result serves.
    CacheMissed {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Why not.
        why: String,
    },
    /// A round went well and its condition does not hold yet.
    RoundFinished {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Which round.
        round: u32,
        /// When the next begins.
        next_at: i64,
    },

    /// A wait has begun.
    TimerSet {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// When it ends; none if only a signal ends it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
        /// The signal that ends it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<Name>,
    },
    /// The time of a retry or of the next round has come.
    TimerFired {
        /// Where.
        #[serde(flatten)]
        at: At,
    },
    /// Somebody sent a signal.
    SignalReceived {
        /// Its name.
        name: Name,
        /// What it says.
        body: Value,
    },
    /// A place in a concurrency group is asked for.
    SlotRequested {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Which place.
        slot: Slot,
    },
    /// The place is given. Without `at` it is the job's.
    SlotTaken {
        /// Where.
        #[serde(flatten)]
        at: Option<At>,
    },
    /// An instance that is performed has lost its place to another. It is stopped.
    SlotLost {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Why.
        why: String,
    },

    /// People are asked.
    ApprovalRequested(ApprovalRequested),
    /// One person agreed.
    ApprovalGiven {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// What was agreed to.
        subject: Digest,
        /// Who.
        by: Name,
    },
    /// One person refused, or nobody answered in time.
    ApprovalRefused {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who; none if it expired.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Name>,
        /// What they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },

    /// A job was started for a call.
    ChildStarted {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Which attempt.
        attempt: u32,
        /// The job.
        job: JobId,
        /// What it is given.
        params: Values,
        /// When the call takes too long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<i64>,
    },
    /// A call takes too long. Its job is stopped, and the end of that is waited for.
    ChildExpired {
        /// Where.
        #[serde(flatten)]
        at: At,
    },

    /// Steps are taken back from now on, or what is left of them once more.
    UndoStarted {
        /// What is taken back, in this order.
        order: Vec<At>,
    },
    /// A step is about to be taken back.
    UndoStepStarted {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Which attempt; the numbers go on from those of the step.
        attempt: u32,
    },
    /// A step was taken back.
    UndoStepSucceeded {
        /// Where.
        #[serde(flatten)]
        at: At,
    },
    /// A step could not be taken back, and the chain stops.
    UndoStepFailed {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// What went wrong.
        message: String,
    },
    /// Whoever took a step back is gone, or a person says that it took no effect. It is tried again.
    UndoStepLost {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Why it counts as lost.
        why: String,
    },
    /// Nobody knows whether a step was taken back. A person decides.
    UndoStepUnknown {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Why nobody knows.
        why: String,
    },
    /// Nothing more is taken back.
    UndoFinished,
}

impl At {
    /// Makes the place of an instance.
    #[must_use]
    pub const fn new(step: Name, instance: u32) -> Self {
        Self { step, instance }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine => f.write_str("engine"),
            Self::Worker => f.write_str("worker"),
            Self::Person { name, .. } => f.write_str(name),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

fn no_values(values: &Values) -> bool {
    values.is_empty()
}

//! What may be asked of a job, in the imperative.

use crate::{
    event::{At, Door, Values},
    id::{AttemptKey, Digest, JobId, Name},
    request::Outcome,
    value::Value,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Make the job and let it run.
    Submit(Box<Submit>),
    /// Take note of what came of an attempt, of a step or to take one back.
    ReportOutcome {
        /// Where.
        at: At,
        /// Which attempt.
        attempt: u32,
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// Take note that whoever performed an attempt is gone.
    ReportLost {
        /// Where.
        at: At,
        /// Which attempt.
        attempt: u32,
        /// Why that is known.
        why: String,
    },
    /// Take note of how the job of a call ended.
    ReportChild {
        /// Where.
        at: At,
        /// Which attempt.
        attempt: u32,
        /// How it ended.
        end: ChildEnd,
    },
    /// Do what is due by now.
    Tick,
    /// Give the place asked for; without `at` the job's own.
    GrantSlot {
        /// Where.
        at: Option<At>,
    },
    /// Refuse the place asked for, or take it away; without `at` the job's own.
    RefuseSlot {
        /// Where.
        at: Option<At>,
        /// Why.
        why: String,
    },
    /// Answer whether an earlier result may serve.
    ReportCache {
        /// Where.
        at: At,
        /// The result, or why there is none.
        found: Result<CacheHit, String>,
    },
    /// Answer a question.
    DecideApproval(Box<Decide>),
    /// Send a signal.
    SendSignal {
        /// Its name.
        name: Name,
        /// What it says.
        body: Value,
    },
    /// Stop, and undo if the policy says so.
    CancelJob,
    /// Stop at once, without undo.
    KillJob,
    /// Start no step until resumed.
    PauseJob,
    /// Start steps again.
    ResumeJob,
    /// Run again what failed, and what was kept from starting by it.
    RetryJob,
    /// Run one step again, and what waits for it.
    RetryStep {
        /// The step.
        step: Name,
    },
    /// Let what needs an instance go on without it.
    SkipStep {
        /// Where.
        at: At,
    },
    /// Say what came of an attempt, of a step or to take one back, of which nobody knows.
    SettleStep {
        /// Where.
        at: At,
        /// What came of it.
        verdict: Settlement,
    },
    /// Take back what the job did, or what is left of that.
    UndoJob,
}

/// How a job begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submit {
    /// What it is called.
    pub job: JobId,
    /// Values of params; the others take their defaults.
    pub params: Values,
    /// Through which door it comes.
    pub door: Door,
    /// The folder that its files are in, on the machine it was submitted on; none if it came without one.
    pub workspace: Option<Arc<str>>,
    /// Whether steps only pretend.
    pub mock: bool,
    /// How many attempts may run at once, at most.
    pub max_parallel: u32,
    /// How long it may wait for a place in its group, in milliseconds.
    pub queue_timeout: Option<i64>,
    /// The number that jitter is made of.
    pub seed: u64,
    /// The attempt that calls it.
    pub parent: Option<AttemptKey>,
    /// The kinds of places that there is a provider for.
    pub kinds: BTreeSet<Name>,
    /// The execution it goes on from.
    pub fork: Option<Box<crate::fork::Reuse>>,
}

/// How the job of a call ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildEnd {
    /// Well, with these outputs.
    Succeeded(Values),
    /// Badly: why.
    Failed(String),
    /// It was stopped.
    Cancelled,
}

/// An earlier result that may serve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CacheHit {
    /// The job it is from.
    pub job: JobId,
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    pub made_at: i64,
    /// The outputs.
    pub outputs: Values,
    /// The artifacts.
    pub artifacts: Values,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decide {
    /// Where it was asked.
    pub at: At,
    /// The digest of what was shown.
    pub subject: Digest,
    /// Whether they agree.
    pub agree: bool,
    /// Who answers: `user:ann`.
    pub by: Name,
    /// The groups they are in: `group:sre`.
    pub groups: Vec<Name>,
    /// Whether they may answer for anybody: they own the machine that the job runs on.
    pub is_owner: bool,
    /// What they say.
    pub comment: Option<String>,
    /// What they typed, where that is asked.
    pub phrase: Option<String>,
}

/// What came of an attempt of which nobody knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// It took effect; outputs that must be read are missing.
    Done,
    /// It did not, and is not tried again.
    Failed,
    /// It did not, and is tried again.
    Retry,
}

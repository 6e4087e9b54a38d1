//! What the larger events say.

use super::{At, Door, Values, is_false, no_values};
use crate::{
    id::{AttemptKey, Digest, JobId, Name},
    plan::{Risk, WhenBusy},
    request::LogSeal,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a job began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobCreated {
    /// The job.
    pub job: JobId,
    /// The name of the workflow.
    pub workflow: Name,
    /// The digest of the plan.
    pub plan: Digest,
    /// What it was given, defaults included.
    #[serde(default, skip_serializing_if = "no_values")]
    pub params: Values,
    /// Through which door it came.
    pub door: Door,
    /// The folder that its files are in, on the machine it was submitted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Arc<str>>,
    /// Whether steps only pretend.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mock: bool,
    /// How many attempts may run at once.
    pub max_parallel: u32,
    /// How long it may wait for a place in its group, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_timeout: Option<i64>,
    /// The number that jitter is made of.
    pub seed: u64,
    /// The attempt that called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AttemptKey>,
    /// The execution it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<Fork>,
}

/// Which execution a job goes on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// The job.
    pub job: JobId,
    /// Up to which of its events.
    pub seq: u64,
}

/// How an attempt began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    /// Where.
    #[serde(flatten)]
    pub at: At,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The kind of place it runs in.
    pub provider: Name,
    /// The digest of what is about to be done.
    pub subject: Digest,
    /// How dangerous it is, now that all values are known.
    pub risk: Risk,
    /// When it takes too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<i64>,
}

/// How an attempt ended well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepSucceeded {
    /// Where.
    #[serde(flatten)]
    pub at: At,
    /// What it gave.
    #[serde(default, skip_serializing_if = "no_values")]
    pub outputs: Values,
    /// Those of the outputs that nobody gave, in a job that only pretends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invented: Vec<Name>,
    /// The files that were kept.
    #[serde(default, skip_serializing_if = "no_values")]
    pub artifacts: Values,
    /// How the program ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
    /// The digest of all it printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogSeal>,
    /// Under which key the result may serve again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_key: Option<Digest>,
}

/// What people are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalRequested {
    /// Where.
    #[serde(flatten)]
    pub at: At,
    /// Whether the step is a question; otherwise it is the engine that asks before the step.
    pub is_step: bool,
    /// What is asked.
    pub message: String,
    /// The digest of what they agree to.
    pub subject: Digest,
    /// How dangerous it is.
    pub risk: Risk,
    /// Who may answer.
    pub approvers: Vec<Name>,
    /// How many must agree.
    pub quorum: u32,
    /// When the question is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// What must be typed to agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrase: Option<String>,
}

/// A place in a concurrency group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The group.
    pub group: Name,
    /// How many places it has; none if only the rate is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// What happens to one too many.
    pub when_busy: WhenBusy,
    /// How many may start in each `per` milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<(u32, i64)>,
}

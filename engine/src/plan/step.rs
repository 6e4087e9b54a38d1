//! A step: what it does, where, when, and what becomes of it.

use super::{Action, Output, Risk};
use crate::{expression::Expr, id::Name};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A node of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub name: Name,
    /// What it does.
    pub action: Action,
    /// The target it runs on; the scheduler picks where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Name>,
    /// Settings of the target replaced for this step.
    #[serde(rename = "override", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<Name, Expr>,
    /// Whether it runs at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
    /// Over what it fans out.
    #[serde(rename = "for_each", skip_serializing_if = "Option::is_none")]
    pub fan_out: Option<FanOut>,
    /// How long one attempt may take, a duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Expr>,
    /// Whether a failure of it lets the job go on.
    pub on_failure: OnFailure,
    /// What must hold of its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expr>,
    /// How dangerous it is: the author's word, or the floor of its action if that is higher.
    pub risk: Risk,
    /// Why the risk is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Arc<str>>,
    /// Whether it cannot be undone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub irreversible: bool,
    /// The folder it runs in, under the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdir: Option<Expr>,
    /// Text given on standard input; may read a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<Expr>,
    /// Variables; may read secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<(Name, Expr)>,
    /// Files laid into the working directory before it runs, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<(Expr, Expr)>,
    /// How it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How it is repeated until a condition holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// When an earlier result serves instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cache>,
    /// The limit on its group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// What takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// What it gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    /// The files it leaves, each with its path under the working directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<(Name, Expr)>,
    /// What a mock run gives, by field of `result`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mock: Option<Vec<(Name, Expr)>>,
}

/// What happens to the job when a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The job fails.
    Stop,
    /// The job goes on; what needs the step sees that it is missing.
    Continue,
}

/// One instance of a step for each element of a list or a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FanOut {
    /// The list or map.
    pub over: Expr,
    /// The text that names an instance; its position or key where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Expr>,
    /// How many instances may run at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel: Option<Expr>,
    /// How many instances there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<Expr>,
}

/// How a failed attempt is tried again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How many attempts there are in all.
    pub attempts: Expr,
    /// How the delay grows.
    pub backoff: Backoff,
    /// The first delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Expr>,
    /// The longest delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Expr>,
    /// Whether delays are spread by chance.
    #[serde(default, skip_serializing_if = "is_false")]
    pub jitter: bool,
    /// Which failures are tried again; every one where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<RetryOn>,
}

/// How the delay between attempts grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backoff {
    /// Not at all.
    Fixed,
    /// By the same amount each time.
    Linear,
    /// By doubling.
    Exponential,
}

/// A failure that is worth another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryOn {
    /// Every failure.
    Any,
    /// The attempt took too long.
    Timeout,
    /// The process ended with this code.
    Exit(u8),
    /// The answer's status begins with this digit: `http:5xx`.
    HttpClass(u8),
    /// The answer's status is this.
    Http(u16),
}

/// How a step is repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// What must hold for it to be done.
    pub until: Expr,
    /// The time between rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Expr>,
    /// How many rounds there may be; reaching it is a failure.
    pub max: Expr,
}

/// When an earlier result serves instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Values that join the key beside the resolved command, image and inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Expr>,
    /// How old the result may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Expr>,
}

/// What takes a step back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// The action.
    pub action: Action,
    /// How long it may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Expr>,
    /// Whether it also runs for instances that failed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub partial: bool,
    /// Variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<(Name, Expr)>,
}

/// A limit on how many of a group run at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concurrency {
    /// The group's name.
    pub group: Expr,
    /// How many may run at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Expr>,
    /// What happens to one too many.
    pub when_busy: WhenBusy,
    /// How many may start in each `per`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Expr>,
    /// The length of time `rate` counts in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Expr>,
}

/// What happens when a concurrency group is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenBusy {
    /// It waits.
    Queue,
    /// It waits, in the place of any that waits already.
    ReplaceQueued,
    /// What runs is cancelled.
    CancelRunning,
    /// It is refused.
    Reject,
}

impl Step {
    /// Makes a step that does this and says nothing else.
    #[must_use]
    pub fn new(name: Name, action: Action) -> Self {
        Self {
            name,
            action,
            on: None,
            overrides: BTreeMap::new(),
            when: None,
            fan_out: None,
            timeout: None,
            on_failure: OnFailure::Stop,
            expect: None,
            risk: Risk::Low,
            reason: None,
            irreversible: false,
            workdir: None,
            stdin: None,
            env: Vec::new(),
            files: Vec::new(),
            retry: None,
            repeat: None,
            cache: None,
            concurrency: None,
            undo: None,
            outputs: Vec::new(),
            artifacts: Vec::new(),
            mock: None,
        }
    }
}

/// Tells serde to leave a flag out that is not set.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

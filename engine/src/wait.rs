//! Why something waits: an object for programs and a sentence for people, the same at every door.

use crate::{
    event::At,
    id::Name,
    job::{InstanceState, Job, JobState, Status, StepIx},
    plan::Risk,
};
use serde::Serialize;
use std::{fmt, sync::Arc};

/// Why a step, an instance or the whole job does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Wait {
    /// These steps have not ended.
    Needs {
        /// Their names.
        steps: Vec<Name>,
    },
    /// People are asked.
    Approval {
        /// Who may answer.
        approvers: Vec<Name>,
        /// How many of them are missing.
        missing: u32,
        /// How dangerous it is.
        risk: Risk,
        /// Until when, in milliseconds since 1970-01-01 UTC.
        until: Option<i64>,
    },
    /// A time has not come.
    Timer {
        /// Which, in milliseconds since 1970-01-01 UTC.
        until: i64,
    },
    /// A signal has not come.
    Signal {
        /// Its name.
        name: Name,
        /// Until when, in milliseconds since 1970-01-01 UTC.
        until: Option<i64>,
    },
    /// Its group is full.
    Slot {
        /// The group.
        group: Name,
        /// How many places it has.
        limit: Option<u32>,
    },
    /// An attempt failed, and the next has its time.
    Retry {
        /// When, in milliseconds since 1970-01-01 UTC.
        at: i64,
        /// After what.
        after: String,
    },
    /// The next round has its time.
    Round {
        /// When, in milliseconds since 1970-01-01 UTC.
        at: i64,
        /// How many rounds there were.
        done: u32,
    },
    /// It is looked for an earlier result.
    Cache,
    /// As many attempts run as may.
    Room {
        /// How many may.
        limit: u32,
    },
    /// A person must say what came of an attempt.
    Settlement {
        /// Why nobody knows.
        why: String,
    },
    /// Somebody holds the job.
    Paused {
        /// Who.
        by: Name,
    },
}

/// Returns what waits and why: the whole job (`None`) if it is held or queued, and every step and instance that has not
/// ended and does not run. Instances of one fan-out that wait for room are told once.
#[must_use]
pub fn waits(job: &Job) -> Vec<(Option<At>, Wait)> {
    let mut waits = Vec::new();
    if let JobState::Queued { slot, .. } = &job.state {
        waits.push((None, Wait::Slot { group: Arc::clone(&slot.group), limit: slot.limit }));
    }
    if let Some(by) = job.paused_by.as_ref().filter(|_| !job.state.is_final()) {
        waits.push((None, Wait::Paused { by: Arc::clone(by) }));
    }
    if let Some((undo, why)) = job.undo.as_ref().and_then(|undo| Some((undo, undo.unknown()?))) {
        waits.push((undo.present().cloned(), Wait::Settlement { why: why.to_string() }));
    }
    if !matches!(job.state, JobState::Running { stopping: None }) || job.undo.is_some() {
        return waits;
    }
    for (ix, step) in job.steps.iter().enumerate().filter(|(_, step)| !step.status.is_final()) {
        if step.status == Status::Pending {
            waits.push((Some(job.place(ix, 0)), pending(job, ix)));
            continue;
        }
        for (at, instance) in (0..).zip(&step.instances) {
            let wait = match &instance.state {
                InstanceState::Open if step.open.first() == Some(&at) => Some(room(job, ix)),
                state => of(state, instance.round),
            };
            waits.extend(wait.map(|wait| (Some(job.place(ix, at)), wait)));
        }
    }
    waits
}

fn pending(job: &Job, ix: StepIx) -> Wait {
    let open = job
        .shape
        .incoming(ix)
        .iter()
        .filter(|(from, _)| job.steps.get(*from).is_some_and(|step| !step.status.is_final()));
    let steps: Vec<Name> = open.map(|(from, _)| job.place(*from, 0).step).collect();
    if steps.is_empty() { room(job, ix) } else { Wait::Needs { steps } }
}

fn room(job: &Job, ix: StepIx) -> Wait {
    let own = job.steps.get(ix).and_then(|step| step.fan_out.as_ref()?.parallel);
    let all = job.created.as_ref().map_or(1, |created| created.max_parallel);
    Wait::Room { limit: own.unwrap_or(all).min(all) }
}

fn of(state: &InstanceState, round: u32) -> Option<Wait> {
    match state {
        InstanceState::Approval(approval) => Some(Wait::Approval {
            approvers: approval.asked.approvers.clone(),
            missing: approval.missing(),
            risk: approval.asked.risk,
            until: approval.asked.expires,
        }),
        InstanceState::Slot(slot) => Some(Wait::Slot { group: Arc::clone(&slot.group), limit: slot.limit }),
        InstanceState::Cache(_) => Some(Wait::Cache),
        InstanceState::Timer { signal: Some(name), until } => {
            Some(Wait::Signal { name: Arc::clone(name), until: *until })
        }
        InstanceState::Timer { signal: None, until } => until.map(|until| Wait::Timer { until }),
        InstanceState::Retry { at, class, message } => {
            Some(Wait::Retry { at: *at, after: format!("{class}: {message}") })
        }
        InstanceState::Round { at } => Some(Wait::Round { at: *at, done: round }),
        InstanceState::Unknown { why } => Some(Wait::Settlement { why: why.to_string() }),
        InstanceState::Open
        | InstanceState::Running(_)
        | InstanceState::Child { .. }
        | InstanceState::Succeeded
        | InstanceState::Failed { .. }
        | InstanceState::Skipped
        | InstanceState::Blocked
        | InstanceState::Cancelled => None,
    }
}

/// Says it in words; times are left to the reader's clock.
impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[Name]| names.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
        match self {
            Self::Needs { steps } => write!(f, "waits for {}", list(steps)),
            Self::Approval { approvers, missing, risk, .. } => {
                write!(f, "waits for {missing} of {} to agree, {} risk", list(approvers), risk.as_str())
            }
            Self::Timer { .. } => f.write_str("waits for its time"),
            Self::Signal { name, .. } => write!(f, "waits for the signal `{name}`"),
            Self::Slot { group, limit: Some(limit) } => {
                write!(f, "waits for one of {limit} places in `{group}`")
            }
            Self::Slot { group, limit: None } => write!(f, "waits for its turn in `{group}`"),
            Self::Retry { after, .. } => write!(f, "is tried again after {after}"),
            Self::Round { done, .. } => write!(f, "goes again, {done} rounds done"),
            Self::Cache => f.write_str("looks for an earlier result"),
            Self::Room { limit } => write!(f, "waits for room: {limit} run at once"),
            Self::Settlement { why } => write!(f, "waits for a person to say what came of it: {why}"),
            Self::Paused { by } => write!(f, "held by {by}"),
        }
    }
}

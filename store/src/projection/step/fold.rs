//! What events make of the rows of steps. It says of each instance what the engine's own fold says of it; that the two
//! agree is tested.

use super::super::{artifact::Artifacts, id, json, number, plain, provider::Providers};
use super::row::{Kept, Key, Row, Rows};
use engine::{
    event::{At, Event, Recorded, Values},
    id::{Digest, Name},
    job::{Items, Status},
    request::{FailureClass, LogSeal, Stopped},
    value::Value,
};
use std::sync::Arc;
use uuid::Uuid;

/// How long the JSON of outputs may be to stand in the row, in bytes.
const SMALL: usize = 8 << 10;

/// Rows, and what else follows from the events that changed them.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub(super) rows: Rows,
    pub(super) artifacts: Artifacts,
    pub(super) providers: Providers,
}

impl Fold {
    pub(super) fn take(&mut self, job: Uuid, seq: i32, recorded: &Recorded) -> Result<(), String> {
        let now = recorded.at;
        match &recorded.event {
            Event::JobSucceeded { .. }
            | Event::JobFailed { .. }
            | Event::JobCancelled
            | Event::JobTimedOut => {
                for key in self.of_job(job) {
                    if self.rows.get(&key).is_some_and(|it| !it.is_final()) {
                        self.end(&key, seq, now, "cancelled", |row| row.ends(Status::Cancelled, now));
                    }
                }
            }
            Event::JobRetried { steps } => steps.iter().for_each(|step| self.reopen(job, seq, step)),
            Event::FanOutExpanded { step, over, keys, parallel } => {
                let items = Items::new(over, keys.clone(), *parallel)?;
                self.forget(job, step);
                for at in 0..items.len() {
                    let instance = i32::try_from(at).unwrap_or(i32::MAX);
                    let key = (job, Arc::clone(step), instance);
                    self.change(&key, seq, |row| *row = Row::new(Some(plain(&items.name(at)))));
                }
            }
            Event::StepStarted(started) => {
                let key = place(job, &started.at);
                self.change(&key, seq, |row| {
                    row.stands(Status::Running);
                    (row.begun, row.attempts, row.until) = (true, number(started.attempt), started.deadline);
                    row.provider = Some(plain(&started.provider));
                    row.risk = Some(started.risk.as_str().to_owned());
                    row.subject = Some(started.subject.0.to_vec());
                    (row.started_at, row.ended_at) = (Some(now), None);
                    (row.error_class, row.error, row.exit_code) = (None, None, None);
                    (row.log, row.log_bytes) = (None, None);
                });
                self.providers.began(job, now, &started.provider);
            }
            Event::StepSucceeded(done) => {
                let key = place(job, &done.at);
                let outputs = Outputs::of(&done.outputs)?;
                self.end(&key, seq, now, "succeeded", |row| {
                    row.ends(Status::Succeeded, now);
                    outputs.put(row);
                    row.seal(done.log);
                    (row.exit_code, row.error_class, row.error) = (done.exit_code, None, None);
                });
                let attempt = self.row(&key).map_or(0, |row| row.attempts);
                self.artifacts.add(&key, attempt, seq, now, &done.artifacts);
            }
            Event::StepFailed { at, class, message, result, log, retry_at } => {
                let key = place(job, at);
                self.end(&key, seq, now, outcome(class), |row| {
                    match retry_at {
                        Some(_) => row.waits("retry", *retry_at),
                        None => row.stands(Status::Failed),
                    }
                    row.ended_at = Some(now);
                    row.error_class = Some(class.to_string());
                    row.error = Some(plain(message));
                    row.exit_code = exit_code(result);
                    row.seal(*log);
                });
            }
            Event::StepOutcomeUnknown { at, why } => {
                self.end(&place(job, at), seq, now, "unknown", |row| {
                    row.waits("verdict", None);
                    row.error = Some(plain(why));
                });
            }
            Event::StepLost { at, why } => {
                self.end(&place(job, at), seq, now, "lost", |row| {
                    row.stands(Status::Pending);
                    (row.error_class, row.error) = (Some(FailureClass::Lost.to_string()), Some(plain(why)));
                });
            }
            Event::StepSkipped { at, whole, why } => {
                if *whole {
                    self.forget(job, &at.step);
                }
                self.change(&place(job, at), seq, |row| {
                    row.ends(Status::Skipped, now);
                    row.error = Some(plain(why));
                });
            }
            Event::StepBlocked { step, by } => self.block(job, seq, now, step, by),
            Event::StepCancelled { at, stopped } => {
                self.end(&place(job, at), seq, now, "cancelled", |row| {
                    row.ends(Status::Cancelled, now);
                    if let Some(Stopped::Unconfirmed { why }) = stopped {
                        row.error = Some(plain(why));
                    }
                });
            }
            Event::StepReused { at, from, outputs, artifacts, .. } => {
                let key = place(job, at);
                let (from, outputs) = (id(from)?, Outputs::of(outputs)?);
                self.change(&key, seq, |row| {
                    row.ends(Status::Succeeded, now);
                    row.reused_from = Some(from);
                    outputs.put(row);
                });
                self.artifacts.add(&key, 0, seq, now, artifacts);
            }
            Event::CacheAsked { at, .. } => self.change(&place(job, at), seq, |row| row.waits("cache", None)),
            Event::SlotRequested { at, .. } => {
                self.change(&place(job, at), seq, |row| row.waits("place", None));
            }
            Event::CacheMissed { at, .. } | Event::TimerFired { at } | Event::SlotTaken { at: Some(at) } => {
                self.change(&place(job, at), seq, |row| row.stands(Status::Pending));
            }
            Event::RoundFinished { at, next_at, .. } => {
                self.end(&place(job, at), seq, now, "succeeded", |row| {
                    row.waits("round", Some(*next_at));
                    row.begun = true;
                });
            }
            Event::TimerSet { at, until, signal } => self.change(&place(job, at), seq, |row| {
                row.waits(if signal.is_some() { "signal" } else { "time" }, *until);
                (row.begun, row.started_at, row.ended_at) = (true, Some(now), None);
            }),
            Event::ApprovalRequested(asked) => {
                let question = json(asked)?;
                self.change(&place(job, &asked.at), seq, |row| {
                    row.waits("people", asked.expires);
                    row.asked = Some(question);
                    if asked.is_step {
                        (row.begun, row.started_at, row.ended_at) = (true, Some(now), None);
                    }
                });
            }
            Event::ApprovalGiven { at, .. } => self.agree(&place(job, at), seq)?,
            Event::ChildStarted { at, attempt, job: child, deadline, .. } => {
                let child = id(child)?;
                self.change(&place(job, at), seq, |row| {
                    row.stands(Status::Running);
                    (row.begun, row.attempts, row.until) = (true, number(*attempt), *deadline);
                    (row.child, row.provider) = (Some(child), None);
                    (row.started_at, row.ended_at) = (Some(now), None);
                    (row.error_class, row.error) = (None, None);
                });
            }
            Event::UndoStepStarted { at, .. } => self.undo(&place(job, at), seq, "running", None),
            Event::UndoStepSucceeded { at } => self.undo(&place(job, at), seq, "done", None),
            Event::UndoStepFailed { at, message } => {
                self.undo(&place(job, at), seq, "failed", Some(message));
            }
            Event::UndoStepLost { at, why } => self.undo(&place(job, at), seq, "lost", Some(why)),
            Event::UndoFinished => {
                for key in self.of_job(job) {
                    if self.row(&key).is_some_and(|row| row.undo == Some("unknown")) {
                        self.change(&key, seq, |row| row.waits_for = None);
                    }
                }
            }
            Event::UndoStepUnknown { at, why } => self.undo(&place(job, at), seq, "unknown", Some(why)),
            Event::JobCreated(_)
            | Event::JobQueued { .. }
            | Event::JobStarted { .. }
            | Event::JobPaused
            | Event::JobResumed
            | Event::JobCancelRequested { .. }
            | Event::JobExpired
            | Event::SignalReceived { .. }
            | Event::SlotTaken { at: None }
            | Event::SlotLost { .. }
            | Event::ApprovalRefused { .. }
            | Event::ChildExpired { .. }
            | Event::UndoStarted { .. } => {}
        }
        Ok(())
    }

    fn row(&self, key: &Key) -> Option<&Row> {
        self.rows.get(key).and_then(|it| it.row.as_ref())
    }

    /// Changes a row that has not seen this event; one that is not there begins.
    fn change(&mut self, key: &Key, seq: i32, change: impl FnOnce(&mut Row)) {
        let kept = self.rows.entry(key.clone()).or_default();
        let row = kept.row.get_or_insert_with(|| Row::new(None));
        if row.seq < seq {
            change(row);
            row.seq = seq;
            kept.is_changed = true;
        }
    }

    /// Changes a row so that an attempt, if it has one, is over.
    fn end(&mut self, key: &Key, seq: i32, now: i64, outcome: &str, change: impl FnOnce(&mut Row)) {
        let attempted = self.row(key).filter(|row| row.seq < seq).and_then(Row::attempted);
        if let Some(attempted) = attempted {
            self.providers.ended(key.0, now, &attempted, outcome);
        }
        self.change(key, seq, change);
    }

    fn undo(&mut self, key: &Key, seq: i32, word: &'static str, message: Option<&str>) {
        self.change(key, seq, |row| {
            row.undo = Some(word);
            row.waits_for = (word == "unknown").then_some("verdict");
            if let Some(message) = message {
                row.error = Some(plain(message));
            }
        });
    }

    /// Enough answers to a question before a step let it go on; those to a step that is a question end it.
    fn agree(&mut self, key: &Key, seq: i32) -> Result<(), String> {
        let asked = self.row(key).and_then(|row| row.asked.clone()).ok_or("nobody was asked")?;
        let asked: engine::event::ApprovalRequested =
            serde_json::from_str(&asked).map_err(|error| error.to_string())?;
        self.change(key, seq, |row| {
            row.agreed += 1;
            if row.agreed >= number(asked.quorum) && !asked.is_step {
                row.stands(Status::Pending);
            }
        });
        Ok(())
    }

    fn block(&mut self, job: Uuid, seq: i32, now: i64, step: &Name, by: &str) {
        let keys = self.of_step(job, step);
        if keys.is_empty() {
            return self.change(&(job, Arc::clone(step), 0), seq, |row| {
                row.ends(Status::Blocked, now);
                row.error = Some(plain(by));
            });
        }
        for key in keys {
            if self.row(&key).is_some_and(|row| row.status == Status::Pending && !row.begun) {
                self.change(&key, seq, |row| {
                    row.ends(Status::Blocked, now);
                    row.error = Some(plain(by));
                });
            }
        }
    }

    /// A step is as if it had not begun. Of a fan-out that failed, what went well may stay; if it does not, the step
    /// expands once more.
    fn reopen(&mut self, job: Uuid, seq: i32, step: &Name) {
        let keys = self.of_step(job, step);
        let went_well =
            |row: &Row| matches!(row.status, Status::Succeeded | Status::Skipped) && row.key.is_some();
        let rows: Vec<&Row> = keys.iter().filter_map(|key| self.row(key)).collect();
        let may_stay = rows.iter().any(|row| went_well(row)) && !rows.iter().all(|row| went_well(row));
        if !may_stay {
            return self.forget(job, step);
        }
        let attempts = rows.iter().map(|row| row.attempts).max().unwrap_or_default();
        for key in keys {
            if !self.row(&key).is_some_and(went_well) {
                self.change(&key, seq, |row| *row = Row { attempts, ..Row::new(row.key.take()) });
            }
        }
    }

    fn forget(&mut self, job: Uuid, step: &Name) {
        for key in self.of_step(job, step) {
            if let Some(kept) = self.rows.get_mut(&key) {
                kept.row = None;
            }
        }
    }

    /// Returns the keys of all rows of a step.
    fn of_step(&self, job: Uuid, step: &Name) -> Vec<Key> {
        let all = (job, Arc::clone(step), 0)..=(job, Arc::clone(step), i32::MAX);
        self.rows.range(all).filter(|(_, it)| it.row.is_some()).map(|(key, _)| key.clone()).collect()
    }

    /// Returns the keys of all rows of a job.
    fn of_job(&self, job: Uuid) -> Vec<Key> {
        let all = self.rows.range((job, Arc::from(""), 0)..).take_while(|(key, _)| key.0 == job);
        all.filter(|(_, it)| it.row.is_some()).map(|(key, _)| key.clone()).collect()
    }
}

impl Kept {
    fn is_final(&self) -> bool {
        self.row.as_ref().is_none_or(|row| row.status.is_final())
    }
}

impl Row {
    fn seal(&mut self, log: Option<LogSeal>) {
        self.log = log.map(|log| log.sha256.0.to_vec());
        self.log_bytes = log.map(|log| i64::try_from(log.bytes).unwrap_or(i64::MAX));
    }
}

/// Outputs as a row has them: whole, or only their digest.
enum Outputs {
    Small(String),
    Large(Digest),
}

impl Outputs {
    fn of(values: &Values) -> Result<Self, String> {
        let json = json(values)?;
        Ok(if json.len() <= SMALL { Self::Small(json) } else { Self::Large(Digest::of(json.as_bytes())) })
    }

    fn put(self, row: &mut Row) {
        (row.outputs, row.outputs_digest) = match self {
            Self::Small(json) => (Some(json), None),
            Self::Large(digest) => (None, Some(digest.0.to_vec())),
        };
    }
}

fn place(job: Uuid, at: &At) -> Key {
    (job, Arc::clone(&at.step), number(at.instance))
}

/// Returns the class of a failure without its number: what failures are counted by.
fn outcome(class: &FailureClass) -> &'static str {
    match class {
        FailureClass::Timeout => "timeout",
        FailureClass::Exit(_) => "exit",
        FailureClass::Http(_) => "http",
        FailureClass::Expect => "expect",
        FailureClass::Output => "output",
        FailureClass::Expression => "expression",
        FailureClass::Provider => "provider",
        FailureClass::Refused => "refused",
        FailureClass::Approval => "approval",
        FailureClass::Signal => "signal",
        FailureClass::Call => "call",
        FailureClass::Busy => "busy",
        FailureClass::Rounds => "rounds",
        FailureClass::Lost => "lost",
    }
}

fn exit_code(result: &Values) -> Option<i64> {
    match result.get("exit_code") {
        Some(Value::Int(code)) => Some(*code),
        _ => None,
    }
}

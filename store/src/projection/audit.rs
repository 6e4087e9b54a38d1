//! Who did or decided what: a row for each event that people, or the lack of them, brought about.

use super::{Projection, Table, Trouble, json, moment, number, page::Told, plain, step::begun_before};
use engine::event::{Actor, At, Door, Event, Recorded};
use futures_core::future::BoxFuture;
use serde_json::json as object;
use sqlx::{PgConnection, Row as _};
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// The projection of what people did.
#[derive(Debug)]
pub(super) struct Audit;

const NAME: &str = "audit";

/// The kinds that are looked into.
const READ: [&str; 20] = [
    "job_created",
    "job_paused",
    "job_resumed",
    "job_cancel_requested",
    "job_retried",
    "step_succeeded",
    "step_failed",
    "step_outcome_unknown",
    "step_lost",
    "step_skipped",
    "step_cancelled",
    "signal_received",
    "approval_requested",
    "approval_given",
    "approval_refused",
    "undo_started",
    "undo_step_succeeded",
    "undo_step_failed",
    "undo_step_lost",
    "undo_step_unknown",
];

/// Something that was done.
#[derive(Debug)]
struct Row {
    job: Uuid,
    seq: i32,
    at: i64,
    who: String,
    door: Option<&'static str>,
    did: &'static str,
    place: Option<(Arc<str>, i32)>,
    said: Option<String>,
}

/// Instances of which nobody knows what came of them.
type Unknown = BTreeSet<(Uuid, Arc<str>, i32)>;

impl Projection for Audit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn tables(&self) -> &'static [Table] {
        &[Table { name: "audit_rows", key: "job_id, seq", of_jobs: "job_id >= $1 AND job_id < $2" }]
    }

    fn reads(&self, kind: &str) -> bool {
        READ.contains(&kind)
    }

    fn apply<'a>(
        &'a self,
        db: &'a mut PgConnection,
        generation: i32,
        told: &'a [Told],
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let mut unknown = load(db, generation, told).await?;
            let mut rows = Vec::new();
            for it in told {
                if let Ok(recorded) = &it.event {
                    let did = did(&mut unknown, it.job, recorded)
                        .map_err(|why| Trouble::unreadable(NAME, it.job, it.seq, why))?;
                    rows.extend(did.map(|did| did.row(it, recorded)));
                }
            }
            Ok(save(db, generation, &rows).await?)
        })
    }
}

/// What was done: the word for it, where, by whom if the event itself says so, and what else is to be known.
struct Did<'a> {
    word: &'static str,
    at: Option<&'a At>,
    by: Option<&'a str>,
    said: Option<String>,
}

impl Did<'_> {
    fn row(self, told: &Told, recorded: &Recorded) -> Row {
        let door = match &recorded.actor {
            Actor::Person { door: through, .. } => Some(door(*through)),
            Actor::Engine | Actor::Worker => None,
        };
        Row {
            job: told.job,
            seq: told.seq,
            at: recorded.at,
            who: plain(self.by.unwrap_or(&recorded.actor.to_string())),
            door,
            did: self.word,
            place: self.at.map(|at| (Arc::from(plain(&at.step)), number(at.instance))),
            said: self.said,
        }
    }
}

fn did<'a>(unknown: &mut Unknown, job: Uuid, recorded: &'a Recorded) -> Result<Option<Did<'a>>, String> {
    let is_person = matches!(recorded.actor, Actor::Person { .. });
    let did = |word, at, said| Some(Did { word, at, by: None, said });
    Ok(match &recorded.event {
        Event::JobCreated(created) => {
            let said = object!({ "workflow": &*created.workflow, "plan": created.plan.to_string() });
            did("submitted", None, Some(said.to_string()))
        }
        Event::JobPaused => did("paused", None, None),
        Event::JobResumed => did("resumed", None, None),
        Event::JobCancelRequested { kill } => did(if *kill { "killed" } else { "cancelled" }, None, None),
        Event::JobRetried { steps } => did("retried", None, Some(object!({ "steps": steps }).to_string())),
        Event::SignalReceived { name, body } => {
            did("signalled", None, Some(json(&object!({ "name": &**name, "body": body }))?))
        }
        Event::ApprovalRequested(asked) => did("asked", Some(&asked.at), Some(json(asked)?)),
        Event::ApprovalGiven { at, subject, by } => {
            let said = Some(object!({ "subject": subject.to_string() }).to_string());
            Some(Did { word: "approved", at: Some(at), by: Some(by), said })
        }
        Event::ApprovalRefused { at, by: Some(by), comment } => {
            let said = comment.as_ref().map(|comment| object!({ "comment": comment }).to_string());
            Some(Did { word: "refused", at: Some(at), by: Some(by), said })
        }
        Event::ApprovalRefused { at, by: None, .. } => did("expired", Some(at), None),
        Event::StepSkipped { at, .. } => {
            unknown.remove(&(job, Arc::clone(&at.step), number(at.instance)));
            is_person.then_some(Did { word: "skipped", at: Some(at), by: None, said: None })
        }
        Event::StepOutcomeUnknown { at, why } => {
            unknown.insert((job, Arc::clone(&at.step), number(at.instance)));
            did("unknown", Some(at), Some(object!({ "why": why }).to_string()))
        }
        Event::StepSucceeded(done) => settled(unknown, job, &done.at, is_person, "done"),
        Event::StepFailed { at, .. } => settled(unknown, job, at, is_person, "failed"),
        Event::StepLost { at, .. } => settled(unknown, job, at, is_person, "retry"),
        Event::StepCancelled { at, .. } => settled(unknown, job, at, false, ""),
        Event::UndoStarted { order } => {
            let steps: Vec<_> = order.iter().map(|at| &*at.step).collect();
            did("undid", None, Some(object!({ "steps": steps }).to_string()))
        }
        Event::UndoStepUnknown { at, why } => {
            unknown.insert((job, Arc::clone(&at.step), number(at.instance)));
            did("unknown", Some(at), Some(object!({ "why": why, "undo": true }).to_string()))
        }
        Event::UndoStepSucceeded { at } => settled(unknown, job, at, is_person, "done"),
        Event::UndoStepFailed { at, .. } => settled(unknown, job, at, is_person, "failed"),
        Event::UndoStepLost { at, why } => settled(unknown, job, at, is_person, "retry")
            .or_else(|| did("lost", Some(at), Some(object!({ "why": why, "undo": true }).to_string()))),
        Event::JobQueued { .. }
        | Event::JobStarted { .. }
        | Event::JobExpired
        | Event::JobSucceeded { .. }
        | Event::JobFailed { .. }
        | Event::JobCancelled
        | Event::JobTimedOut
        | Event::FanOutExpanded { .. }
        | Event::StepStarted(_)
        | Event::StepBlocked { .. }
        | Event::StepReused { .. }
        | Event::CacheAsked { .. }
        | Event::CacheMissed { .. }
        | Event::RoundFinished { .. }
        | Event::TimerSet { .. }
        | Event::TimerFired { .. }
        | Event::SlotRequested { .. }
        | Event::SlotTaken { .. }
        | Event::SlotLost { .. }
        | Event::ChildStarted { .. }
        | Event::ChildExpired { .. }
        | Event::UndoStepStarted { .. }
        | Event::UndoFinished => None,
    })
}

/// The end of an attempt of which nobody knew is a person's word. The same events by a person follow from an answer or
/// a signal as well; those are told already.
fn settled<'a>(
    unknown: &mut Unknown,
    job: Uuid,
    at: &'a At,
    is_person: bool,
    verdict: &str,
) -> Option<Did<'a>> {
    let was_unknown = unknown.remove(&(job, Arc::clone(&at.step), number(at.instance)));
    let said = Some(object!({ "verdict": verdict }).to_string());
    (was_unknown && is_person).then_some(Did { word: "settled", at: Some(at), by: None, said })
}

/// Returns the word of a door.
pub(super) const fn door(door: Door) -> &'static str {
    match door {
        Door::Shell => "shell",
        Door::Http => "http",
        Door::Telegram => "telegram",
        Door::Trigger => "trigger",
        Door::Call => "call",
    }
}

const LOAD: &str = include_str!("sql/load_unknown.sql");

/// Loads of which instances nobody knows what came of them.
async fn load(db: &mut PgConnection, generation: i32, told: &[Told]) -> Result<Unknown, sqlx::Error> {
    let jobs = begun_before(told);
    if jobs.is_empty() {
        return Ok(Unknown::new());
    }
    let rows = sqlx::query(LOAD).bind(generation).bind(jobs).fetch_all(db).await?;
    let mut unknown = Unknown::new();
    for row in rows {
        if row.try_get::<&str, _>(3)? == "unknown" {
            unknown.insert((row.try_get(0)?, row.try_get::<&str, _>(1)?.into(), row.try_get(2)?));
        }
    }
    Ok(unknown)
}

const SAVE: &str = include_str!("sql/save_audit.sql");

async fn save(db: &mut PgConnection, generation: i32, rows: &[Row]) -> Result<(), sqlx::Error> {
    fn all<'a, T>(rows: &'a [Row], of: impl Fn(&'a Row) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(SAVE)
        .bind(generation)
        .bind(all(rows, |it| it.job))
        .bind(all(rows, |it| it.seq))
        .bind(all(rows, |it| moment(it.at)))
        .bind(all(rows, |it| it.who.as_str()))
        .bind(all(rows, |it| it.door))
        .bind(all(rows, |it| it.did))
        .bind(all(rows, |it| it.place.as_ref().map(|(step, _)| &**step)))
        .bind(all(rows, |it| it.place.as_ref().map(|(_, instance)| *instance)))
        .bind(all(rows, |it| it.said.as_deref()))
        .execute(db)
        .await?;
    Ok(())
}

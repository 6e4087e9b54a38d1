//! What is kept of an instance of a step, and how it is loaded and saved.

use super::super::{moment, page::Told, plain};
use super::begun_before;
use engine::{
    event::{At, Event},
    job::Status,
};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

/// Which instance of which step of which job.
pub(super) type Key = (Uuid, Arc<str>, i32);

/// Rows by their keys, as far as they are touched; none is there no more.
pub(super) type Rows = BTreeMap<Key, Kept>;

/// A row, and whether it differs from what the table has.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) row: Option<Row>,
    pub(super) is_changed: bool,
    /// Whether the table had a row that has to go first.
    pub(super) was_there: bool,
}

/// An instance.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) seq: i32,
    pub(super) key: Option<String>,
    pub(super) status: Status,
    pub(super) waits_for: Option<&'static str>,
    pub(super) until: Option<i64>,
    pub(super) begun: bool,
    pub(super) attempts: i32,
    pub(super) provider: Option<String>,
    pub(super) risk: Option<String>,
    pub(super) subject: Option<Vec<u8>>,
    pub(super) error_class: Option<String>,
    pub(super) error: Option<String>,
    pub(super) exit_code: Option<i64>,
    pub(super) child: Option<Uuid>,
    pub(super) reused_from: Option<Uuid>,
    pub(super) undo: Option<&'static str>,
    pub(super) asked: Option<String>,
    pub(super) agreed: i32,
    pub(super) outputs: Option<String>,
    pub(super) outputs_digest: Option<Vec<u8>>,
    pub(super) log: Option<Vec<u8>>,
    pub(super) log_bytes: Option<i64>,
    pub(super) started_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
}

/// An attempt of which something is heard: where it ran, and since when.
#[derive(Clone, Debug)]
pub(in super::super) struct Attempted {
    pub(in super::super) provider: String,
    pub(in super::super) since: i64,
}

/// The words of `waits_for`.
const WAITS: [&str; 8] = ["people", "verdict", "place", "cache", "signal", "time", "retry", "round"];
/// The words of `undo`.
const UNDO: [&str; 5] = ["running", "done", "failed", "lost", "unknown"];
/// The words of `status`.
const STATUS: [Status; 8] = [
    Status::Pending,
    Status::Waiting,
    Status::Running,
    Status::Succeeded,
    Status::Failed,
    Status::Skipped,
    Status::Blocked,
    Status::Cancelled,
];

impl Row {
    pub(super) const fn new(key: Option<String>) -> Self {
        Self {
            seq: 0,
            key,
            status: Status::Pending,
            waits_for: None,
            until: None,
            begun: false,
            attempts: 0,
            provider: None,
            risk: None,
            subject: None,
            error_class: None,
            error: None,
            exit_code: None,
            child: None,
            reused_from: None,
            undo: None,
            asked: None,
            agreed: 0,
            outputs: None,
            outputs_digest: None,
            log: None,
            log_bytes: None,
            started_at: None,
            ended_at: None,
        }
    }

    /// Changes how it stands; what it waited for is over.
    pub(super) fn stands(&mut self, status: Status) {
        (self.status, self.waits_for, self.until, self.asked, self.agreed) = (status, None, None, None, 0);
    }

    pub(super) fn waits(&mut self, what: &'static str, until: Option<i64>) {
        self.stands(Status::Waiting);
        (self.waits_for, self.until) = (Some(what), until);
    }

    pub(super) fn ends(&mut self, status: Status, at: i64) {
        self.stands(status);
        self.ended_at = Some(at);
    }

    /// Returns the attempt that is performed, if one is.
    pub(super) fn attempted(&self) -> Option<Attempted> {
        let provider = self.provider.as_ref().filter(|_| self.status == Status::Running)?;
        Some(Attempted { provider: provider.clone(), since: self.started_at? })
    }
}

const COLUMNS: &str = "seq, key, status, waits_for, (extract(epoch FROM until) * 1000)::bigint, begun, attempts, provider,
  risk, subject, error_class, error, exit_code, child, reused_from, undo, asked, agreed, outputs, outputs_digest, log,
  log_bytes, (extract(epoch FROM started_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint";

/// Loads what these events can touch: instances they name, all of steps that begin or end as a whole, all of jobs that
/// end.
pub(super) async fn load(db: &mut PgConnection, generation: i32, told: &[Told]) -> Result<Rows, sqlx::Error> {
    let known: BTreeSet<_> = begun_before(told).into_iter().collect();
    let (mut jobs, mut steps, mut places) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for it in told.iter().filter(|it| known.contains(&it.job)) {
        match it.event.as_ref().map(|recorded| touched(&recorded.event)) {
            Ok(Touched::Job) => drop(jobs.insert(it.job)),
            Ok(Touched::Steps(names)) => steps.extend(names.into_iter().map(|step| (it.job, step))),
            Ok(Touched::Place(at)) => {
                places.insert((it.job, Arc::clone(&at.step), super::super::number(at.instance)));
            }
            Ok(Touched::Nothing) | Err(_) => {}
        }
    }
    steps.retain(|(job, _)| !jobs.contains(job));
    places.retain(|(job, step, _)| !jobs.contains(job) && !steps.contains(&(*job, Arc::clone(step))));

    let mut rows = Rows::new();
    if !jobs.is_empty() {
        let sql =
            "FROM unnest($2::uuid[]) w (job_id) JOIN skynet.step_rows USING (job_id) WHERE generation = $1";
        let query = sqlx::query(select(sql)).bind(generation).bind(jobs.into_iter().collect::<Vec<_>>());
        keep(&mut rows, &query.fetch_all(&mut *db).await?)?;
    }
    if !steps.is_empty() {
        let sql =
            "FROM unnest($2::uuid[], $3::text[]) w (job_id, step) JOIN skynet.step_rows USING (job_id, step)
            WHERE generation = $1";
        let (jobs, names): (Vec<_>, Vec<_>) =
            steps.into_iter().map(|(job, step)| (job, step.to_string())).unzip();
        let query = sqlx::query(select(sql)).bind(generation).bind(jobs).bind(names);
        keep(&mut rows, &query.fetch_all(&mut *db).await?)?;
    }
    if !places.is_empty() {
        let sql = "FROM unnest($2::uuid[], $3::text[], $4::int[]) w (job_id, step, instance)
            JOIN skynet.step_rows USING (job_id, step, instance) WHERE generation = $1";
        let query = sqlx::query(select(sql))
            .bind(generation)
            .bind(places.iter().map(|(job, ..)| *job).collect::<Vec<_>>())
            .bind(places.iter().map(|(_, step, _)| &**step).collect::<Vec<_>>())
            .bind(places.iter().map(|(.., instance)| *instance).collect::<Vec<_>>());
        keep(&mut rows, &query.fetch_all(&mut *db).await?)?;
    }
    Ok(rows)
}

fn select(from: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT job_id, step, instance, {COLUMNS} {from}"))
}

/// What an event can touch.
enum Touched<'a> {
    Nothing,
    Place(&'a At),
    Steps(Vec<Arc<str>>),
    Job,
}

fn touched(event: &Event) -> Touched<'_> {
    match event {
        Event::JobSucceeded { .. }
        | Event::JobFailed { .. }
        | Event::JobCancelled
        | Event::JobTimedOut
        | Event::UndoFinished => Touched::Job,
        Event::JobRetried { steps } => Touched::Steps(steps.clone()),
        Event::FanOutExpanded { step, .. } | Event::StepBlocked { step, .. } => {
            Touched::Steps(vec![Arc::clone(step)])
        }
        Event::StepSkipped { at, whole: true, .. } => Touched::Steps(vec![Arc::clone(&at.step)]),
        Event::StepStarted(started) => Touched::Place(&started.at),
        Event::StepSucceeded(done) => Touched::Place(&done.at),
        Event::ApprovalRequested(asked) => Touched::Place(&asked.at),
        Event::StepFailed { at, .. }
        | Event::StepOutcomeUnknown { at, .. }
        | Event::StepLost { at, .. }
        | Event::StepSkipped { at, whole: false, .. }
        | Event::StepCancelled { at, .. }
        | Event::StepReused { at, .. }
        | Event::CacheAsked { at, .. }
        | Event::CacheMissed { at, .. }
        | Event::RoundFinished { at, .. }
        | Event::TimerSet { at, .. }
        | Event::TimerFired { at }
        | Event::SlotRequested { at, .. }
        | Event::SlotTaken { at: Some(at) }
        | Event::ApprovalGiven { at, .. }
        | Event::ChildStarted { at, .. }
        | Event::UndoStepStarted { at, .. }
        | Event::UndoStepSucceeded { at }
        | Event::UndoStepFailed { at, .. }
        | Event::UndoStepLost { at, .. }
        | Event::UndoStepUnknown { at, .. } => Touched::Place(at),
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
        | Event::UndoStarted { .. } => Touched::Nothing,
    }
}

fn keep(rows: &mut Rows, found: &[PgRow]) -> Result<(), sqlx::Error> {
    for it in found {
        let key = (it.try_get(0)?, it.try_get::<&str, _>(1)?.into(), it.try_get(2)?);
        rows.insert(key, Kept { row: Some(read(it)?), is_changed: false, was_there: true });
    }
    Ok(())
}

fn read(it: &PgRow) -> Result<Row, sqlx::Error> {
    let word = |words: &[&'static str], at: usize| -> Result<Option<&'static str>, sqlx::Error> {
        let word: Option<&str> = it.try_get(at)?;
        Ok(words.iter().copied().find(|it| Some(*it) == word))
    };
    let status: &str = it.try_get(5)?;
    let status = STATUS.into_iter().find(|it| it.as_str() == status);
    Ok(Row {
        seq: it.try_get(3)?,
        key: it.try_get(4)?,
        status: status.ok_or_else(|| sqlx::Error::Decode("a step stands in an unknown way".into()))?,
        waits_for: word(&WAITS, 6)?,
        until: it.try_get(7)?,
        begun: it.try_get(8)?,
        attempts: it.try_get(9)?,
        provider: it.try_get(10)?,
        risk: it.try_get(11)?,
        subject: it.try_get(12)?,
        error_class: it.try_get(13)?,
        error: it.try_get(14)?,
        exit_code: it.try_get(15)?,
        child: it.try_get(16)?,
        reused_from: it.try_get(17)?,
        undo: word(&UNDO, 18)?,
        asked: it.try_get(19)?,
        agreed: it.try_get(20)?,
        outputs: it.try_get(21)?,
        outputs_digest: it.try_get(22)?,
        log: it.try_get(23)?,
        log_bytes: it.try_get(24)?,
        started_at: it.try_get(25)?,
        ended_at: it.try_get(26)?,
    })
}

const GO: &str = include_str!("../sql/forget_steps.sql");

const SAVE: &str = include_str!("../sql/save_steps.sql");

pub(super) async fn save(db: &mut PgConnection, generation: i32, rows: &Rows) -> Result<(), sqlx::Error> {
    let gone: Vec<_> =
        rows.iter().filter(|(_, it)| it.was_there && it.row.is_none()).map(|(key, _)| key).collect();
    if !gone.is_empty() {
        sqlx::query(GO)
            .bind(generation)
            .bind(gone.iter().map(|key| key.0).collect::<Vec<_>>())
            .bind(gone.iter().map(|key| &*key.1).collect::<Vec<_>>())
            .bind(gone.iter().map(|key| key.2).collect::<Vec<_>>())
            .execute(&mut *db)
            .await?;
    }
    let changed: Vec<(&Key, &Row)> = rows
        .iter()
        .filter(|(_, it)| it.is_changed)
        .filter_map(|(key, it)| it.row.as_ref().map(|row| (key, row)))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    fn all<'a, T>(rows: &[(&'a Key, &'a Row)], of: impl Fn(&'a Row) -> T) -> Vec<T> {
        rows.iter().map(|(_, row)| of(row)).collect()
    }
    let rows = changed.as_slice();
    sqlx::query(SAVE)
        .bind(generation)
        .bind(rows.iter().map(|(key, _)| key.0).collect::<Vec<_>>())
        .bind(rows.iter().map(|(key, _)| plain(&key.1)).collect::<Vec<_>>())
        .bind(rows.iter().map(|(key, _)| key.2).collect::<Vec<_>>())
        .bind(all(rows, |it| it.seq))
        .bind(all(rows, |it| it.key.as_deref()))
        .bind(all(rows, |it| it.status.as_str()))
        .bind(all(rows, |it| it.waits_for))
        .bind(all(rows, |it| it.until.map(moment)))
        .bind(all(rows, |it| it.begun))
        .bind(all(rows, |it| it.attempts))
        .bind(all(rows, |it| it.provider.as_deref()))
        .bind(all(rows, |it| it.risk.as_deref()))
        .bind(all(rows, |it| it.subject.as_deref()))
        .bind(all(rows, |it| it.error_class.as_deref()))
        .bind(all(rows, |it| it.error.as_deref()))
        .bind(all(rows, |it| it.exit_code))
        .bind(all(rows, |it| it.child))
        .bind(all(rows, |it| it.reused_from))
        .bind(all(rows, |it| it.undo))
        .bind(all(rows, |it| it.asked.as_deref()))
        .bind(all(rows, |it| it.agreed))
        .bind(all(rows, |it| it.outputs.as_deref()))
        .bind(all(rows, |it| it.outputs_digest.as_deref()))
        .bind(all(rows, |it| it.log.as_deref()))
        .bind(all(rows, |it| it.log_bytes))
        .bind(all(rows, |it| it.started_at.map(moment)))
        .bind(all(rows, |it| it.ended_at.map(moment)))
        .execute(db)
        .await?;
    Ok(())
}

//! Jobs: a row for each, as its last event left it.

use super::{Projection, Table, Trouble, id, json, moment, page::Told, plain};
use engine::{
    event::{Event, JobCreated, Recorded},
    job::JobState,
};
use futures_core::future::BoxFuture;
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::{BTreeMap, btree_map::Entry};
use uuid::Uuid;

/// The projection of jobs.
#[derive(Debug)]
pub(super) struct Jobs;

const NAME: &str = "job";

/// A job.
#[derive(Clone, Debug)]
struct Job {
    seq: i32,
    workflow: String,
    plan: Vec<u8>,
    state: String,
    stopping: Option<&'static str>,
    paused_by: Option<String>,
    cause: Option<String>,
    submitter: String,
    door: String,
    mock: bool,
    parent: Option<Uuid>,
    parent_step: Option<String>,
    forked_from: Option<Uuid>,
    forked_at: Option<i32>,
    undo: Option<&'static str>,
    params: String,
    outputs: Option<String>,
    created_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    changed_at: i64,
}

impl Projection for Jobs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn tables(&self) -> &'static [Table] {
        &[Table { name: "job_rows", key: "job_id", of_jobs: "job_id >= $1 AND job_id < $2" }]
    }

    fn reads(&self, kind: &str) -> bool {
        kind.starts_with("job_") || kind.starts_with("undo_") || kind == "slot_taken"
    }

    fn apply<'a>(
        &'a self,
        db: &'a mut PgConnection,
        generation: i32,
        told: &'a [Told],
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let mut jobs = load(db, generation, told).await?;
            for it in told {
                take(&mut jobs, it).map_err(|why| Trouble::unreadable(NAME, it.job, it.seq, why))?;
            }
            Ok(save(db, generation, &jobs).await?)
        })
    }
}

fn take(jobs: &mut BTreeMap<Uuid, Job>, told: &Told) -> Result<(), String> {
    if let Ok(Recorded { at, actor, event: Event::JobCreated(created), .. }) = &told.event {
        if let Entry::Vacant(place) = jobs.entry(told.job) {
            place.insert(Job::new(*at, actor, created)?);
        }
        return Ok(());
    }
    let job = jobs.get_mut(&told.job).ok_or("the job was never created")?;
    if told.seq <= job.seq {
        return Ok(());
    }
    job.seq = told.seq;
    if let Ok(recorded) = &told.event {
        job.changed_at = recorded.at;
        job.take(recorded)?;
    }
    Ok(())
}

impl Job {
    fn new(at: i64, actor: &engine::event::Actor, created: &JobCreated) -> Result<Self, String> {
        Ok(Self {
            seq: 1,
            workflow: plain(&created.workflow),
            plan: created.plan.0.to_vec(),
            state: JobState::Planned.as_str().to_owned(),
            stopping: None,
            paused_by: None,
            cause: None,
            submitter: plain(&actor.to_string()),
            door: super::audit::door(created.door).to_owned(),
            mock: created.mock,
            parent: created.parent.as_ref().map(|parent| id(&parent.job)).transpose()?,
            parent_step: created.parent.as_ref().map(|parent| plain(&parent.step)),
            forked_from: created.fork.as_ref().map(|fork| id(&fork.job)).transpose()?,
            forked_at: created.fork.as_ref().map(|fork| i32::try_from(fork.seq).unwrap_or(i32::MAX)),
            undo: None,
            params: json(&created.params)?,
            outputs: None,
            created_at: at,
            started_at: None,
            ended_at: None,
            changed_at: at,
        })
    }

    fn is(&mut self, state: &JobState) {
        state.as_str().clone_into(&mut self.state);
    }

    fn ends(&mut self, state: &JobState, at: i64) {
        self.is(state);
        (self.stopping, self.paused_by, self.ended_at) = (None, None, Some(at));
    }

    fn stops(&mut self, why: &'static str) {
        // A job that has ended is killed while it is taken back; its end stays what it was.
        if self.ended_at.is_none() {
            self.is(&JobState::Running { stopping: None });
            self.stopping = Some(why);
        }
    }

    fn take(&mut self, recorded: &Recorded) -> Result<(), String> {
        let at = recorded.at;
        match &recorded.event {
            Event::JobQueued { slot, until } => {
                self.is(&JobState::Queued { slot: slot.clone(), until: *until });
            }
            Event::SlotTaken { at: None } => self.is(&JobState::Planned),
            Event::JobStarted { .. } => {
                self.is(&JobState::Running { stopping: None });
                self.started_at.get_or_insert(at);
            }
            Event::JobPaused => self.paused_by = Some(plain(&recorded.actor.to_string())),
            Event::JobResumed => self.paused_by = None,
            Event::JobCancelRequested { kill } => self.stops(if *kill { "kill" } else { "cancel" }),
            Event::JobExpired => self.stops("expired"),
            Event::JobRetried { .. } => {
                self.cause = None;
                if self.ended_at.take().is_some() {
                    self.is(&JobState::Planned);
                }
            }
            Event::JobSucceeded { outputs } => {
                self.outputs = Some(json(outputs)?);
                self.ends(&JobState::Succeeded, at);
            }
            Event::JobFailed { cause } => {
                self.ends(&JobState::Failed { cause: cause.clone() }, at);
                self.cause = Some(plain(cause));
            }
            Event::JobCancelled => self.ends(&JobState::Cancelled, at),
            Event::JobTimedOut => self.ends(&JobState::TimedOut, at),
            Event::UndoStarted { .. }
            | Event::UndoStepStarted { .. }
            | Event::UndoStepSucceeded { .. }
            | Event::UndoStepLost { .. } => self.undo = Some("running"),
            Event::UndoStepFailed { .. } => self.undo = Some("failed"),
            Event::UndoStepUnknown { .. } => self.undo = Some("unknown"),
            Event::UndoFinished if self.undo == Some("running") => self.undo = Some("done"),
            Event::UndoFinished
            | Event::JobCreated(_)
            | Event::FanOutExpanded { .. }
            | Event::StepStarted(_)
            | Event::StepSucceeded(_)
            | Event::StepFailed { .. }
            | Event::StepOutcomeUnknown { .. }
            | Event::StepLost { .. }
            | Event::StepSkipped { .. }
            | Event::StepBlocked { .. }
            | Event::StepCancelled { .. }
            | Event::StepReused { .. }
            | Event::CacheAsked { .. }
            | Event::CacheMissed { .. }
            | Event::RoundFinished { .. }
            | Event::TimerSet { .. }
            | Event::TimerFired { .. }
            | Event::SignalReceived { .. }
            | Event::SlotRequested { .. }
            | Event::SlotTaken { at: Some(_) }
            | Event::SlotLost { .. }
            | Event::ApprovalRequested(_)
            | Event::ApprovalGiven { .. }
            | Event::ApprovalRefused { .. }
            | Event::ChildStarted { .. }
            | Event::ChildExpired { .. } => {}
        }
        Ok(())
    }
}

const LOAD: &str = include_str!("sql/load_jobs.sql");

/// Loads the jobs that these events are about, save those that begin here.
async fn load(
    db: &mut PgConnection,
    generation: i32,
    told: &[Told],
) -> Result<BTreeMap<Uuid, Job>, sqlx::Error> {
    let wanted = super::step::begun_before(told);
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = sqlx::query(LOAD).bind(generation).bind(wanted).fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, read(row)?))).collect()
}

fn read(row: &PgRow) -> Result<Job, sqlx::Error> {
    let (stopping, undo): (Option<&str>, Option<&str>) = (row.try_get(5)?, row.try_get(15)?);
    Ok(Job {
        seq: row.try_get(1)?,
        workflow: row.try_get(2)?,
        plan: row.try_get(3)?,
        state: row.try_get(4)?,
        stopping: stopping.and_then(|word| ["cancel", "kill", "expired"].into_iter().find(|it| *it == word)),
        paused_by: row.try_get(6)?,
        cause: row.try_get(7)?,
        submitter: row.try_get(8)?,
        door: row.try_get(9)?,
        mock: row.try_get(10)?,
        parent: row.try_get(11)?,
        parent_step: row.try_get(12)?,
        forked_from: row.try_get(13)?,
        forked_at: row.try_get(14)?,
        undo: undo
            .and_then(|word| ["running", "done", "failed", "unknown"].into_iter().find(|it| *it == word)),
        params: row.try_get(16)?,
        outputs: row.try_get(17)?,
        created_at: row.try_get(18)?,
        started_at: row.try_get(19)?,
        ended_at: row.try_get(20)?,
        changed_at: row.try_get(21)?,
    })
}

const SAVE: &str = include_str!("sql/save_jobs.sql");

async fn save(db: &mut PgConnection, generation: i32, jobs: &BTreeMap<Uuid, Job>) -> Result<(), sqlx::Error> {
    fn all<'a, T>(jobs: &'a BTreeMap<Uuid, Job>, of: impl Fn(&'a Job) -> T) -> Vec<T> {
        jobs.values().map(of).collect()
    }
    if jobs.is_empty() {
        return Ok(());
    }
    sqlx::query(SAVE)
        .bind(generation)
        .bind(jobs.keys().copied().collect::<Vec<_>>())
        .bind(all(jobs, |it| it.seq))
        .bind(all(jobs, |it| it.workflow.as_str()))
        .bind(all(jobs, |it| it.plan.as_slice()))
        .bind(all(jobs, |it| it.state.as_str()))
        .bind(all(jobs, |it| it.stopping))
        .bind(all(jobs, |it| it.paused_by.as_deref()))
        .bind(all(jobs, |it| it.cause.as_deref()))
        .bind(all(jobs, |it| it.submitter.as_str()))
        .bind(all(jobs, |it| it.door.as_str()))
        .bind(all(jobs, |it| it.mock))
        .bind(all(jobs, |it| it.parent))
        .bind(all(jobs, |it| it.parent_step.as_deref()))
        .bind(all(jobs, |it| it.forked_from))
        .bind(all(jobs, |it| it.forked_at))
        .bind(all(jobs, |it| it.undo))
        .bind(all(jobs, |it| it.params.as_str()))
        .bind(all(jobs, |it| it.outputs.as_deref()))
        .bind(all(jobs, |it| moment(it.created_at)))
        .bind(all(jobs, |it| it.started_at.map(moment)))
        .bind(all(jobs, |it| it.ended_at.map(moment)))
        .bind(all(jobs, |it| moment(it.changed_at)))
        .execute(db)
        .await?;
    Ok(())
}

//! Jobs, one or many.

use super::{Views, digest, values};
use crate::postgres::id;
use engine::{
    event::Values,
    id::{Digest, JobId},
    port::LogError,
};
use sqlx::{Error, Postgres, QueryBuilder, Row as _, postgres::PgRow};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which jobs are wanted; what is empty holds of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// They stand in one of these ways.
    pub states: Vec<String>,
    /// They execute this workflow.
    pub workflow: Option<String>,
    /// They were created at this time or later.
    pub since: Option<i64>,
    /// This stands in their id, workflow, submitter, cause of failure or params.
    pub text: Option<String>,
    /// They wait for a person.
    pub wait_for_people: bool,
    /// They come behind this place of the list.
    pub after: Option<Cursor>,
}

/// A place in the list of jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last job before it was created.
    pub created_at: i64,
    /// That job.
    pub job: JobId,
}

/// Some jobs, the latest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The jobs.
    pub jobs: Vec<JobRow>,
    /// Where the rest begins, if there may be one.
    pub next: Option<Cursor>,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// Its id.
    pub job: JobId,
    /// The name of its workflow.
    pub workflow: String,
    /// The digest of its plan.
    pub plan: Option<Digest>,
    /// How it stands, in the word of [`engine::job::JobState`].
    pub state: String,
    /// Why it is to end: `cancel`, `kill` or `expired`.
    pub stopping: Option<String>,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// Why it failed.
    pub cause: Option<String>,
    /// Who submitted it.
    pub submitter: String,
    /// Through which door.
    pub door: String,
    /// Whether its steps only pretend.
    pub mock: bool,
    /// The job that called it, and the step there.
    pub parent: Option<(JobId, String)>,
    /// The job it goes on from, and up to which event of that.
    pub forked_from: Option<(JobId, i32)>,
    /// Whether what it did is being taken back: `running`, `done`, `failed` or `unknown`.
    pub undo: Option<String>,
    /// What it was given.
    pub params: Values,
    /// What it gave back.
    pub outputs: Option<Values>,
    /// When it was created.
    pub created_at: i64,
    /// When steps could start first.
    pub started_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When its last event was.
    pub changed_at: i64,
    /// The number of its last event.
    pub events: i32,
    /// How many instances of steps stand how; what has not begun does not count.
    pub steps: BTreeMap<String, i64>,
    /// Whether it waits for a person.
    pub waits_for_people: bool,
}

const COLUMNS: &str = include_str!("sql/jobs.sql");

const COUNTS: &str = include_str!("sql/count_steps.sql");

impl Views {
    /// Lists jobs, the latest first.
    ///
    /// # Errors
    /// If the database fails, or the filter names what is no job.
    pub async fn jobs(&self, filter: &Filter, limit: u32) -> Result<Listed, LogError> {
        let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
        if !filter.states.is_empty() {
            query.push(" AND j.state = ANY(").push_bind(&filter.states).push(")");
        }
        if let Some(workflow) = &filter.workflow {
            query.push(" AND j.workflow = ").push_bind(workflow);
        }
        if let Some(since) = filter.since {
            query.push(" AND j.created_at >= 'epoch'::timestamptz + interval '1 ms' * ").push_bind(since);
        }
        if let Some(text) = &filter.text {
            let text = format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"));
            query
                .push(" AND concat_ws(' ', j.job_id, j.workflow, j.submitter, j.cause, j.params) ILIKE ")
                .push_bind(text);
        }
        if filter.wait_for_people {
            query.push(
                " AND EXISTS (SELECT FROM skynet.step_rows s WHERE s.generation = (SELECT skynet.generation_of('step'))
                  AND s.job_id = j.job_id AND s.waits_for IN ('people', 'verdict'))",
            );
        }
        if let Some(after) = &filter.after {
            query
                .push(" AND (j.created_at, j.job_id) < ('epoch'::timestamptz + interval '1 ms' * ")
                .push_bind(after.created_at)
                .push(", ")
                .push_bind(id::read(&after.job)?)
                .push(")");
        }
        query.push(" ORDER BY j.created_at DESC, j.job_id DESC LIMIT ").push_bind(i64::from(limit));
        let mut jobs = self
            .read(async {
                let rows = query.build().fetch_all(self.database.pool()).await?;
                rows.iter().map(read).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        self.count(&mut jobs).await?;
        let is_whole = usize::try_from(limit).is_ok_and(|limit| jobs.len() < limit);
        let last = jobs.last().filter(|_| !is_whole);
        let next = last.map(|job| Cursor { created_at: job.created_at, job: job.job.clone() });
        Ok(Listed { jobs, next })
    }

    /// Finds a job.
    ///
    /// # Errors
    /// If the database fails, or this is no id of a job.
    pub async fn job(&self, job: &JobId) -> Result<Option<JobRow>, LogError> {
        let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
        query.push(" AND j.job_id = ").push_bind(id::read(job)?);
        let mut found = self
            .read(async {
                let row = query.build().fetch_optional(self.database.pool()).await?;
                row.iter().map(read).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        self.count(&mut found).await?;
        Ok(found.pop())
    }

    /// Lists the digests of all plans that jobs execute.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn plans(&self) -> Result<Vec<Digest>, LogError> {
        let all = sqlx::query_scalar::<_, Vec<u8>>(include_str!("sql/plans.sql"));
        let all = self.read(all.fetch_all(self.database.pool())).await?;
        Ok(all.iter().filter_map(|plan| digest(Some(plan))).collect())
    }

    /// Counts the steps of jobs.
    async fn count(&self, jobs: &mut [JobRow]) -> Result<(), LogError> {
        let wanted = jobs.iter().map(|job| id::read(&job.job)).collect::<Result<Vec<_>, _>>()?;
        let counted = sqlx::query_as::<_, (Uuid, String, i64, bool)>(COUNTS).bind(wanted);
        let mut counts: BTreeMap<JobId, (BTreeMap<String, i64>, bool)> = BTreeMap::new();
        for (job, status, n, waits) in self.read(counted.fetch_all(self.database.pool())).await? {
            let (steps, waits_for_people) = counts.entry(id::write(job)).or_default();
            steps.insert(status, n);
            *waits_for_people |= waits;
        }
        for job in jobs {
            (job.steps, job.waits_for_people) = counts.remove(&job.job).unwrap_or_default();
        }
        Ok(())
    }
}

fn read(row: &PgRow) -> Result<JobRow, Error> {
    let (parent, forked): (Option<Uuid>, Option<Uuid>) = (row.try_get(10)?, row.try_get(12)?);
    let (parent_step, forked_at): (Option<String>, Option<i32>) = (row.try_get(11)?, row.try_get(13)?);
    let outputs: Option<&str> = row.try_get(16)?;
    Ok(JobRow {
        job: id::write(row.try_get(0)?),
        workflow: row.try_get(1)?,
        plan: digest(row.try_get(2)?),
        state: row.try_get(3)?,
        stopping: row.try_get(4)?,
        paused_by: row.try_get(5)?,
        cause: row.try_get(6)?,
        submitter: row.try_get(7)?,
        door: row.try_get(8)?,
        mock: row.try_get(9)?,
        parent: parent.map(id::write).zip(parent_step),
        forked_from: forked.map(id::write).zip(forked_at),
        undo: row.try_get(14)?,
        params: values(row.try_get(15)?)?,
        outputs: outputs.map(values).transpose()?,
        created_at: row.try_get(17)?,
        started_at: row.try_get(18)?,
        ended_at: row.try_get(19)?,
        changed_at: row.try_get(20)?,
        events: row.try_get(21)?,
        steps: BTreeMap::new(),
        waits_for_people: false,
    })
}

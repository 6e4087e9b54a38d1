//! The steps of a job.

use super::{Views, digest, values};
use crate::postgres::id;
use engine::{
    event::{ApprovalRequested, Values},
    id::{Digest, JobId},
    port::LogError,
};
use sqlx::{Error, Row as _, postgres::PgRow};
use uuid::Uuid;

/// An instance of a step that has begun.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRow {
    /// The step.
    pub step: String,
    /// The position of the instance.
    pub instance: i32,
    /// What the instance of a fan-out is called.
    pub key: Option<String>,
    /// How it stands, in the word of [`engine::job::Status`].
    pub status: String,
    /// What it waits for: `people`, `verdict`, `place`, `cache`, `signal`, `time`, `retry` or `round`.
    pub waits_for: Option<String>,
    /// Until when, or when what runs takes too long.
    pub until: Option<i64>,
    /// The number of the latest attempt.
    pub attempts: i32,
    /// The kind of place it runs in.
    pub provider: Option<String>,
    /// How dangerous it is.
    pub risk: Option<String>,
    /// The digest of what is done.
    pub subject: Option<Digest>,
    /// The kind of its last failure.
    pub error_class: Option<String>,
    /// What went wrong last, or why it did not run.
    pub error: Option<String>,
    /// How its program ended.
    pub exit_code: Option<i64>,
    /// The job that it started.
    pub child: Option<JobId>,
    /// The job whose result serves.
    pub reused_from: Option<JobId>,
    /// Whether it is being taken back: `running`, `done`, `failed`, `lost` or `unknown`.
    pub undo: Option<String>,
    /// What people are asked.
    pub asked: Option<ApprovalRequested>,
    /// How many of them have agreed.
    pub agreed: i32,
    /// What it gave, if that is small.
    pub outputs: Option<Values>,
    /// The digest of the JSON of what it gave, if that is not.
    pub outputs_digest: Option<Digest>,
    /// The digest of all it printed, and how many bytes that were.
    pub log: Option<(Digest, i64)>,
    /// When its latest attempt began.
    pub started_at: Option<i64>,
    /// When that ended.
    pub ended_at: Option<i64>,
    /// The number of the event that changed it last.
    pub seq: i32,
}

const STEPS: &str = include_str!("sql/steps.sql");

impl Views {
    /// Lists the instances of steps of a job that have begun, in the order in which they did.
    ///
    /// # Errors
    /// If the database fails, or this is no id of a job.
    pub async fn steps(&self, job: &JobId) -> Result<Vec<StepRow>, LogError> {
        let query = sqlx::query(STEPS).bind(id::read(job)?);
        self.read(async {
            let rows = query.fetch_all(self.database.pool()).await?;
            rows.iter().map(read).collect()
        })
        .await
    }
}

fn read(row: &PgRow) -> Result<StepRow, Error> {
    let (child, reused): (Option<Uuid>, Option<Uuid>) = (row.try_get(13)?, row.try_get(14)?);
    let (asked, outputs): (Option<&str>, Option<&str>) = (row.try_get(16)?, row.try_get(18)?);
    let asked = asked.map(serde_json::from_str).transpose().map_err(|error| Error::Decode(error.into()))?;
    Ok(StepRow {
        step: row.try_get(0)?,
        instance: row.try_get(1)?,
        key: row.try_get(2)?,
        status: row.try_get(3)?,
        waits_for: row.try_get(4)?,
        until: row.try_get(5)?,
        attempts: row.try_get(6)?,
        provider: row.try_get(7)?,
        risk: row.try_get(8)?,
        subject: digest(row.try_get(9)?),
        error_class: row.try_get(10)?,
        error: row.try_get(11)?,
        exit_code: row.try_get(12)?,
        child: child.map(id::write),
        reused_from: reused.map(id::write),
        undo: row.try_get(15)?,
        asked,
        agreed: row.try_get(17)?,
        outputs: outputs.map(values).transpose()?,
        outputs_digest: digest(row.try_get(19)?),
        log: digest(row.try_get(20)?).zip(row.try_get(21)?),
        started_at: row.try_get(22)?,
        ended_at: row.try_get(23)?,
        seq: row.try_get(24)?,
    })
}

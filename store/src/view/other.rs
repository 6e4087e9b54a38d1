//! What people did, what steps left behind, how providers do.

use super::{Views, digest};
use crate::postgres::id;
use engine::{
    id::{Digest, JobId},
    port::LogError,
};
use sqlx::{Postgres, QueryBuilder, Row as _};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Something that a person did or decided, or was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: i64,
    /// Who; `engine` or `worker` if no person did it.
    pub who: String,
    /// Through which door.
    pub door: Option<String>,
    /// What: the word of the view `skynet.audit`.
    pub did: String,
    /// To which job.
    pub job: JobId,
    /// To which step and instance.
    pub step: Option<(String, i32)>,
    /// What else is to be known, as JSON.
    pub said: Option<String>,
    /// The number of the event.
    pub seq: i32,
}

/// A place in what people did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCursor {
    /// When the last before it was done.
    pub at: i64,
    /// To which job.
    pub job: JobId,
    /// The number of the event.
    pub seq: i32,
}

/// A file that a step left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactRow {
    /// The step.
    pub step: String,
    /// The position of the instance.
    pub instance: i32,
    /// The attempt; 0 if an earlier result serves.
    pub attempt: i32,
    /// What it is called.
    pub name: String,
    /// The digest of its content.
    pub digest: Option<Digest>,
    /// Its size in bytes.
    pub size: i64,
    /// What it is, by the end of its name.
    pub media_type: String,
    /// The path it was taken from.
    pub path: String,
    /// When.
    pub at: i64,
}

/// How a kind of place does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderRow {
    /// The kind.
    pub provider: String,
    /// How many attempts began.
    pub attempts: i64,
    /// How many went well.
    pub succeeded: i64,
    /// How many did not, by the class of failure.
    pub failures: BTreeMap<String, i64>,
    /// How long those that ended took together, in milliseconds.
    pub ms_sum: i64,
    /// How long the longest took.
    pub ms_max: i64,
    /// When an attempt began or ended last.
    pub last_at: i64,
}

const AUDIT: &str = "
    SELECT (extract(epoch FROM at) * 1000)::bigint, who, door, did, job_id, step, instance, said, seq
    FROM skynet.audit_rows WHERE generation = (SELECT skynet.generation_of('audit'))
      AND (at, job_id, seq) > ('epoch'::timestamptz + ";

const ARTIFACTS: &str = include_str!("sql/artifacts.sql");

const PROVIDERS: &str = include_str!("sql/providers.sql");

impl AuditCursor {
    /// Returns the place before all that was done at this time or later.
    #[must_use]
    pub fn since(at: i64) -> Self {
        Self { at, job: id::write(Uuid::nil()), seq: 0 }
    }
}

impl Views {
    /// Lists what people did, to a job or to all, in the order in which it was done, behind a place.
    ///
    /// # Errors
    /// If the database fails, or this is no id of a job.
    pub async fn audit(
        &self,
        job: Option<&JobId>,
        after: Option<&AuditCursor>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, LogError> {
        let job = job.map(id::read).transpose()?;
        let (at, of, seq) = match after {
            Some(after) => (after.at, id::read(&after.job)?, after.seq),
            None => (crate::projection::moment(i64::MIN), Uuid::nil(), 0),
        };
        let mut query = QueryBuilder::<Postgres>::new(AUDIT);
        query.push_bind(at).push(" * interval '1 ms', ").push_bind(of).push(", ").push_bind(seq).push(")");
        if let Some(job) = job {
            query.push(" AND job_id = ").push_bind(job);
        }
        query.push(" ORDER BY at, job_id, seq LIMIT ").push_bind(i64::from(limit));
        self.read(async {
            let mut audit = Vec::new();
            for row in query.build().fetch_all(self.database.pool()).await? {
                let (step, instance): (Option<String>, Option<i32>) = (row.try_get(5)?, row.try_get(6)?);
                audit.push(AuditRow {
                    at: row.try_get(0)?,
                    who: row.try_get(1)?,
                    door: row.try_get(2)?,
                    did: row.try_get(3)?,
                    job: id::write(row.try_get(4)?),
                    step: step.zip(instance),
                    said: row.try_get(7)?,
                    seq: row.try_get(8)?,
                });
            }
            Ok(audit)
        })
        .await
    }

    /// Lists the files that the steps of a job left behind, in the order in which they did.
    ///
    /// # Errors
    /// If the database fails, or this is no id of a job.
    pub async fn artifacts(&self, job: &JobId) -> Result<Vec<ArtifactRow>, LogError> {
        let query = sqlx::query(ARTIFACTS).bind(id::read(job)?);
        self.read(async {
            let mut artifacts = Vec::new();
            for row in query.fetch_all(self.database.pool()).await? {
                artifacts.push(ArtifactRow {
                    step: row.try_get(0)?,
                    instance: row.try_get(1)?,
                    attempt: row.try_get(2)?,
                    name: row.try_get(3)?,
                    digest: digest(row.try_get(4)?),
                    size: row.try_get(5)?,
                    media_type: row.try_get(6)?,
                    path: row.try_get(7)?,
                    at: row.try_get(8)?,
                });
            }
            Ok(artifacts)
        })
        .await
    }

    /// Says how each kind of place does, in jobs that began at this time or later, to the day.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn providers(&self, since: Option<i64>) -> Result<Vec<ProviderRow>, LogError> {
        let day = since.map_or(0, |since| i32::try_from(since.div_euclid(86_400_000)).unwrap_or(i32::MAX));
        let query = sqlx::query_as::<_, (String, String, i64, i64, i64, i64)>(PROVIDERS).bind(day);
        let mut providers: Vec<ProviderRow> = Vec::new();
        for (provider, outcome, n, sum, max, last) in self.read(query.fetch_all(self.database.pool())).await?
        {
            if providers.last().is_none_or(|row| row.provider != provider) {
                providers.push(ProviderRow { provider, ..ProviderRow::default() });
            }
            let Some(row) = providers.last_mut() else { continue };
            match outcome.as_str() {
                "started" => row.attempts = n,
                "succeeded" => row.succeeded = n,
                _ => drop(row.failures.insert(outcome, n)),
            }
            row.ms_sum += sum;
            (row.ms_max, row.last_at) = (row.ms_max.max(max), row.last_at.max(last));
        }
        Ok(providers)
    }
}

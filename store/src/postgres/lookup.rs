//! Finding jobs: one by its id, some by the part of their ids that a person typed. Those that live,
//! [`PgLog::live_jobs`](super::PgLog::live_jobs) finds.

use super::{connect::Database, error::words, id, patience::ask};
use engine::{id::JobId, port::LogError};
use uuid::Uuid;

/// Where a job stands, as far as the log alone says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its shard.
    pub shard: u8,
    /// The number of its last event.
    pub seq: u64,
    /// Whether it has ended.
    pub is_done: bool,
}

/// Finds where a job stands; none if there is no such job.
///
/// # Errors
/// If the id cannot be one, or the database fails.
pub async fn head(database: &Database, job: &JobId) -> Result<Option<Head>, LogError> {
    let job = id::read(job)?;
    let find = || {
        sqlx::query_as::<_, (i32, bool)>(include_str!("sql/head.sql"))
            .bind(job)
            .fetch_optional(database.pool())
    };
    let found = ask(database.settings().patience, find).await.map_err(|error| words(&error))?;
    Ok(found.map(|(seq, is_done)| Head {
        shard: id::shard(job),
        seq: u64::try_from(seq).unwrap_or_default(),
        is_done,
    }))
}

/// Finds up to `limit` jobs whose ids begin or end with some digits, the youngest first. Hyphens do not count, nor does
/// the size of letters. What is no part of an id finds nothing.
///
/// # Errors
/// If the database fails.
pub async fn jobs_like(database: &Database, part: &str, limit: usize) -> Result<Vec<JobId>, LogError> {
    let Some(part) = Part::read(part) else { return Ok(Vec::new()) };
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let find = || {
        sqlx::query_scalar(include_str!("sql/jobs_like.sql"))
            .bind(part.first)
            .bind(part.last)
            .bind(&part.end)
            .bind(part.shard)
            .bind(limit)
            .fetch_all(database.pool())
    };
    let found = ask(database.settings().patience, find).await.map_err(|error| words(&error))?;
    Ok(found.into_iter().map(id::write).collect())
}

/// Returns the youngest jobs, the youngest first.
///
/// # Errors
/// If the database fails.
pub async fn latest_jobs(database: &Database, limit: usize) -> Result<Vec<JobId>, LogError> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let find =
        || sqlx::query_scalar(include_str!("sql/latest_jobs.sql")).bind(limit).fetch_all(database.pool());
    let found = ask(database.settings().patience, find).await.map_err(|error| words(&error))?;
    Ok(found.into_iter().map(id::write).collect())
}

/// A part of an id.
struct Part {
    /// The first and the last id that begin with it.
    first: Uuid,
    last: Uuid,
    /// How ids end that end with it, as a pattern without hyphens.
    end: String,
    /// The shard of ids that end with it, if it is long enough to say.
    shard: Option<i16>,
}

impl Part {
    fn read(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|char| *char != '-').collect();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digits.is_empty() || digits.len() > 32 || !is_hex {
            return None;
        }
        let digits = digits.to_ascii_lowercase();
        let shard =
            digits.len().checked_sub(2).and_then(|from| i16::from_str_radix(digits.get(from..)?, 16).ok());
        Some(Self {
            first: Uuid::try_parse(&format!("{digits:0<32}")).ok()?,
            last: Uuid::try_parse(&format!("{digits:f<32}")).ok()?,
            end: format!("%{digits}"),
            shard,
        })
    }
}

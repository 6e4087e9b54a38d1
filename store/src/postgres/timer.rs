//! When jobs have to be looked at: times that outlive the process that waits for them.
//!
//! Timers are set and cleared by the very statement that appends the events they follow from. Here they are only read:
//! the owner of a shard takes those of the next moments into its own clock.

use super::{connect::Database, error::words, id, patience::ask};
use engine::{id::JobId, port::LogError};
use uuid::Uuid;

/// A job that has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Which job.
    pub job: JobId,
    /// Which of its timers.
    pub timer: i32,
}

/// Reads the timers of these shards that are due by a time, the earliest `limit` of each shard.
///
/// # Errors
/// If the database fails.
pub async fn timers_due(
    database: &Database,
    shards: &[u8],
    by: i64,
    limit: usize,
) -> Result<Vec<Timer>, LogError> {
    let shards: Vec<_> = shards.iter().copied().map(i16::from).collect();
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let due = || {
        sqlx::query_as::<_, (i16, i64, Uuid, i32)>(include_str!("sql/timers_due.sql"))
            .bind(&shards)
            .bind(by)
            .bind(limit)
            .fetch_all(database.pool())
    };
    let rows = ask(database.settings().patience, due).await.map_err(|error| words(&error))?;
    Ok(rows.into_iter().map(|(_, at, job, timer)| Timer { at, job: id::write(job), timer }).collect())
}

//! Workers: the processes that share the jobs, each with a lease that it renews while it lives.

use sqlx::{Error, PgConnection, PgPool};
use std::time::Duration;

/// What a process says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The machine.
    pub host: String,
    /// The process there.
    pub pid: u32,
    /// What it can do.
    pub labels: Vec<String>,
}

/// Enters a process among the workers and returns its number.
pub(crate) async fn register(
    connection: &mut PgConnection,
    who: &Who,
    is_guest: bool,
    lease: Duration,
) -> Result<i64, Error> {
    let register = sqlx::query_scalar(include_str!("sql/register.sql"));
    let pid = i32::try_from(who.pid).unwrap_or_default();
    register
        .bind(&who.host)
        .bind(pid)
        .bind(&who.labels)
        .bind(is_guest)
        .bind(millis(lease))
        .fetch_one(connection)
        .await
}

/// Renews a lease; false if it was over.
pub(crate) async fn heartbeat(
    connection: &mut PgConnection,
    worker: i64,
    lease: Duration,
) -> Result<bool, Error> {
    let beat = sqlx::query(include_str!("sql/heartbeat.sql")).bind(worker).bind(millis(lease));
    Ok(beat.fetch_optional(connection).await?.is_some())
}

/// Takes a process from among the workers.
pub(crate) async fn leave(pool: &PgPool, worker: i64) -> Result<(), Error> {
    sqlx::query(include_str!("sql/leave.sql")).bind(worker).execute(pool).await.map(drop)
}

/// Returns how many workers are alive.
pub(crate) async fn live_workers(pool: &PgPool) -> Result<usize, Error> {
    let count: i64 = sqlx::query_scalar(include_str!("sql/live_workers.sql")).fetch_one(pool).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(super) fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

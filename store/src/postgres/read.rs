//! Reading: the events of a job, and those of all jobs in one order.

use super::{chain::Tip, id};
use engine::{
    event::{Recorded, upcast},
    port::{LogError, Position, event_log::Fed},
};
use sqlx::{Error, PgPool};
use std::sync::Arc;
use uuid::Uuid;

/// Returns the number and the hash of a job's last event.
pub(crate) async fn tip(pool: &PgPool, job: Uuid) -> Result<Option<(u64, Tip)>, Error> {
    let found: Option<(i32, Vec<u8>)> =
        sqlx::query_as(include_str!("sql/tip.sql")).bind(job).fetch_optional(pool).await?;
    found
        .map(|(seq, tip)| Ok((seq_of(seq), Tip::try_from(tip).map_err(|_| decode("a tip is 32 bytes"))?)))
        .transpose()
}

/// Returns events of a job as they are kept.
pub(crate) async fn read(
    pool: &PgPool,
    job: Uuid,
    after: u64,
    limit: usize,
) -> Result<Vec<(i32, Vec<u8>)>, Error> {
    let after = i32::try_from(after).unwrap_or(i32::MAX);
    let read = sqlx::query_as(include_str!("sql/read.sql")).bind(job).bind(after).bind(rows(limit));
    read.fetch_all(pool).await
}

/// An event of the feed, as it is kept.
type FedRow = (String, i64, Uuid, i32, Vec<u8>);

/// Returns events of all jobs as they are kept.
pub(crate) async fn feed(pool: &PgPool, after: Position, limit: usize) -> Result<Vec<FedRow>, Error> {
    let number = i64::try_from(after.number).unwrap_or(i64::MAX);
    let feed = sqlx::query_as(include_str!("sql/feed.sql"));
    feed.bind(after.transaction.to_string()).bind(number).bind(rows(limit)).fetch_all(pool).await
}

/// Returns the jobs of shards that are not over.
pub(crate) async fn live_jobs(pool: &PgPool, shards: &[i16]) -> Result<Vec<Uuid>, Error> {
    sqlx::query_scalar(include_str!("sql/live_jobs.sql")).bind(shards).fetch_all(pool).await
}

/// Reads an event of the feed.
pub(crate) fn fed((xid, pos, job, seq, body): FedRow) -> Result<Fed, LogError> {
    let event = recorded(job, seq, &body)?;
    let transaction = xid.parse().map_err(|_| LogError::Corrupt(format!("{xid:?} is no transaction")))?;
    let position = Position { transaction, number: u64::try_from(pos).unwrap_or_default() };
    Ok(Fed { position, job: id::write(job), event })
}

/// Reads an event.
pub(crate) fn recorded(job: Uuid, seq: i32, body: &[u8]) -> Result<Arc<Recorded>, LogError> {
    let read = std::str::from_utf8(body).map_err(|error| error.to_string());
    let read = read.and_then(|text| upcast::read(text).map_err(|error| error.to_string()));
    let corrupt =
        |why: String| LogError::Corrupt(format!("event {seq} of the job {}: {why}", id::write(job)));
    let recorded = read.map_err(corrupt)?;
    if recorded.seq != seq_of(seq) {
        return Err(corrupt(format!("it says that it is number {}", recorded.seq)));
    }
    Ok(Arc::new(recorded))
}

fn seq_of(seq: i32) -> u64 {
    u64::try_from(seq).unwrap_or_default()
}

fn rows(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

fn decode(why: &str) -> Error {
    Error::Decode(why.into())
}

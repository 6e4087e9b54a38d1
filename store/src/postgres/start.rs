//! The start of jobs, which needs no ownership: nobody else can be writing to a job that is not there.

use super::{
    batch::{Part, columns},
    error::is_double,
    id,
};
use engine::{
    id::Digest,
    port::{AppendError, Started},
};
use sqlx::{Error, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Returns what a key is kept as.
pub(crate) fn key_hash(key: &str) -> Uuid {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = Digest::of(key.as_bytes()).0;
    Uuid::from_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
}

/// Begins jobs, and says of each in turn what came of it. After a try whose answer was lost, a job that is there with
/// the same first event is the one of that try.
///
/// # Errors
/// If the database fails, or one of several jobs is there already: then none has begun.
pub(crate) async fn start_jobs(
    connection: &mut PgConnection,
    worker: i64,
    batch: i64,
    starts: &[(&Part, Option<Uuid>)],
    was_lost: bool,
) -> Result<Vec<Result<Started, AppendError>>, Error> {
    let (jobs, events) = columns(starts.iter().map(|(part, _)| *part));
    let keys: Vec<Option<Uuid>> = starts.iter().map(|(_, key)| *key).collect();
    let statement = sqlx::query_scalar(include_str!("sql/start_jobs.sql"))
        .bind(jobs.ids)
        .bind(jobs.shards)
        .bind(keys)
        .bind(jobs.counts)
        .bind(jobs.tips)
        .bind(jobs.done)
        .bind(batch);
    let begun: BTreeSet<Uuid> = match events.bind(statement).bind(worker).fetch_all(&mut *connection).await {
        Ok(begun) => begun.into_iter().collect(),
        Err(error) if is_double(&error) && starts.len() == 1 => BTreeSet::new(),
        Err(error) => return Err(error),
    };
    let mut answers = Vec::with_capacity(starts.len());
    for (part, key) in starts {
        answers.push(if begun.contains(&part.job) {
            Ok(Started::New)
        } else {
            started_before(connection, part, *key, was_lost).await?
        });
    }
    Ok(answers)
}

/// Says why a job was not begun.
async fn started_before(
    connection: &mut PgConnection,
    part: &Part,
    key: Option<Uuid>,
    was_lost: bool,
) -> Result<Result<Started, AppendError>, Error> {
    let first = part.events.first().map(|row| row.hash.as_slice());
    let asked = sqlx::query_as(include_str!("sql/started_before.sql")).bind(part.job).bind(key).bind(first);
    let (key_has, seq, is_there): (Option<Uuid>, i32, bool) = asked.fetch_one(connection).await?;
    if was_lost && is_there && key_has.is_none_or(|job| job == part.job) {
        return Ok(Ok(Started::New));
    }
    let conflict = AppendError::Conflict { last: u64::try_from(seq).unwrap_or_default() };
    Ok(key_has.map_or(Err(conflict), |other| Ok(Started::Before(id::write(other)))))
}

//! The append: one statement that is a whole transaction, for many jobs at once.

use super::{
    batch::{Part, columns},
    shards::Owned,
};
use engine::port::AppendError;
use sqlx::{Error, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Appends, and says of each part in turn what came of it.
pub(crate) async fn append(
    connection: &mut PgConnection,
    owned: &Owned,
    batch: i64,
    parts: &[&Part],
) -> Result<Vec<Result<(), AppendError>>, Error> {
    let (jobs, events) = columns(parts.iter().copied());
    let shards: BTreeSet<i16> = jobs.shards.iter().copied().collect();
    let epochs = owned.epochs.iter().map(|(shard, epoch)| (i16::from(*shard), *epoch));
    let (shards, epochs): (Vec<i16>, Vec<i64>) = epochs.filter(|(shard, _)| shards.contains(shard)).unzip();
    let ids = jobs.ids.clone();
    let statement = sqlx::query_scalar(include_str!("sql/append.sql"))
        .bind(jobs.ids)
        .bind(jobs.shards)
        .bind(jobs.expected)
        .bind(jobs.counts)
        .bind(jobs.tips)
        .bind(jobs.done)
        .bind(batch);
    let statement = events.bind(statement).bind(shards).bind(epochs).bind(owned.worker);
    // Tasks and timers: none come through the port.
    let (smalls, ints, longs): (&[i16], &[i32], &[i64]) = (&[], &[], &[]);
    let (uuids, texts, bytes): (&[Uuid], &[&str], &[&[u8]]) = (&[], &[], &[]);
    let statement =
        statement.bind(smalls).bind(smalls).bind(uuids).bind(texts).bind(ints).bind(ints).bind(bytes);
    let statement = statement.bind(longs).bind(uuids).bind(ints).bind(longs).bind(uuids).bind(ints);
    let accepted: BTreeSet<Uuid> = statement.fetch_all(&mut *connection).await?.into_iter().collect();
    let refused: Vec<Uuid> = ids.into_iter().filter(|id| !accepted.contains(id)).collect();
    let heads = heads_after(connection, batch, refused).await?;
    let answers = parts.iter().map(|part| match heads.get(&part.job) {
        // Accepted now, or by an earlier try whose answer was lost.
        None | Some((_, true)) => Ok(()),
        // The stream ends where it was expected to, so it was the fence.
        Some((last, false)) if *last == part.expected => Err(AppendError::Fenced),
        Some((last, false)) => Err(AppendError::Conflict { last: u64::try_from(*last).unwrap_or_default() }),
    });
    Ok(answers.collect())
}

/// Returns where the streams of jobs end, and whether with this batch.
async fn heads_after(
    connection: &mut PgConnection,
    batch: i64,
    jobs: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, (i32, bool)>, Error> {
    if jobs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let heads = sqlx::query_as(include_str!("sql/heads_after.sql")).bind(jobs).bind(batch);
    let rows: Vec<(Uuid, i32, bool)> = heads.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(job, seq, is_there)| (job, (seq, is_there))).collect())
}

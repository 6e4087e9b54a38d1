//! Shards: which process writes to which jobs.

use super::workers::millis;
use sqlx::{Error, PgPool};
use std::{collections::BTreeMap, time::Duration};

/// How many there are. A job's is the last byte of its id.
pub(crate) const COUNT: usize = 256;

/// The shards that this process owns, as far as it knows. What it knows wrongly, the database refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owned {
    /// The number of this process among the workers; 0 if it is none.
    pub worker: i64,
    /// Each shard, and the epoch in which it was taken.
    pub epochs: BTreeMap<u8, i64>,
}

/// Returns what the database has as a worker's own.
pub(crate) async fn owned_shards(pool: &PgPool, worker: i64) -> Result<BTreeMap<u8, i64>, Error> {
    let rows = sqlx::query_as(include_str!("sql/owned_shards.sql")).bind(worker).fetch_all(pool).await?;
    Ok(epochs(rows))
}

/// Takes up to `count` shards that have no living owner.
pub(crate) async fn take_shards(
    pool: &PgPool,
    worker: i64,
    count: usize,
) -> Result<BTreeMap<u8, i64>, Error> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let taken = sqlx::query_as(include_str!("sql/take_shards.sql")).bind(worker).bind(count);
    Ok(epochs(taken.fetch_all(pool).await?))
}

/// Takes a shard in which nothing lives, if there is one.
pub(crate) async fn take_idle_shard(pool: &PgPool, worker: i64) -> Result<BTreeMap<u8, i64>, Error> {
    let taken = sqlx::query_as(include_str!("sql/take_idle_shard.sql")).bind(worker);
    Ok(epochs(taken.fetch_all(pool).await?))
}

/// Finds a shard whose owner takes up what begins there, or if there is none, any.
pub(crate) async fn open_shard(pool: &PgPool) -> Result<u8, Error> {
    let shard: i16 = sqlx::query_scalar(include_str!("sql/open_shard.sql")).fetch_one(pool).await?;
    Ok(u8::try_from(shard).unwrap_or_default())
}

/// Gives shards away, once appends to them that are under way have ended.
pub(crate) async fn give_shards(pool: &PgPool, worker: i64, shards: Vec<u8>) -> Result<(), Error> {
    let shards: Vec<i16> = shards.into_iter().map(i16::from).collect();
    sqlx::query(include_str!("sql/give_shards.sql")).bind(worker).bind(shards).execute(pool).await.map(drop)
}

/// Takes what the dead still hold: their rows as workers once they have been silent for a while, their attempts,
/// their places.
pub(crate) async fn reap(pool: &PgPool, grace: Duration) -> Result<(), Error> {
    /// How many attempts are declared lost at once.
    const TASKS: i32 = 1000;
    sqlx::query(include_str!("sql/reap_workers.sql")).bind(millis(grace)).execute(pool).await?;
    sqlx::query(include_str!("sql/reap_tasks.sql")).bind(TASKS).execute(pool).await?;
    sqlx::query(include_str!("sql/reap_slots.sql")).execute(pool).await?;
    Ok(())
}

fn epochs(rows: Vec<(i16, i64)>) -> BTreeMap<u8, i64> {
    rows.into_iter().filter_map(|(shard, epoch)| Some((u8::try_from(shard).ok()?, epoch))).collect()
}

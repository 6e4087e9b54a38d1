//! Taking away content that nothing names any more.
//!
//! There is no table of who names what: digests stand in the JSON of events, messages, tasks, earlier results and plans,
//! as 64 hex digits. A sweep reads all of those, and counts every 64 hex digits in them as a name. That is read page by
//! page, so it holds up nobody, and it is the whole log, so it is for once a day at most.
//!
//! What may be named next is not seen so. But whatever comes to have a name is either named already, or was kept by
//! a job that still lives, or for a job that is about to begin; and content that is kept again is as young as new. So what
//! is taken away is also older than the oldest job that lives, by as much as the caller says: by more than the clocks of
//! all machines differ, and by more than passes between the keeping of a plan and the beginning of its job. A day is plenty.
//! What only the events of a dropped segment named goes with the next sweep.

use super::{connect::Database, error::words, patience::ask, workers::millis};
use engine::{id::Digest, port::LogError};
use futures_util::TryStreamExt as _;
use std::{collections::BTreeSet, time::Duration};

/// How many rows are read at once.
const PAGE: i32 = 2000;
/// How many pieces are taken away at once.
const PIECES: i32 = 256;

/// What a sweep took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many contents.
    pub contents: u64,
    /// How many pieces, theirs and those that were left over by uploads that broke off.
    pub pieces: u64,
}

/// Takes away content that is older than that and that nothing names, and what broken uploads left behind.
///
/// # Errors
/// If the database fails. What was taken away until then is gone.
pub async fn sweep(database: &Database, older_than: Duration) -> Result<Swept, LogError> {
    let told = |error: sqlx::Error| words(&error);
    let before: String = sqlx::query_scalar(include_str!("sql/sweep_before.sql"))
        .bind(millis(older_than))
        .fetch_one(database.pool())
        .await
        .map_err(told)?;
    let old: Vec<Vec<u8>> = sqlx::query_scalar(include_str!("sql/old_blobs.sql"))
        .bind(&before)
        .fetch_all(database.pool())
        .await
        .map_err(told)?;
    let mut unnamed: BTreeSet<Digest> = digests(old).collect();
    if !unnamed.is_empty() {
        keep_named(database, &mut unnamed).await?;
    }
    let mut swept = Swept::default();
    for digest in unnamed {
        let drop = sqlx::query(include_str!("sql/drop_blob.sql")).bind(digest.0.as_slice()).bind(&before);
        swept.contents += u64::from(drop.execute(database.pool()).await.map_err(told)?.rows_affected() > 0);
    }
    loop {
        let drop = sqlx::query(include_str!("sql/drop_pieces.sql")).bind(millis(older_than)).bind(PIECES);
        match drop.execute(database.pool()).await.map_err(told)?.rows_affected() {
            0 => return Ok(swept),
            pieces => swept.pieces += pieces,
        }
    }
}

/// Removes from a set what is named anywhere.
async fn keep_named(database: &Database, unnamed: &mut BTreeSet<Digest>) -> Result<(), LogError> {
    let (pool, patience) = (database.pool(), database.settings().patience);
    let told = |error: sqlx::Error| words(&error);
    let (mut xid, mut pos) = ("0".to_owned(), 0_i64);
    loop {
        let page = || {
            sqlx::query_as::<_, (String, i64, Vec<u8>)>(include_str!("sql/bodies_of_events.sql"))
                .bind(&xid)
                .bind(pos)
                .bind(PAGE)
                .fetch_all(pool)
        };
        let page = ask(patience, page).await.map_err(told)?;
        page.iter().for_each(|(.., body)| keep_named_in(body, unnamed));
        let Some((last_xid, last_pos, _)) = page.into_iter().next_back() else { break };
        (xid, pos) = (last_xid, last_pos);
    }
    for source in [include_str!("sql/bodies_of_plans.sql"), include_str!("sql/bodies_of_results.sql")] {
        let mut after = Vec::new();
        loop {
            let page = || {
                let page = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(source);
                page.bind(&after).bind(PAGE).fetch_all(pool)
            };
            let page = ask(patience, page).await.map_err(told)?;
            page.iter().for_each(|(_, body)| keep_named_in(body, unnamed));
            let Some((last, _)) = page.into_iter().next_back() else { break };
            after = last;
        }
    }
    let mut in_flight =
        sqlx::query_scalar::<_, Vec<u8>>(include_str!("sql/bodies_in_flight.sql")).fetch(pool);
    while let Some(body) = in_flight.try_next().await.map_err(told)? {
        keep_named_in(&body, unnamed);
    }
    Ok(())
}

/// Removes from a set what is named in a text, wherever in it.
fn keep_named_in(text: &[u8], unnamed: &mut BTreeSet<Digest>) {
    for digits in text.split(|byte| !byte.is_ascii_hexdigit()) {
        for name in digits.windows(64) {
            if let Some(digest) = std::str::from_utf8(name).ok().and_then(Digest::parse) {
                unnamed.remove(&digest);
            }
        }
    }
}

fn digests(rows: Vec<Vec<u8>>) -> impl Iterator<Item = Digest> {
    rows.into_iter().filter_map(|row| row.try_into().ok().map(Digest))
}

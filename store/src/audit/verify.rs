//! Looking at the log as a whole: every event of every job, against its hash, its head and what can have happened.

use super::{
    Problem, Scope, Wrong,
    check::{Checked, Kept},
    jobs::{Failed, Head, Lot, Range},
};
use crate::{postgres::Database, projection::session};
use engine::{
    id::Digest,
    job::Shape,
    port::{Blobs, LogError},
};
use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, PgConnection, Row as _};
use std::{collections::BTreeMap, fmt, sync::Arc};
use uuid::Uuid;

/// What the log is held against.
pub struct Checks<'a> {
    /// Finds a plan by its digest.
    pub plan: &'a (dyn Fn(Digest) -> Option<Arc<Shape>> + Send + Sync),
    /// Where the content should be; none if it is not to be looked for.
    pub blobs: Option<&'a dyn Blobs>,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many jobs.
    pub jobs: u64,
    /// How many events.
    pub events: u64,
    /// How many problems were found that prove that something was done to the log.
    pub proofs: u64,
    /// How many others.
    pub doubts: u64,
}

impl fmt::Debug for Checks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks").field("blobs", &self.blobs.is_some()).finish_non_exhaustive()
    }
}

/// Looks at jobs, and hands on each problem as it is found. What is held in memory is one job at a time.
///
/// # Errors
/// If the log cannot be looked at. What is wrong with it is no error.
pub async fn verify(
    database: &Database,
    scope: &Scope,
    checks: &Checks<'_>,
    mut found: impl FnMut(Problem) + Send,
) -> Result<Verified, LogError> {
    Ok(look(database, scope, checks, &mut found).await?)
}

async fn look(
    database: &Database,
    scope: &Scope,
    checks: &Checks<'_>,
    found: &mut (dyn FnMut(Problem) + Send),
) -> Result<Verified, Failed> {
    let mut db = session(database).await?;
    let mut range = Range::of(&mut db, scope).await?;
    let mut verified = Verified::default();
    loop {
        // Heads and events as of one moment.
        let mut still = db.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let Some(lot) = range.next(&mut still).await? else { return Ok(verified) };
        verified.jobs += u64::try_from(lot.heads.len()).unwrap_or_default();
        let mut tell = |checked: &mut Checked| {
            for problem in checked.found() {
                let count =
                    if problem.wrong.is_proof() { &mut verified.proofs } else { &mut verified.doubts };
                *count += 1;
                found(problem);
            }
        };
        verified.events += lot_of_jobs(&mut still, lot, checks, &mut tell).await?;
        still.rollback().await?;
    }
}

const EVENTS: &str = include_str!("sql/events.sql");

async fn lot_of_jobs(
    db: &mut PgConnection,
    lot: Lot,
    checks: &Checks<'_>,
    tell: &mut (dyn FnMut(&mut Checked) + Send),
) -> Result<u64, Failed> {
    let mut heads: BTreeMap<Uuid, Head> = lot.heads.into_iter().map(|head| (head.job, head)).collect();
    let mut events = 0;
    let mut present: Option<Checked> = None;
    let mut rows = sqlx::query(EVENTS).bind(lot.after).bind(lot.until).fetch(db);
    while let Some(row) = rows.try_next().await? {
        let job: Uuid = row.try_get(0)?;
        if let Some(mut before) = present.take_if(|checked| checked.id() != job) {
            before.end(heads.remove(&before.id()).as_ref());
            tell(&mut before);
        }
        let checked = present.get_or_insert_with(|| Checked::new(job));
        let xid: &str = row.try_get(4)?;
        let kept = Kept {
            seq: row.try_get(1)?,
            kind: row.try_get(2)?,
            shard: row.try_get(3)?,
            order: (xid.parse().unwrap_or_default(), row.try_get(5)?),
            hash: row.try_get(6)?,
            body: row.try_get(7)?,
        };
        let named = checked.event(&kept, checks.plan);
        if let Some(blobs) = checks.blobs {
            for digest in named {
                if let Err(error) = blobs.get(digest).await {
                    checked.wrong(Some(kept.seq), Wrong::Content(error.to_string()));
                }
            }
        }
        tell(checked);
        events += 1;
    }
    if let Some(mut last) = present {
        last.end(heads.remove(&last.id()).as_ref());
        tell(&mut last);
    }
    // Heads that are left have no event at all.
    for (job, head) in heads {
        let mut checked = Checked::new(job);
        checked.end(Some(&head));
        tell(&mut checked);
    }
    Ok(events)
}

//! Retention: the log is dropped in segments, a week of jobs each, and only what is over, old, read by all projections
//! and sealed.

use super::owner;
use crate::{
    audit::{Scope, export, seal, segment_root},
    postgres::{Database, words},
    projection::NAMES,
};
use engine::{id::Digest, port::LogError};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use std::fmt;
use tokio::io::AsyncWrite;

/// What is to be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// What ended before this time, in milliseconds since 1970-01-01 UTC.
    pub older_than: i64,
    /// Whether it is only said what would be done.
    pub is_dry: bool,
}

/// A segment, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was dropped, or would be.
    Dropped {
        /// How many events it had.
        events: u64,
        /// The root of a Merkle tree over their hashes, by job and number.
        root: Digest,
    },
    /// It stays.
    Kept(Kept),
}

/// Why a segment stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its week is not old enough, or not over.
    Young,
    /// Jobs of it live.
    Live {
        /// How many.
        jobs: i64,
        /// The oldest.
        oldest: String,
    },
    /// Something happened in it later than what is to be dropped.
    Recent,
    /// A projection has not read all of it.
    Unread(&'static str),
    /// It is not what was sealed.
    Changed {
        /// What was sealed.
        sealed: Digest,
        /// What it is now.
        now: Digest,
    },
    /// The database refused, for now.
    Refused(String),
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fate {
            Fate::Dropped { events, root } => {
                write!(f, "{}: dropped {events} events, root {root}", self.name)
            }
            Fate::Kept(why) => write!(f, "{}: stays, {why}", self.name),
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Young => f.write_str("as it is not old enough"),
            Self::Live { jobs: 1, oldest } => {
                write!(f, "as the job {oldest} is not over: cancel it, or let it end")
            }
            Self::Live { jobs, oldest } => {
                write!(f, "as {jobs} jobs are not over, the oldest is {oldest}: cancel them, or let them end")
            }
            Self::Recent => f.write_str("as its last event is not old enough"),
            Self::Unread(projection) => write!(
                f,
                "as the projection `{projection}` has not read all of it: let a projector run, or rebuild it"
            ),
            Self::Changed { sealed, now } => write!(
                f,
                "as it was sealed with the root {sealed} and now has {now}: verify it, and seal it again if jobs went on"
            ),
            Self::Refused(why) => write!(f, "as the database refused: {why}"),
        }
    }
}

/// Notes what proves a segment whose time is over and whose jobs are done. Returns how many events it has, and the root
/// of a Merkle tree over their hashes, by job and number.
///
/// # Errors
/// If jobs may still begin in it, or live, or the database fails.
pub async fn seal_segment(database: &Database, name: &str) -> Result<(u64, Digest), LogError> {
    let mut db = owner(database).await.map_err(|error| words(&error))?;
    let (events, root) = segment_root(&mut db, name).await?;
    let note = sqlx::query("SELECT skynet.seal_segment($1, $2)").bind(name).bind(&root.0[..]);
    note.execute(&mut db).await.map_err(|error| words(&error))?;
    Ok((events, root))
}

/// Drops the segments that may be: seals the feed, seals each of them, writes its events as lines of JSON if that is
/// wanted, and drops it. Says of each segment there is what became of it, and why.
///
/// # Errors
/// If the database fails, or nothing can be written. What was dropped until then is.
pub async fn retain(
    database: &Database,
    what: Retention,
    mut to: Option<&mut (dyn AsyncWrite + Unpin + Send)>,
) -> Result<Vec<Segment>, LogError> {
    let mut db = owner(database).await.map_err(|error| words(&error))?;
    if !what.is_dry {
        seal(database).await?;
    }
    let there = "SELECT name FROM skynet.segments WHERE dropped_at IS NULL ORDER BY lo";
    let names = sqlx::query_scalar::<_, String>(there).fetch_all(&mut db).await;
    let mut segments = Vec::new();
    for name in names.map_err(|error| words(&error))? {
        let why = stays(&mut db, &name, what.older_than).await.map_err(|error| words(&error))?;
        let fate = match why {
            Some(why) => Fate::Kept(why),
            None => drop_one(database, &mut db, &name, what.is_dry, &mut to).await?,
        };
        segments.push(Segment { name, fate });
    }
    Ok(segments)
}

/// Returns why a segment has to stay, by what is seen without reading its events.
async fn stays(db: &mut PgConnection, name: &str, older_than: i64) -> Result<Option<Kept>, sqlx::Error> {
    // A job may still begin in the week before this one, by a clock that is behind.
    const YOUNG: &str = include_str!("sql/is_young.sql");
    if sqlx::query_scalar(YOUNG).bind(name).bind(older_than).fetch_one(&mut *db).await? {
        return Ok(Some(Kept::Young));
    }
    let live = format!("SELECT count(*), min(job_id::text) FROM {} WHERE NOT done", table("heads", name));
    let row = sqlx::query(AssertSqlSafe(live)).fetch_one(&mut *db).await?;
    if let Some(oldest) = row.try_get(1)? {
        return Ok(Some(Kept::Live { jobs: row.try_get(0)?, oldest }));
    }
    let recent = format!(
        "SELECT coalesce(max(at) >= 'epoch'::timestamptz + $1 * interval '1 ms', false) FROM {}",
        table("events", name)
    );
    if sqlx::query_scalar(AssertSqlSafe(recent)).bind(older_than).fetch_one(&mut *db).await? {
        return Ok(Some(Kept::Recent));
    }
    let unread = format!(
        "SELECT projection FROM skynet.checkpoints c WHERE projection = ANY($1)
         AND EXISTS (SELECT FROM {} e WHERE (e.xid, e.pos) > (c.xid, c.pos))",
        table("events", name)
    );
    let unread: Option<String> =
        sqlx::query_scalar(AssertSqlSafe(unread)).bind(&NAMES[..]).fetch_optional(db).await?;
    Ok(unread.and_then(|name| NAMES.into_iter().find(|it| **it == name)).map(Kept::Unread))
}

/// Returns the name of a table of a segment. The names come from the ledger of segments.
fn table(kind: &str, segment: &str) -> String {
    format!("skynet.\"{kind}_{}\"", segment.replace('"', "\"\""))
}

/// Returns what changes whenever a job of a segment goes on.
async fn grown(db: &mut PgConnection, segment: &str) -> Result<(i64, i64), sqlx::Error> {
    let sum = format!("SELECT count(*), coalesce(sum(seq), 0)::bigint FROM {}", table("heads", segment));
    sqlx::query_as(AssertSqlSafe(sum)).fetch_one(db).await
}

async fn drop_one(
    database: &Database,
    db: &mut PgConnection,
    name: &str,
    is_dry: bool,
    to: &mut Option<&mut (dyn AsyncWrite + Unpin + Send)>,
) -> Result<Fate, LogError> {
    let sealed = sqlx::query_scalar("SELECT merkle_root FROM skynet.segments WHERE name = $1").bind(name);
    let sealed: Option<Vec<u8>> = sealed.fetch_one(&mut *db).await.map_err(|error| words(&error))?;
    let before = grown(db, name).await.map_err(|error| words(&error))?;
    let (events, now) = segment_root(db, name).await?;
    let sealed = sealed.and_then(|root| root.as_slice().try_into().ok()).map(Digest);
    if let Some(sealed) = sealed.filter(|sealed| *sealed != now) {
        return Ok(Fate::Kept(Kept::Changed { sealed, now }));
    }
    if is_dry {
        return Ok(Fate::Dropped { events, root: now });
    }
    if let Some(to) = to {
        export(database, &Scope::Segment(name.to_owned()), &mut **to).await?;
    }
    if let Err(refused) = seal_segment(database, name).await {
        return Ok(Fate::Kept(Kept::Refused(refused.to_string())));
    }
    Ok(match drop_if(db, name, before).await {
        Ok(true) => Fate::Dropped { events, root: now },
        Ok(false) => Fate::Kept(Kept::Recent),
        Err(error) => Fate::Kept(Kept::Refused(words(&error).to_string())),
    })
}

/// Drops a segment if none of its jobs has gone on since.
async fn drop_if(db: &mut PgConnection, name: &str, before: (i64, i64)) -> Result<bool, sqlx::Error> {
    let mut db = db.begin().await?;
    let lock = format!("SET LOCAL lock_timeout = '500ms'; LOCK TABLE {} IN SHARE MODE", table("heads", name));
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut *db).await?;
    if grown(&mut db, name).await? != before {
        return Ok(false);
    }
    sqlx::query("SELECT skynet.drop_segment($1)").bind(name).execute(&mut *db).await?;
    db.commit().await?;
    Ok(true)
}

//! Going through all jobs, some at a time: each lot is a short look, so that nobody is held up.

use super::Scope;
use crate::postgres::id;
use engine::port::LogError;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

/// How many jobs are looked at in one go.
const LOT: i64 = 500;

/// The head of a job.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) job: Uuid,
    pub(super) done: bool,
    pub(super) seq: i32,
    pub(super) tip: Vec<u8>,
}

/// The jobs that are still to be looked at: those behind the one, up to and with the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    after: Uuid,
    until: Uuid,
}

/// Some jobs next to each other, and between which ids they lie.
#[derive(Debug)]
pub(super) struct Lot {
    pub(super) heads: Vec<Head>,
    pub(super) after: Uuid,
    pub(super) until: Uuid,
}

impl Range {
    pub(super) async fn of(db: &mut PgConnection, scope: &Scope) -> Result<Self, Failed> {
        Ok(match scope {
            Scope::All => Self { after: Uuid::nil(), until: Uuid::max() },
            Scope::Job(job) => {
                let job = id::read(job)?;
                Self { after: before(job), until: job }
            }
            Scope::Segment(name) => {
                let bounds = "SELECT lo, hi FROM skynet.segments WHERE name = $1 AND dropped_at IS NULL";
                let row = sqlx::query(bounds).bind(name).fetch_optional(db).await?;
                let row = row.ok_or_else(|| LogError::Failed(format!("the log has no segment `{name}`")))?;
                Self { after: before(row.try_get(0)?), until: before(row.try_get(1)?) }
            }
        })
    }

    /// Returns the next jobs; none if all were looked at.
    pub(super) async fn next(&mut self, db: &mut PgConnection) -> Result<Option<Lot>, sqlx::Error> {
        const HEADS: &str = include_str!("sql/heads.sql");
        let Self { after, until } = *self;
        if after >= until {
            return Ok(None);
        }
        let rows = sqlx::query(HEADS).bind(after).bind(until).bind(LOT).fetch_all(db).await?;
        let heads = rows.iter().map(|row| {
            Ok(Head {
                job: row.try_get(0)?,
                done: row.try_get(1)?,
                seq: row.try_get(2)?,
                tip: row.try_get(3)?,
            })
        });
        let heads = heads.collect::<Result<Vec<_>, sqlx::Error>>()?;
        let is_full = i64::try_from(heads.len()).is_ok_and(|count| count == LOT);
        // Behind the last job there may be events that have none.
        let last = heads.last().filter(|_| is_full).map_or(until, |head| head.job);
        self.after = last;
        Ok(Some(Lot { heads, after, until: last }))
    }
}

fn before(job: Uuid) -> Uuid {
    Uuid::from_u128(job.as_u128().saturating_sub(1))
}

/// Why the log could not be looked at.
#[derive(Debug)]
pub(super) enum Failed {
    World(sqlx::Error),
    Told(LogError),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::World(error)
    }
}

impl From<LogError> for Failed {
    fn from(error: LogError) -> Self {
        Self::Told(error)
    }
}

impl From<Failed> for LogError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::World(error) => crate::postgres::words(&error),
            Failed::Told(error) => error,
        }
    }
}

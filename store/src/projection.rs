//! What is made of the log for people and doors: rows that answer at once what the log would take long to answer.
//!
//! A projection is a fold of the feed that keeps its place in the same transaction as its rows, so each event counts
//! once. Nothing that decides reads one: all of them can be dropped and made again by [`rebuild()`].

mod anew;
mod artifact;
mod audit;
mod catch_up;
mod checkpoint;
mod job;
mod page;
mod projector;
mod provider;
mod rebuild;
mod step;

pub use catch_up::{Late, catch_up};
pub(crate) use page::{pos, position, xid};
pub use projector::{Lane, Projector, Standing};
pub(crate) use projector::{lock, session};
pub use rebuild::{Difference, Rebuilt, rebuild};

use futures_core::future::BoxFuture;
use page::Told;
use sqlx::PgConnection;
use std::fmt;
use uuid::Uuid;

/// The names of all projections.
pub const NAMES: [&str; 3] = ["audit", "job", "step"];

/// All projections, in the order of their names.
static ALL: [&dyn Projection; 3] = [&audit::Audit, &job::Jobs, &step::Steps];

/// A fold of the feed into tables.
trait Projection: Send + Sync {
    /// Returns its name.
    fn name(&self) -> &'static str;

    /// Returns its tables, each with the columns that order its rows.
    fn tables(&self) -> &'static [Table];

    /// Returns whether it looks into events of this kind. One that nobody here knows is looked into by all.
    fn reads(&self, kind: &str) -> bool;

    /// Takes the next events of the feed, in the transaction that is open.
    fn apply<'a>(
        &'a self,
        db: &'a mut PgConnection,
        generation: i32,
        told: &'a [Told],
    ) -> BoxFuture<'a, Result<(), Trouble>>;
}

/// A table of a projection.
#[derive(Clone, Copy, Debug)]
struct Table {
    name: &'static str,
    /// The columns behind `generation` that tell its rows apart.
    key: &'static str,
    /// What holds of rows that are about jobs from `$1` up to, and without, `$2`.
    of_jobs: &'static str,
}

/// Why a projection does not go on.
#[derive(Debug)]
enum Trouble {
    /// The database failed. Trying again may help.
    World(sqlx::Error),
    /// Another projector has moved it meanwhile.
    Overtaken,
    /// It cannot go on with this event.
    Fault { projection: &'static str, why: String },
}

impl Trouble {
    fn unreadable(projection: &'static str, job: Uuid, seq: i32, why: impl fmt::Display) -> Self {
        let why = format!("event {seq} of the job {job} cannot be read: {why}");
        Self::Fault { projection, why }
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::World(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(error) => write!(f, "the database failed: {error}"),
            Self::Overtaken => f.write_str("another projector went on meanwhile"),
            Self::Fault { projection, why } => write!(f, "the projection `{projection}` stopped: {why}"),
        }
    }
}

/// Makes text that Postgres can keep: it has no place for the character 0.
fn plain(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.to_owned() }
}

/// Makes a time that Postgres can keep, in milliseconds since 1970-01-01 UTC: one from the year 1 to 9999.
pub(crate) fn moment(ms: i64) -> i64 {
    ms.clamp(-62_135_596_800_000, 253_402_300_799_999)
}

/// Makes a number that Postgres can keep.
fn number(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// Writes a value as JSON.
fn json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// Reads the id of a job.
fn id(job: &str) -> Result<Uuid, String> {
    Uuid::parse_str(job).map_err(|_| format!("`{job}` is not the id of a job"))
}

//! For who asks once: the projections brought to where the feed ends now, without a process that follows it.

use super::{
    ALL, Trouble,
    checkpoint::{self, Checkpoint},
    page::{self, END},
    projector::{LONGEST, PAGE, advance, load, lock, session},
};
use crate::postgres::{Database, words};
use engine::port::{LogError, Position};
use sqlx::{PgConnection, Row as _};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long it is waited for a transaction that began before the end of the feed and still writes.
const HELD_UP: Duration = Duration::from_secs(5);
/// How often it is looked whether that has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a projection shows what is old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Late {
    /// It has stopped: why. Made anew, it goes on.
    Stopped(String),
    /// Something that writes, in any database of the server, has been at it for long, and nothing behind it can be read.
    HeldUp,
}

/// Brings all projections to where the log ends now. If a projector works elsewhere, that one is waited for. Returns
/// those that did not come so far.
///
/// # Errors
/// If the database fails, or the other projector does not go on.
pub async fn catch_up(database: &Database) -> Result<Vec<(&'static str, Late)>, LogError> {
    run(database).await.map_err(|trouble| match trouble {
        Trouble::World(error) => words(&error),
        trouble => LogError::Failed(trouble.to_string()),
    })
}

async fn run(database: &Database) -> Result<Vec<(&'static str, Late)>, Trouble> {
    let mut db = session(database).await?;
    let end = end(&mut db).await?;
    let held_up = HELD_UP.min(database.settings().patience);
    let (mut since, mut seen) = (Instant::now(), Vec::new());
    loop {
        let is_ours = lock(&mut db, "skynet.projector").await?;
        if is_ours {
            follow(&mut db).await?;
        }
        let standing = standing(&mut db).await?;
        let behind = |at: &Checkpoint| at.fault.is_none() && at.position < end;
        let places: Vec<Position> = standing.iter().map(|(_, at)| at.position).collect();
        if places != seen {
            (since, seen) = (Instant::now(), places);
        }
        let first = standing.iter().find(|(_, at)| behind(at)).map(|(name, _)| *name);
        match first {
            Some(_) if is_ours && since.elapsed() < held_up => sleep(PAUSE).await,
            Some(_) if !is_ours && since.elapsed() < LONGEST => sleep(database.settings().poll).await,
            Some(projection) if !is_ours => {
                let why = "another process keeps it and does not go on: end that one".to_owned();
                return Err(Trouble::Fault { projection, why });
            }
            Some(_) | None => {
                let late = standing.into_iter().filter_map(|(name, at)| {
                    let is_held_up = behind(&at).then_some(Late::HeldUp);
                    Some((name, at.fault.map(Late::Stopped).or(is_held_up)?))
                });
                return Ok(late.collect());
            }
        }
    }
}

/// Returns where the log ends: what was committed last, whether or not it can be read in order yet.
async fn end(db: &mut PgConnection) -> Result<Position, sqlx::Error> {
    let last = sqlx::query(include_str!("sql/last_event.sql")).fetch_optional(db).await?;
    last.map_or(Ok(Position::ORIGIN), |row| page::position(row.try_get(0)?, row.try_get(1)?))
}

async fn standing(db: &mut PgConnection) -> Result<Vec<(&'static str, Checkpoint)>, Trouble> {
    let mut standing = Vec::new();
    for projection in ALL {
        let name = projection.name();
        let at = match checkpoint::read(db, name, false).await? {
            Some(at) => at,
            None => {
                checkpoint::take(db, name, 0).await?;
                checkpoint::read(db, name, false).await?.ok_or(sqlx::Error::RowNotFound)?
            }
        };
        standing.push((name, at));
    }
    Ok(standing)
}

/// Takes pages until there are none. The lock is held.
async fn follow(db: &mut PgConnection) -> Result<(), Trouble> {
    for projection in ALL {
        checkpoint::take(db, projection.name(), 0).await?;
    }
    let kinds = page::kinds(db).await?;
    let mut lanes = load(db).await?;
    loop {
        match advance(db, &kinds, &mut lanes, END, PAGE).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // A rebuild has put another generation in place.
            Err(Trouble::Overtaken) => lanes = load(db).await?,
            Err(trouble) => return Err(trouble),
        }
    }
}

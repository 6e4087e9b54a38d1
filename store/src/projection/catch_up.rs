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
use tokio::time::{Instant, sleep};

/// A projection that does not go on, and so shows what is old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Its name.
    pub projection: &'static str,
    /// Why.
    pub why: String,
}

/// Brings all projections to where the feed ends now. If a projector works elsewhere, that one is waited for. Returns
/// those that have stopped.
///
/// # Errors
/// If the database fails, or the other projector does not get there.
pub async fn catch_up(database: &Database) -> Result<Vec<Stopped>, LogError> {
    run(database).await.map_err(|trouble| match trouble {
        Trouble::World(error) => words(&error),
        trouble => LogError::Failed(trouble.to_string()),
    })
}

async fn run(database: &Database) -> Result<Vec<Stopped>, Trouble> {
    let mut db = session(database).await?;
    let end = end(&mut db).await?;
    let (mut since, mut seen) = (Instant::now(), Vec::new());
    loop {
        let standing = standing(&mut db).await?;
        if standing.iter().all(|(_, at)| at.fault.is_some() || at.position >= end) {
            let stopped = standing.into_iter();
            return Ok(stopped
                .filter_map(|(projection, at)| Some(Stopped { projection, why: at.fault? }))
                .collect());
        }
        if lock(&mut db, "skynet.projector").await? {
            follow(&mut db).await?;
            continue;
        }
        let places: Vec<Position> = standing.iter().map(|(_, at)| at.position).collect();
        if places != seen {
            (since, seen) = (Instant::now(), places);
        } else if since.elapsed() > LONGEST {
            let behind = standing.into_iter().find(|(_, at)| at.position < end);
            return Err(Trouble::Fault {
                projection: behind.map_or("job", |(name, _)| name),
                why: "another process keeps it and does not go on: end that one".to_owned(),
            });
        }
        sleep(database.settings().poll).await;
    }
}

/// Returns where the feed ends.
async fn end(db: &mut PgConnection) -> Result<Position, sqlx::Error> {
    const FEED_END: &str = include_str!("../audit/sql/feed_end.sql");
    let origin = Position::ORIGIN;
    let last =
        sqlx::query(FEED_END).bind(page::xid(origin)).bind(page::pos(origin)).fetch_optional(db).await?;
    last.map_or(Ok(origin), |row| page::position(row.try_get(0)?, row.try_get(1)?))
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

//! Vacuum of the tables whose rows come and go: every few seconds, by one process, and only when it can take anything
//! away. While somebody holds an old snapshot it would work for nothing, and slow down all others.

use super::owner;
use crate::{
    postgres::{Database, words},
    projection::lock,
};
use engine::port::LogError;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use std::{convert::Infallible, time::Duration};
use tokio::sync::watch;

/// The tables whose rows come and go.
const TABLES: [&str; 3] = ["tasks", "task_leases", "timers"];

/// Vacuums as long as it runs, if no other process does.
#[derive(Debug)]
pub struct Vacuum {
    database: Database,
    every: Duration,
    last: watch::Sender<Option<Result<Vacuumed, LogError>>>,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vacuumed {
    /// The tables were vacuumed.
    Done,
    /// Somebody holds an old snapshot: who, and for how long.
    Held(String),
    /// Another process vacuums.
    Elsewhere,
}

impl Vacuum {
    /// Makes one that tries this often.
    #[must_use]
    pub fn new(database: &Database, every: Duration) -> Self {
        Self { database: database.clone(), every, last: watch::Sender::default() }
    }

    /// Lets others see what came of the last try.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<Result<Vacuumed, LogError>>> {
        self.last.subscribe()
    }

    /// Tries again and again until it is dropped. Who has the lock of the database keeps it as long as its session lives.
    pub async fn run(self) -> Infallible {
        let mut leader = None;
        loop {
            let tried = self.once(&mut leader).await;
            if tried.is_err() {
                leader = None;
            }
            self.last.send_replace(Some(tried.map_err(|error| words(&error))));
            tokio::time::sleep(self.every).await;
        }
    }

    async fn once(&self, leader: &mut Option<PgConnection>) -> Result<Vacuumed, sqlx::Error> {
        if leader.is_none() {
            let mut db = owner(&self.database).await?;
            if !lock(&mut db, "skynet.vacuum").await? {
                return Ok(Vacuumed::Elsewhere);
            }
            *leader = Some(db);
        }
        match leader {
            Some(db) => try_once(db, self.every).await,
            None => Ok(Vacuumed::Elsewhere),
        }
    }
}

/// Vacuums once, unless somebody holds a snapshot that is older than this.
///
/// # Errors
/// If the database fails.
pub async fn vacuum(database: &Database, old: Duration) -> Result<Vacuumed, LogError> {
    let tried = async { try_once(&mut owner(database).await?, old).await };
    tried.await.map_err(|error| words(&error))
}

/// Who keeps rows from being taken away: sessions, transactions that are prepared, replicas that may be away.
const HOLDERS: &str = include_str!("sql/snapshot_holders.sql");

async fn try_once(db: &mut PgConnection, old: Duration) -> Result<Vacuumed, sqlx::Error> {
    let old = i64::try_from(old.as_millis()).unwrap_or(i64::MAX);
    if let Some(holder) = sqlx::query(HOLDERS).bind(old).fetch_optional(&mut *db).await? {
        let (who, seconds): (String, i64) = (holder.try_get(0)?, holder.try_get(1)?);
        return Ok(Vacuumed::Held(format!("{who}, for {seconds} s")));
    }
    for table in TABLES {
        let vacuum = format!("VACUUM skynet.{table}");
        sqlx::raw_sql(AssertSqlSafe(vacuum)).execute(&mut *db).await?;
    }
    Ok(Vacuumed::Done)
}

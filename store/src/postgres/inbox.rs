//! What comes to a job from outside the process that owns it: commands of people and workers, news of jobs that began.
//!
//! A message is added to the shard of its job, and the owner of the shard reads on from a cursor. Reading does not wait
//! for older transactions, so a message may show up behind one that was read before. Hence a cursor stands still at the
//! oldest place where that can happen, and knows what it gave out beyond it. What an owner had read and not saved, the
//! next one reads again: [`engine::runtime::Handle`] drops messages that it has taken before.

use super::{
    connect::Database,
    error::words,
    id::{self, shard},
};
use engine::{
    command::Command,
    event::{Actor, At},
    id::{JobId, Name},
    port::{LogError, Position},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Kinds of messages in the table.
const BEGUN: i16 = 1;
pub(super) const TOLD: i16 = 2;
const LOST: i16 = 99;

/// The inbox of all shards.
#[derive(Clone, Debug)]
pub struct Inbox {
    database: Database,
}

/// A message to a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What it is called: one that comes twice has the same id.
    pub id: Uuid,
    /// To which job.
    pub job: JobId,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The job has begun: take it up.
    Begun,
    /// This is asked of it.
    Told(Box<Told>),
    /// This cannot be read: why. It is kept only as long as the inbox keeps it.
    Unreadable(String),
}

/// What is asked, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// By whom.
    pub actor: Actor,
    /// What.
    pub command: Command,
}

/// How far a shard has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    shard: u8,
    /// Nothing can appear before this any more.
    settled: Position,
    /// What was given out beyond it.
    given: BTreeSet<Position>,
}

/// A row: shard, the two numbers of its place, whether nothing can appear before it, job, kind, id, body.
type Row = (i16, String, i64, bool, Uuid, i16, Uuid, Vec<u8>);

/// The attempt that a task was for, as `reap_tasks` writes it.
#[derive(Deserialize)]
struct Lost {
    step: Name,
    instance: u32,
    attempt: u32,
    worker: i64,
}

impl Inbox {
    /// Uses the inbox of this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Sends a command to a job. Returns its place. It need not be a job that there is.
    ///
    /// # Errors
    /// If the database fails; the message may be there nevertheless, so send it again under the same id.
    pub async fn post(&self, job: &JobId, message: Uuid, told: &Told) -> Result<Position, LogError> {
        let job = id::read(job)?;
        let (xid, pos) = sqlx::query_as::<_, (String, i64)>(include_str!("sql/post.sql"))
            .bind(job)
            .bind(i16::from(shard(job)))
            .bind(TOLD)
            .bind(message)
            .bind(body_of(told)?)
            .fetch_one(self.database.pool())
            .await
            .map_err(|error| words(&error))?;
        position(&xid, pos)
    }

    /// Finds how far shards were read when that was last saved.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cursors(&self, shards: &[u8]) -> Result<Vec<Cursor>, LogError> {
        let shards: Vec<_> = shards.iter().copied().map(i16::from).collect();
        let rows: Vec<(i16, String, i64)> = sqlx::query_as(include_str!("sql/inbox_cursors.sql"))
            .bind(shards)
            .fetch_all(self.database.pool())
            .await
            .map_err(|error| words(&error))?;
        rows.into_iter()
            .map(|(shard, xid, pos)| {
                let settled = position(&xid, pos)?;
                Ok(Cursor { shard: number(shard)?, settled, given: BTreeSet::new() })
            })
            .collect()
    }

    /// Reads what has come to these shards and was not given out before, up to `limit` messages of each, and moves the
    /// cursors on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(&self, cursors: &mut [Cursor], limit: usize) -> Result<Vec<Message>, LogError> {
        let (mut shards, mut xids, mut places, mut limits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for cursor in &*cursors {
            shards.push(i16::from(cursor.shard));
            xids.push(cursor.settled.transaction.to_string());
            places.push(signed(cursor.settled.number));
            // Those given out before are read once more, and must not keep others from being read.
            limits.push(i32::try_from(limit.saturating_add(cursor.given.len())).unwrap_or(i32::MAX));
        }
        let rows: Vec<Row> = sqlx::query_as(include_str!("sql/inbox.sql"))
            .bind(shards)
            .bind(xids)
            .bind(places)
            .bind(limits)
            .fetch_all(self.database.pool())
            .await
            .map_err(|error| words(&error))?;
        let mut by_shard: BTreeMap<u8, &mut Cursor> =
            cursors.iter_mut().map(|cursor| (cursor.shard, cursor)).collect();
        let mut messages = Vec::new();
        for (shard, xid, pos, is_settled, job, kind, id, body) in rows {
            let place = position(&xid, pos)?;
            if let Some(cursor) = by_shard.get_mut(&number(shard)?)
                && cursor.pass(place, is_settled)
            {
                messages.push(Message { id, job: id::write(job), body: read(kind, &body) });
            }
        }
        Ok(messages)
    }

    /// Saves how far shards were read, once all that was read has been dealt with. Only of shards that the worker owns;
    /// a cursor never goes back.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn save(&self, worker: i64, cursors: &[Cursor]) -> Result<(), LogError> {
        let (mut shards, mut xids, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for cursor in cursors {
            shards.push(i16::from(cursor.shard));
            xids.push(cursor.settled.transaction.to_string());
            places.push(signed(cursor.settled.number));
        }
        let query = sqlx::query(include_str!("sql/save_inbox_cursors.sql"));
        let query = query.bind(worker).bind(shards).bind(xids).bind(places);
        query.execute(self.database.pool()).await.map(drop).map_err(|error| words(&error))
    }

    /// Empties what of the inbox is not being written to, where every message was read and that was saved. Returns how
    /// many parts were emptied.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rotate(&self) -> Result<usize, LogError> {
        let pool = self.database.pool();
        let full = sqlx::query_scalar::<_, i16>(include_str!("sql/full_rings.sql")).fetch_all(pool).await;
        let mut emptied = 0;
        for ring in full.map_err(|error| words(&error))? {
            let rotate = sqlx::query_scalar::<_, bool>(include_str!("sql/rotate_inbox.sql")).bind(ring);
            emptied += usize::from(rotate.fetch_one(pool).await.map_err(|error| words(&error))?);
        }
        Ok(emptied)
    }
}

impl Cursor {
    /// Returns the shard.
    #[must_use]
    pub const fn shard(&self) -> u8 {
        self.shard
    }

    /// Goes past a message, the next in order. Returns whether it was not given out before.
    fn pass(&mut self, place: Position, is_settled: bool) -> bool {
        let is_new = !self.given.remove(&place);
        if is_settled {
            self.settled = self.settled.max(place);
        } else {
            self.given.insert(place);
        }
        is_new
    }
}

fn read(kind: i16, body: &[u8]) -> Body {
    let told = match kind {
        BEGUN => return Body::Begun,
        TOLD => serde_json::from_slice(body),
        LOST => serde_json::from_slice(body).map(|Lost { step, instance, attempt, worker }| {
            let why = format!("worker {worker} is gone, or had the attempt for too long");
            let command = Command::ReportLost { at: At { step, instance }, attempt, why };
            Box::new(Told { actor: Actor::Engine, command })
        }),
        kind => return Body::Unreadable(format!("a message of the kind {kind} is from a later program")),
    };
    told.map_or_else(|error| Body::Unreadable(error.to_string()), Body::Told)
}

/// Writes what is told as the table has it.
pub(super) fn body_of(told: &Told) -> Result<Vec<u8>, LogError> {
    serde_json::to_vec(told)
        .map_err(|error| LogError::Corrupt(format!("a message cannot be written: {error}")))
}

fn position(xid: &str, pos: i64) -> Result<Position, LogError> {
    let place = xid.parse().ok().zip(u64::try_from(pos).ok());
    let (transaction, number) =
        place.ok_or_else(|| LogError::Corrupt(format!("{xid}/{pos} is no place in the inbox")))?;
    Ok(Position { transaction, number })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(shard: i16) -> Result<u8, LogError> {
    u8::try_from(shard).map_err(|_| LogError::Corrupt(format!("there is no shard {shard}")))
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Position};

    #[test]
    fn a_cursor_stands_where_something_may_still_appear() {
        let at = |transaction| Position { transaction, number: 1 };
        let mut cursor = Cursor { shard: 0, settled: Position::ORIGIN, given: [].into() };
        assert!(cursor.pass(at(1), true));
        assert!(cursor.pass(at(3), false), "an older transaction still writes");
        assert_eq!(cursor.settled, at(1));
        assert!(cursor.pass(at(2), true), "it has appeared behind one that was given out");
        assert!(!cursor.pass(at(3), true), "which is not given out again");
        assert_eq!((cursor.settled, cursor.given.len()), (at(3), 0));
    }
}

//! Reading what was printed.

use super::{Attempt, PgLogs};
use crate::postgres::{error::words, patience::ask};
use engine::{
    id::AttemptKey,
    port::{LogError, Stream},
};
use tokio::time::timeout;

/// What the table has instead of a stream where something is missing.
pub(super) const MISSING: i16 = 0;

/// A part of what an attempt printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its number among those of the attempt, from 1.
    pub no: u32,
    /// When it was written down, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// What is in it.
    pub piece: Piece,
}

/// What is in a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What was printed, and where.
    Printed(Stream, Vec<u8>),
    /// So many bytes are missing here: the database was away for too long.
    Missing(u64),
}

impl PgLogs {
    /// Reads up to `limit` chunks of an attempt behind the one numbered `after`, in the order of printing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(&self, key: &AttemptKey, after: u32, limit: usize) -> Result<Vec<Chunk>, LogError> {
        let (attempt, database) = (Attempt::of(key)?, &self.shared.database);
        let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        let read = || {
            sqlx::query_as::<_, (i32, i64, i16, Vec<u8>)>(include_str!("../sql/read_logs.sql"))
                .bind(attempt.job)
                .bind(&*attempt.step)
                .bind(attempt.instance)
                .bind(attempt.number)
                .bind(i32::try_from(after).unwrap_or(i32::MAX))
                .bind(number(limit))
                .fetch_all(database.pool())
        };
        let rows = ask(database.settings().patience, read).await.map_err(|error| words(&error))?;
        rows.into_iter().map(chunk).collect()
    }

    /// Reads as [`Self::read`], and waits until there is something. What another process writes is found with the next
    /// look.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn follow(&self, key: &AttemptKey, after: u32, limit: usize) -> Result<Vec<Chunk>, LogError> {
        let mut settled = self.shared.settled.subscribe();
        loop {
            settled.borrow_and_update();
            let chunks = self.read(key, after, limit).await?;
            if !chunks.is_empty() {
                return Ok(chunks);
            }
            let _ = timeout(self.shared.database.settings().poll, settled.changed()).await;
        }
    }
}

/// Returns what the table has for a stream.
pub(super) const fn number_of(stream: Stream) -> i16 {
    match stream {
        Stream::Stdout => 1,
        Stream::Stderr => 2,
    }
}

fn chunk((no, at, stream, data): (i32, i64, i16, Vec<u8>)) -> Result<Chunk, LogError> {
    let piece = match stream {
        1 => Some(Piece::Printed(Stream::Stdout, data)),
        2 => Some(Piece::Printed(Stream::Stderr, data)),
        MISSING => String::from_utf8_lossy(&data).parse().ok().map(Piece::Missing),
        _ => None,
    };
    let read = u32::try_from(no).ok().zip(piece);
    let (no, piece) =
        read.ok_or_else(|| LogError::Corrupt(format!("chunk {no} of an output cannot be read")))?;
    Ok(Chunk { no, at, piece })
}

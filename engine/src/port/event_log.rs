//! The log: one append-only stream of events for each job.

use crate::{
    event::Recorded,
    id::{JobId, Name},
};
use futures_core::future::BoxFuture;
use std::{fmt, sync::Arc};

/// Keeps events.
pub trait EventLog: Send + Sync {
    /// Begins the stream of a job, whoever will append to it later.
    ///
    /// With a key, a second start of the same key begins nothing and names the job that has it.
    ///
    /// # Errors
    /// If the job has a stream, or the world failed.
    fn start<'a>(
        &'a self,
        job: &'a JobId,
        key: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<Started, AppendError>>;

    /// Appends events to the stream of a job if its last event is `expected`, all of them or none; 0 is an empty
    /// stream. Their numbers follow on without a gap.
    ///
    /// # Errors
    /// If the stream has grown meanwhile, this process may not write to it, or the world failed.
    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>>;

    /// Reads up to `limit` events of a job behind the one numbered `after`.
    ///
    /// # Errors
    /// If the world failed, or what is kept is no event.
    fn read<'a>(
        &'a self,
        job: &'a JobId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Arc<Recorded>>, LogError>>;

    /// Reads up to `limit` events of all jobs behind a position of the feed, in one order that never changes and in
    /// which the events of a job keep theirs. Waits until there is one.
    ///
    /// # Errors
    /// If the world failed, or what is kept is no event.
    fn feed(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>>;
}

/// An event in the feed of all jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fed {
    /// Its position in the feed, growing.
    pub position: Position,
    /// Its job.
    pub job: JobId,
    /// The event.
    pub event: Arc<Recorded>,
}

/// A place in the feed of all jobs. A store says what the two numbers are; the first counts for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The transaction, if the store has any.
    pub transaction: u64,
    /// The number.
    pub number: u64,
}

impl Position {
    /// Before all events.
    pub const ORIGIN: Self = Self { transaction: 0, number: 0 };
}

/// What came of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// The job has begun.
    New,
    /// The key was used before, for this job. Nothing has begun.
    Before(JobId),
}

/// Why nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// The stream's last event is this one.
    Conflict {
        /// Its number.
        last: u64,
    },
    /// Another process has taken over the job: this one must not touch it any more.
    Fenced,
    /// The log failed.
    Log(LogError),
}

/// Why the log cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogError {
    /// The world failed: what happened. Trying again may help.
    Failed(String),
    /// What is kept cannot be: the job must not be touched.
    Corrupt(String),
}

impl std::error::Error for AppendError {}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { last } => write!(f, "the stream has grown to {last} meanwhile"),
            Self::Fenced => f.write_str("another process has taken over the job"),
            Self::Log(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LogError {}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(why) => f.write_str(why),
            Self::Corrupt(why) => write!(f, "the log is damaged: {why}"),
        }
    }
}

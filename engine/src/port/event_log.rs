//! The log: one append-only stream of events for each job.

use crate::{
    event::Recorded,
    id::{JobId, Name},
};
use futures_core::future::BoxFuture;
use std::{fmt, sync::Arc};

/// Keeps events.
pub trait EventLog: Send + Sync {
    /// Appends events to the stream of a job if its last event is `expected`, all of them or none; 0 is an empty
    /// stream. Their numbers follow on without a gap.
    ///
    /// With a `dedupe` key, a second append of the same key to the same job appends nothing and is told so.
    ///
    /// # Errors
    /// If the stream has grown meanwhile, the key was there before, or the world failed.
    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        dedupe: Option<Name>,
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
    fn feed(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>>;
}

/// An event in the feed of all jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fed {
    /// Its position in the feed, from 1, growing.
    pub position: u64,
    /// Its job.
    pub job: JobId,
    /// The event.
    pub event: Arc<Recorded>,
}

/// Why nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// The stream's last event is this one.
    Conflict {
        /// Its number.
        last: u64,
    },
    /// The key was there before.
    Duplicate,
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
            Self::Duplicate => f.write_str("this was appended before"),
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

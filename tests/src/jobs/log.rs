//! A log that remembers where each decision ended.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::bench::Told;
use engine::{
    event::Recorded,
    id::{JobId, Name},
    port::{AppendError, EventLog, LogError, Position, Started, event_log::Fed},
};
use futures_core::future::BoxFuture;
use std::sync::{Arc, Mutex};
use store::MemoryLog;

/// A log in memory.
#[derive(Default)]
pub(crate) struct CountedLog {
    log: MemoryLog,
    cuts: Mutex<Vec<usize>>,
}

impl CountedLog {
    /// Returns all events, in the order in which they were kept.
    pub(crate) async fn told(&self) -> Told {
        let fed = self.log.feed(Position::ORIGIN, 1_000_000).await.unwrap();
        fed.into_iter().map(|it| (it.job, it.event)).collect()
    }

    /// Returns how many events there were after each append.
    pub(crate) fn cuts(&self) -> Vec<usize> {
        self.cuts.lock().unwrap().clone()
    }

    fn count(&self, added: usize) {
        let mut cuts = self.cuts.lock().unwrap();
        let last = cuts.last().copied().unwrap_or_default();
        cuts.push(last + added);
    }
}

impl EventLog for CountedLog {
    fn start<'a>(
        &'a self,
        job: &'a JobId,
        key: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<Started, AppendError>> {
        let count = events.len();
        Box::pin(async move {
            let started = self.log.start(job, key, events).await?;
            if started == Started::New {
                self.count(count);
            }
            Ok(started)
        })
    }

    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        let count = events.len();
        Box::pin(async move {
            self.log.append(job, expected, events).await?;
            self.count(count);
            Ok(())
        })
    }

    fn read<'a>(
        &'a self,
        job: &'a JobId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Arc<Recorded>>, LogError>> {
        self.log.read(job, after, limit)
    }

    fn feed(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>> {
        self.log.feed(after, limit)
    }
}

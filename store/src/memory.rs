//! Events and results that live as long as the process: with all that a store promises, save that they last.

use crate::order::follows;
use engine::{
    command::CacheHit,
    event::Recorded,
    id::{Digest, JobId, Name},
    port::{AppendError, EventLog, LogError, Position, Results, Started, event_log::Fed},
};
use futures_core::future::BoxFuture;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// A log in memory.
#[derive(Debug, Default)]
pub struct MemoryLog {
    kept: Mutex<Kept>,
    grown: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    streams: BTreeMap<JobId, Vec<Arc<Recorded>>>,
    keys: BTreeMap<Name, JobId>,
    feed: Vec<(JobId, Arc<Recorded>)>,
}

impl Kept {
    fn append(&mut self, job: &JobId, expected: u64, events: Vec<Arc<Recorded>>) -> Result<(), AppendError> {
        let stream = self.streams.entry(Arc::clone(job)).or_default();
        let last = stream.last().map_or(0, |event| event.seq);
        if last != expected {
            return Err(AppendError::Conflict { last });
        }
        follows(expected, &events)?;
        self.feed.extend(events.iter().map(|event| (Arc::clone(job), Arc::clone(event))));
        stream.extend(events);
        Ok(())
    }
}

impl MemoryLog {
    /// What is kept is changed by single calls that cannot fail midway, so it is whole even if one panicked.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_now(
        &self,
        job: &JobId,
        key: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> Result<Started, AppendError> {
        let mut kept = self.kept();
        if let Some(before) = key.as_ref().and_then(|key| kept.keys.get(key)) {
            return Ok(Started::Before(Arc::clone(before)));
        }
        kept.append(job, 0, events)?;
        kept.keys.extend(key.map(|key| (key, Arc::clone(job))));
        Ok(Started::New)
    }

    fn fed(&self, after: Position, limit: usize) -> Vec<Fed> {
        let kept = self.kept();
        let from = usize::try_from(after.number).unwrap_or(usize::MAX);
        let rest = kept.feed.get(from..).unwrap_or_default();
        let fed = (after.number + 1..).zip(rest).take(limit);
        fed.map(|(number, (job, event))| Fed {
            position: Position { transaction: 0, number },
            job: Arc::clone(job),
            event: Arc::clone(event),
        })
        .collect()
    }
}

impl EventLog for MemoryLog {
    fn start<'a>(
        &'a self,
        job: &'a JobId,
        key: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<Started, AppendError>> {
        let started = self.start_now(job, key, events);
        self.grown.notify_waiters();
        Box::pin(std::future::ready(started))
    }

    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        let appended = self.kept().append(job, expected, events);
        self.grown.notify_waiters();
        Box::pin(std::future::ready(appended))
    }

    fn read<'a>(
        &'a self,
        job: &'a JobId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Arc<Recorded>>, LogError>> {
        let kept = self.kept();
        let from = usize::try_from(after).unwrap_or(usize::MAX);
        let rest = kept.streams.get(job).and_then(|stream| stream.get(from..)).unwrap_or_default();
        let events = rest.iter().take(limit).map(Arc::clone).collect();
        Box::pin(std::future::ready(Ok(events)))
    }

    fn feed(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>> {
        Box::pin(async move {
            loop {
                // Listen before looking, so that nothing comes between.
                let grown = self.grown.notified();
                let fed = self.fed(after, limit);
                if !fed.is_empty() {
                    return Ok(fed);
                }
                grown.await;
            }
        })
    }
}

/// Results in memory.
#[derive(Debug, Default)]
pub struct MemoryResults {
    kept: Mutex<BTreeMap<Digest, CacheHit>>,
}

impl Results for MemoryResults {
    fn find(&self, key: Digest) -> BoxFuture<'_, Result<CacheHit, String>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&key).cloned();
        Box::pin(std::future::ready(found.ok_or_else(|| "no earlier step had the same key".to_owned())))
    }

    fn keep(&self, key: Digest, result: CacheHit) -> BoxFuture<'_, ()> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, result);
        Box::pin(std::future::ready(()))
    }
}

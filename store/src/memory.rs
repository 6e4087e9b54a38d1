//! Events and results that live as long as the process: with all that a store promises, save that they last.

use engine::{
    command::CacheHit,
    event::Recorded,
    id::{Digest, JobId, Name},
    port::{AppendError, EventLog, LogError, Results, event_log::Fed},
};
use futures_core::future::BoxFuture;
use std::{
    collections::{BTreeMap, BTreeSet},
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
    streams: BTreeMap<JobId, Stream>,
    feed: Vec<(JobId, Arc<Recorded>)>,
}

#[derive(Debug, Default)]
struct Stream {
    events: Vec<Arc<Recorded>>,
    keys: BTreeSet<Name>,
}

impl MemoryLog {
    /// What is kept is changed by single calls that cannot fail midway, so it is whole even if one panicked.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(
        &self,
        job: &JobId,
        expected: u64,
        dedupe: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> Result<(), AppendError> {
        let mut kept = self.kept();
        let kept = &mut *kept;
        let stream = kept.streams.entry(Arc::clone(job)).or_default();
        if dedupe.as_ref().is_some_and(|key| stream.keys.contains(key)) {
            return Err(AppendError::Duplicate);
        }
        let last = stream.events.last().map_or(0, |event| event.seq);
        if last != expected {
            return Err(AppendError::Conflict { last });
        }
        let follow = (expected + 1..).zip(&events).all(|(seq, event)| event.seq == seq);
        if !follow {
            let why = format!("the events do not follow on number {expected} without a gap");
            return Err(AppendError::Log(LogError::Corrupt(why)));
        }
        stream.keys.extend(dedupe);
        kept.feed.extend(events.iter().map(|event| (Arc::clone(job), Arc::clone(event))));
        stream.events.extend(events);
        Ok(())
    }

    fn fed(&self, after: u64, limit: usize) -> Vec<Fed> {
        let kept = self.kept();
        let from = usize::try_from(after).unwrap_or(usize::MAX);
        let rest = kept.feed.get(from..).unwrap_or_default();
        let fed = (after + 1..).zip(rest).take(limit);
        fed.map(|(position, (job, event))| Fed { position, job: Arc::clone(job), event: Arc::clone(event) })
            .collect()
    }
}

impl EventLog for MemoryLog {
    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        dedupe: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        let appended = self.append_now(job, expected, dedupe, events);
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
        let rest = kept.streams.get(job).and_then(|stream| stream.events.get(from..)).unwrap_or_default();
        let events = rest.iter().take(limit).map(Arc::clone).collect();
        Box::pin(std::future::ready(Ok(events)))
    }

    fn feed(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>> {
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

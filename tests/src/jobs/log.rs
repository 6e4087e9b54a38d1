//! A log that remembers where each append ended, and that can be slow, or have somebody else write to it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{
    bench::{Told, find, person},
    clock::SimClock,
};
use engine::{
    command::Command,
    decide::decide,
    event::{Event, Recorded},
    id::{JobId, Name},
    job::Shape,
    port::{AppendError, Clock as _, EventLog, HousePolicy, LogError, event_log::Fed},
    runtime::load,
};
use futures_core::future::BoxFuture;
use std::sync::{Arc, Mutex};
use store::MemoryLog;

/// A log in memory.
#[derive(Default)]
pub(crate) struct CountedLog {
    log: MemoryLog,
    cuts: Mutex<Vec<usize>>,
    delay: Option<(Arc<SimClock>, i64)>,
    intruder: Mutex<Option<(usize, Arc<Shape>)>>,
}

impl CountedLog {
    /// Makes one that takes some milliseconds for each append.
    pub(crate) fn slow(clock: Arc<SimClock>, millis: i64) -> Self {
        Self { delay: Some((clock, millis)), ..Self::default() }
    }

    /// Makes one to which somebody else writes, just before so many appends have been made.
    pub(crate) fn shared(before: usize, shape: Arc<Shape>) -> Self {
        Self { intruder: Mutex::new(Some((before, shape))), ..Self::default() }
    }

    /// Pauses the job and lets it go on.
    async fn intrude(&self, id: &JobId, shape: &Arc<Shape>) {
        let first = self.log.read(id, 0, 1).await.unwrap();
        // The job of a call that is about to begin is nobody else's yet.
        let Some(Event::JobCreated(created)) = first.first().map(|it| &it.event) else { return };
        let mut job = load(&self.log, id, find(shape, created.plan).unwrap()).await.unwrap();
        for command in [Command::PauseJob, Command::ResumeJob] {
            let (expected, now) = (job.seq, job.updated_at);
            if let Ok(events) = decide(&mut job, &person(), &command, now, &HousePolicy) {
                self.log.append(id, expected, None, events).await.unwrap();
            }
        }
    }

    /// Returns all events, in the order in which they were kept.
    pub(crate) async fn told(&self) -> Told {
        let fed = self.log.feed(0, 1_000_000).await.unwrap();
        fed.into_iter().map(|it| (it.job, it.event)).collect()
    }

    /// Returns how many events there were after each append.
    pub(crate) fn cuts(&self) -> Vec<usize> {
        self.cuts.lock().unwrap().clone()
    }
}

impl EventLog for CountedLog {
    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        dedupe: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        let count = events.len();
        Box::pin(async move {
            if let Some((clock, millis)) = &self.delay {
                clock.sleep_until(clock.now() + millis).await;
            }
            let made = self.cuts.lock().unwrap().len();
            let intruder = self.intruder.lock().unwrap().take_if(|(before, _)| *before == made);
            if let Some((_, shape)) = intruder {
                self.intrude(job, &shape).await;
            }
            self.log.append(job, expected, dedupe, events).await?;
            let mut cuts = self.cuts.lock().unwrap();
            let last = cuts.last().copied().unwrap_or_default();
            cuts.push(last + count);
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

    fn feed(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>> {
        self.log.feed(after, limit)
    }
}

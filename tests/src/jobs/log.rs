//! A log that is slow, or that somebody else writes to.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{
    bench::{find, person},
    clock::SimClock,
};
use engine::{
    command::Command,
    decide::decide,
    event::{Event, Recorded},
    id::{JobId, Name},
    job::Shape,
    port::{AppendError, Clock as _, EventLog, HousePolicy, LogError, Position, Started, event_log::Fed},
    runtime::load,
};
use futures_core::future::BoxFuture;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use store::MemoryLog;

/// A log in memory.
#[derive(Default)]
pub(crate) struct HinderedLog {
    log: MemoryLog,
    appends: AtomicUsize,
    delay: Option<(Arc<SimClock>, i64)>,
    intruder: Mutex<Option<(usize, Arc<Shape>)>>,
}

impl HinderedLog {
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
                self.log.append(id, expected, events).await.unwrap();
            }
        }
    }

    /// Returns how many appends there were.
    pub(crate) fn appends(&self) -> usize {
        self.appends.load(Ordering::SeqCst)
    }
}

impl EventLog for HinderedLog {
    fn start<'a>(
        &'a self,
        job: &'a JobId,
        key: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<Started, AppendError>> {
        self.log.start(job, key, events)
    }

    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        Box::pin(async move {
            if let Some((clock, millis)) = &self.delay {
                clock.sleep_until(clock.now() + millis).await;
            }
            let made = self.appends();
            let intruder = self.intruder.lock().unwrap().take_if(|(before, _)| *before == made);
            if let Some((_, shape)) = intruder {
                self.intrude(job, &shape).await;
            }
            self.log.append(job, expected, events).await?;
            self.appends.fetch_add(1, Ordering::SeqCst);
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

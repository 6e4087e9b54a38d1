//! The log.

use super::{
    batch::Part,
    chain::{Tip, Tips, genesis},
    connect::Database,
    error::words,
    id,
    patience::ask,
    read,
    shards::{self, Owned},
    start::key_hash,
    workers::live_workers,
    writer::{Ask, How, Writer},
};
use crate::order::follows;
use engine::{
    event::Recorded,
    id::{JobId, Name},
    port::{AppendError, EventLog, LogError, Position, Started, event_log::Fed},
};
use futures_core::future::BoxFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinSet,
    time::timeout,
};
use uuid::Uuid;

/// How many appends may wait for a writer before those who ask are held back.
const QUEUE: usize = 1024;

/// A log on Postgres. Its writers end with it.
#[derive(Debug)]
pub struct PgLog {
    database: Database,
    owned: watch::Receiver<Owned>,
    writers: Vec<mpsc::Sender<Ask>>,
    tips: Mutex<Tips>,
    grown: Arc<Notify>,
    _tasks: JoinSet<()>,
}

impl PgLog {
    /// Opens the log for a process that owns these shards, as [`Member::owned`](super::Member::owned) says. To jobs of
    /// other shards it cannot append; it can start and read any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(database: &Database, owned: watch::Receiver<Owned>) -> Result<Self, LogError> {
        let (mut writers, mut tasks, grown) = (Vec::new(), JoinSet::new(), Arc::new(Notify::new()));
        for _ in 0..database.settings().writers.max(1) {
            let (sender, asks) = mpsc::channel(QUEUE);
            let writer = Writer::open(database, owned.clone(), asks, Arc::clone(&grown)).await;
            tasks.spawn(writer.map_err(|error| words(&error))?.run());
            writers.push(sender);
        }
        let database = database.clone();
        Ok(Self { database, owned, writers, tips: Mutex::default(), grown, _tasks: tasks })
    }

    /// Returns the jobs of shards that are not over: what a new owner goes on with.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn live_jobs(&self, shards: impl IntoIterator<Item = u8>) -> Result<Vec<JobId>, LogError> {
        let shards: Vec<i16> = shards.into_iter().map(i16::from).collect();
        let jobs = ask(self.database.settings().patience, || read::live_jobs(self.database.pool(), &shards));
        Ok(jobs.await.map_err(|error| words(&error))?.into_iter().map(id::write).collect())
    }

    /// Returns a shard in which a job can begin that somebody else is to drive.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_shard(&self) -> Result<u8, LogError> {
        let shard = ask(self.database.settings().patience, || shards::open_shard(self.database.pool()));
        shard.await.map_err(|error| words(&error))
    }

    /// Returns how many workers live that take over jobs.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workers(&self) -> Result<usize, LogError> {
        let workers = ask(self.database.settings().patience, || live_workers(self.database.pool()));
        workers.await.map_err(|error| words(&error))
    }

    async fn start_job(
        &self,
        job: &JobId,
        key: Option<Name>,
        events: &[Arc<Recorded>],
    ) -> Result<Started, AppendError> {
        let job = id::read(job).map_err(AppendError::Log)?;
        follows(0, events)?;
        let part = Part::new(job, 0, genesis(job), events)?;
        self.write(part, How::Start(key.map(|key| key_hash(&key)))).await
    }

    async fn append_to(
        &self,
        job: &JobId,
        expected: u64,
        events: &[Arc<Recorded>],
    ) -> Result<(), AppendError> {
        let job = id::read(job).map_err(AppendError::Log)?;
        follows(expected, events)?;
        if !self.owned.borrow().epochs.contains_key(&id::shard(job)) {
            return Err(AppendError::Fenced);
        }
        let tip = self.tip(job, expected).await?;
        self.write(Part::new(job, expected, tip, events)?, How::Append).await.map(drop)
    }

    /// Returns what the next event of a job is chained to, if its last one is the one expected.
    async fn tip(&self, job: Uuid, expected: u64) -> Result<Tip, AppendError> {
        if expected == 0 {
            return Ok(genesis(job));
        }
        if let Some(tip) = self.tips().of(job, expected) {
            return Ok(tip);
        }
        let found = ask(self.database.settings().patience, || read::tip(self.database.pool(), job)).await;
        match found.map_err(|error| AppendError::Log(words(&error)))? {
            Some((last, tip)) if last == expected => Ok(tip),
            other => Err(AppendError::Conflict { last: other.map_or(0, |(last, _)| last) }),
        }
    }

    /// Has something written, and waits until it is on the disk.
    async fn write(&self, part: Part, how: How) -> Result<Started, AppendError> {
        /// The writers end with the log, so this is not seen while somebody can ask.
        fn ended() -> AppendError {
            AppendError::Log(LogError::Failed("the log has ended".to_owned()))
        }
        let job = part.job;
        let (last, tip) = (part.last, part.tip);
        let writer = usize::from(id::shard(job)) % self.writers.len();
        let writer = self.writers.get(writer).ok_or_else(ended)?;
        let (reply, answer) = oneshot::channel();
        writer.send(Ask { part, how, reply }).await.map_err(|_| ended())?;
        let answer = answer.await.map_err(|_| ended())?;
        if answer == Ok(Started::New) {
            self.tips().hold(job, last, tip);
        }
        answer
    }

    /// What is held is changed by single calls that cannot fail midway, so it is whole even if one panicked.
    fn tips(&self) -> MutexGuard<'_, Tips> {
        self.tips.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventLog for PgLog {
    fn start<'a>(
        &'a self,
        job: &'a JobId,
        key: Option<Name>,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<Started, AppendError>> {
        Box::pin(async move { self.start_job(job, key, &events).await })
    }

    fn append<'a>(
        &'a self,
        job: &'a JobId,
        expected: u64,
        events: Vec<Arc<Recorded>>,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        Box::pin(async move { self.append_to(job, expected, &events).await })
    }

    fn read<'a>(
        &'a self,
        job: &'a JobId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Arc<Recorded>>, LogError>> {
        Box::pin(async move {
            let job = id::read(job)?;
            let pool = self.database.pool();
            let rows = ask(self.database.settings().patience, || read::read(pool, job, after, limit)).await;
            let rows = rows.map_err(|error| words(&error))?;
            rows.iter().map(|(seq, body)| read::recorded(job, *seq, body)).collect()
        })
    }

    fn feed(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<Fed>, LogError>> {
        Box::pin(async move {
            let (pool, settings) = (self.database.pool(), self.database.settings());
            loop {
                // Listen before looking, so that nothing comes between.
                let grown = self.grown.notified();
                let rows = ask(settings.patience, || read::feed(pool, after, limit)).await;
                let rows = rows.map_err(|error| words(&error))?;
                if !rows.is_empty() {
                    return rows.into_iter().map(read::fed).collect();
                }
                // What other processes append is found by looking again.
                let _ = timeout(settings.poll, grown).await;
            }
        })
    }
}

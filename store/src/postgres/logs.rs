//! What attempts print, in the database: in chunks, many attempts in one statement.
//!
//! What is printed is gathered for a tenth of a second and written by one task, whose commits wait for no disk: a crash
//! of the server may take the last moment of it, and no event. If the database is slow, attempts are held back once a
//! few megabytes wait. If it has been away for longer than the settings say, they go on, and what they print is lost:
//! how much stands where it is missing, and [`PgLogs::lost`] has the sum.

mod queue;
mod read;
mod write;

pub use read::{Chunk, Piece};

use super::{connect::Database, id};
use engine::{
    id::{AttemptKey, Name},
    port::{LogError, Logs, Stream},
};
use futures_core::future::BoxFuture;
use queue::Queue;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use tokio::{
    sync::{Notify, Semaphore, watch},
    time::{Instant, sleep_until},
};
use uuid::Uuid;

/// How many bytes may wait to be written.
const ROOM: usize = 8 << 20;

/// Takes what attempts print, and reads it back. One for each process that performs attempts.
#[derive(Debug)]
pub struct PgLogs {
    shared: Arc<Shared>,
}

/// What those who print and the task that writes have in common.
#[derive(Debug)]
struct Shared {
    database: Database,
    queue: Mutex<Queue>,
    room: Semaphore,
    /// There is something to write, or the end has come.
    filled: Notify,
    /// To write it is urgent.
    urged: Notify,
    /// Since when the database has failed; none if it does not.
    failing: watch::Sender<Option<Instant>>,
    /// How many chunks are written, or lost.
    settled: watch::Sender<u64>,
    is_closing: watch::Sender<bool>,
    lost: AtomicU64,
}

/// An attempt, as the table has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Attempt {
    job: Uuid,
    step: Name,
    instance: i32,
    number: i32,
}

impl Attempt {
    fn of(key: &AttemptKey) -> Result<Self, LogError> {
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let (instance, attempt) = (number(key.instance), number(key.attempt));
        Ok(Self { job: id::read(&key.job)?, step: Arc::clone(&key.step), instance, number: attempt })
    }
}

impl PgLogs {
    /// Starts the task that writes to this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let shared = Arc::new(Shared {
            database,
            queue: Mutex::default(),
            room: Semaphore::new(ROOM),
            filled: Notify::new(),
            urged: Notify::new(),
            failing: watch::Sender::new(None),
            settled: watch::Sender::new(0),
            is_closing: watch::Sender::new(false),
            lost: AtomicU64::new(0),
        });
        tokio::spawn(write::run(Arc::clone(&shared)));
        Self { shared }
    }

    /// Returns when all that was taken before is in the database, or lost.
    pub async fn flush(&self) {
        let taken = self.shared.queue().taken();
        self.shared.urged.notify_one();
        // It cannot be closed as long as it is kept here.
        let _ = self.shared.settled.subscribe().wait_for(|settled| *settled >= taken).await;
    }

    /// Writes what waits, and returns how many bytes were lost since the beginning.
    pub async fn close(self) -> u64 {
        self.shared.is_closing.send_replace(true);
        self.shared.filled.notify_one();
        self.flush().await;
        self.lost()
    }

    /// Returns how many bytes were lost since the beginning.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

impl Drop for PgLogs {
    fn drop(&mut self) {
        self.shared.is_closing.send_replace(true);
        self.shared.filled.notify_one();
        self.shared.urged.notify_one();
    }
}

impl Logs for PgLogs {
    fn write<'a>(&'a self, key: &'a AttemptKey, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()> {
        Box::pin(self.shared.take(key, stream, bytes))
    }
}

impl Shared {
    /// What is in there is whole between two calls, even if one panicked.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&self, key: &AttemptKey, stream: Stream, bytes: &[u8]) {
        let Ok(attempt) = Attempt::of(key) else {
            return self.lose(bytes.len());
        };
        for part in bytes.chunks(queue::CHUNK) {
            let has_room = self.has_room(part.len()).await;
            let mut queue = self.queue();
            if has_room {
                queue.print(&attempt, stream, part);
            } else {
                queue.miss(&attempt, part.len());
                self.lose(part.len());
            }
            self.filled.notify_one();
            if queue.is_long() {
                self.urged.notify_one();
            }
        }
    }

    /// Waits for room, but not for a database that has been away for too long.
    async fn has_room(&self, bytes: usize) -> bool {
        let room = self.room.acquire_many(u32::try_from(bytes).unwrap_or(u32::MAX));
        tokio::select! {
            biased;
            room = room => room.map(tokio::sync::SemaphorePermit::forget).is_ok(),
            () = self.is_away() => false,
        }
    }

    /// Returns once the database has failed for longer than it is waited for.
    async fn is_away(&self) {
        let mut failing = self.failing.subscribe();
        loop {
            let since = *failing.borrow_and_update();
            let enough = async {
                match since {
                    Some(since) => sleep_until(since + self.database.settings().patience).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = enough => return,
                _ = failing.changed() => {}
            }
        }
    }

    fn lose(&self, bytes: usize) {
        self.lost.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

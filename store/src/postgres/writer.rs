//! A connection that writes, and the task that owns it: what gathers while one statement is under way goes with the
//! next. No clock is waited for: alone, an append takes one way to the server and back; the more there are, the more go
//! together.

use super::{
    append::append,
    batch::Part,
    connect::{Commit, Database},
    error::{Failure, failure, words},
    patience::Patience,
    shards::Owned,
    start::start_jobs,
};
use engine::port::{AppendError, Started};
use sqlx::{Error, PgConnection};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use uuid::Uuid;

/// How many events go with one statement, and how many bytes, unless a single append has more.
const MOST_EVENTS: usize = 500;
const MOST_BYTES: usize = 1 << 20;

/// Something to be written.
#[derive(Debug)]
pub(crate) struct Ask {
    /// What.
    pub(crate) part: Part,
    /// How.
    pub(crate) how: How,
    /// Who waits to hear of it, until after the commit.
    pub(crate) reply: oneshot::Sender<Result<Started, AppendError>>,
}

/// How something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// As the beginning of a job, perhaps under a key.
    Start(Option<Uuid>),
    /// Behind the end of a job's stream.
    Append,
}

/// A writing connection.
#[derive(Debug)]
pub(crate) struct Writer {
    database: Database,
    owned: watch::Receiver<Owned>,
    asks: mpsc::Receiver<Ask>,
    waiting: VecDeque<Ask>,
    connection: Option<PgConnection>,
    grown: Arc<Notify>,
    /// What its batches are called: its own number, and theirs below.
    next_batch: i64,
}

impl Writer {
    /// Opens a connection.
    pub(crate) async fn open(
        database: &Database,
        owned: watch::Receiver<Owned>,
        asks: mpsc::Receiver<Ask>,
        grown: Arc<Notify>,
    ) -> Result<Self, Error> {
        let mut connection = database.session(Commit::Durable).await?;
        let number: i64 =
            sqlx::query_scalar(include_str!("sql/next_writer.sql")).fetch_one(&mut connection).await?;
        Ok(Self {
            database: database.clone(),
            owned,
            asks,
            waiting: VecDeque::new(),
            connection: Some(connection),
            grown,
            next_batch: number << 32,
        })
    }

    /// Writes until nobody can ask any more.
    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.gather().await {
            let (appends, starts): (Vec<Ask>, _) = batch.into_iter().partition(|ask| ask.how == How::Append);
            self.write(starts).await;
            self.write(appends).await;
        }
    }

    /// Waits for something to write and takes with it what else has gathered, each job once and in the order of asking.
    async fn gather(&mut self) -> Option<Vec<Ask>> {
        if self.waiting.is_empty() {
            self.waiting.push_back(self.asks.recv().await?);
        }
        while self.waiting.len() < MOST_EVENTS
            && let Ok(ask) = self.asks.try_recv()
        {
            self.waiting.push_back(ask);
        }
        let (mut batch, mut jobs, mut later) = (Vec::new(), BTreeSet::new(), VecDeque::new());
        let (mut events, mut bytes, mut is_full) = (0, 0, false);
        for ask in self.waiting.drain(..) {
            events += ask.part.events.len();
            bytes += ask.part.bytes;
            is_full |= !batch.is_empty() && (events > MOST_EVENTS || bytes > MOST_BYTES);
            if is_full || !jobs.insert(ask.part.job) {
                later.push_back(ask);
            } else {
                batch.push(ask);
            }
        }
        self.waiting = later;
        Some(batch)
    }

    /// Writes what can go with one statement, and says to each who asked what came of it. If one of several is such that
    /// the whole statement fails, the halves go by themselves, so that in the end it fails alone.
    async fn write(&mut self, batch: Vec<Ask>) {
        let mut parts = vec![batch];
        while let Some(mut asks) = parts.pop() {
            if asks.is_empty() {
                continue;
            }
            match self.write_together(&asks).await {
                Ok(answers) => {
                    self.grown.notify_waiters();
                    for (ask, answer) in asks.into_iter().zip(answers) {
                        // Who asked may have gone.
                        let _ = ask.reply.send(answer);
                    }
                }
                Err(error) if failure(&error) == Failure::Final && asks.len() > 1 => {
                    let second = asks.split_off(asks.len() / 2);
                    parts.extend([second, asks]);
                }
                Err(error) => {
                    for ask in asks {
                        let _ = ask.reply.send(Err(AppendError::Log(words(&error))));
                    }
                }
            }
        }
    }

    /// Sends a statement until it is known what came of it. The batch keeps its name from try to try: what an earlier
    /// one did although its answer was lost is found under it and not done again.
    async fn write_together(&mut self, asks: &[Ask]) -> Result<Vec<Result<Started, AppendError>>, Error> {
        let batch = self.next_batch;
        self.next_batch += 1;
        let mut patience = Patience::new(self.database.settings().patience);
        let mut was_lost = false;
        loop {
            let error = match self.try_to_write(batch, asks, was_lost).await {
                Ok(answers) => return Ok(answers),
                Err(error) => error,
            };
            match failure(&error) {
                Failure::Final => return Err(error),
                Failure::Busy => {}
                Failure::Broken => {
                    was_lost |= self.connection.is_some();
                    self.connection = None;
                }
            }
            if !patience.again().await {
                return Err(error);
            }
        }
    }

    async fn try_to_write(
        &mut self,
        batch: i64,
        asks: &[Ask],
        was_lost: bool,
    ) -> Result<Vec<Result<Started, AppendError>>, Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(self.database.session(Commit::Durable).await?),
        };
        let owned = self.owned.borrow().clone();
        let (mut parts, mut starts) = (Vec::new(), Vec::new());
        for ask in asks {
            match ask.how {
                How::Append => parts.push(&ask.part),
                How::Start(key) => starts.push((&ask.part, key)),
            }
        }
        let statements = async {
            let mut answers = Vec::with_capacity(asks.len());
            if !starts.is_empty() {
                answers.extend(start_jobs(connection, owned.worker, batch, &starts, was_lost).await?);
            }
            if !parts.is_empty() {
                let appended = append(connection, &owned, batch, &parts).await?;
                answers.extend(appended.into_iter().map(|answer| answer.map(|()| Started::New)));
            }
            Ok(answers)
        };
        self.database.answer(statements).await
    }
}

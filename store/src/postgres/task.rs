//! Tasks: attempts that another process performs than the one that owns their job.
//!
//! The statement that appends the start of an attempt queues its task. A worker claims tasks, and what comes of one goes to
//! the inbox of the job's owner. A task has one end: its result, or the news that it was lost; whoever lost the claim
//! completes nothing.

use super::{
    connect::Database,
    error::words,
    id,
    inbox::{TOLD, Told, body_of},
};
use engine::{id::AttemptKey, port::LogError};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// How often a queue is looked at from its beginning.
const WHOLE_LOOK: Duration = Duration::from_secs(1);

/// One queue of tasks, as one worker sees it.
#[derive(Debug)]
pub struct Tasks {
    database: Database,
    queue: i16,
    worker: i64,
    /// Before this there are no tasks, or they were queued late.
    hint: (i16, i64),
    looked_at: Option<Instant>,
    /// What was claimed and has not ended, as far as it is known here.
    claimed: BTreeSet<i64>,
    /// Whether the answer to a claim was lost: there may be more that is ours.
    is_unsure: bool,
}

/// A task that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number, which no other task ever has.
    pub number: i64,
    /// The attempt.
    pub key: AttemptKey,
    /// What was queued with it.
    pub body: Vec<u8>,
}

/// A row: priority, number, job, step, instance, attempt, body.
type Row = (i16, i64, Uuid, String, i32, i32, Vec<u8>);

impl Tasks {
    /// Opens a queue for a worker, and makes it if it is not there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(database: Database, name: &str, worker: i64) -> Result<Self, LogError> {
        let queue = sqlx::query_scalar(include_str!("sql/open_queue.sql")).bind(name);
        let queue = queue.fetch_one(database.pool()).await.map_err(|error| words(&error))?;
        let (hint, looked_at) = (FIRST, None);
        Ok(Self { database, queue, worker, hint, looked_at, claimed: BTreeSet::new(), is_unsure: false })
    }

    /// Returns the number of the queue, which tasks are queued under.
    #[must_use]
    pub const fn queue(&self) -> i16 {
        self.queue
    }

    /// Claims up to `limit` tasks, the more urgent first: those of a smaller priority, then the older ones. One that was
    /// queued late, or is more urgent than all before, is found within a second.
    ///
    /// # Errors
    /// If the database fails. What was claimed nevertheless, the next claim returns.
    pub async fn claim(&mut self, limit: usize) -> Result<Vec<Task>, LogError> {
        let found = if std::mem::replace(&mut self.is_unsure, true) {
            let held = sqlx::query_as(include_str!("sql/held_tasks.sql")).bind(self.queue).bind(self.worker);
            let mut held: Vec<Row> =
                held.fetch_all(self.database.pool()).await.map_err(|error| words(&error))?;
            held.retain(|(_, number, ..)| !self.claimed.contains(number));
            held
        } else {
            Vec::new()
        };
        let rows = if found.is_empty() { self.claim_rows(limit).await? } else { found };
        self.is_unsure = false;
        self.claimed.extend(rows.iter().map(|(_, number, ..)| *number));
        rows.into_iter().map(task).collect()
    }

    async fn claim_rows(&mut self, limit: usize) -> Result<Vec<Row>, LogError> {
        let now = Instant::now();
        if self.looked_at.is_none_or(|at| now.duration_since(at) >= WHOLE_LOOK) {
            (self.hint, self.looked_at) = (FIRST, Some(now));
        }
        let mut rows: Vec<Row> = sqlx::query_as(include_str!("sql/claim_tasks.sql"))
            .bind(self.queue)
            .bind(self.worker)
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .bind(self.hint.0)
            .bind(self.hint.1)
            .fetch_all(self.database.pool())
            .await
            .map_err(|error| words(&error))?;
        rows.sort_unstable_by_key(|(priority, number, ..)| (*priority, *number));
        if let Some((priority, number, ..)) = rows.first() {
            self.hint = (*priority, *number);
        }
        Ok(rows)
    }

    /// Says until when a task may take: beyond that it counts as lost, even if the worker lives. Returns whether the worker
    /// has it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn limit(&self, task: i64, length: Duration) -> Result<bool, LogError> {
        let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        let query = sqlx::query(include_str!("sql/limit_task.sql")).bind(task).bind(self.worker).bind(millis);
        let done = query.execute(self.database.pool()).await.map_err(|error| words(&error))?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends tasks: what came of each goes to the inbox of its job. Returns those that were the worker's to end; of the
    /// others nothing is said to anybody.
    ///
    /// # Errors
    /// If the database fails; they may have ended nevertheless, and then are not the worker's any more.
    pub async fn complete(&mut self, ended: &[(i64, Told)]) -> Result<Vec<i64>, LogError> {
        let (mut numbers, mut kinds, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        for (number, told) in ended {
            numbers.push(*number);
            kinds.push(TOLD);
            bodies.push(body_of(told)?);
        }
        let query = sqlx::query_scalar(include_str!("sql/complete_tasks.sql"));
        let query = query.bind(numbers).bind(kinds).bind(bodies).bind(self.worker);
        let messages = query.fetch_all(self.database.pool()).await.map_err(|error| words(&error))?;
        for (number, _) in ended {
            self.claimed.remove(number);
        }
        Ok(messages.into_iter().filter_map(|message: Uuid| i64::try_from(message.as_u128()).ok()).collect())
    }

    /// Gives up to `limit` tasks up whose workers are gone, or whose time is over: the owner of each job is told that the
    /// attempt is lost. Returns how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reap(database: &Database, limit: usize) -> Result<usize, LogError> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let query = sqlx::query(include_str!("sql/reap_tasks.sql")).bind(limit);
        Ok(query.fetch_all(database.pool()).await.map_err(|error| words(&error))?.len())
    }
}

/// Before all tasks.
const FIRST: (i16, i64) = (i16::MIN, 0);

fn task((_, number, job, step, instance, attempt, body): Row) -> Result<Task, LogError> {
    let unsigned = |value: i32| {
        u32::try_from(value).map_err(|_| LogError::Corrupt(format!("task {number} has a negative {value}")))
    };
    let (instance, attempt) = (unsigned(instance)?, unsigned(attempt)?);
    let key = AttemptKey { job: id::write(job), step: step.into(), instance, attempt };
    Ok(Task { number, key, body })
}

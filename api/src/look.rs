//! Looking at jobs that the database keeps. Nothing here changes one.
//!
//! What is asked of projections is as current as the log: they are caught up first, so no process has to run for that.
//! What needs the whole of a job folds its events.

pub mod artifacts;
pub mod audit;
pub mod events;
pub mod explain;
pub mod jobs;
pub mod logs;
pub mod show;
pub mod words;

use crate::{away::Away, cli, config::Config, console::Console, database, failure::Failure};
use engine::{
    event::{Event, Recorded},
    id::JobId,
    job::{Job, Shape},
    port::{EventLog as _, LogError},
};
use std::sync::Arc;
use store::{
    postgres::Database,
    projection::{Late, catch_up},
    view::Views,
};

/// How many events are read at once.
const PAGE: usize = 10_000;

/// The database, looked at.
pub struct Look {
    away: Away,
    /// What projections answer.
    pub views: Views,
}

/// Opens the database, looks at something, and leaves it.
///
/// # Errors
/// If there is no database, or the look fails.
pub fn with<T>(console: &Console, work: impl AsyncFnOnce(&Look) -> Result<T, Failure>) -> Result<T, Failure> {
    cli::runtime()?.block_on(async {
        let look = Look::open(console).await?;
        let done = work(&look).await;
        let closed = look.away.close().await;
        let done = done?;
        closed?;
        Ok(done)
    })
}

impl Look {
    async fn open(console: &Console) -> Result<Self, Failure> {
        let away = Away::open(&Config::read()).await?;
        let views = Views::new(&away.open.database);
        for (projection, late) in catch_up(&away.open.database).await? {
            let what = format!("what is shown may be old: the projection `{projection}` ");
            let failure = match late {
                Late::Stopped(why) => Failure::new(
                    format!("{what}stopped: {why}"),
                    format!("`skynet db rebuild {projection}` makes it anew"),
                ),
                Late::HeldUp => Failure::new(
                    format!("{what}waits for something that has been writing to the server for long"),
                    "look again once it has ended; `pg_stat_activity` shows what it is",
                ),
            };
            console.complain(&failure.to_string());
        }
        Ok(Self { away, views })
    }

    /// Returns the database itself.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.away.open.database
    }

    /// Finds a job by its id, or a part of one that no other has.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn find(&self, part: &str) -> Result<JobId, Failure> {
        self.away.find(part).await
    }

    /// Folds a job to its last event.
    ///
    /// # Errors
    /// If the log or the plan cannot be read.
    pub async fn fold(&self, id: &JobId) -> Result<Job, Failure> {
        self.away.fold(id).await
    }

    /// Reads the events of a job behind one.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn events(&self, id: &JobId, after: u64) -> Result<Vec<Arc<Recorded>>, Failure> {
        let mut all: Vec<Arc<Recorded>> = Vec::new();
        loop {
            let after = all.last().map_or(after, |last| last.seq);
            let page = self.away.log.read(id, after, PAGE).await?;
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Reads all events of a job, and the plan that it executes.
    ///
    /// # Errors
    /// If the log or the plan cannot be read.
    pub async fn history(&self, id: &JobId) -> Result<(Arc<Shape>, Vec<Arc<Recorded>>), Failure> {
        let events = self.events(id, 0).await?;
        let Some(Event::JobCreated(created)) = events.first().map(|recorded| &recorded.event) else {
            return Err(LogError::Corrupt(format!("the job {id} does not begin with its creation")).into());
        };
        let shape = database::shape(&self.away.plans, id, created.plan).await?;
        Ok((shape, events))
    }

    /// Goes through a job, event by event, and shows it as each of them left it.
    ///
    /// # Errors
    /// If the log or the plan cannot be read, or an event cannot follow.
    pub async fn walk(&self, id: &JobId, mut see: impl FnMut(&Job, &Recorded)) -> Result<Job, Failure> {
        let (shape, events) = self.history(id).await?;
        let mut job = Job::new(shape);
        for event in events {
            job.evolve(&event).map_err(|corrupt| LogError::Corrupt(corrupt.to_string()))?;
            see(&job, &event);
        }
        Ok(job)
    }
}

/// Returns the part of an id that people may type instead of it.
#[must_use]
pub fn short(job: &JobId) -> &str {
    job.rsplit('-').next().unwrap_or(job)
}

/// Returns whether a word can be a part of a job's id.
#[must_use]
pub fn is_part_of_id(word: &str) -> bool {
    let is_digit = |it: char| it == '-' || matches!(it, '0'..='9' | 'a'..='f');
    word.chars().all(is_digit) && word.chars().any(|it| it.is_ascii_digit())
}

//! Jobs that this process does not drive: how one is begun for others to drive, and how one is told something.

use crate::{
    app, background,
    config::Config,
    database::{self, Open},
    failure::Failure,
    worker::{self, shard},
};
use engine::{
    command::{Command, Submit},
    decide::decide,
    event::{Actor, Event, Recorded},
    id::{JobId, Name},
    job::{Job, Shape},
    plan::Plan,
    port::{AppendError, Clock as _, EventLog as _, HousePolicy, LogError, Position, Started},
    rejection::Rejection,
    runtime::load,
};
use std::{sync::Arc, time::Duration};
use store::{
    Plans,
    postgres::{
        Inbox, Owned, PgBlobs, PgLog, Settings,
        bell::{Bells, Ear, ring_once},
        inbox::Told,
        lookup::{jobs_like, latest_jobs},
    },
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};
use uuid::Uuid;

/// How long the answer of whoever drives a job is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked for without being woken.
const POLL: Duration = Duration::from_millis(250);

/// How many jobs are named to choose from.
const CHOICE: usize = 10;

/// How many are named where none is found.
const LATEST: usize = 3;

/// The log, seen from outside: it can be read, and jobs can be begun and told something.
pub struct Away {
    pub(crate) open: Open,
    pub(crate) log: Arc<PgLog>,
    pub(crate) plans: Plans,
    _nothing_owned: watch::Sender<Owned>,
}

/// What came of telling a job something.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It refuses.
    Refused(Rejection),
    /// These events are what followed.
    Done(Vec<Arc<Recorded>>),
    /// It is there for whoever drives the job, who has not answered yet.
    Sent,
}

impl Away {
    /// Opens it.
    ///
    /// # Errors
    /// If there is no database that can be used.
    pub async fn open(config: &Config) -> Result<Self, Failure> {
        let open = Open::new(config, Settings { writers: 1, readers: 2, ..Settings::USUAL }).await?;
        let (sender, owned) = watch::channel(Owned::default());
        let log = Arc::new(PgLog::open(&open.database, owned).await?);
        let plans = Plans::new(Arc::new(PgBlobs::new(open.database.clone())));
        Ok(Self { open, log, plans, _nothing_owned: sender })
    }

    /// Leaves it.
    ///
    /// # Errors
    /// If the private database cannot be left in good order.
    pub async fn close(self) -> Result<(), Failure> {
        drop(self.log);
        self.open.close().await
    }

    /// Begins a job for workers to drive, and sees to it that there is one. With a key, the same one again begins nothing.
    ///
    /// Returns its id, or why it is refused.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub async fn begin(
        &self,
        config: &Config,
        plan: Arc<Plan>,
        actor: &Actor,
        key: Option<Name>,
        submit: Submit,
    ) -> Result<Result<JobId, Rejection>, Failure> {
        let failed = |error: String| Failure::from(LogError::Failed(error));
        self.plans.keep(&plan).await.map_err(|error| failed(error.to_string()))?;
        let id = worker::new_id(Some(self.log.open_shard().await?));
        let command = Command::Submit(Box::new(Submit { job: Arc::clone(&id), ..submit }));
        let mut job = Job::new(Shape::new(plan));
        let now = app::SystemClock.now();
        let events = match decide(&mut job, actor, &command, now, &HousePolicy) {
            Ok(events) => events,
            Err(rejection) => return Ok(Err(rejection)),
        };
        // That it is there, and what it takes over. Whoever drives it decides on all that follows.
        let made = |recorded: &Arc<Recorded>| {
            matches!(
                recorded.event,
                Event::JobCreated(_)
                    | Event::FanOutExpanded { .. }
                    | Event::StepReused { .. }
                    | Event::StepSkipped { .. }
            )
        };
        let events: Vec<_> = events.into_iter().take_while(made).collect();
        let id = match self.log.start(&id, key, events).await {
            Ok(Started::New) => id,
            Ok(Started::Before(earlier)) => earlier,
            Err(AppendError::Log(error)) => return Err(error.into()),
            Err(error @ (AppendError::Conflict { .. } | AppendError::Fenced)) => {
                return Err(failed(error.to_string()));
            }
        };
        self.wake(config, &id).await?;
        Ok(Ok(id))
    }

    /// Finds a job by its id, or a part of one that no other has.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn find(&self, part: &str) -> Result<JobId, Failure> {
        let mut found = jobs_like(&self.open.database, part, CHOICE).await?;
        match (found.len(), found.pop()) {
            (1, Some(job)) => Ok(job),
            (0, _) | (_, None) => {
                let latest = latest_jobs(&self.open.database, LATEST).await?;
                let help = match latest.iter().map(|job| &**job).collect::<Vec<_>>().as_slice() {
                    [] => "no job has been begun in this database".to_owned(),
                    latest => format!("the latest are {}; `skynet jobs` lists them", latest.join(", ")),
                };
                Err(Failure::new(format!("there is no job `{part}`"), help))
            }
            (_, Some(last)) => {
                found.push(last);
                let all: Vec<&str> = found.iter().map(|job| &**job).collect();
                Err(Failure::new(
                    format!("`{part}` may be any of these jobs: {}", all.join(", ")),
                    "give more of the id",
                ))
            }
        }
    }

    /// Folds a job from the log.
    ///
    /// # Errors
    /// If the log or the plan cannot be read.
    pub async fn fold(&self, id: &JobId) -> Result<Job, Failure> {
        self.fold_to(id, None).await
    }

    /// Folds a job from the log, up to an event.
    ///
    /// # Errors
    /// If there is no such event, or the log or the plan cannot be read.
    pub async fn fold_to(&self, id: &JobId, to: Option<u64>) -> Result<Job, Failure> {
        let absent = || Failure::new(format!("there is no job `{id}`"), "see `skynet jobs`");
        let first = self.log.read(id, 0, 1).await?;
        let Some(Event::JobCreated(created)) = first.first().map(|recorded| &recorded.event) else {
            return Err(absent());
        };
        let shape = database::shape(&self.plans, id, created.plan).await?;
        let Some(to) = to else { return Ok(load(&*self.log, id, shape).await?) };
        let mut job = Job::new(shape);
        for event in self.log.read(id, 0, usize::try_from(to).unwrap_or(usize::MAX)).await? {
            job.evolve(&event).map_err(|corrupt| LogError::Corrupt(corrupt.to_string()))?;
        }
        if to == 0 || job.seq < to {
            let last = load(&*self.log, id, Arc::clone(&job.shape)).await?.seq;
            let what = format!("the job has no event {to}: its last is {last}");
            return Err(Failure::new(what, "see `skynet events`"));
        }
        Ok(job)
    }

    /// Tells a job something, by way of whoever drives it, and waits a while for what follows.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tell(
        &self,
        config: &Config,
        mut job: Job,
        actor: &Actor,
        command: Command,
    ) -> Result<Outcome, Failure> {
        let (id, seen, now) = (job.id(), job.seq, app::SystemClock.now());
        if let Err(rejection) = decide(&mut job, actor, &command, now, &HousePolicy) {
            return Ok(Outcome::Refused(rejection));
        }
        let ear = Ear::new(&self.open.database).await?;
        let mut bells = ear.on(Bells::FEED);
        let message = Uuid::now_v7();
        let told = Told { actor: actor.clone(), command };
        let _place: Position = Inbox::new(self.open.database.clone()).post(&id, message, &told).await?;
        self.wake(config, &id).await?;
        let (name, until) = (message.to_string(), Instant::now() + PATIENCE);
        loop {
            let events = self.log.read(&id, seen, 10_000).await?;
            let is_it = |recorded: &Arc<Recorded>| recorded.caused_by.as_deref() == Some(&*name);
            if let Some(first) = events.iter().position(is_it) {
                return Ok(Outcome::Done(events.into_iter().skip(first).collect()));
            }
            if Instant::now() >= until {
                return Ok(Outcome::Sent);
            }
            let woken = async {
                tokio::select! {
                    _ = bells.changed() => {}
                    () = sleep(POLL) => {}
                }
            };
            let _late = timeout_at(until, woken).await;
        }
    }

    /// Has whoever owns a job's shard look, and sees to it that somebody does.
    async fn wake(&self, config: &Config, job: &JobId) -> Result<(), Failure> {
        ring_once(&self.open.database, Bells::inboxes(shard(job))).await?;
        let home = app::private_database(config)?.prepare()?;
        background::ensure(&self.log, &home).await
    }
}

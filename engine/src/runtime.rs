//! The imperative shell: load, decide, append, react, perform. It drives any number of jobs in one task, names no
//! database and no provider, and starts no thread: whoever has an executor polls [`Runtime::run`].
//!
//! ```text
//!   command ─► decide ─► append ─► observer
//!                 ▲                   │
//!                 │                   ▼
//!              outcome ◄─ perform ◄─ owed
//! ```
//!
//! What is owed is compared with what is under way after every decision, so nothing is asked for twice, and what is
//! owed no more is stopped.

mod enter;
mod live;
mod perform;

use crate::{
    command::{ChildEnd, Command, Submit},
    decide::decide,
    event::{Actor, At, Event, Recorded},
    evolve::Corrupt,
    id::{AttemptKey, JobId, Name},
    job::{Job, JobState, Shape},
    port::{AppendError, Clock, EventLog, LogError, Logs, Policy, Provider, Results, SecretStore},
    rejection::Rejection,
    slot::{Holder, Slots, Turn},
};
use futures_channel::{mpsc, oneshot};
use futures_core::future::BoxFuture;
use futures_util::{
    StreamExt as _,
    future::{Either, select},
    stream::FuturesUnordered,
};
use live::Live;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    sync::Arc,
};

/// All that a runtime needs from the world.
#[derive(Clone)]
pub struct World {
    /// Where events are kept.
    pub log: Arc<dyn EventLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where secrets are found.
    pub secrets: Arc<dyn SecretStore>,
    /// Who performs, by kind of place.
    pub providers: BTreeMap<Name, Arc<dyn Provider>>,
    /// Who decides what people are asked.
    pub policy: Arc<dyn Policy>,
    /// Results that may serve again.
    pub results: Arc<dyn Results>,
    /// Where what attempts print goes.
    pub logs: Arc<dyn Logs>,
}

/// Is told of every change, in order, after it is in the log.
pub trait Observer: Send {
    /// Takes note of events, of what they were decided on, and of the job as they left it.
    fn changed(&mut self, job: &Job, actor: &Actor, command: &Command, events: &[Arc<Recorded>]);
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The job refuses it.
    Rejected(Rejection),
    /// The log failed.
    Log(LogError),
    /// The runtime has ended.
    Gone,
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::Log(error) => error.fmt(f),
            Self::Gone => f.write_str("the runtime has ended"),
        }
    }
}

/// Asks a runtime. When all handles are gone, the runtime ends as soon as its jobs have.
#[derive(Clone, Debug)]
pub struct Handle {
    asks: mpsc::UnboundedSender<Ask>,
}

/// What a runtime is asked, and where it answers.
#[derive(Debug)]
enum Ask {
    Submit(Arc<Shape>, Actor, Box<Submit>, Reply),
    Command(JobId, Actor, Box<Command>, Reply),
    Resume(Vec<(JobId, Arc<Shape>)>, oneshot::Sender<Vec<(JobId, Refused)>>),
}

type Reply = oneshot::Sender<Result<(), Refused>>;

impl Handle {
    /// Starts a job.
    ///
    /// # Errors
    /// If the job is refused, or its events cannot be kept.
    pub async fn submit(&self, shape: Arc<Shape>, actor: Actor, submit: Submit) -> Result<(), Refused> {
        self.ask(|reply| Ask::Submit(shape, actor, Box::new(submit), reply)).await
    }

    /// Goes on with jobs whose events are in the log, all at once: those that hold places keep them, whatever the order,
    /// before any of them asks for one. Jobs that have ended may be among them, so that the places they took a short
    /// while ago count where the rate is limited. Attempts that ran count as lost: whoever performed them is gone.
    ///
    /// Returns those with which it does not go on, and why: the log has no such job, or what it has cannot be.
    pub async fn resume(&self, jobs: Vec<(JobId, Arc<Shape>)>) -> Vec<(JobId, Refused)> {
        let ids: Vec<JobId> = jobs.iter().map(|(id, _)| Arc::clone(id)).collect();
        let (reply, answer) = oneshot::channel();
        let gone = || ids.into_iter().map(|id| (id, Refused::Gone)).collect();
        match self.asks.unbounded_send(Ask::Resume(jobs, reply)) {
            Ok(()) => answer.await.unwrap_or_else(|_| gone()),
            Err(_) => gone(),
        }
    }

    /// Gives a command to a job.
    ///
    /// # Errors
    /// If the job refuses it, or its events cannot be kept.
    pub async fn command(&self, job: JobId, actor: Actor, command: Command) -> Result<(), Refused> {
        self.ask(|reply| Ask::Command(job, actor, Box::new(command), reply)).await
    }

    async fn ask(&self, ask: impl FnOnce(Reply) -> Ask) -> Result<(), Refused> {
        let (reply, answer) = oneshot::channel();
        self.asks.unbounded_send(ask(reply)).map_err(|_| Refused::Gone)?;
        answer.await.unwrap_or(Err(Refused::Gone))
    }
}

/// Something that came back from the world.
enum Report {
    /// A command for a job.
    Command(JobId, Box<Command>),
    /// A provider was asked to stop an attempt.
    Stopped(perform::StopReport),
    /// A time has come; which.
    Woke(JobId, i64),
    /// A time of the groups has come.
    SlotsDue,
    /// A result was kept.
    Kept,
}

/// What follows from what was done.
enum Next {
    /// A job is told.
    Deliver(JobId, Command),
    /// The job of a call is to be started, or found.
    StartChild(AttemptKey, Arc<Shape>, Box<Submit>),
}

/// Drives jobs.
pub struct Runtime {
    world: World,
    observer: Box<dyn Observer>,
    asks: mpsc::UnboundedReceiver<Ask>,
    are_asks_over: bool,
    jobs: BTreeMap<JobId, Live>,
    slots: Slots,
    slots_woken: Option<i64>,
    tasks: FuturesUnordered<BoxFuture<'static, Report>>,
    /// What follows from what was done, to be done next.
    next: VecDeque<Next>,
}

impl Runtime {
    /// Makes a runtime and the handle to ask it.
    #[must_use]
    pub fn new(world: World, observer: Box<dyn Observer>) -> (Handle, Self) {
        let (sender, asks) = mpsc::unbounded();
        let runtime = Self {
            world,
            observer,
            asks,
            are_asks_over: false,
            jobs: BTreeMap::new(),
            slots: Slots::default(),
            slots_woken: None,
            tasks: FuturesUnordered::new(),
            next: VecDeque::new(),
        };
        (Handle { asks: sender }, runtime)
    }

    /// Drives jobs until all handles are gone and all jobs are over.
    ///
    /// # Errors
    /// If the log cannot be written or read. Nothing is lost: what is in the log can be resumed.
    pub async fn run(mut self) -> Result<(), LogError> {
        loop {
            while let Some(next) = self.next.pop_front() {
                match next {
                    Next::Deliver(job, command) => {
                        match self.deliver(&job, &Actor::Engine, &command).await {
                            // What it was about has changed meanwhile: nothing to do.
                            Ok(()) | Err(Refused::Rejected(_) | Refused::Gone) => {}
                            Err(Refused::Log(error)) => return Err(error),
                        }
                    }
                    Next::StartChild(key, shape, submit) => self.start_child(key, shape, *submit).await?,
                }
            }
            if self.are_asks_over && self.jobs.values().all(|live| live.job.is_over()) {
                return Ok(());
            }
            match self.wait().await {
                Some(Either::Left(ask)) => self.answer(ask).await?,
                Some(Either::Right(report)) => self.take(report).await?,
                None => {}
            }
        }
    }

    /// Waits for whatever comes first.
    async fn wait(&mut self) -> Option<Either<Ask, Report>> {
        let (asks, tasks) = (&mut self.asks, &mut self.tasks);
        if self.are_asks_over {
            return tasks.next().await.map(Either::Right);
        }
        let ask = if tasks.is_empty() {
            asks.next().await
        } else {
            match select(tasks.next(), asks.next()).await {
                Either::Left((report, _)) => return report.map(Either::Right),
                Either::Right((ask, _)) => ask,
            }
        };
        self.are_asks_over = ask.is_none();
        ask.map(Either::Left)
    }

    async fn answer(&mut self, ask: Ask) -> Result<(), LogError> {
        let (answer, reply) = match ask {
            Ask::Submit(shape, actor, submit, reply) => (self.submit(shape, &actor, *submit).await, reply),
            Ask::Command(job, actor, command, reply) => (self.deliver(&job, &actor, &command).await, reply),
            Ask::Resume(jobs, reply) => {
                let refused = self.resume(jobs).await?;
                let _ = reply.send(refused);
                return Ok(());
            }
        };
        let failure = match &answer {
            Err(Refused::Log(error)) => Some(error.clone()),
            Ok(()) | Err(Refused::Rejected(_) | Refused::Gone) => None,
        };
        // Whoever asked may have gone; what was asked is done all the same.
        let _ = reply.send(answer);
        failure.map_or(Ok(()), Err)
    }

    async fn take(&mut self, report: Report) -> Result<(), LogError> {
        match report {
            Report::Command(job, command) => {
                if let Some(live) = self.jobs.get_mut(&job) {
                    live.performed(&command);
                }
                self.tell(job, *command);
            }
            Report::Stopped(stop) => {
                let is_performed =
                    self.jobs.get(&stop.key.job).is_some_and(|live| live.is_performing(&stop.key));
                if let Some((job, command)) = stop.command(is_performed) {
                    self.tell(job, command);
                }
            }
            Report::Woke(job, at) => {
                if let Some(live) = self.jobs.get_mut(&job) {
                    live.woken.remove(&at);
                    if live.job.next_due().is_some_and(|due| due <= self.world.clock.now()) {
                        self.tell(job, Command::Tick);
                    } else {
                        self.react(&job);
                    }
                }
            }
            Report::SlotsDue => {
                self.slots_woken = None;
                let turns = self.slots.tick(self.world.clock.now());
                self.take_turns(turns);
            }
            Report::Kept => {}
        }
        Ok(())
    }

    /// Has a job decide, keeps the events, and does what follows.
    async fn deliver(&mut self, id: &JobId, actor: &Actor, command: &Command) -> Result<(), Refused> {
        loop {
            let live = self.jobs.get_mut(id).ok_or(Refused::Rejected(Rejection::Absent))?;
            let (now, expected) = (self.world.clock.now(), live.job.seq);
            let actor = match command {
                Command::ReportOutcome { .. } => &Actor::Worker,
                _ => actor,
            };
            let events = match decide(&mut live.job, actor, command, now, &*self.world.policy) {
                Ok(events) => events,
                Err(rejection) => {
                    // A decision that broke off midway has left the job half changed.
                    if matches!(rejection, Rejection::Broken(_)) {
                        self.reload(id).await?;
                    }
                    return Err(Refused::Rejected(rejection));
                }
            };
            if events.is_empty() {
                self.react(id);
                return Ok(());
            }
            match self.world.log.append(id, expected, None, events.clone()).await {
                Ok(()) => {
                    self.after(id, actor, command, &events);
                    return Ok(());
                }
                // Somebody else decided: see what, and decide again.
                Err(AppendError::Conflict { .. } | AppendError::Duplicate) => self.reload(id).await?,
                // The runtime ends, and with it all it knows that the log does not.
                Err(AppendError::Log(error)) => return Err(Refused::Log(error)),
            }
        }
    }

    /// Folds a job anew from its log, where what is held here is not what is there.
    async fn reload(&mut self, id: &JobId) -> Result<(), Refused> {
        if let Some(live) = self.jobs.get_mut(id) {
            let shape = Arc::clone(&live.job.shape);
            live.job = load(&*self.world.log, id, shape).await.map_err(Refused::Log)?;
        }
        Ok(())
    }

    /// Does what follows once events are in the log.
    fn after(&mut self, id: &JobId, actor: &Actor, command: &Command, events: &[Arc<Recorded>]) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        self.observer.changed(&live.job, actor, command, events);
        for recorded in events {
            if let Event::StepSucceeded(done) = &recorded.event
                && let Some(key) = done.cache_key
            {
                let (results, job, made_at) = (Arc::clone(&self.world.results), Arc::clone(id), recorded.at);
                let (outputs, artifacts) = (Arc::clone(&done.outputs), Arc::clone(&done.artifacts));
                let result = crate::command::CacheHit { job, made_at, outputs, artifacts };
                self.tasks.push(Box::pin(async move {
                    results.keep(key, result).await;
                    Report::Kept
                }));
            }
        }
        let parent = live.job.created.as_ref().and_then(|created| created.parent.clone());
        if let (Some(parent), Some(end)) = (parent, end_of(&live.job)) {
            let at = At::new(Arc::clone(&parent.step), parent.instance);
            self.tell(parent.job, Command::ReportChild { at, attempt: parent.attempt, end });
        }
        self.react(id);
    }

    /// Gives places, and tells who lost theirs.
    fn take_turns(&mut self, turns: Vec<Turn>) {
        for turn in turns {
            match turn {
                Turn::Granted(Holder { job, at }) => self.tell(job, Command::GrantSlot { at }),
                Turn::Refused(Holder { job, at }, why) => self.tell(job, Command::RefuseSlot { at, why }),
                Turn::Evicted(Holder { job, at: None }) => self.tell(job, Command::CancelJob),
                Turn::Evicted(Holder { job, at }) => {
                    let why = "its place went to another, as `when_busy` says".to_owned();
                    self.tell(job, Command::RefuseSlot { at, why });
                }
            }
        }
        if let Some(due) =
            self.slots.next_due().filter(|due| self.slots_woken.is_none_or(|woken| *due < woken))
        {
            self.slots_woken = Some(due);
            let clock = Arc::clone(&self.world.clock);
            self.tasks.push(Box::pin(async move {
                clock.sleep_until(due).await;
                Report::SlotsDue
            }));
        }
    }

    /// Has a job told of something, after what it is told before.
    fn tell(&mut self, job: JobId, command: Command) {
        self.next.push_back(Next::Deliver(job, command));
    }

    /// Returns the kinds of places that there is a provider for.
    fn kinds(&self) -> BTreeSet<Name> {
        self.world.providers.keys().cloned().collect()
    }
}

/// Returns how a job ended, for whoever called it.
fn end_of(job: &Job) -> Option<ChildEnd> {
    match &job.state {
        JobState::Succeeded => Some(ChildEnd::Succeeded(Arc::clone(&job.outputs))),
        JobState::Failed { cause } => Some(ChildEnd::Failed(cause.clone())),
        JobState::TimedOut => Some(ChildEnd::Failed("the job it called took too long".to_owned())),
        JobState::Cancelled => Some(ChildEnd::Cancelled),
        JobState::Absent | JobState::Planned | JobState::Queued { .. } | JobState::Running { .. } => None,
    }
}

/// Folds the events that the log has of a job.
///
/// # Errors
/// If the log cannot be read, or an event in it cannot follow.
pub async fn load(log: &dyn EventLog, id: &JobId, shape: Arc<Shape>) -> Result<Job, LogError> {
    /// How many events are read at once.
    const BATCH: usize = 10_000;
    let mut job = Job::new(shape);
    loop {
        let events = log.read(id, job.seq, BATCH).await?;
        for event in &events {
            job.evolve(event).map_err(|corrupt: Corrupt| LogError::Corrupt(corrupt.to_string()))?;
        }
        if events.len() < BATCH {
            return Ok(job);
        }
    }
}

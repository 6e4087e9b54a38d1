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

#[derive(Debug)]
struct Ask {
    job: JobId,
    actor: Actor,
    what: Asked,
    reply: oneshot::Sender<Result<(), Refused>>,
}

#[derive(Debug)]
enum Asked {
    Submit(Arc<Shape>, Box<Submit>),
    Resume(Arc<Shape>),
    Command(Box<Command>),
}

impl Handle {
    /// Starts a job.
    ///
    /// # Errors
    /// If the job is refused, or its events cannot be kept.
    pub async fn submit(&self, shape: Arc<Shape>, actor: Actor, submit: Submit) -> Result<(), Refused> {
        self.ask(Arc::clone(&submit.job), actor, Asked::Submit(shape, Box::new(submit))).await
    }

    /// Goes on with a job whose events are in the log. Attempts that ran count as lost: whoever performed them is gone.
    ///
    /// # Errors
    /// If the log has no such job, or cannot be read.
    pub async fn resume(&self, job: JobId, shape: Arc<Shape>) -> Result<(), Refused> {
        self.ask(job, Actor::Engine, Asked::Resume(shape)).await
    }

    /// Gives a command to a job.
    ///
    /// # Errors
    /// If the job refuses it, or its events cannot be kept.
    pub async fn command(&self, job: JobId, actor: Actor, command: Command) -> Result<(), Refused> {
        self.ask(job, actor, Asked::Command(Box::new(command))).await
    }

    async fn ask(&self, job: JobId, actor: Actor, what: Asked) -> Result<(), Refused> {
        let (reply, answer) = oneshot::channel();
        self.asks.unbounded_send(Ask { job, actor, what, reply }).map_err(|_| Refused::Gone)?;
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
    /// The job of a call is to be started, or found.
    Child(AttemptKey, Arc<Shape>, Box<Submit>),
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
    next: VecDeque<(JobId, Command)>,
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
            while let Some((job, command)) = self.next.pop_front() {
                match self.deliver(&job, &Actor::Engine, &command).await {
                    // What it was about has changed meanwhile: nothing to do.
                    Ok(()) | Err(Refused::Rejected(_) | Refused::Gone) => {}
                    Err(Refused::Log(error)) => return Err(error),
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
        let Ask { job, actor, what, reply } = ask;
        let answer = match what {
            Asked::Submit(shape, submit) => self.submit(shape, &actor, *submit).await,
            Asked::Resume(shape) => self.resume(&job, shape).await,
            Asked::Command(command) => self.deliver(&job, &actor, &command).await,
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
                self.next.push_back((job, *command));
            }
            Report::Stopped(stop) => {
                let is_performed =
                    self.jobs.get(&stop.key.job).is_some_and(|live| live.is_performing(&stop.key));
                self.next.extend(stop.command(is_performed));
            }
            Report::Woke(job, at) => {
                if let Some(live) = self.jobs.get_mut(&job) {
                    live.woken.remove(&at);
                    if live.job.next_due().is_some_and(|due| due <= self.world.clock.now()) {
                        self.next.push_back((job, Command::Tick));
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
            Report::Child(key, shape, submit) => self.start_child(key, shape, *submit).await?,
        }
        Ok(())
    }

    /// Starts the job of a call, or goes on with it if the log has it.
    async fn start_child(
        &mut self,
        key: AttemptKey,
        shape: Arc<Shape>,
        submit: Submit,
    ) -> Result<(), LogError> {
        let child = Arc::clone(&submit.job);
        let found = self.resume(&child, Arc::clone(&shape)).await;
        let started = match found {
            Err(Refused::Rejected(Rejection::Absent)) => self.submit(shape, &Actor::Engine, submit).await,
            found => found,
        };
        let at = At::new(Arc::clone(&key.step), key.instance);
        match started {
            Ok(()) => {
                // It may have ended before whoever called was here to hear of it.
                let ended = self.jobs.get(&child).and_then(|live| end_of(&live.job));
                let report = |end| Command::ReportChild { at, attempt: key.attempt, end };
                self.next.extend(ended.map(report).map(|report| (key.job, report)));
            }
            Err(Refused::Log(error)) => return Err(error),
            Err(refused @ (Refused::Rejected(_) | Refused::Gone)) => {
                let end = ChildEnd::Failed(refused.to_string());
                self.next.push_back((key.job, Command::ReportChild { at, attempt: key.attempt, end }));
            }
        }
        Ok(())
    }

    async fn submit(&mut self, shape: Arc<Shape>, actor: &Actor, submit: Submit) -> Result<(), Refused> {
        let id = Arc::clone(&submit.job);
        if self.jobs.contains_key(&id) {
            return Err(Refused::Rejected(Rejection::Exists));
        }
        let mut job = Job::new(shape);
        let (now, policy) = (self.world.clock.now(), &*self.world.policy);
        let command = Command::Submit(Box::new(submit));
        let events = decide(&mut job, actor, &command, now, policy).map_err(Refused::Rejected)?;
        match self.world.log.append(&id, 0, events.clone()).await {
            Ok(()) => {}
            Err(AppendError::Conflict { .. }) => return Err(Refused::Rejected(Rejection::Exists)),
            Err(fenced @ AppendError::Fenced) => {
                return Err(Refused::Log(LogError::Failed(fenced.to_string())));
            }
            Err(AppendError::Log(error)) => return Err(Refused::Log(error)),
        }
        self.jobs.insert(Arc::clone(&id), Live::new(job));
        self.after(&id, actor, &command, &events);
        Ok(())
    }

    async fn resume(&mut self, id: &JobId, shape: Arc<Shape>) -> Result<(), Refused> {
        if self.jobs.contains_key(id) {
            return Ok(());
        }
        let job = load(&*self.world.log, id, shape).await.map_err(Refused::Log)?;
        if matches!(job.state, JobState::Absent) {
            return Err(Refused::Rejected(Rejection::Absent));
        }
        for (ix, instance) in job.running() {
            let Some(own) = job.instance(ix, instance) else { continue };
            if matches!(own.state, crate::job::InstanceState::Running(_)) {
                let why = "the process that performed it is gone".to_owned();
                let lost = Command::ReportLost { at: job.place(ix, instance), attempt: own.attempt, why };
                self.next.push_back((Arc::clone(id), lost));
            }
        }
        if let Some(undo) = job.undo.as_ref().filter(|undo| undo.is_running)
            && let Some(at) = undo.order.get(undo.done)
        {
            let why = "the process that performed it is gone".to_owned();
            let lost = Command::ReportLost { at: at.clone(), attempt: 0, why };
            self.next.push_back((Arc::clone(id), lost));
        }
        self.jobs.insert(Arc::clone(id), Live::new(job));
        self.hold_places(id);
        // Whatever has become due, and what is owed, whether or not the reports are taken.
        self.next.push_back((Arc::clone(id), Command::Tick));
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
            match self.world.log.append(id, expected, events.clone()).await {
                Ok(()) => {
                    self.after(id, actor, command, &events);
                    return Ok(());
                }
                // Somebody else decided: see what, and decide again.
                Err(AppendError::Conflict { .. }) => self.reload(id).await?,
                // The runtime ends, and with it all it knows that the log does not.
                Err(AppendError::Log(error)) => return Err(Refused::Log(error)),
                Err(fenced @ AppendError::Fenced) => {
                    return Err(Refused::Log(LogError::Failed(fenced.to_string())));
                }
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
            self.next.push_back((parent.job, Command::ReportChild { at, attempt: parent.attempt, end }));
        }
        self.react(id);
    }

    /// Gives places, and tells who lost theirs.
    fn take_turns(&mut self, turns: Vec<Turn>) {
        for turn in turns {
            match turn {
                Turn::Granted(Holder { job, at }) => self.next.push_back((job, Command::GrantSlot { at })),
                Turn::Refused(Holder { job, at }, why) => {
                    self.next.push_back((job, Command::RefuseSlot { at, why }));
                }
                Turn::Evicted(Holder { job, at: None }) => self.next.push_back((job, Command::CancelJob)),
                Turn::Evicted(Holder { job, at }) => {
                    let why = "its place went to another, as `when_busy` says".to_owned();
                    self.next.push_back((job, Command::RefuseSlot { at, why }));
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

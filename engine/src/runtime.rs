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
//! What is owed is compared with what is under way once decisions are kept, so nothing is asked for twice, and what is
//! owed no more is stopped. A job whose decisions are being kept decides nothing meanwhile: what it is asked gathers, and
//! is decided and kept together. So a slow log is asked for much at once, and no job waits for the log of another.

mod keep;
mod live;
mod open;
mod perform;

use crate::{
    command::{Command, Submit},
    event::{Actor, Recorded},
    id::{AttemptKey, JobId, Name},
    job::{Job, Shape},
    port::{AppendError, Clock, EventLog, LogError, Logs, Policy, Provider, Results, SecretStore, Stop},
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
use keep::Told;
use live::Live;
pub use open::load;
use open::{Loaded, Opening};
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
    /// Takes note of events, of what they were decided on, and of the job as they, and all that was kept with them, left
    /// it.
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
enum Ask {
    Submit(Arc<Shape>, Actor, Box<Submit>, Reply),
    Command(JobId, Actor, Box<Command>, Reply),
    Message(JobId, Option<Arc<Shape>>, Actor, Name, Box<Command>, Reply),
    Resume(Vec<(JobId, Arc<Shape>)>, oneshot::Sender<Vec<(JobId, Refused)>>),
    Release(Box<dyn Fn(&JobId) -> bool + Send>, Reply),
}

/// Where the answer to what was asked goes.
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

    /// Gives a command that came as a message to a job. With its shape, the job is resumed for it if it is not driven
    /// here. Nothing follows from the same message twice.
    ///
    /// # Errors
    /// If there is no such job, it refuses the command, or its events cannot be kept.
    pub async fn message(
        &self,
        job: JobId,
        shape: Option<Arc<Shape>>,
        actor: Actor,
        message: Name,
        command: Command,
    ) -> Result<(), Refused> {
        self.ask(|reply| Ask::Message(job, shape, actor, message, Box::new(command), reply)).await
    }

    /// Lets go of those jobs of which this is true, for somebody else to resume: what runs for them here is stopped, and
    /// nothing of that is kept.
    ///
    /// # Errors
    /// If the runtime has ended.
    pub async fn release(&self, is_meant: impl Fn(&JobId) -> bool + Send + 'static) -> Result<(), Refused> {
        self.ask(|reply| Ask::Release(Box::new(is_meant), reply)).await
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
    /// An attempt should have ended long ago.
    Overdue(AttemptKey),
    /// A time of the groups has come.
    SlotsDue,
    /// Something was done that asks for nothing more.
    Done,
    /// The log has taken what a job decided, or has not.
    Appended(JobId, Result<(), AppendError>),
    /// The events of jobs have been read.
    Loaded(Vec<Loaded>, Opening),
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
    /// Whether a job that is over is kept.
    is_forgetful: bool,
    jobs: BTreeMap<JobId, Live>,
    /// The jobs that are not over.
    unfinished: BTreeSet<JobId>,
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
            is_forgetful: false,
            jobs: BTreeMap::new(),
            unfinished: BTreeSet::new(),
            slots: Slots::default(),
            slots_woken: None,
            tasks: FuturesUnordered::new(),
            next: VecDeque::new(),
        };
        (Handle { asks: sender }, runtime)
    }

    /// Forgets jobs when they are over: what a process needs that drives jobs for ever. Whoever wants more of one sends a
    /// message, or resumes it.
    #[must_use]
    pub const fn forgetful(mut self) -> Self {
        self.is_forgetful = true;
        self
    }

    /// Drives jobs until all handles are gone and all jobs are over.
    ///
    /// # Errors
    /// If the log cannot be written or read. Nothing is lost: what is in the log can be resumed.
    pub async fn run(mut self) -> Result<(), LogError> {
        loop {
            while let Some(next) = self.next.pop_front() {
                match next {
                    Next::Deliver(job, command) => self.ask(&job, Told::new(command)).await?,
                    Next::StartChild(key, shape, submit) => self.start_child(key, shape, submit).await?,
                }
            }
            if self.are_asks_over && self.unfinished.is_empty() {
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
        match ask {
            Ask::Submit(shape, actor, submit, reply) => self.submit(shape, actor, submit, Some(reply)).await,
            Ask::Command(job, actor, command, reply) => {
                let told = Told { actor, cause: None, command: *command, reply: Some(reply) };
                self.ask(&job, told).await
            }
            Ask::Message(job, shape, actor, message, command, reply) => {
                let told = Told { actor, cause: Some(message), command: *command, reply: Some(reply) };
                match shape.filter(|_| !self.jobs.contains_key(&job)) {
                    Some(shape) => self.open(vec![(job, shape)], Opening::Message(Some(told))).await,
                    None => self.ask(&job, told).await,
                }
            }
            Ask::Resume(jobs, reply) => self.open(jobs, Opening::Resume(reply)).await,
            Ask::Release(is_meant, reply) => {
                let meant: Vec<_> = self.jobs.keys().filter(|job| is_meant(job)).map(Arc::clone).collect();
                meant.iter().for_each(|job| self.release(job));
                let _gone = reply.send(Ok(()));
                Ok(())
            }
        }
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
            Report::Overdue(key) => {
                // Only whoever has it knows what came of it: they are asked to end it, and say so.
                if self.jobs.get(&key.job).is_some_and(|live| live.is_performing(&key)) {
                    self.stop(&key, Stop::Now);
                }
            }
            Report::SlotsDue => {
                self.slots_woken = None;
                let turns = self.slots.tick(self.world.clock.now());
                self.take_turns(turns);
            }
            Report::Done => {}
            Report::Appended(job, appended) => self.appended(&job, appended).await?,
            Report::Loaded(loaded, opening) => self.loaded(loaded, opening).await?,
        }
        Ok(())
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

//! How jobs come to be driven: they are submitted, called by another, or in the log already.

use super::{
    Refused, Reply, Report, Runtime,
    keep::{Busy, Told},
    live::Live,
};
use crate::{
    command::{ChildEnd, Command, Submit},
    event::{Actor, At},
    evolve::Corrupt,
    id::{AttemptKey, JobId},
    job::{InstanceState, Job, JobState, Shape},
    port::{EventLog, LogError},
    rejection::Rejection,
};
use futures_channel::oneshot;
use std::{future::poll_fn, sync::Arc, task::Poll};

/// Why an attempt counts as lost that ran when its job was driven last.
const GONE: &str = "the process that performed it is gone";

/// A job as the log has it.
pub(super) type Loaded = (JobId, Result<Job, LogError>);

/// Why the events of jobs are read.
pub(super) enum Opening {
    /// Somebody wants them to go on.
    Resume(oneshot::Sender<Vec<(JobId, Refused)>>),
    /// One is that of a call, to be started if the log does not have it.
    Child(AttemptKey, Arc<Shape>, Box<Submit>),
    /// One is told something.
    Message(Option<Told>),
    /// What is held of one here is not what is there.
    Again,
}

impl Runtime {
    /// Starts a job.
    pub(super) async fn submit(
        &mut self,
        shape: Arc<Shape>,
        actor: Actor,
        submit: Box<Submit>,
        reply: Option<Reply>,
    ) -> Result<(), LogError> {
        let id = Arc::clone(&submit.job);
        let mut told = Told { actor, cause: None, command: Command::Submit(submit), reply };
        if self.jobs.contains_key(&id) {
            told.answer(Err(Refused::Rejected(Rejection::Exists)));
            return Ok(());
        }
        self.hold(&id, Live::new(Job::new(shape)));
        self.ask(&id, told).await
    }

    /// Starts the job of a call, or goes on with it if the log has it.
    pub(super) async fn start_child(
        &mut self,
        key: AttemptKey,
        shape: Arc<Shape>,
        submit: Box<Submit>,
    ) -> Result<(), LogError> {
        let child = vec![(Arc::clone(&submit.job), Arc::clone(&shape))];
        self.open(child, Opening::Child(key, shape, submit)).await
    }

    /// Goes on with jobs that the log has, but for those that are driven already.
    pub(super) async fn open(
        &mut self,
        jobs: Vec<(JobId, Arc<Shape>)>,
        opening: Opening,
    ) -> Result<(), LogError> {
        let mut unknown = Vec::new();
        for (id, shape) in jobs {
            if !self.jobs.contains_key(&id) {
                let mut live = Live::new(Job::new(Arc::clone(&shape)));
                live.busy = Some(Busy::Loading);
                self.hold(&id, live);
                unknown.push((id, shape));
            }
        }
        let log = Arc::clone(&self.world.log);
        let mut read = Box::pin(async move {
            let mut loaded = Vec::with_capacity(unknown.len());
            for (id, shape) in unknown {
                let job = load(&*log, &id, shape).await;
                loaded.push((id, job));
            }
            loaded
        });
        // A log that answers at once keeps the order in which things were asked.
        match poll_fn(|context| Poll::Ready(read.as_mut().poll(context))).await {
            Poll::Ready(loaded) => self.loaded(loaded, opening).await,
            Poll::Pending => {
                self.tasks.push(Box::pin(async move { Report::Loaded(read.await, opening) }));
                Ok(())
            }
        }
    }

    /// Reads the events of a job anew.
    pub(super) fn load_again(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        live.busy = Some(Busy::Loading);
        let (log, id, shape) = (Arc::clone(&self.world.log), Arc::clone(id), Arc::clone(&live.job.shape));
        self.tasks.push(Box::pin(async move {
            let job = load(&*log, &id, shape).await;
            Report::Loaded(vec![(id, job)], Opening::Again)
        }));
    }

    /// Goes on with jobs whose events were read: gives those that hold places theirs, and only then lets them go on,
    /// those first that have begun.
    pub(super) async fn loaded(&mut self, loaded: Vec<Loaded>, mut opening: Opening) -> Result<(), LogError> {
        let (mut found, mut refused) = (Vec::new(), Vec::new());
        for (id, job) in loaded {
            let why = match job {
                Ok(job) if !matches!(job.state, JobState::Absent) => {
                    found.push((id, job));
                    continue;
                }
                Ok(_) => Refused::Rejected(Rejection::Absent),
                // The others can do without it.
                Err(error @ LogError::Corrupt(_)) => Refused::Log(error),
                Err(error) => return Err(error),
            };
            self.refuse(&id, &why);
            refused.push((id, why));
        }
        // Who waited longest is first.
        found.sort_by_key(|(_, job)| (matches!(job.state, JobState::Queued { .. }), job.created_at));
        let ids: Vec<JobId> = found.iter().map(|(id, _)| Arc::clone(id)).collect();
        let is_again = matches!(opening, Opening::Again);
        for (id, job) in found {
            self.take_up(&id, job, is_again);
        }
        if let Opening::Message(told) = &mut opening {
            match (ids.first().and_then(|id| self.jobs.get_mut(id)), refused.pop()) {
                (Some(live), _) => live.asked.extend(told.take()),
                (None, why) => {
                    let why = why.map_or(Refused::Gone, |(_, why)| why);
                    told.take().into_iter().for_each(|mut told| told.answer(Err(why.clone())));
                }
            }
        }
        for id in ids {
            self.decide(&id).await?;
        }
        match opening {
            Opening::Resume(reply) => {
                // Whoever asked may have gone.
                let _gone = reply.send(refused);
                Ok(())
            }
            Opening::Child(key, shape, submit) => match refused.pop() {
                Some((_, Refused::Rejected(Rejection::Absent))) => self.begin_child(key, shape, submit).await,
                Some((_, refused)) => {
                    self.child_refused(key, &refused);
                    Ok(())
                }
                None => {
                    // It may have ended before whoever called was here to hear of it.
                    let kept = self.jobs.get(&submit.job).filter(|live| live.busy.is_none());
                    if let Some(end) = kept.and_then(|live| end_of(&live.job)) {
                        let at = At::new(Arc::clone(&key.step), key.instance);
                        self.tell(key.job, Command::ReportChild { at, attempt: key.attempt, end });
                    }
                    Ok(())
                }
            },
            Opening::Message(_) | Opening::Again => Ok(()),
        }
    }

    /// Takes up a job as the log has it. If somebody else drove it before, it learns first of all which attempts are
    /// lost, and then whatever has become due.
    fn take_up(&mut self, id: &JobId, job: Job, is_again: bool) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        let (is_over, lost) = (job.is_over(), underway(&job));
        (live.busy, live.job) = (None, job);
        if !is_again {
            live.asked.splice(0..0, lost.into_iter().chain([Command::Tick]).map(Told::new));
            self.hold_places(id);
        }
        if is_over {
            self.ended(id);
        }
    }

    /// Starts the job of a call that the log does not have.
    async fn begin_child(
        &mut self,
        key: AttemptKey,
        shape: Arc<Shape>,
        submit: Box<Submit>,
    ) -> Result<(), LogError> {
        let (reply, answer) = oneshot::channel();
        self.submit(shape, Actor::Engine, submit, Some(reply)).await?;
        self.tasks.push(Box::pin(async move {
            match answer.await {
                Ok(Err(refused)) => Report::Command(key.job.clone(), Box::new(child_failed(key, &refused))),
                Ok(Ok(())) | Err(_) => Report::Done,
            }
        }));
        Ok(())
    }

    fn child_refused(&mut self, key: AttemptKey, refused: &Refused) {
        self.tell(Arc::clone(&key.job), child_failed(key, refused));
    }

    fn hold(&mut self, id: &JobId, live: Live) {
        self.jobs.insert(Arc::clone(id), live);
        self.unfinished.insert(Arc::clone(id));
    }
}

fn child_failed(key: AttemptKey, refused: &Refused) -> Command {
    let at = At::new(key.step, key.instance);
    Command::ReportChild { at, attempt: key.attempt, end: ChildEnd::Failed(refused.to_string()) }
}

/// Says of all that was performed for a job that whoever did is gone.
fn underway(job: &Job) -> Vec<Command> {
    let lost = |at, attempt| Command::ReportLost { at, attempt, why: GONE.to_owned() };
    let running = job.running().filter_map(|(ix, at)| {
        let own = job.instance(ix, at).filter(|own| matches!(own.state, InstanceState::Running(_)))?;
        Some(lost(job.place(ix, at), own.attempt))
    });
    let undo = job.undo.as_ref();
    let undoing = undo.and_then(|undo| Some(lost(undo.present()?.clone(), undo.running()?)));
    running.chain(undoing).collect()
}

/// Returns how a job ended, for whoever called it.
pub(super) fn end_of(job: &Job) -> Option<ChildEnd> {
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

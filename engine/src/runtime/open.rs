//! How a job comes to be driven: as a new one, or from what the log has of it.

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

/// Why the events of a job are read.
pub(super) enum Opening {
    /// It is gone on with.
    Resume(Reply),
    /// It is that of a call, to be started if the log does not have it.
    Child(AttemptKey, Arc<Shape>, Box<Submit>),
    /// What is held here is not what is there.
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
        self.jobs.insert(Arc::clone(&id), Live::new(Job::new(shape)));
        self.ask(&id, told).await
    }

    /// Starts the job of a call, or goes on with it if the log has it.
    pub(super) async fn start_child(
        &mut self,
        key: AttemptKey,
        shape: Arc<Shape>,
        submit: Box<Submit>,
    ) -> Result<(), LogError> {
        self.open(Arc::clone(&submit.job), Arc::clone(&shape), Opening::Child(key, shape, submit)).await
    }

    /// Reads the events of a job, unless it is driven already.
    pub(super) async fn open(
        &mut self,
        id: JobId,
        shape: Arc<Shape>,
        opening: Opening,
    ) -> Result<(), LogError> {
        if self.jobs.contains_key(&id) {
            self.opened(&id, opening);
            return Ok(());
        }
        let (log, job) = (Arc::clone(&self.world.log), Arc::clone(&id));
        let mut live = Live::new(Job::new(Arc::clone(&shape)));
        live.busy = Some(Busy::Loading(opening));
        self.jobs.insert(Arc::clone(&id), live);
        let mut read = Box::pin(async move { load(&*log, &job, shape).await.map(Box::new) });
        match poll_fn(|context| Poll::Ready(read.as_mut().poll(context))).await {
            Poll::Ready(loaded) => self.loaded(&id, loaded).await,
            Poll::Pending => {
                self.tasks.push(Box::pin(async move { Report::Loaded(id, read.await) }));
                Ok(())
            }
        }
    }

    /// Reads the events of a job anew.
    pub(super) fn load_again(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        live.busy = Some(Busy::Loading(Opening::Again));
        let (log, id, shape) = (Arc::clone(&self.world.log), Arc::clone(id), Arc::clone(&live.job.shape));
        self.tasks.push(Box::pin(async move {
            let loaded = load(&*log, &id, shape).await.map(Box::new);
            Report::Loaded(id, loaded)
        }));
    }

    /// Goes on with a job whose events were read.
    pub(super) async fn loaded(
        &mut self,
        id: &JobId,
        loaded: Result<Box<Job>, LogError>,
    ) -> Result<(), LogError> {
        let Some(live) = self.jobs.get_mut(id) else { return Ok(()) };
        let Some(Busy::Loading(opening)) = live.busy.take() else { return Ok(()) };
        let job = match loaded {
            Ok(job) => *job,
            Err(error) => {
                if let Opening::Resume(reply) = opening {
                    let _gone = reply.send(Err(Refused::Log(error.clone())));
                }
                return Err(error);
            }
        };
        let absent = Refused::Rejected(Rejection::Absent);
        match opening {
            Opening::Again => live.job = job,
            Opening::Resume(reply) if matches!(job.state, JobState::Absent) => {
                self.refuse(id, &absent);
                let _gone = reply.send(Err(absent));
                return Ok(());
            }
            Opening::Child(key, shape, submit) if matches!(job.state, JobState::Absent) => {
                self.refuse(id, &absent);
                return self.begin_child(key, shape, submit).await;
            }
            opening @ (Opening::Resume(_) | Opening::Child(..)) => {
                live.job = job;
                self.take_up(id);
                self.opened(id, opening);
            }
        }
        self.decide(id).await
    }

    /// Takes up a job that somebody else drove before: the attempts that ran are lost.
    fn take_up(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        let job = &live.job;
        let mut lost = Vec::new();
        for (ix, instance) in job.running() {
            let Some(own) = job.instance(ix, instance) else { continue };
            if matches!(own.state, InstanceState::Running(_)) {
                lost.push((job.place(ix, instance), own.attempt));
            }
        }
        let undoing = job.undo.as_ref().and_then(|undo| Some((undo.present()?, undo.running()?)));
        lost.extend(undoing.map(|(at, attempt)| (at.clone(), attempt)));
        if !job.is_over() {
            self.unfinished.insert(Arc::clone(id));
        }
        let why = || "the process that performed it is gone".to_owned();
        let lost = lost.into_iter().map(|(at, attempt)| Command::ReportLost { at, attempt, why: why() });
        // First of all it learns that; then whatever has become due.
        let first = lost.chain([Command::Tick]);
        let told = first.map(|command| Told { actor: Actor::Engine, cause: None, command, reply: None });
        live.asked.splice(0..0, told);
        self.hold_places(id);
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
            let Ok(Err(refused)) = answer.await else { return Report::Done };
            let at = At::new(Arc::clone(&key.step), key.instance);
            let end = ChildEnd::Failed(refused.to_string());
            Report::Command(key.job, Box::new(Command::ReportChild { at, attempt: key.attempt, end }))
        }));
        Ok(())
    }

    /// Answers whoever had a job opened.
    fn opened(&mut self, id: &JobId, opening: Opening) {
        match opening {
            Opening::Resume(reply) => {
                let _gone = reply.send(Ok(()));
            }
            Opening::Child(key, _, _) => {
                // It may have ended before whoever called was here to hear of it.
                let kept = self.jobs.get(id).filter(|live| live.busy.is_none());
                if let Some(end) = kept.and_then(|live| end_of(&live.job)) {
                    let at = At::new(Arc::clone(&key.step), key.instance);
                    self.next.push_back((key.job, Command::ReportChild { at, attempt: key.attempt, end }));
                }
            }
            Opening::Again => {}
        }
    }
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

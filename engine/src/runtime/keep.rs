//! From what a job is asked to what is in the log: decide, append, and then, never before, do what follows.

use super::{Refused, Reply, Report, Runtime, live::Live, open::end_of};
use crate::{
    command::{CacheHit, Command},
    decide::decide_once,
    event::{Actor, At, Event, Recorded},
    id::{JobId, Name},
    job::JobState,
    port::{AppendError, LogError},
    rejection::Rejection,
};
use std::{future::poll_fn, mem, sync::Arc, task::Poll};

/// Something that a job is asked.
pub(super) struct Told {
    pub(super) actor: Actor,
    /// The message from outside that it is, if it may come again.
    pub(super) cause: Option<Name>,
    pub(super) command: Command,
    /// Who waits for the answer, if anybody does.
    pub(super) reply: Option<Reply>,
}

impl Told {
    /// Makes one that nobody but the engine asks.
    pub(super) const fn new(command: Command) -> Self {
        Self { actor: Actor::Engine, cause: None, command, reply: None }
    }

    /// Returns who asks: what came of an attempt a worker says, whoever hands it on.
    const fn actor(&self) -> &Actor {
        match self.command {
            Command::ReportOutcome { .. } => &Actor::Worker,
            _ => &self.actor,
        }
    }

    pub(super) fn answer(&mut self, answer: Result<(), Refused>) {
        if let Some(reply) = self.reply.take() {
            // Whoever asked may have gone; what was asked is done all the same.
            let _gone = reply.send(answer);
        }
    }
}

/// What a job waits for before it decides again.
pub(super) enum Busy {
    /// That its decisions are kept.
    Appending(Vec<Decided>),
    /// That its events are read.
    Loading,
}

/// Something that a job was asked, and what it decided.
pub(super) struct Decided {
    pub(super) told: Told,
    pub(super) events: Result<Vec<Arc<Recorded>>, Rejection>,
}

/// How many events are appended at once, about: what is asked beyond them waits for the next append.
const BATCH: usize = 5_000;

impl Runtime {
    /// Asks a job something.
    pub(super) async fn ask(&mut self, id: &JobId, mut told: Told) -> Result<(), LogError> {
        let Some(live) = self.jobs.get_mut(id) else {
            told.answer(Err(Refused::Rejected(Rejection::Absent)));
            return Ok(());
        };
        live.asked.push(told);
        if live.busy.is_none() { self.decide(id).await } else { Ok(()) }
    }

    /// Has a job decide on all that it was asked, and appends what it decided.
    pub(super) async fn decide(&mut self, id: &JobId) -> Result<(), LogError> {
        loop {
            let Some(live) = self.jobs.get_mut(id) else { return Ok(()) };
            let (now, expected) = (self.world.clock.now(), live.job.seq);
            let (mut decided, mut events) = (Vec::new(), Vec::new());
            let mut asked = mem::take(&mut live.asked).into_iter();
            while events.len() < BATCH
                && let Some(told) = asked.next()
            {
                let (cause, policy) = (told.cause.as_ref(), &*self.world.policy);
                let answer = decide_once(&mut live.job, told.actor(), cause, &told.command, now, policy);
                let is_broken = matches!(answer, Err(Rejection::Broken(_)));
                events.extend(answer.iter().flatten().map(Arc::clone));
                decided.push(Decided { told, events: answer });
                if is_broken {
                    // It broke off midway and left the job half changed: what was decided before it is decided again.
                    let mut broken = decided.pop().into_iter();
                    let again = decided.into_iter().map(|it| it.told);
                    live.asked = again.chain(asked).collect();
                    broken.by_ref().for_each(Decided::answer);
                    self.load_again(id);
                    return Ok(());
                }
            }
            live.asked.extend(asked);
            live.busy = Some(Busy::Appending(decided));
            if events.is_empty() {
                self.kept(id);
            } else {
                let (log, job) = (Arc::clone(&self.world.log), Arc::clone(id));
                let mut append = Box::pin(async move { log.append(&job, expected, events).await });
                // A log that answers at once keeps the order in which things were asked.
                match poll_fn(|context| Poll::Ready(append.as_mut().poll(context))).await {
                    Poll::Ready(Ok(())) => self.kept(id),
                    Poll::Ready(Err(error)) => return self.not_kept(id, error),
                    Poll::Pending => {
                        let job = Arc::clone(id);
                        self.tasks.push(Box::pin(async move { Report::Appended(job, append.await) }));
                        return Ok(());
                    }
                }
            }
            if self.jobs.get(id).is_none_or(|live| live.asked.is_empty()) {
                return Ok(());
            }
        }
    }

    /// Hears from the log, which took its time.
    pub(super) async fn appended(
        &mut self,
        id: &JobId,
        appended: Result<(), AppendError>,
    ) -> Result<(), LogError> {
        match appended {
            Ok(()) => self.kept(id),
            Err(error) => return self.not_kept(id, error),
        }
        if self.jobs.get(id).is_some_and(|live| !live.asked.is_empty()) {
            return self.decide(id).await;
        }
        Ok(())
    }

    /// Does what follows once decisions are in the log.
    fn kept(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get_mut(id) else { return };
        let Some(Busy::Appending(decided)) = live.busy.take() else { return };
        let mut is_changed = false;
        for decided in decided {
            if let Ok(events) = &decided.events
                && !events.is_empty()
            {
                is_changed = true;
                self.follow(id, &decided.told, events);
            }
            decided.answer();
        }
        if is_changed {
            self.ended(id);
        } else if self.jobs.get(id).is_some_and(|live| matches!(live.job.state, JobState::Absent)) {
            // It was to begin, and must not.
            return self.refuse(id, &Refused::Rejected(Rejection::Absent));
        }
        // What a job is still to learn was lost must not be begun again.
        let is_lost = |told: &Told| matches!(told.command, Command::ReportLost { .. });
        if self.jobs.get(id).is_some_and(|live| !live.asked.iter().any(is_lost)) {
            self.react(id);
        }
        let is_over = |live: &Live| live.asked.is_empty() && live.busy.is_none() && live.job.is_over();
        if self.is_forgetful && self.jobs.get(id).is_some_and(is_over) {
            self.release(id);
        }
    }

    /// Does what follows from one decision.
    fn follow(&mut self, id: &JobId, told: &Told, events: &[Arc<Recorded>]) {
        let Some(live) = self.jobs.get(id) else { return };
        self.observer.changed(&live.job, told.actor(), &told.command, events);
        for recorded in events {
            if let Event::StepSucceeded(done) = &recorded.event
                && let Some(key) = done.cache_key
            {
                let (results, job, made_at) = (Arc::clone(&self.world.results), Arc::clone(id), recorded.at);
                let (outputs, artifacts) = (Arc::clone(&done.outputs), Arc::clone(&done.artifacts));
                let result = CacheHit { job, made_at, outputs, artifacts };
                self.tasks.push(Box::pin(async move {
                    results.keep(key, result).await;
                    Report::Done
                }));
            }
        }
    }

    /// Takes note of whether a job is over, and tells whoever called it.
    pub(super) fn ended(&mut self, id: &JobId) {
        let Some(live) = self.jobs.get(id) else { return };
        if live.job.is_over() {
            self.unfinished.remove(id);
        } else {
            self.unfinished.insert(Arc::clone(id));
        }
        let parent = live.job.created.as_ref().and_then(|created| created.parent.clone());
        if let (Some(parent), Some(end)) = (parent, end_of(&live.job)) {
            let at = At::new(Arc::clone(&parent.step), parent.instance);
            self.tell(parent.job, Command::ReportChild { at, attempt: parent.attempt, end });
        }
    }

    /// Does what follows if decisions are not in the log.
    fn not_kept(&mut self, id: &JobId, error: AppendError) -> Result<(), LogError> {
        let Some(live) = self.jobs.get_mut(id) else { return Ok(()) };
        let Some(Busy::Appending(decided)) = live.busy.take() else { return Ok(()) };
        match error {
            AppendError::Fenced => {
                live.asked.extend(decided.into_iter().map(|it| it.told));
                self.release(id);
                Ok(())
            }
            AppendError::Conflict { .. } => {
                let again = decided.into_iter().map(|it| it.told);
                live.asked = again.chain(mem::take(&mut live.asked)).collect();
                if live.asked.iter().any(|told| matches!(told.command, Command::Submit(_))) {
                    // There is such a job, and it is not this one.
                    self.refuse(id, &Refused::Rejected(Rejection::Exists));
                    return Ok(());
                }
                // Somebody else decided: see what, and decide again.
                self.load_again(id);
                Ok(())
            }
            // The runtime ends, and with it all it knows that the log does not.
            AppendError::Log(error) => {
                for mut decided in decided {
                    decided.told.answer(Err(Refused::Log(error.clone())));
                }
                Err(error)
            }
        }
    }

    /// Lets go of a job that could not be opened.
    pub(super) fn refuse(&mut self, id: &JobId, why: &Refused) {
        self.unfinished.remove(id);
        for mut told in self.jobs.remove(id).into_iter().flat_map(|live| live.asked) {
            told.answer(Err(why.clone()));
        }
    }
}

impl Decided {
    fn answer(self) {
        let Self { mut told, events } = self;
        told.answer(events.map(|_| ()).map_err(Refused::Rejected));
    }
}

//! From a job and a command to events, or to the reason why not.
//!
//! A decision applies each event as it makes it, by the same [`Job::evolve`] that recovery uses, and so what comes
//! later in it sees what came before. Everything that may be refused is refused before the first event; a refused job
//! is unchanged. Consequences follow at once: a decision ends when nothing more can happen by itself.
//!
//! The function words: `take_…` treats a command, `advance` what follows from it, `begin_…` starts something,
//! `end_…` ends it.

mod advance;
mod approval;
mod asked;
mod begin;
mod control;
mod end;
mod give_up;
mod loss;
mod report;
mod submit;
mod tick;
mod torn;
mod undo;

pub(crate) use submit::slot;

use crate::{
    command::Command,
    event::{Actor, At, Event, Recorded},
    evolve::Corrupt,
    id::Name,
    job::{Instance, Job, JobState, StepIx},
    port::Policy,
    rejection::Rejection,
    request::FailureClass,
};
use std::sync::Arc;

/// Decides.
///
/// `now` is in milliseconds since 1970-01-01 UTC; a time before that of the last event counts as that.
///
/// # Errors
/// Why the command is refused. After [`Rejection::Broken`], a defect, the job is worth nothing and has to be folded anew
/// from its log; after any other it is unchanged.
pub fn decide(
    job: &mut Job,
    actor: &Actor,
    command: &Command,
    now: i64,
    policy: &dyn Policy,
) -> Result<Vec<Arc<Recorded>>, Rejection> {
    decide_once(job, actor, None, command, now, policy)
}

/// Decides on a message from outside, which may arrive more than once: nothing follows from one that led to events
/// before.
///
/// # Errors
/// As those of [`decide`].
pub fn decide_once(
    job: &mut Job,
    actor: &Actor,
    cause: Option<&Name>,
    command: &Command,
    now: i64,
    policy: &dyn Policy,
) -> Result<Vec<Arc<Recorded>>, Rejection> {
    if cause.is_some_and(|cause| job.causes.contains(cause)) {
        return Ok(Vec::new());
    }
    let now = now.max(job.updated_at);
    let (actor, cause) = (actor.clone(), cause.cloned());
    let mut decision = Decision { job, policy, now, actor, cause, events: Vec::new(), broken: None };
    decision.take(command)?;
    decision.actor = Actor::Engine;
    decision.advance();
    match decision.broken {
        Some(corrupt) => Err(Rejection::Broken(corrupt)),
        None => Ok(decision.events),
    }
}

pub(crate) struct Decision<'a> {
    pub(crate) job: &'a mut Job,
    policy: &'a dyn Policy,
    now: i64,
    actor: Actor,
    /// The message that is decided on, until its first event.
    cause: Option<Name>,
    events: Vec<Arc<Recorded>>,
    broken: Option<Corrupt>,
}

impl Decision<'_> {
    fn take(&mut self, command: &Command) -> Result<(), Rejection> {
        if let Command::Submit(submit) = command {
            return self.take_submit(submit);
        }
        if matches!(self.job.state, JobState::Absent) {
            return Err(Rejection::Absent);
        }
        match command {
            Command::Submit(_) => Ok(()),
            Command::ReportOutcome { at, attempt, outcome } => self.take_outcome(at, *attempt, outcome),
            Command::ReportLost { at, attempt, why } => self.take_lost(at, *attempt, why),
            Command::ReportChild { at, attempt, end } => self.take_child(at, *attempt, end),
            Command::Tick => {
                self.take_tick();
                Ok(())
            }
            Command::GrantSlot { at } => self.take_slot(at.as_ref()),
            Command::RefuseSlot { at, why } => self.take_refused_slot(at.as_ref(), why),
            Command::ReportCache { at, found } => self.take_cache(at, found),
            Command::DecideApproval(answer) => self.take_answer(answer),
            Command::SendSignal { name, body } => self.take_signal(name, body),
            Command::CancelJob => self.take_cancel(false),
            Command::KillJob => self.take_cancel(true),
            Command::PauseJob => self.take_pause(),
            Command::ResumeJob => self.take_resume(),
            Command::RetryJob => self.take_retry(),
            Command::RetryStep { step } => self.take_retry_step(step),
            Command::SkipStep { at } => self.take_skip(at),
            Command::SettleStep { at, verdict } => self.take_settlement(at, *verdict),
            Command::UndoJob => self.take_undo(),
        }
    }

    /// Makes an event: applies it and keeps it.
    pub(crate) fn emit(&mut self, event: Event) {
        if self.broken.is_some() {
            return;
        }
        let recorded = Recorded {
            seq: self.job.seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            caused_by: self.cause.take(),
            event,
        };
        match self.job.evolve(&recorded) {
            Ok(()) => self.events.push(Arc::new(recorded)),
            Err(corrupt) => self.broken = Some(corrupt),
        }
    }

    /// Ends an instance badly, without another attempt.
    fn fail(&mut self, ix: StepIx, instance: u32, class: FailureClass, message: impl Into<String>) {
        let (at, message) = (self.job.place(ix, instance), message.into());
        let result = crate::event::Values::default();
        self.emit(Event::StepFailed { at, class, message, result, log: None, retry_at: None });
    }

    /// Checks that what waits may still be answered.
    fn must_wait(&self) -> Result<(), Rejection> {
        let is_waiting =
            matches!(self.job.state, JobState::Running { stopping: None }) && self.job.undo.is_none();
        if is_waiting { Ok(()) } else { Err(Rejection::NotAsked) }
    }

    /// Finds an instance that has begun.
    fn find(&self, at: &At) -> Result<(StepIx, &Instance), Rejection> {
        self.job.at(at).ok_or_else(|| Rejection::NoSuchStep { step: Arc::clone(&at.step) })
    }

    fn find_step(&self, step: &Name) -> Result<StepIx, Rejection> {
        self.job.shape.find(step).ok_or_else(|| Rejection::NoSuchStep { step: Arc::clone(step) })
    }
}

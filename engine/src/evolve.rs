//! From a state and an event to the next state: one total match, and the only place that changes a [`Job`].
//!
//! An event that cannot follow is [`Corrupt`], never a panic. Each arm checks before it changes anything.

mod instance;
mod life;
mod step;
mod undo;

use crate::{
    event::{Event, Recorded},
    job::{Approval, Due, Instance, InstanceState, Items, Job, JobState, Stopping, step::CacheQuestion},
    request::Stopped,
};
use std::{fmt, sync::Arc};

/// Why an event cannot follow: the log cannot be what it is, and the job must not be touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrupt {
    /// The number of the event.
    pub seq: u64,
    /// What is wrong.
    pub why: String,
}

impl std::error::Error for Corrupt {}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} cannot be: {}", self.seq, self.why)
    }
}

impl Job {
    /// Takes the next event.
    ///
    /// # Errors
    /// If it cannot follow. The job is then as it was before it.
    pub fn evolve(&mut self, recorded: &Recorded) -> Result<(), Corrupt> {
        let corrupt = |why: String| Corrupt { seq: recorded.seq, why };
        if recorded.seq != self.seq + 1 {
            return Err(corrupt(format!("the one before it has the number {}", self.seq)));
        }
        if let Some(cause) = recorded.caused_by.as_ref().filter(|cause| self.causes.contains(*cause)) {
            return Err(corrupt(format!("the message {cause} led to an event before")));
        }
        self.must_fit(&recorded.event).map_err(corrupt)?;
        self.apply(recorded.at, &recorded.actor, &recorded.event).map_err(corrupt)?;
        self.causes.extend(recorded.caused_by.clone());
        self.seq = recorded.seq;
        self.updated_at = recorded.at;
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "one total match; each arm is a line or two")]
    fn apply(&mut self, now: i64, actor: &crate::event::Actor, event: &Event) -> Result<(), String> {
        match event {
            Event::JobCreated(created) => {
                if created.plan != self.shape.digest {
                    return Err(format!("it runs the plan {}, not {}", created.plan, self.shape.digest));
                }
                self.created = Some(Arc::new(created.clone()));
                self.created_at = now;
                self.state = JobState::Planned;
            }
            Event::JobQueued { slot, until } => {
                self.state = JobState::Queued { slot: slot.clone(), until: *until };
                self.timers.extend(until.map(|until| (until, Due::Queue)));
            }
            Event::JobStarted { deadline } => self.start(*deadline),
            Event::JobPaused => self.paused_by = Some(actor.to_string().into()),
            Event::JobResumed => self.paused_by = None,
            Event::JobCancelRequested { kill } => {
                self.stop(if *kill { Stopping::Kill } else { Stopping::Cancel });
            }
            Event::JobExpired => self.stop(Stopping::Expired),
            Event::JobRetried { steps } => self.reopen(steps)?,
            Event::JobSucceeded { outputs } => {
                self.outputs = Arc::clone(outputs);
                self.end(JobState::Succeeded);
            }
            Event::JobFailed { cause } => self.end(JobState::Failed { cause: cause.clone() }),
            Event::JobCancelled => self.end(JobState::Cancelled),
            Event::JobTimedOut => self.end(JobState::TimedOut),

            Event::FanOutExpanded { step, over, keys, parallel } => {
                let ix = self.find(step)?;
                self.begin(ix, Some(Items::new(over, keys.clone(), *parallel)?))?;
            }
            Event::StepStarted(started) => self.started(now, started)?,
            Event::StepSucceeded(done) => {
                let place = self.expect(&done.at, |_| true)?;
                self.gave(place, &done.outputs, &done.artifacts);
                self.set(place, InstanceState::Succeeded);
            }
            Event::StepFailed { at, class, message, retry_at, .. } => {
                self.ensure_one(at)?;
                let place = self.expect(at, |_| true)?;
                let (class, message) = (class.clone(), Arc::from(message.as_str()));
                let state = match retry_at {
                    Some(retry_at) => InstanceState::Retry { at: *retry_at, class, message },
                    None => InstanceState::Failed { class, message },
                };
                self.change(place, |instance| instance.lost = 0);
                self.set(place, state);
                self.note_failure(place.0);
            }
            Event::StepOutcomeUnknown { at, why } => {
                let place = self.expect(at, |it| matches!(it.state, InstanceState::Running(_)))?;
                self.set(place, InstanceState::Unknown { why: why.as_str().into() });
            }
            Event::StepLost { at, .. } => {
                let was_begun = |it: &Instance| {
                    matches!(it.state, InstanceState::Running(_) | InstanceState::Unknown { .. })
                };
                let place = self.expect(at, was_begun)?;
                self.change(place, |instance| {
                    instance.spared += 1;
                    // Of what a person has tried again they know that it took no effect.
                    if matches!(instance.state, InstanceState::Running(_)) {
                        instance.lost += 1;
                    }
                });
                self.set(place, InstanceState::Open);
            }
            Event::StepSkipped { at, whole: true, why } => self.skip(&at.step, why)?,
            Event::StepSkipped { at, whole: false, .. } => {
                let is_idle = |it: &Instance| {
                    !matches!(it.state, InstanceState::Running(_) | InstanceState::Child { .. })
                };
                let place = self.expect(at, is_idle)?;
                self.set(place, InstanceState::Skipped);
            }
            Event::StepBlocked { step, by } => self.block(step, by)?,
            Event::StepCancelled { at, stopped } => {
                let place = self.expect(at, |_| true)?;
                if let Some(Stopped::Unconfirmed { why }) = stopped {
                    self.change(place, |instance| instance.doubt = Some(why.as_str().into()));
                }
                self.set(place, InstanceState::Cancelled);
            }
            Event::StepReused { at, outputs, artifacts, .. } => {
                let may = |it: &Instance| matches!(it.state, InstanceState::Open | InstanceState::Cache(_));
                let place = self.expect(at, may)?;
                self.gave(place, outputs, artifacts);
                self.change(place, |instance| instance.is_reused = true);
                self.set(place, InstanceState::Succeeded);
            }
            Event::CacheAsked { at, key, ttl } => {
                let place = self.expect(at, is_open)?;
                self.set(place, InstanceState::Cache(Box::new(CacheQuestion { key: *key, ttl: *ttl })));
            }
            Event::CacheMissed { at, .. } => {
                let place = self.expect(at, |it| matches!(it.state, InstanceState::Cache(_)))?;
                self.change(place, |instance| {
                    if let InstanceState::Cache(question) = &instance.state {
                        instance.missed_cache = Some(question.key);
                    }
                });
                self.set(place, InstanceState::Open);
            }
            Event::RoundFinished { at, round, next_at } => {
                let place = self.expect(at, |it| it.round + 1 == *round)?;
                self.change(place, |instance| {
                    instance.round = *round;
                    (instance.tries, instance.spared, instance.lost) = (0, 0, 0);
                });
                self.set(place, InstanceState::Round { at: *next_at });
            }

            Event::TimerSet { at, until, signal } => {
                let place = self.expect(at, is_open)?;
                self.change(place, |instance| instance.tries += 1);
                self.set(place, InstanceState::Timer { until: *until, signal: signal.clone() });
            }
            Event::TimerFired { at } => {
                let waits = |it: &Instance| {
                    matches!(it.state, InstanceState::Retry { .. } | InstanceState::Round { .. })
                };
                let place = self.expect(at, waits)?;
                self.set(place, InstanceState::Open);
            }
            Event::SignalReceived { name, body } => {
                self.signals.insert(Arc::clone(name), body.clone());
            }
            Event::SlotRequested { at, slot } => {
                let place = self.expect(at, |it| is_open(it) && !it.has_slot)?;
                self.set(place, InstanceState::Slot(Box::new(slot.clone())));
            }
            Event::SlotTaken { at: Some(at) } => {
                let place = self.expect(at, |it| matches!(it.state, InstanceState::Slot(_)))?;
                if let Some(InstanceState::Slot(slot)) =
                    self.instance(place.0, place.1).map(|it| it.state.clone())
                {
                    self.note_given(now, &slot);
                }
                self.change(place, |instance| instance.has_slot = true);
                self.set(place, InstanceState::Open);
            }
            Event::SlotTaken { at: None } => {
                self.timers.retain(|(_, due)| *due != Due::Queue);
                if let JobState::Queued { slot, .. } = std::mem::replace(&mut self.state, JobState::Planned) {
                    self.note_given(now, &slot);
                }
            }

            Event::SlotLost { at, why } => {
                let holds = |it: &Instance| it.has_slot && it.evicted.is_none() && is_performed(it);
                let place = self.expect(at, holds)?;
                self.change(place, |instance| instance.evicted = Some(why.as_str().into()));
            }

            Event::ApprovalRequested(asked) => {
                let place = self.expect(&asked.at, is_open)?;
                if asked.is_step {
                    self.change(place, |instance| instance.tries += 1);
                }
                let approval = Approval { asked: asked.clone(), given: Vec::new() };
                self.set(place, InstanceState::Approval(Box::new(approval)));
            }
            Event::ApprovalGiven { at, subject, by } => self.agreed(at, *subject, by)?,
            // The failure that follows from it is an event of its own.
            Event::ApprovalRefused { at, .. } => {
                self.expect(at, |it| matches!(it.state, InstanceState::Approval(_)))?;
            }

            Event::ChildStarted { at, attempt, job, deadline, .. } => {
                let place = self.expect(at, |it| is_open(it) && it.attempt + 1 == *attempt)?;
                self.change(place, |instance| {
                    instance.attempt = *attempt;
                    instance.tries += 1;
                });
                let (job, deadline) = (Arc::clone(job), *deadline);
                self.set(place, InstanceState::Child { job, deadline, is_expired: false });
            }
            Event::ChildExpired { at } => {
                let place =
                    self.expect(at, |it| matches!(it.state, InstanceState::Child { is_expired: false, .. }))?;
                let state = self.instance(place.0, place.1).map(|instance| instance.state.clone());
                if let Some(InstanceState::Child { job, deadline, .. }) = state {
                    self.set(place, InstanceState::Child { job, deadline, is_expired: true });
                }
            }

            Event::UndoStarted { order } => self.start_undo(order)?,
            Event::UndoStepStarted { .. }
            | Event::UndoStepSucceeded { .. }
            | Event::UndoStepFailed { .. }
            | Event::UndoStepLost { .. }
            | Event::UndoStepUnknown { .. }
            | Event::UndoFinished => self.undoing(event)?,
        }
        Ok(())
    }
}

const fn is_performed(instance: &Instance) -> bool {
    matches!(instance.state, InstanceState::Running(_) | InstanceState::Child { .. })
}

const fn is_open(instance: &Instance) -> bool {
    matches!(instance.state, InstanceState::Open)
}

//! The job as a whole: what may follow, how it starts, is stopped, ends, and goes on after its end.

use crate::{
    event::{Event, Slot},
    id::Name,
    job::{Due, Instance, InstanceState, Job, JobState, Status, StepIx, StepState, Stopping, step::Ended},
};
use std::{collections::BTreeSet, sync::Arc};

impl Job {
    /// Checks that an event of this kind can follow at all, as the job stands.
    pub(super) fn must_fit(&self, event: &Event) -> Result<(), String> {
        let state = &self.state;
        let is_running = matches!(state, JobState::Running { .. });
        let is_absent = matches!(state, JobState::Absent);
        let fits = match event {
            Event::JobCreated(_) => is_absent,
            Event::JobQueued { .. } | Event::JobStarted { .. } => matches!(state, JobState::Planned),
            Event::SlotTaken { at: None } => matches!(state, JobState::Queued { .. }),
            Event::JobPaused | Event::JobResumed | Event::JobFailed { .. } | Event::SignalReceived { .. } => {
                !is_absent && !state.is_final()
            }
            Event::JobCancelRequested { kill } => {
                !is_absent
                    && (!state.is_final() || (*kill && self.undo.as_ref().is_some_and(|it| !it.is_finished)))
            }
            Event::JobExpired => matches!(state, JobState::Running { stopping: None }),
            Event::JobRetried { .. } => {
                self.undo.is_none()
                    && matches!(
                        state,
                        JobState::Running { stopping: None } | JobState::Failed { .. } | JobState::TimedOut
                    )
            }
            Event::JobSucceeded { .. } => matches!(state, JobState::Running { stopping: None }),
            Event::JobCancelled | Event::JobTimedOut => self.stopping().is_some(),
            Event::UndoStarted { .. }
            | Event::UndoStepStarted { .. }
            | Event::UndoStepSucceeded { .. }
            | Event::UndoStepFailed { .. }
            | Event::UndoStepLost { .. }
            | Event::UndoStepUnknown { .. }
            | Event::UndoFinished => is_running || state.is_final(),
            // Before the job starts a step can be taken over from an earlier execution, or be skipped.
            Event::FanOutExpanded { .. } | Event::StepReused { .. } | Event::StepSkipped { .. } => {
                !is_absent && !state.is_final()
            }
            Event::StepStarted(_)
            | Event::ChildStarted { .. }
            | Event::CacheAsked { .. }
            | Event::SlotRequested { .. }
            | Event::TimerSet { .. }
            | Event::ApprovalRequested(_)
            | Event::RoundFinished { .. } => is_running && self.stopping().is_none(),
            Event::StepSucceeded(_)
            | Event::StepFailed { .. }
            | Event::StepOutcomeUnknown { .. }
            | Event::StepLost { .. }
            | Event::StepBlocked { .. }
            | Event::StepCancelled { .. }
            | Event::CacheMissed { .. }
            | Event::TimerFired { .. }
            | Event::SlotTaken { at: Some(_) }
            | Event::SlotLost { .. }
            | Event::ApprovalGiven { .. }
            | Event::ApprovalRefused { .. }
            | Event::ChildExpired { .. } => is_running,
        };
        if fits { Ok(()) } else { Err(format!("it cannot follow while the job is {}", state.as_str())) }
    }

    pub(super) fn start(&mut self, deadline: Option<i64>) {
        self.state = JobState::Running { stopping: None };
        self.deadline = deadline;
        self.timers.extend(deadline.map(|deadline| (deadline, Due::Job)));
        let begins = |step: &StepState| step.unmet == 0 && step.status == Status::Pending;
        self.ready = (0..self.steps.len()).filter(|&ix| self.steps.get(ix).is_some_and(begins)).collect();
    }

    /// Keeps when a place was given, if only so many are in a span.
    pub(super) fn note_given(&mut self, now: i64, slot: &Slot) {
        let Some((rate, _)) = slot.rate else { return };
        let given = self.given.entry(Arc::clone(&slot.group)).or_default();
        given.push_back(now);
        while usize::try_from(rate).is_ok_and(|rate| given.len() > rate) {
            given.pop_front();
        }
    }

    pub(super) fn stop(&mut self, why: Stopping) {
        if let Some(undo) = self.undo.as_mut().filter(|undo| !undo.is_finished && why == Stopping::Kill) {
            // The end of the job was known before, and stays what it is.
            undo.is_killed = true;
            return;
        }
        if self.state.is_final() {
            return;
        }
        // What waits will wait no more; what is performed is heard of.
        self.timers.clear();
        self.state = JobState::Running { stopping: Some(why) };
    }

    /// Ends the job. What waits is stopped with it. What had not begun is blocked, unless somebody wanted the end.
    pub(super) fn end(&mut self, state: JobState) {
        let unbegun = if matches!(state, JobState::Cancelled) { Status::Cancelled } else { Status::Blocked };
        for ix in 0..self.steps.len() {
            self.cancel_rest(ix, unbegun);
        }
        self.state = state;
        self.paused_by = None;
        self.timers.clear();
        self.ready.clear();
        self.open.clear();
    }

    fn cancel_rest(&mut self, ix: StepIx, unbegun: Status) {
        let Some(step) = self.steps.get(ix).filter(|step| !step.status.is_final()) else { return };
        if step.instances.is_empty() {
            self.close(ix, unbegun, None);
            return;
        }
        let rest: Vec<u32> = (0..)
            .zip(&step.instances)
            .filter(|(_, instance)| !instance.state.status().is_final())
            .map(|(at, _)| at)
            .collect();
        for at in rest {
            self.set((ix, at), InstanceState::Cancelled);
        }
    }

    /// Makes steps as they were before they began. A job that has ended is to start once more.
    pub(super) fn reopen(&mut self, steps: &[Name]) -> Result<(), String> {
        let reopened = steps.iter().map(|name| self.find(name)).collect::<Result<BTreeSet<_>, _>>()?;
        for &ix in &reopened {
            let keeps = !self.shape.incoming(ix).iter().any(|(from, _)| reopened.contains(from));
            if let Some(step) = self.steps.get_mut(ix) {
                if step.status.is_final() {
                    self.unfinished += 1;
                }
                *step = anew(step, keeps);
            }
            self.ready.remove(&ix);
            self.open.remove(&ix);
        }
        for &ix in &reopened {
            let is_over = |from: StepIx| self.steps.get(from).is_some_and(|step| step.status.is_final());
            let unmet = self.shape.incoming(ix).iter().filter(|(from, _)| !is_over(*from)).count();
            let is_approved = unmet == 0 && self.is_approved_above(ix);
            let Some(step) = self.steps.get_mut(ix) else { continue };
            (step.unmet, step.is_approved) = (unmet, is_approved);
            if !step.instances.is_empty() {
                self.open.insert(ix);
            } else if unmet == 0 {
                self.ready.insert(ix);
            }
        }
        self.failing = None;
        for ix in 0..self.steps.len() {
            self.note_failure(ix);
        }
        self.gives_up = false;
        if self.state.is_final() {
            self.deadline = None;
            self.state = JobState::Planned;
        }
        Ok(())
    }
}

/// Returns a step as it was before it began. Of a fan-out that failed, the instances that went well stay, if all it
/// waits for stays as it is, too.
fn anew(step: &StepState, keeps: bool) -> StepState {
    let attempts = step.instances.iter().map(|it| it.attempt).max().unwrap_or(0).max(step.attempts);
    let went_well = |it: &Instance| matches!(it.state, InstanceState::Succeeded | InstanceState::Skipped);
    let fresh = StepState { attempts, ..StepState::new(0) };
    if !keeps
        || step.fan_out.is_none()
        || matches!(step.status, Status::Succeeded | Status::Skipped)
        || !step.instances.iter().any(went_well)
    {
        return fresh;
    }
    let again = |it: &Instance| {
        if went_well(it) { it.clone() } else { Instance { attempt: attempts, ..Instance::default() } }
    };
    let instances: Vec<_> = step.instances.iter().map(again).collect();
    let mut ended = Ended::default();
    instances.iter().for_each(|it| ended.add(it.state.status()));
    let open =
        (0..).zip(&instances).filter(|(_, it)| it.state == InstanceState::Open).map(|(at, _)| at).collect();
    StepState { status: Status::Waiting, fan_out: step.fan_out.clone(), instances, open, ended, ..fresh }
}

//! What people do to a job: stop, hold, signal, go on after its end.

use super::Decision;
use crate::{
    event::{At, Event},
    id::Name,
    job::{InstanceState, JobState, Status, StepIx, Stopping},
    plan::{Action, OnFailure},
    rejection::Rejection,
    value::Value,
};
use std::{collections::BTreeSet, sync::Arc};

impl Decision<'_> {
    pub(super) fn take_cancel(&mut self, kill: bool) -> Result<(), Rejection> {
        // What is being taken back is not cut short but by force; the job then ends as it would have.
        if let Some(undo) = self.job.undo.as_ref().filter(|undo| !undo.is_finished) {
            if !kill {
                let why = "what the job did is being taken back; kill it to stop that".to_owned();
                return Err(Rejection::NotNow { why });
            }
            if !undo.is_killed {
                self.emit(Event::JobCancelRequested { kill });
            }
            return Ok(());
        }
        match &self.job.state {
            JobState::Planned | JobState::Queued { .. } => {
                self.emit(Event::JobCancelRequested { kill });
            }
            JobState::Running { stopping: None | Some(Stopping::Expired) } => {
                self.emit(Event::JobCancelRequested { kill });
            }
            JobState::Running { stopping: Some(Stopping::Cancel) } if kill => {
                self.emit(Event::JobCancelRequested { kill });
            }
            // Asked for before: nothing new.
            JobState::Running { stopping: Some(Stopping::Cancel | Stopping::Kill) } => {}
            JobState::Absent => return Err(Rejection::Absent),
            state @ (JobState::Succeeded
            | JobState::Failed { .. }
            | JobState::Cancelled
            | JobState::TimedOut) => return Err(Rejection::Over { state: state.as_str() }),
        }
        Ok(())
    }

    pub(super) fn take_pause(&mut self) -> Result<(), Rejection> {
        self.must_run()?;
        if self.job.paused_by.is_none() {
            self.emit(Event::JobPaused);
        }
        Ok(())
    }

    pub(super) fn take_resume(&mut self) -> Result<(), Rejection> {
        self.must_run()?;
        if self.job.paused_by.is_some() {
            self.emit(Event::JobResumed);
        }
        Ok(())
    }

    pub(super) fn take_signal(&mut self, name: &Name, body: &Value) -> Result<(), Rejection> {
        self.must_run()?;
        self.emit(Event::SignalReceived { name: Arc::clone(name), body: body.clone() });
        let mut waiting = Vec::new();
        for (ix, step) in self.job.steps.iter().enumerate().filter(|(_, step)| !step.status.is_final()) {
            for (at, instance) in (0..).zip(&step.instances) {
                if matches!(&instance.state, InstanceState::Timer { signal: Some(waits), .. } if waits == name)
                {
                    waiting.push((ix, at));
                }
            }
        }
        for (ix, at) in waiting {
            self.finish_signal(ix, at, body);
        }
        Ok(())
    }

    pub(super) fn take_retry(&mut self) -> Result<(), Rejection> {
        self.must_be_retryable()?;
        let steps = self.job.steps.iter().enumerate().filter(|(_, step)| match step.status {
            Status::Failed | Status::Blocked | Status::Cancelled => true,
            Status::Pending | Status::Waiting | Status::Running | Status::Succeeded | Status::Skipped => {
                false
            }
        });
        let steps: BTreeSet<StepIx> = steps.map(|(ix, _)| ix).collect();
        self.retry(&steps)
    }

    pub(super) fn take_retry_step(&mut self, step: &Name) -> Result<(), Rejection> {
        let ix = self.find_step(step)?;
        let status = self.job.steps.get(ix).map(|step| step.status);
        if !status.is_some_and(Status::is_final) {
            return Err(Rejection::NotNow { why: format!("step `{step}` has not ended") });
        }
        match self.job.state {
            JobState::Planned | JobState::Queued { .. } => {
                return Err(Rejection::NotNow { why: "the job has not begun".to_owned() });
            }
            JobState::Absent | JobState::Running { .. } => self.must_run()?,
            JobState::Succeeded | JobState::Failed { .. } | JobState::Cancelled | JobState::TimedOut => {
                self.must_be_retryable()?;
            }
        }
        let mut steps = BTreeSet::from([ix]);
        self.add_dependents(&mut steps);
        // If no other failure is left, the job may yet end well, and so all of it must have its chance.
        let others_failed = (0..self.job.steps.len()).any(|at| !steps.contains(&at) && self.has_failed(at));
        if self.job.state.is_final() && !others_failed {
            let stopped = self.job.steps.iter().enumerate().filter(|(_, step)| match step.status {
                Status::Blocked | Status::Cancelled => true,
                Status::Pending
                | Status::Waiting
                | Status::Running
                | Status::Succeeded
                | Status::Failed
                | Status::Skipped => false,
            });
            steps.extend(stopped.map(|(at, _)| at));
        }
        let begun = steps.iter().find(|&&at| {
            self.job.steps.get(at).is_some_and(|it| !it.status.is_final() && !it.instances.is_empty())
        });
        if let Some(&begun) = begun {
            let At { step: other, .. } = self.job.place(begun, 0);
            return Err(Rejection::NotNow {
                why: format!("step `{other}`, which waits for `{step}`, has begun; wait for its end"),
            });
        }
        self.retry(&steps)
    }

    /// Adds all that waits for these steps, however far: it saw their end and must see the new one.
    fn add_dependents(&self, steps: &mut BTreeSet<StepIx>) {
        let mut open: Vec<_> = steps.iter().copied().collect();
        while let Some(at) = open.pop() {
            open.extend(self.job.shape.outgoing(at).iter().copied().filter(|&next| steps.insert(next)));
        }
    }

    fn has_failed(&self, ix: StepIx) -> bool {
        let lets = self.job.shape.step(ix).is_none_or(|step| step.on_failure == OnFailure::Continue);
        !lets && self.job.steps.get(ix).is_some_and(|step| step.status == Status::Failed)
    }

    fn retry(&mut self, steps: &BTreeSet<StepIx>) -> Result<(), Rejection> {
        if steps.is_empty() {
            return Err(Rejection::NotNow { why: "no step failed; nothing is to be retried".to_owned() });
        }
        let steps = steps.iter().map(|&ix| self.job.place(ix, 0).step).collect();
        let was_over = self.job.state.is_final();
        self.emit(Event::JobRetried { steps });
        if was_over {
            self.actor = crate::event::Actor::Engine;
            self.begin_job();
        }
        Ok(())
    }

    pub(super) fn take_skip(&mut self, at: &At) -> Result<(), Rejection> {
        self.must_run()?;
        let ix = self.find_step(&at.step)?;
        let why = "a person skipped it".to_owned();
        if self.job.shape.step(ix).is_some_and(|step| matches!(step.action, Action::Approve(_))) {
            let why = format!("step `{}` asks people; what needs it goes on when they agree", at.step);
            return Err(Rejection::NotNow { why });
        }
        let step = self.job.steps.get(ix);
        let whole = step.is_some_and(|step| step.instances.is_empty());
        let status = match step.and_then(|step| step.instance(at.instance)) {
            Some(instance) => instance.state.status(),
            None if whole => step.map_or(Status::Pending, |step| step.status),
            None => {
                return Err(Rejection::NoSuchStep { step: format!("{}[{}]", at.step, at.instance).into() });
            }
        };
        match status {
            Status::Pending | Status::Waiting => {
                let at = if whole { At::new(Arc::clone(&at.step), 0) } else { at.clone() };
                self.emit(Event::StepSkipped { at, whole, why });
                Ok(())
            }
            Status::Running => {
                Err(Rejection::NotNow { why: format!("step `{}` runs; cancel the job to stop it", at.step) })
            }
            Status::Succeeded | Status::Failed | Status::Skipped | Status::Blocked | Status::Cancelled => {
                Err(Rejection::NotNow { why: format!("step `{}` has ended: {}", at.step, status.as_str()) })
            }
        }
    }

    fn must_run(&self) -> Result<(), Rejection> {
        if self.job.undo.as_ref().is_some_and(|undo| !undo.is_finished) {
            return Err(Rejection::NotNow { why: "what the job did is being taken back".to_owned() });
        }
        match &self.job.state {
            JobState::Absent => Err(Rejection::Absent),
            JobState::Planned | JobState::Queued { .. } | JobState::Running { stopping: None } => Ok(()),
            JobState::Running { stopping: Some(_) } => {
                Err(Rejection::NotNow { why: "the job is being stopped".to_owned() })
            }
            state @ (JobState::Succeeded
            | JobState::Failed { .. }
            | JobState::Cancelled
            | JobState::TimedOut) => Err(Rejection::Over { state: state.as_str() }),
        }
    }

    fn must_be_retryable(&self) -> Result<(), Rejection> {
        match &self.job.state {
            JobState::Failed { .. } | JobState::TimedOut if self.job.undo.is_some() => {
                Err(Rejection::NotNow {
                    why: "what the job did has been taken back; start it anew".to_owned(),
                })
            }
            JobState::Failed { .. } | JobState::TimedOut => Ok(()),
            JobState::Absent => Err(Rejection::Absent),
            state @ (JobState::Succeeded | JobState::Cancelled) => {
                Err(Rejection::Over { state: state.as_str() })
            }
            JobState::Planned | JobState::Queued { .. } | JobState::Running { .. } => {
                Err(Rejection::NotNow { why: "the job has not ended".to_owned() })
            }
        }
    }
}

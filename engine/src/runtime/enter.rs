//! How jobs come to a runtime: they are submitted, called by another, or in the log already.

use super::{Live, Refused, Runtime, end_of, load};
use crate::{
    command::{ChildEnd, Command, Submit},
    decide::decide,
    event::{Actor, At},
    id::{AttemptKey, JobId},
    job::{InstanceState, Job, JobState, Shape},
    port::{AppendError, LogError},
    rejection::Rejection,
};
use std::sync::Arc;

/// Why an attempt counts as lost that ran when its job was driven last.
const GONE: &str = "the process that performed it is gone";

impl Runtime {
    /// Starts the job of a call, or goes on with it if the log has it.
    pub(super) async fn start_child(
        &mut self,
        key: AttemptKey,
        shape: Arc<Shape>,
        submit: Submit,
    ) -> Result<(), LogError> {
        let child = Arc::clone(&submit.job);
        let refused = self.resume(vec![(Arc::clone(&child), Arc::clone(&shape))]).await?;
        let started = match refused.into_iter().next() {
            Some((_, Refused::Rejected(Rejection::Absent))) => {
                self.submit(shape, &Actor::Engine, submit).await
            }
            Some((_, refused)) => Err(refused),
            None => Ok(()),
        };
        let at = At::new(Arc::clone(&key.step), key.instance);
        match started {
            Ok(()) => {
                // It may have ended before whoever called was here to hear of it.
                let ended = self.jobs.get(&child).and_then(|live| end_of(&live.job));
                let report = |end| Command::ReportChild { at, attempt: key.attempt, end };
                if let Some(report) = ended.map(report) {
                    self.tell(key.job, report);
                }
            }
            Err(Refused::Log(error)) => return Err(error),
            Err(refused @ (Refused::Rejected(_) | Refused::Gone)) => {
                let end = ChildEnd::Failed(refused.to_string());
                self.tell(key.job, Command::ReportChild { at, attempt: key.attempt, end });
            }
        }
        Ok(())
    }

    pub(super) async fn submit(
        &mut self,
        shape: Arc<Shape>,
        actor: &Actor,
        submit: Submit,
    ) -> Result<(), Refused> {
        let id = Arc::clone(&submit.job);
        if self.jobs.contains_key(&id) {
            return Err(Refused::Rejected(Rejection::Exists));
        }
        let mut job = Job::new(shape);
        let (now, policy) = (self.world.clock.now(), &*self.world.policy);
        let command = Command::Submit(Box::new(submit));
        let events = decide(&mut job, actor, &command, now, policy).map_err(Refused::Rejected)?;
        match self.world.log.append(&id, 0, None, events.clone()).await {
            Ok(()) => {}
            Err(AppendError::Conflict { .. } | AppendError::Duplicate) => {
                return Err(Refused::Rejected(Rejection::Exists));
            }
            Err(AppendError::Log(error)) => return Err(Refused::Log(error)),
        }
        self.jobs.insert(Arc::clone(&id), Live::new(job));
        self.after(&id, actor, &command, &events);
        Ok(())
    }

    /// Goes on with jobs that the log has: folds all, gives those that hold places theirs, and only then lets them go on,
    /// those first that have begun. Returns those that cannot go on.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub(super) async fn resume(
        &mut self,
        jobs: Vec<(JobId, Arc<Shape>)>,
    ) -> Result<Vec<(JobId, Refused)>, LogError> {
        let (mut folded, mut refused) = (Vec::new(), Vec::new());
        for (id, shape) in jobs {
            if self.jobs.contains_key(&id) {
                continue;
            }
            match load(&*self.world.log, &id, shape).await {
                Ok(job) if matches!(job.state, JobState::Absent) => {
                    refused.push((id, Refused::Rejected(Rejection::Absent)));
                }
                Ok(job) => folded.push((id, job)),
                // The others can do without it.
                Err(error @ LogError::Corrupt(_)) => refused.push((id, Refused::Log(error))),
                Err(error) => return Err(error),
            }
        }
        // Who waited longest is first.
        folded.sort_by_key(|(_, job)| (matches!(job.state, JobState::Queued { .. }), job.created_at));
        for (id, job) in &folded {
            self.jobs.insert(Arc::clone(id), Live::new(job.clone()));
            self.hold_places(id);
        }
        for (id, job) in folded {
            for lost in underway(&job) {
                self.tell(Arc::clone(&id), lost);
            }
            // Whatever has become due, and what is owed, whether or not the reports are taken.
            self.tell(id, Command::Tick);
        }
        Ok(refused)
    }
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

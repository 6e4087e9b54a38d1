//! Those who start a job, answer what it asks, and send what it waits for.

#![expect(clippy::panic, reason = "a test may panic")]

use super::{
    bench::{Bench, person},
    case::signal,
    hands::Fault,
};
use engine::{
    command::{Command, Decide},
    event::{Actor, ApprovalRequested, At, Event, Recorded},
    id::{JobId, Name},
    job::{InstanceState, Job},
    rejection::Rejection,
    runtime::{Handle, Observer, Refused},
};
use futures_channel::mpsc;
use futures_util::StreamExt as _;
use std::sync::Arc;

/// What people hear of.
pub(crate) enum Notice {
    /// Something is asked.
    Asked(JobId, Box<ApprovalRequested>),
    /// Nobody knows what came of an attempt.
    Unknown(JobId, At),
    /// A signal is waited for.
    Waits(JobId, At, Name),
    /// An attempt runs.
    Started(JobId, At, u32),
    /// Something was reported.
    Reported(JobId, Box<Command>),
    /// A job is over.
    Over(JobId),
}

/// Tells them.
pub(crate) struct Listener(mpsc::UnboundedSender<Notice>);

impl Listener {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Notice>) {
        let (sender, notices) = mpsc::unbounded();
        (Self(sender), notices)
    }
}

impl Observer for Listener {
    fn changed(&mut self, job: &Job, _: &Actor, command: &Command, events: &[Arc<Recorded>]) {
        let id = || job.id();
        let mut notices = Vec::new();
        if let Command::ReportOutcome { .. } | Command::ReportChild { .. } = command {
            notices.push(Notice::Reported(id(), Box::new(command.clone())));
        }
        notices.extend(events.iter().filter_map(|recorded| match &recorded.event {
            Event::ApprovalRequested(asked) => Some(Notice::Asked(id(), Box::new(asked.clone()))),
            Event::StepOutcomeUnknown { at, .. } | Event::UndoStepUnknown { at, .. } => {
                Some(Notice::Unknown(id(), at.clone()))
            }
            Event::TimerSet { at, signal: Some(name), .. } => {
                Some(Notice::Waits(id(), at.clone(), Arc::clone(name)))
            }
            Event::StepStarted(started) => Some(Notice::Started(id(), started.at.clone(), started.attempt)),
            _ => None,
        }));
        if job.is_over() {
            notices.push(Notice::Over(id()));
        }
        for notice in notices {
            // Whoever listened may have gone home.
            let _gone = self.0.unbounded_send(notice);
        }
    }
}

/// Those who attend to a job.
pub(crate) struct People<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) handle: Handle,
    pub(crate) job: JobId,
    pub(crate) notices: mpsc::UnboundedReceiver<Notice>,
    /// What was reported so far.
    pub(crate) reports: Vec<(JobId, Command)>,
}

impl People<'_> {
    /// Starts a job, or goes on with it if it is known, and stays until it is over.
    pub(crate) async fn attend(mut self, known: &Job) -> Result<(), Refused> {
        let shape = Arc::clone(&self.bench.shape);
        if known.seq == 0 {
            self.handle.submit(shape, person(), self.bench.submit()).await?;
        } else {
            if let Some((_, refused)) =
                self.handle.resume(vec![(Arc::clone(&self.job), shape)]).await.into_iter().next()
            {
                return Err(refused);
            }
            if known.is_over() {
                return Ok(());
            }
            for notice in open_questions(known) {
                match self.treat(notice).await {
                    // The answer was in the log, and what follows from it was not.
                    Err(Refused::Rejected(Rejection::NotAsked)) => {}
                    treated => treated?,
                }
            }
        }
        while let Some(notice) = self.notices.next().await {
            if matches!(&notice, Notice::Over(job) if *job == self.job) {
                for (job, report) in &self.reports {
                    self.tell_again(job, report).await;
                }
                return Ok(());
            }
            self.treat(notice).await?;
        }
        Err(Refused::Gone)
    }

    async fn treat(&mut self, notice: Notice) -> Result<(), Refused> {
        let fault = &self.bench.fault;
        let (job, command) = match notice {
            Notice::Asked(job, asked) => {
                let agree = !matches!(fault, Fault::Refused(step) if **step == *asked.at.step);
                (job, Command::DecideApproval(Box::new(decision(*asked, agree))))
            }
            Notice::Unknown(job, at) => (job, Command::SettleStep { at, verdict: self.bench.settlement }),
            Notice::Waits(_, at, _) if matches!(fault, Fault::Unsent(step) if **step == *at.step) => {
                return Ok(());
            }
            // Nobody is waited for where all is a pretence.
            Notice::Waits(..) if self.bench.mock => return Ok(()),
            Notice::Waits(job, _, name) => {
                let body = signal(&name);
                (job, Command::SendSignal { name, body })
            }
            Notice::Started(job, at, attempt)
                if matches!(fault, Fault::Lost(step) if **step == *at.step) && attempt == 1 =>
            {
                let why = "its worker is gone".to_owned();
                (job, Command::ReportLost { at, attempt, why })
            }
            Notice::Reported(job, report) => {
                if self.bench.twice {
                    self.tell_again(&job, &report).await;
                    self.reports.push((job, *report));
                }
                return Ok(());
            }
            Notice::Started(..) | Notice::Over(_) => return Ok(()),
        };
        self.handle.command(job, person(), command).await
    }

    async fn tell_again(&self, job: &JobId, report: &Command) {
        let told = self.handle.command(Arc::clone(job), Actor::Worker, report.clone()).await;
        match told {
            Err(Refused::Rejected(Rejection::Fenced { .. })) => {}
            told => panic!("{}: {report:?}, told again: {told:?}", self.bench.case.name),
        }
    }
}

fn decision(asked: ApprovalRequested, agree: bool) -> Decide {
    Decide {
        at: asked.at,
        subject: asked.subject,
        agree,
        by: "user:ada".into(),
        groups: Vec::new(),
        is_owner: true,
        comment: (!agree).then(|| "not today".to_owned()),
        phrase: asked.phrase,
    }
}

/// Returns what was asked and not answered before somebody came to look.
fn open_questions(job: &Job) -> Vec<Notice> {
    let mut open = Vec::new();
    let undo = job.undo.as_ref().filter(|undo| undo.unknown().is_some());
    open.extend(undo.and_then(|undo| undo.present()).map(|at| Notice::Unknown(job.id(), at.clone())));
    for (ix, step) in job.steps.iter().enumerate() {
        for (number, instance) in (0..).zip(&step.instances) {
            let at = job.place(ix, number);
            open.extend(match &instance.state {
                InstanceState::Approval(approval) => {
                    Some(Notice::Asked(job.id(), Box::new(approval.asked.clone())))
                }
                InstanceState::Unknown { .. } => Some(Notice::Unknown(job.id(), at)),
                InstanceState::Timer { signal: Some(name), .. } => {
                    Some(Notice::Waits(job.id(), at, Arc::clone(name)))
                }
                _ => None,
            });
        }
    }
    open
}

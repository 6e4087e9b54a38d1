//! Watches a runtime: hands each change to the screen, the file of events, and whoever answers questions.

use super::{
    out::Out,
    record::Record,
    screen::{self, Screen},
};
use engine::{
    command::Command,
    event::{Actor, ApprovalRequested, At, Event, Recorded},
    id::{AttemptKey, JobId},
    job::{InstanceState, Job, JobState},
    port::{Logs, Stream},
    runtime::Observer,
};
use futures_core::future::BoxFuture;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// What somebody must hear of.
#[derive(Debug)]
pub(super) enum Notice {
    /// A job is over, and nothing is taken back any more.
    Over(JobId, JobState),
    /// Somebody is asked something.
    Asked(Box<Question>),
    /// Somebody agreed, and so many others must as well.
    Short(Box<Question>, u32),
}

/// What somebody is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    pub(super) job: JobId,
    pub(super) at: At,
    pub(super) about: About,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum About {
    /// Whether they agree.
    Approval(ApprovalRequested),
    /// What came of an attempt of which nobody knows: why, and whether it takes a step back.
    Settlement { why: String, is_undo: bool },
}

/// Watches a runtime.
pub(super) struct Watch {
    screen: Arc<Mutex<Screen>>,
    record: Option<Record>,
    notices: mpsc::UnboundedSender<Notice>,
}

impl Watch {
    pub(super) fn new(
        screen: Arc<Mutex<Screen>>,
        record: Option<Record>,
    ) -> (Self, mpsc::UnboundedReceiver<Notice>) {
        let (notices, heard) = mpsc::unbounded_channel();
        (Self { screen, record, notices }, heard)
    }

    fn notice(&self, notice: Notice) {
        // Whoever listened has gone, and with them the need to know.
        let _gone = self.notices.send(notice);
    }
}

impl Observer for Watch {
    fn changed(&mut self, job: &Job, actor: &Actor, command: &Command, events: &[Arc<Recorded>]) {
        if let Some(Err(failure)) =
            self.record.as_mut().map(|record| record.keep(job, actor, command, events))
        {
            screen::with(&self.screen, |screen| screen.lose(&failure));
            self.record = None;
        }
        screen::with(&self.screen, |screen| screen.changed(job, events));
        for recorded in events {
            let (at, about) = match &recorded.event {
                Event::ApprovalRequested(asked) => (asked.at.clone(), About::Approval(asked.clone())),
                Event::StepOutcomeUnknown { at, why } => {
                    (at.clone(), About::Settlement { why: why.clone(), is_undo: false })
                }
                Event::UndoStepUnknown { at, why } => {
                    (at.clone(), About::Settlement { why: why.clone(), is_undo: true })
                }
                Event::ApprovalGiven { at, .. } => {
                    if let Some((_, InstanceState::Approval(open))) =
                        job.at(at).map(|(ix, instance)| (ix, &instance.state))
                        && open.missing() > 0
                    {
                        let about = About::Approval(open.asked.clone());
                        let question = Question { job: job.id(), at: at.clone(), about };
                        self.notice(Notice::Short(Box::new(question), open.missing()));
                    }
                    continue;
                }
                _ => continue,
            };
            self.notice(Notice::Asked(Box::new(Question { job: job.id(), at, about })));
        }
        if job.is_over() {
            self.notice(Notice::Over(job.id(), job.state.clone()));
        }
    }
}

/// Takes what attempts print to the screen.
pub(super) struct Output {
    screen: Arc<Mutex<Screen>>,
    out: Out,
}

impl Output {
    pub(super) const fn new(screen: Arc<Mutex<Screen>>, out: Out) -> Self {
        Self { screen, out }
    }
}

impl Logs for Output {
    fn write<'a>(&'a self, key: &'a AttemptKey, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.out.room().await;
            screen::with(&self.screen, |screen| screen.printed(key, stream, bytes));
        })
    }
}

//! One job's events, looked at one after another. Of each mistake one is told, not all that follows from it.

use super::{Problem, Wrong, jobs::Head};
use crate::postgres::{self, Tip, genesis, id, link};
use engine::{
    event::{Event, Recorded, Values, upcast},
    id::Digest,
    job::{Job, Shape},
    value::Value,
};
use std::sync::Arc;
use uuid::Uuid;

/// An event as its row has it.
pub(super) struct Kept<'a> {
    pub(super) seq: i32,
    pub(super) kind: i16,
    pub(super) shard: i16,
    pub(super) order: (u64, i64),
    pub(super) hash: &'a [u8],
    pub(super) body: &'a [u8],
}

/// What is known of a job so far.
pub(super) struct Checked {
    id: Uuid,
    seq: i32,
    /// The hash of the last event, if that is known.
    tip: Option<Tip>,
    order: (u64, i64),
    is_done: bool,
    /// The job, as long as its events can be folded.
    job: Option<Job>,
    problems: Vec<Problem>,
}

impl Checked {
    pub(super) fn new(id: Uuid) -> Self {
        Self {
            id,
            seq: 0,
            tip: Some(genesis(id)),
            order: (0, 0),
            is_done: false,
            job: None,
            problems: Vec::new(),
        }
    }

    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    /// Returns what was found since the last time.
    pub(super) fn found(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    pub(super) fn wrong(&mut self, seq: Option<i32>, wrong: Wrong) {
        self.problems.push(Problem { job: id::write(self.id), seq, wrong });
    }

    /// Looks at the next event, and returns the digests of the content that it names.
    pub(super) fn event(
        &mut self,
        kept: &Kept<'_>,
        plan: &dyn Fn(Digest) -> Option<Arc<Shape>>,
    ) -> Vec<Digest> {
        let missing = kept.seq - self.seq - 1;
        if missing > 0 {
            self.wrong(None, Wrong::Hole { from: self.seq + 1, count: missing });
            (self.tip, self.job) = (None, None);
        }
        let seq = Some(kept.seq);
        if self.tip.is_some_and(|tip| link(&tip, kept.seq, kept.kind, kept.body) != *kept.hash) {
            self.wrong(seq, Wrong::Hash);
        }
        if kept.order <= self.order {
            self.wrong(seq, Wrong::Order);
        }
        (self.seq, self.order, self.tip) = (kept.seq, kept.order, kept.hash.try_into().ok());
        match kept.kind {
            9..=12 => self.is_done = true,
            8 => self.is_done = false,
            _ => {}
        }
        let body = std::str::from_utf8(kept.body).map_err(|error| error.to_string());
        let read = body.and_then(|body| upcast::read(body).map_err(|error| error.to_string()));
        match read {
            Ok(recorded) => {
                self.row(kept, &recorded);
                self.follow(kept.seq, &recorded, plan);
                named(&recorded.event)
            }
            Err(why) => {
                self.wrong(seq, Wrong::Unreadable(why));
                self.job = None;
                Vec::new()
            }
        }
    }

    /// Compares the body with its row.
    fn row(&mut self, kept: &Kept<'_>, recorded: &Recorded) {
        let seq = Some(kept.seq);
        if u64::try_from(kept.seq) != Ok(recorded.seq) {
            self.wrong(seq, Wrong::Row(format!("the body says that it is number {}", recorded.seq)));
        }
        let kind = postgres::kind(&recorded.event);
        if kept.kind != kind {
            let why = format!("the row says kind {}, the body {kind}", kept.kind);
            self.wrong(seq, Wrong::Row(why));
        }
        let shard = i16::from(id::shard(self.id));
        if kept.shard != shard {
            self.wrong(seq, Wrong::Row(format!("the row says shard {}, the job's is {shard}", kept.shard)));
        }
        if let Event::JobCreated(created) = &recorded.event
            && *created.job != *id::write(self.id)
        {
            self.wrong(seq, Wrong::Row(format!("the body says that it is of the job {}", created.job)));
        }
    }

    /// Folds the event, to see whether it can follow.
    fn follow(&mut self, seq: i32, recorded: &Recorded, plan: &dyn Fn(Digest) -> Option<Arc<Shape>>) {
        if let (Event::JobCreated(created), 1) = (&recorded.event, recorded.seq) {
            match plan(created.plan) {
                Some(shape) => self.job = Some(Job::new(shape)),
                None => self.wrong(None, Wrong::Plan(created.plan)),
            }
        }
        let Some(job) = &mut self.job else { return };
        if let Err(corrupt) = job.evolve(recorded) {
            self.job = None;
            self.wrong(Some(seq), Wrong::Follows(corrupt.why));
        }
    }

    /// Compares with the head, once all events were looked at.
    pub(super) fn end(&mut self, head: Option<&Head>) {
        let Some(head) = head else { return self.wrong(None, Wrong::NoHead) };
        if head.seq != self.seq {
            self.wrong(None, Wrong::Head { seq: head.seq, last: self.seq });
        } else if self.tip.is_none_or(|tip| tip != *head.tip) {
            self.wrong(None, Wrong::Tip);
        }
        if head.done != self.is_done && head.seq == self.seq {
            self.wrong(None, Wrong::Done(head.done));
        }
    }
}

/// Returns the digests of content that an event names.
fn named(event: &Event) -> Vec<Digest> {
    let mut digests = Vec::new();
    let mut all = |values: &Values| values.values().for_each(|it| add(it, &mut digests));
    match event {
        Event::JobCreated(created) => all(&created.params),
        Event::JobSucceeded { outputs } => all(outputs),
        Event::StepSucceeded(done) => {
            all(&done.outputs);
            all(&done.artifacts);
        }
        Event::StepReused { outputs, artifacts, .. } => {
            all(outputs);
            all(artifacts);
        }
        Event::StepFailed { result, .. } => all(result),
        Event::ChildStarted { params, .. } => all(params),
        Event::FanOutExpanded { over, .. } => add(over, &mut digests),
        Event::SignalReceived { body, .. } => add(body, &mut digests),
        Event::JobQueued { .. }
        | Event::JobStarted { .. }
        | Event::JobPaused
        | Event::JobResumed
        | Event::JobCancelRequested { .. }
        | Event::JobExpired
        | Event::JobRetried { .. }
        | Event::JobFailed { .. }
        | Event::JobCancelled
        | Event::JobTimedOut
        | Event::StepStarted(_)
        | Event::StepOutcomeUnknown { .. }
        | Event::StepLost { .. }
        | Event::StepSkipped { .. }
        | Event::StepBlocked { .. }
        | Event::StepCancelled { .. }
        | Event::CacheAsked { .. }
        | Event::CacheMissed { .. }
        | Event::RoundFinished { .. }
        | Event::TimerSet { .. }
        | Event::TimerFired { .. }
        | Event::SlotRequested { .. }
        | Event::SlotTaken { .. }
        | Event::SlotLost { .. }
        | Event::ApprovalRequested(_)
        | Event::ApprovalGiven { .. }
        | Event::ApprovalRefused { .. }
        | Event::ChildExpired { .. }
        | Event::UndoStarted { .. }
        | Event::UndoStepStarted { .. }
        | Event::UndoStepSucceeded { .. }
        | Event::UndoStepFailed { .. }
        | Event::UndoStepLost { .. }
        | Event::UndoStepUnknown { .. }
        | Event::UndoFinished => {}
    }
    digests.sort_unstable();
    digests.dedup();
    digests
}

fn add(value: &Value, digests: &mut Vec<Digest>) {
    match value {
        Value::Artifact(artifact) => digests.push(artifact.sha256),
        Value::List(items) => items.iter().for_each(|item| add(item, digests)),
        Value::Map(entries) => entries.values().for_each(|item| add(item, digests)),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_) => {}
    }
}

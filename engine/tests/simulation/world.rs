//! A world around one job: it performs what is owed, well or badly, late or twice, forgets, and lets clocks jump.

use super::{chance::Chance, check::Check};
use engine::{
    command::{CacheHit, ChildEnd, Command, Decide, Settlement, Submit},
    decide::decide,
    event::{Actor, At, Door, Recorded, upcast},
    job::{InstanceState, Job, Shape},
    plan::Plan,
    port::policy::HousePolicy,
    react::{Owed, owed},
    rejection::Rejection,
    request::{Done, FailureClass, Outcome, Stopped},
    testing::{exited, submission, went_well},
    value::Value,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub(super) struct World {
    pub(super) job: Job,
    pub(super) log: Vec<Arc<Recorded>>,
    /// After how many events each decision was over.
    pub(super) ends: Vec<usize>,
    pub(super) chance: Chance,
    pub(super) now: i64,
    check: Check,
    /// Answers that were given, to be given again.
    answers: Vec<Command>,
    /// Whether the world is kind from now on: it answers all, and nothing is asked any more.
    is_kind: bool,
    /// Whether nobody refuses a place.
    is_steady: bool,
}

impl World {
    pub(super) fn new(plan: Plan, seed: u64) -> Self {
        let job = Job::new(Shape::new(Arc::new(plan)));
        Self {
            check: Check::default(),
            job,
            log: Vec::new(),
            ends: Vec::new(),
            chance: Chance::new(seed),
            now: 0,
            answers: Vec::new(),
            is_kind: false,
            is_steady: false,
        }
    }

    pub(super) fn submit(&mut self) {
        let door = if self.chance.once_in(3) { Door::Http } else { Door::Shell };
        let queue_timeout = self.chance.once_in(3).then(|| self.chance.time(30_000));
        let mock = self.chance.once_in(10);
        let submit = Submit { door, queue_timeout, mock, seed: self.chance.next(), ..submission() };
        self.ask(&Command::Submit(Box::new(submit)));
    }

    /// Gives a command, and checks all that must hold whatever was asked.
    pub(super) fn ask(&mut self, command: &Command) -> bool {
        let actor = Actor::Person { name: "user:ann".into(), door: Door::Shell };
        let mut folded = self.job.clone();
        match decide(&mut self.job, &actor, command, self.now, &HousePolicy) {
            Ok(events) => {
                for event in &events {
                    let before = folded.state.clone();
                    folded.evolve(event).unwrap_or_else(|corrupt| panic!("{command:?}: {corrupt}"));
                    self.check.event(&before, &folded, event);
                }
                assert!(folded == self.job, "after {command:?} the job is not the fold of its events");
                self.log.extend(events.iter().map(Arc::clone));
                self.ends.push(self.log.len());
                self.check.state(&self.job);
                let is_late = self.job.next_due().is_some_and(|due| due <= self.now.max(self.job.updated_at));
                if *command == Command::Tick && is_late {
                    // What became due by this, without a delay, has a tick of its own; that comes to an end.
                    assert!(!events.is_empty(), "a timer is left in the past");
                    self.ask(command);
                }
                true
            }
            Err(Rejection::Broken(corrupt)) => panic!("{command:?} is broken: {corrupt}"),
            Err(_) => {
                assert!(folded == self.job, "a refusal of {command:?} changed the job");
                false
            }
        }
    }

    /// Answers all from now on, and refuses no place.
    pub(super) const fn steady(&mut self) {
        self.is_kind = true;
        self.is_steady = true;
    }

    /// Takes note that the log so far is the beginning of another world's.
    pub(super) fn trust(&mut self) {
        self.check = Check::default();
        let mut job = Job::new(Arc::clone(&self.job.shape));
        for event in &self.log {
            let before = job.state.clone();
            job.evolve(event).unwrap();
            self.check.event(&before, &job, event);
        }
    }

    /// Forgets the job and reads it anew from what was written.
    pub(super) fn crash(&mut self) {
        let mut job = Job::new(Arc::clone(&self.job.shape));
        for event in &self.log {
            let line = upcast::write(event).unwrap();
            let read = upcast::read(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(read, **event, "an event is read as it was written");
            job.evolve(&read).unwrap();
        }
        assert!(job == self.job, "the job is not the fold of its log");
        self.job = job;
    }

    /// Cuts the log somewhere, and goes on with what is left of it.
    pub(super) fn tear(&mut self) {
        let left = 1 + self.chance.below(self.log.len().saturating_sub(1) as u64);
        self.log.truncate(usize::try_from(left).unwrap());
        self.trust();
        self.job = Job::new(Arc::clone(&self.job.shape));
        for event in &self.log {
            self.job.evolve(event).unwrap();
        }
        self.ask(&Command::Tick);
    }

    /// Lets something happen.
    pub(super) fn step(&mut self) {
        match self.chance.below(24) {
            0 => self.crash(),
            1 => self.now -= self.chance.time(20_000),
            2 => {
                self.now += self.chance.time(40_000);
                self.ask(&Command::Tick);
            }
            3 => {
                if let Some(answer) = self.chance.pick(&self.answers).cloned() {
                    self.ask(&answer);
                }
            }
            4 if self.job.undo.as_ref().is_some_and(|undo| !undo.is_finished) => {
                self.ask(&Command::KillJob);
            }
            4 | 5 => self.meddle(),
            _ => {
                let owed = owed(&self.job);
                match self.chance.pick(&owed).copied() {
                    Some(one) => self.perform(one),
                    None => self.answer_people(),
                }
                if self.chance.once_in(6) {
                    self.answer_people();
                }
            }
        }
    }

    /// Does what is owed, answers what is asked, until the job is over.
    pub(super) fn settle(&mut self) {
        self.is_kind = true;
        for _ in 0..20_000 {
            if self.job.is_over() {
                return;
            }
            if !self.settle_one() {
                panic!("nothing is left to do, and the job is not over: {:#?}", self.job);
            }
        }
        panic!("the job does not come to its end: {:#?}", self.job);
    }

    /// Does the first thing there is to do. Returns whether there was one.
    pub(super) fn settle_one(&mut self) -> bool {
        let owed = owed(&self.job);
        let before = self.job.seq;
        if let Some(&one) = owed.iter().find(|it| !matches!(it, Owed::Wake(_))) {
            self.perform(one);
        } else if self.job.paused_by.is_some() && self.ask(&Command::ResumeJob) {
            // It goes on.
        } else {
            self.answer_people();
            if self.job.seq == before
                && let Some(due) = self.job.next_due()
            {
                self.now = self.now.max(due);
                self.ask(&Command::Tick);
            }
        }
        self.job.seq > before
    }

    fn perform(&mut self, one: Owed) {
        let place = |job: &Job, ix, at| job.place(ix, at);
        let command = match one {
            Owed::Perform(ix, at, attempt) => {
                let at = place(&self.job, ix, at);
                self.outcome(at, attempt)
            }
            Owed::Stop(ix, at, attempt, _) => {
                let at = place(&self.job, ix, at);
                let stopped = match self.chance.below(4) {
                    0 => Outcome::Done(self.good()),
                    1 => exited(1),
                    2 => Outcome::Cancelled(Stopped::Unconfirmed { why: "who knows".to_owned() }),
                    _ => Outcome::Cancelled(Stopped::Confirmed),
                };
                Command::ReportOutcome { at, attempt, outcome: Box::new(stopped) }
            }
            Owed::Undo(position, attempt) | Owed::StopUndo(position, attempt) => {
                let at = self.job.undo.as_ref().unwrap().order[position].clone();
                if self.chance.once_in(6) {
                    Command::ReportLost { at, attempt, why: "gone".to_owned() }
                } else {
                    let outcome = match self.chance.below(10) {
                        0 | 1 => exited(1),
                        2 => Outcome::Cancelled(Stopped::Unconfirmed { why: "who knows".to_owned() }),
                        3 => Outcome::Cancelled(Stopped::Confirmed),
                        _ => Outcome::Done(went_well("")),
                    };
                    Command::ReportOutcome { at, attempt, outcome: Box::new(outcome) }
                }
            }
            Owed::JobSlot | Owed::Slot(..) => {
                let at = match one {
                    Owed::Slot(ix, at) => Some(place(&self.job, ix, at)),
                    _ => None,
                };
                if !self.is_steady && self.chance.once_in(8) {
                    Command::RefuseSlot { at, why: "busy".to_owned() }
                } else {
                    Command::GrantSlot { at }
                }
            }
            Owed::Cache(ix, at) => {
                let at = place(&self.job, ix, at);
                let (outputs, artifacts) = Default::default();
                let hit = CacheHit {
                    job: "other".into(),
                    made_at: self.now - self.chance.time(9_000),
                    outputs,
                    artifacts,
                };
                let found = if self.chance.once_in(3) { Ok(hit) } else { Err("there is none".to_owned()) };
                Command::ReportCache { at, found }
            }
            Owed::Child(ix, at, attempt) | Owed::StopChild(ix, at, attempt, _) => {
                if matches!(one, Owed::Child(..)) && !self.is_kind && self.chance.once_in(2) {
                    return;
                }
                let at = place(&self.job, ix, at);
                let outputs = BTreeMap::from([("line".into(), Value::text("a"))]);
                let end = match self.chance.below(4) {
                    0 => ChildEnd::Failed("its step failed".to_owned()),
                    1 => ChildEnd::Cancelled,
                    _ => ChildEnd::Succeeded(Arc::new(outputs)),
                };
                Command::ReportChild { at, attempt, end }
            }
            Owed::Wake(at) => {
                if self.chance.once_in(2) || self.is_kind {
                    self.now = self.now.max(at) + self.chance.time(100);
                    self.ask(&Command::Tick);
                }
                return;
            }
        };
        // Some never answer while the world is unkind.
        if !self.is_kind && self.chance.once_in(6) {
            return;
        }
        self.ask(&command);
        self.answers.push(command.clone());
        if !self.is_kind && self.chance.once_in(8) {
            self.ask(&command);
        }
    }

    fn good(&mut self) -> Done {
        let mut done = went_well(if self.chance.once_in(2) { "a" } else { "b" });
        let list = ["[0,1]", "[]", "[1,2,3,4]", "no list"];
        if !self.chance.once_in(10) {
            done.outputs.insert("list".into(), Value::text(self.chance.pick(&list).unwrap()));
        }
        if self.chance.once_in(2) {
            let sha256 = engine::id::Digest::of(b"x");
            let file = engine::value::Artifact { path: "out/file".into(), sha256, bytes: 1 };
            done.artifacts.insert("file".into(), Value::Artifact(Arc::new(file)));
        }
        done
    }

    fn outcome(&mut self, at: At, attempt: u32) -> Command {
        let failed = |class| Outcome::Failed { class, message: "oh no".to_owned(), done: None };
        let outcome = match self.chance.below(12) {
            0 => exited(1),
            1 => exited(75),
            2 => failed(FailureClass::Timeout),
            3 => failed(FailureClass::Provider),
            4 => Outcome::Unknown { why: "the line was cut".to_owned() },
            5 => return Command::ReportLost { at, attempt, why: "the worker is gone".to_owned() },
            6 => Outcome::Cancelled(Stopped::Confirmed),
            _ => Outcome::Done(self.good()),
        };
        Command::ReportOutcome { at, attempt, outcome: Box::new(outcome) }
    }

    /// Answers one question, or sends the signal that something waits for.
    fn answer_people(&mut self) {
        let undo = self.job.undo.as_ref();
        if let Some(at) = undo.filter(|undo| undo.unknown().is_some()).and_then(|undo| undo.present()) {
            return self.say(at.clone());
        }
        let mut open: Vec<(At, InstanceState)> = Vec::new();
        for (ix, step) in self.job.steps.iter().enumerate() {
            for (at, instance) in (0..).zip(&step.instances) {
                open.push((self.job.place(ix, at), instance.state.clone()));
            }
        }
        for (at, state) in open {
            match state {
                InstanceState::Approval(approval) => {
                    let asked = approval.asked;
                    let by = ["user:ann", "user:bob", "user:eve", "user:mob"];
                    let by = by.iter().find(|by| !approval.given.iter().any(|it| **it == ***by));
                    let agree = !self.chance.once_in(5);
                    let subject = if self.chance.once_in(9) && !self.is_kind {
                        engine::id::Digest::of(b"another")
                    } else {
                        asked.subject
                    };
                    self.ask(&Command::DecideApproval(Box::new(Decide {
                        at,
                        subject,
                        agree,
                        by: (*by.unwrap()).into(),
                        groups: vec!["group:operators".into()],
                        is_owner: false,
                        comment: None,
                        phrase: asked.phrase,
                    })));
                    return;
                }
                InstanceState::Timer { signal: Some(name), .. } => {
                    self.ask(&Command::SendSignal { name, body: Value::Int(1) });
                    return;
                }
                InstanceState::Unknown { .. } => {
                    self.say(at);
                    return;
                }
                _ => {}
            }
        }
    }

    /// Says what came of something of which nobody knows; that it did not take effect, if it is not tried again.
    fn say(&mut self, at: At) {
        let verdicts = [Settlement::Done, Settlement::Failed, Settlement::Retry];
        let verdict = *self.chance.pick(&verdicts).unwrap();
        if !self.ask(&Command::SettleStep { at: at.clone(), verdict }) && verdict == Settlement::Retry {
            self.ask(&Command::SettleStep { at, verdict: Settlement::Failed });
        }
    }

    /// Asks what people ask.
    fn meddle(&mut self) {
        let steps: BTreeSet<_> =
            self.job.shape.plan.graph.node_weights().map(|it| Arc::clone(&it.name)).collect();
        let steps: Vec<_> = steps.into_iter().collect();
        let step = Arc::clone(self.chance.pick(&steps).unwrap());
        let command = match self.chance.below(24) {
            0 => Command::CancelJob,
            1 => Command::KillJob,
            2 | 3 => Command::PauseJob,
            4..=7 => Command::ResumeJob,
            8..=10 => Command::RetryJob,
            11..=13 => Command::RetryStep { step },
            14 | 15 => Command::SkipStep { at: At::new(step, u32::try_from(self.chance.below(3)).unwrap()) },
            16 | 17 => Command::UndoJob,
            18 | 19 => Command::SendSignal { name: "go".into(), body: Value::text("early") },
            20 => Command::SettleStep { at: At::new(step, 0), verdict: Settlement::Retry },
            21 => Command::GrantSlot { at: Some(At::new(step, 0)) },
            22 => Command::ReportLost { at: At::new(step, 0), attempt: 1, why: "gone".to_owned() },
            _ => Command::RefuseSlot { at: Some(At::new(step, 0)), why: "make place".to_owned() },
        };
        self.ask(&command);
    }
}

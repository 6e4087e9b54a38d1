//! What tests say in: given a plan, when this is asked, then that happens. Behind the feature `testing`, so that the
//! tests of other rooms can say it too.
#![expect(clippy::panic, reason = "a test that does not hold says so")]

mod line;
mod plan;

pub use line::line;
pub use plan::{
    PlanBuilder, StepBuilder, each, millis, number, output, param, plan, range, result, status, step, text,
    word,
};

use crate::{
    command::{ChildEnd, Command, Decide, Settlement, Submit},
    decide::decide,
    event::{Actor, At, Door, Recorded, Values},
    job::{InstanceState, Job, Shape},
    plan::Plan,
    port::policy::{HousePolicy, Policy},
    react::{Owed, owed},
    rejection::Rejection,
    request::{Done, FailureClass, Outcome, Stopped},
    value::Value,
    wait::waits,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A job under test. Each step of a case returns it, so that a case reads from top to bottom.
#[derive(Debug)]
pub struct Case<P = HousePolicy> {
    /// The job, decided event by event.
    pub job: Job,
    /// All that happened.
    pub log: Vec<Arc<Recorded>>,
    /// The time.
    pub now: i64,
    policy: P,
    /// How much of the log was looked at.
    seen: usize,
    refused: Option<Rejection>,
}

/// Begins a case: a plan, and no job of it yet. The time is 0.
#[must_use]
pub fn given(plan: Plan) -> Case {
    given_with(plan, HousePolicy)
}

/// Begins a case under a policy.
#[must_use]
pub fn given_with<P: Policy>(plan: Plan, policy: P) -> Case<P> {
    let job = Job::new(Shape::new(Arc::new(plan)));
    Case { job, log: Vec::new(), now: 0, policy, seen: 0, refused: None }
}

/// Returns the submission that a case begins with: by a person at a shell, with all kinds of places at hand.
#[must_use]
pub fn submission() -> Submit {
    Submit {
        job: "job".into(),
        params: Values::default(),
        door: Door::Shell,
        workspace: None,
        mock: false,
        max_parallel: 1000,
        queue_timeout: None,
        seed: 7,
        parent: None,
        kinds: ["local", "http", "docker"].into_iter().map(Into::into).collect::<BTreeSet<_>>(),
        fork: None,
    }
}

/// Reads a place: `a`, or `a[3]`.
#[must_use]
pub fn at(place: &str) -> At {
    match place.trim_end_matches(']').split_once('[') {
        Some((step, number)) => At::new(step.into(), number.parse().unwrap_or_default()),
        None => At::new(place.into(), 0),
    }
}

/// Returns what a program gave that went well.
#[must_use]
pub fn went_well(stdout: &str) -> Done {
    let result = [("exit_code", Value::Int(0)), ("stdout", Value::text(stdout)), ("stderr", Value::text(""))];
    Done { result: result.into_iter().map(|(name, value)| (name.into(), value)).collect(), ..Done::default() }
}

/// Returns what a program gave that ended with this code.
#[must_use]
pub fn exited(code: i64) -> Outcome {
    let mut done = went_well("");
    done.result.insert("exit_code".into(), Value::Int(code));
    Outcome::Done(done)
}

impl<P: Policy> Case<P> {
    /// Submits the job.
    #[must_use]
    pub fn submitted(self) -> Self {
        self.when(Command::Submit(Box::new(submission())))
    }

    /// Submits the job, with changes.
    #[must_use]
    pub fn submitted_with(self, change: impl FnOnce(&mut Submit)) -> Self {
        let mut submit = submission();
        change(&mut submit);
        self.when(Command::Submit(Box::new(submit)))
    }

    /// Submits the job with these params.
    #[must_use]
    pub fn submitted_given(self, params: &[(&str, Value)]) -> Self {
        let params: BTreeMap<_, _> =
            params.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        self.submitted_with(|submit| submit.params = Arc::new(params))
    }

    /// Asks something, as a person.
    #[must_use]
    pub fn when(mut self, command: Command) -> Self {
        self.ask(&command);
        self
    }

    /// Asks something, and says whether it was refused. Checks what must hold of every decision.
    pub fn ask(&mut self, command: &Command) -> Option<&Rejection> {
        let actor = Actor::Person { name: "user:ann".into(), door: Door::Shell };
        let before = self.job.clone();
        self.refused = match decide(&mut self.job, &actor, command, self.now, &self.policy) {
            Ok(events) => {
                let mut folded = before;
                for event in &events {
                    folded.evolve(event).unwrap_or_else(|corrupt| panic!("{corrupt}"));
                }
                assert!(folded == self.job, "the job decided is the fold of its events");
                self.log.extend(events);
                None
            }
            Err(Rejection::Broken(corrupt)) => panic!("{command:?} is broken: {corrupt}"),
            Err(rejection) => {
                assert!(before == self.job, "a refusal of {command:?} changes nothing");
                Some(rejection)
            }
        };
        self.refused.as_ref()
    }

    /// Lets time pass, and what is due happen.
    #[must_use]
    pub fn after(mut self, ms: i64) -> Self {
        self.now += ms;
        self.when(Command::Tick)
    }

    /// Reports that an attempt went well.
    #[must_use]
    pub fn done(self, place: &str) -> Self {
        self.reported(place, Outcome::Done(went_well("")))
    }

    /// Reports that attempts went well.
    #[must_use]
    pub fn all_done(self, places: &[&str]) -> Self {
        places.iter().fold(self, |case, place| case.done(place))
    }

    /// Reports that a program ended with this code.
    #[must_use]
    pub fn exits(self, place: &str, code: i64) -> Self {
        self.reported(place, exited(code))
    }

    /// Reports what came of the present attempt.
    #[must_use]
    pub fn reported(self, place: &str, outcome: Outcome) -> Self {
        let attempt = self.attempt(place);
        self.reported_of(place, attempt, outcome)
    }

    /// Reports what came of an attempt.
    #[must_use]
    pub fn reported_of(self, place: &str, attempt: u32, outcome: Outcome) -> Self {
        self.when(Command::ReportOutcome { at: at(place), attempt, outcome: Box::new(outcome) })
    }

    /// Reports that an attempt was stopped.
    #[must_use]
    pub fn stopped(self, place: &str) -> Self {
        self.reported(place, Outcome::Cancelled(Stopped::Confirmed))
    }

    /// Reports that an attempt could not be performed.
    #[must_use]
    pub fn fails(self, place: &str, class: FailureClass) -> Self {
        self.reported(place, Outcome::Failed { class, message: "oh no".to_owned(), done: None })
    }

    /// Reports that whoever performed the present attempt is gone.
    #[must_use]
    pub fn lost(self, place: &str) -> Self {
        let attempt = self.attempt(place);
        self.when(Command::ReportLost { at: at(place), attempt, why: "the worker is gone".to_owned() })
    }

    /// Reports what came of taking a step back.
    #[must_use]
    pub fn undone(self, place: &str, outcome: Outcome) -> Self {
        let attempt = self.job.undo.as_ref().map_or(0, |undo| undo.attempt);
        self.reported_of(place, attempt, outcome)
    }

    /// Reports that whoever took a step back is gone.
    #[must_use]
    pub fn undo_lost(self, place: &str) -> Self {
        self.undone(place, Outcome::Unknown { why: "the worker is gone".to_owned() })
    }

    /// Says what came of an attempt of which nobody knows.
    #[must_use]
    pub fn settled(self, place: &str, verdict: Settlement) -> Self {
        self.when(Command::SettleStep { at: at(place), verdict })
    }

    /// Reports how the job of a call ended.
    #[must_use]
    pub fn called(self, place: &str, end: ChildEnd) -> Self {
        let attempt = self.attempt(place);
        self.when(Command::ReportChild { at: at(place), attempt, end })
    }

    /// Sends a signal.
    #[must_use]
    pub fn signal(self, name: &str, body: Value) -> Self {
        self.when(Command::SendSignal { name: name.into(), body })
    }

    /// Answers a question, as it is asked now.
    #[must_use]
    pub fn answer(self, place: &str, by: &str, agree: bool) -> Self {
        let answer = self.answer_of(place, by, agree);
        self.when(Command::DecideApproval(Box::new(answer)))
    }

    /// Makes an answer to a question as it is asked now; by whom, and with what phrase: `user:ann` or `user:ann a`.
    #[must_use]
    pub fn answer_of(&self, place: &str, by: &str, agree: bool) -> Decide {
        let subject = match self.job.at(&at(place)).map(|(_, it)| &it.state) {
            Some(InstanceState::Approval(approval)) => approval.asked.subject,
            _ => crate::id::Digest::of(b"nothing is asked"),
        };
        let (by, phrase) = match by.split_once(' ') {
            Some((by, phrase)) => (by, Some(phrase.to_owned())),
            None => (by, None),
        };
        let (at, by, groups) = (at(place), by.into(), Vec::new());
        Decide { at, subject, agree, by, groups, is_owner: false, comment: None, phrase }
    }

    /// Checks what happened since the last look.
    #[must_use]
    pub fn then(mut self, expected: &[&str]) -> Self {
        if let Some(rejection) = &self.refused {
            panic!("it was refused: {rejection}");
        }
        let lines = self.news();
        assert!(lines == expected, "this happened:\n{lines:#?}\nand this was expected:\n{expected:#?}");
        self
    }

    /// Leaves out what happened until now.
    #[must_use]
    pub fn quietly(mut self) -> Self {
        assert!(self.refused.is_none(), "it was refused: {:?}", self.refused);
        self.seen = self.log.len();
        self
    }

    /// Checks that the last command was refused, with words that hold these.
    #[must_use]
    pub fn refused(mut self, words: &str) -> Self {
        let said = self.refused.take().map(|rejection| rejection.to_string());
        assert!(said.as_ref().is_some_and(|said| said.contains(words)), "said {said:?}, not {words:?}");
        self
    }

    /// Checks why the job waits: `a: waits for …`, one by one.
    #[must_use]
    pub fn waits(self, expected: &[&str]) -> Self {
        let lines: Vec<_> = waits(&self.job)
            .into_iter()
            .map(|(at, wait)| {
                at.map_or_else(|| wait.to_string(), |at| format!("{}: {wait}", line::place(&at)))
            })
            .collect();
        assert!(lines == expected, "it waits:\n{lines:#?}\nand this was expected:\n{expected:#?}");
        self
    }

    /// Checks what is owed, times left out.
    #[must_use]
    pub fn owes(self, expected: &[Owed]) -> Self {
        let owed: Vec<_> = owed(&self.job).into_iter().filter(|it| !matches!(it, Owed::Wake(_))).collect();
        assert!(owed == expected, "it owes {owed:?}, not {expected:?}");
        self
    }

    /// Checks how the job stands.
    #[must_use]
    pub fn is(self, state: &str) -> Self {
        assert!(self.job.state.as_str() == state, "it is {:?}, not {state}", self.job.state);
        self
    }

    /// Checks what a step gave.
    #[must_use]
    pub fn gave(self, step: &str, output: &str, value: &Value) -> Self {
        let gave = self.job.step(step).map(|it| it.outputs.get(output).cloned().unwrap_or(Value::Null));
        assert!(gave.as_ref() == Some(value), "`{step}` gave {gave:?}, not {value:?}");
        self
    }

    /// Returns what happened since the last look, a line for each event.
    pub fn news(&mut self) -> Vec<String> {
        let lines = self.log.iter().skip(self.seen).map(|recorded| line(&recorded.event)).collect();
        self.seen = self.log.len();
        lines
    }

    fn attempt(&self, place: &str) -> u32 {
        self.job.at(&at(place)).map_or(1, |(_, instance)| instance.attempt)
    }
}

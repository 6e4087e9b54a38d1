//! Answers questions: with `--yes`, or by asking the person at the terminal.

use super::{
    Options,
    out::Out,
    screen::{self, Screen},
    terminal::Terminal,
    watch::{About, Question},
};
use engine::{
    command::{Command, Decide, Settlement},
    event::Actor,
    id::{JobId, Name},
    rejection::Rejection,
    runtime::{Handle, Refused},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// Answers questions.
pub(super) struct Attendant {
    pub(super) handle: Handle,
    pub(super) person: Actor,
    /// Whether somebody here refused, or the job was stopped because nobody here can answer.
    pub(super) is_refused: bool,
    screen: Arc<Mutex<Screen>>,
    out: Out,
    yes: bool,
    /// Whether the job only pretends: then --yes stands for as many people as are asked.
    pretends: bool,
    terminal: Option<Terminal>,
    questions: VecDeque<Question>,
    /// The one that stands at the terminal. What is typed there answers this and no other.
    shown: Option<Question>,
}

impl Attendant {
    pub(super) fn new(
        handle: Handle,
        (screen, out): (Arc<Mutex<Screen>>, Out),
        person: Actor,
        options: &Options,
    ) -> Self {
        Self {
            handle,
            person,
            is_refused: false,
            screen,
            out,
            yes: options.yes,
            pretends: options.mock,
            terminal: Terminal::open(),
            questions: VecDeque::new(),
            shown: None,
        }
    }

    pub(super) fn ask(&mut self, question: Question) {
        self.questions.push_back(question);
    }

    /// Drops the questions of a job that is over.
    pub(super) fn forget(&mut self, job: &JobId) {
        self.questions.retain(|question| question.job != *job);
        if self.shown.take_if(|shown| shown.job == *job).is_some() {
            screen::with(&self.screen, Screen::resume);
        }
    }

    /// Answers the next question; waits for ever if there is none. Being dropped midway loses nothing.
    pub(super) async fn next(&mut self) {
        let Some(question) = self.questions.front().cloned() else { return std::future::pending().await };
        let needs_phrase = match &question.about {
            About::Approval(asked) => asked.phrase.is_some(),
            About::Settlement { .. } => true,
        };
        if self.yes && !needs_phrase {
            self.questions.pop_front();
            return self.give(&question, "yes", self.name()).await;
        }
        let Some(terminal) = &mut self.terminal else {
            self.questions.pop_front();
            return self.give_up(&question).await;
        };
        if self.shown.as_ref() != Some(&question) {
            // What is before the prompt must be on the screen before it, and what is typed before it is no answer to it.
            self.out.drained().await;
            terminal.forget();
            screen::with(&self.screen, |screen| screen.prompt(&prompt(&question)));
            self.shown = Some(question.clone());
        }
        let line = terminal.line().await;
        self.shown = None;
        self.questions.pop_front();
        screen::with(&self.screen, Screen::resume);
        match line {
            Some(line) => self.give(&question, line.trim(), self.name()).await,
            None => self.give_up(&question).await,
        }
    }

    /// Returns who answers.
    fn name(&self) -> Name {
        self.person.to_string().into()
    }

    async fn give(&mut self, question: &Question, line: &str, by: Name) {
        let command = match &question.about {
            About::Approval(asked) => {
                let agree = match (line, &asked.phrase) {
                    ("n" | "no", _) => false,
                    (line, Some(phrase)) if line == phrase => true,
                    ("y" | "yes", None) => true,
                    _ => return self.questions.push_front(question.clone()),
                };
                Command::DecideApproval(Box::new(Decide {
                    at: question.at.clone(),
                    subject: asked.subject,
                    agree,
                    by,
                    groups: Vec::new(),
                    is_owner: true,
                    comment: None,
                    phrase: asked.phrase.as_ref().map(|_| line.to_owned()),
                }))
            }
            About::Settlement { .. } => {
                let verdict = match line {
                    "r" | "retry" => Settlement::Retry,
                    "d" | "done" => Settlement::Done,
                    "f" | "failed" => Settlement::Failed,
                    _ => return self.questions.push_front(question.clone()),
                };
                Command::SettleStep { at: question.at.clone(), verdict }
            }
        };
        let is_no = matches!(&command, Command::DecideApproval(decide) if !decide.agree);
        let taken = self.handle.command(Arc::clone(&question.job), self.person.clone(), command).await;
        self.is_refused |= is_no && taken.is_ok();
        if let Err(refused) = taken {
            screen::with(&self.screen, |screen| screen.say(&format!("the answer was not taken: {refused}")));
            // Another answer would be taken, and the job waits for one.
            if let Refused::Rejected(Rejection::NotNow { .. }) = refused {
                self.questions.push_front(question.clone());
            }
        }
    }

    /// Takes note that others must agree as well. One person cannot answer twice.
    pub(super) async fn fall_short(&mut self, question: &Question, missing: u32) {
        let (step, others) =
            (&question.at.step, if missing == 1 { "one more".to_owned() } else { format!("{missing} more") });
        if self.yes && self.pretends {
            let other = format!("{} ({missing} more)", self.name());
            return self.give(question, "yes", other.into()).await;
        }
        if self.yes || self.terminal.is_none() {
            let why = format!("{others} must agree to `{step}`, and one person cannot answer twice");
            self.stop(question, &why).await;
        } else {
            let line = format!("{step} waits: {others} must agree, and not the same person; Ctrl-C cancels");
            screen::with(&self.screen, |screen| screen.say(&line));
        }
    }

    /// Stops the job: it would wait for ever.
    async fn give_up(&mut self, question: &Question) {
        let step = &question.at.step;
        let why = match &question.about {
            About::Approval(asked) if asked.phrase.is_some() => {
                format!("`{step}` is of critical risk: a phrase must be typed at a terminal, even with --yes")
            }
            About::Approval(_) => {
                format!(
                    "`{step}` asks whether to go on, and nobody is at the terminal: run there, or with --yes"
                )
            }
            About::Settlement { .. } => {
                format!("a person must say what came of `{step}`, and nobody is at the terminal")
            }
        };
        self.stop(question, &why).await;
    }

    async fn stop(&mut self, question: &Question, why: &str) {
        screen::with(&self.screen, |screen| screen.insist(&format!("refused: {why}")));
        self.is_refused = true;
        let command = match question.about {
            // What is being taken back is stopped only so.
            About::Settlement { is_undo: true, .. } => Command::KillJob,
            About::Settlement { is_undo: false, .. } | About::Approval(_) => Command::CancelJob,
        };
        let cancel = self.handle.command(Arc::clone(&question.job), self.person.clone(), command);
        if let Err(refused) = cancel.await {
            screen::with(&self.screen, |screen| screen.say(&refused.to_string()));
        }
    }
}

fn prompt(question: &Question) -> String {
    let at = &question.at.step;
    match &question.about {
        About::Approval(asked) => {
            let digest = asked.subject.to_string();
            let short = digest.get(..12).unwrap_or(&digest);
            let (risk, who) = (asked.risk.as_str(), asked.approvers.join(", "));
            let ask = match &asked.phrase {
                Some(phrase) => format!("type `{phrase}` to agree, `no` to refuse: "),
                None => "agree? [y]es, [n]o: ".to_owned(),
            };
            format!(
                "\n{at} asks {who}, {risk} risk, subject {short}\n  {}\n{ask}",
                asked.message.replace('\n', "\n  ")
            )
        }
        About::Settlement { why, is_undo: false } => {
            format!("\nnobody knows what came of {at}: {why}\n[r]etry, [d]one, [f]ailed? ")
        }
        About::Settlement { why, is_undo: true } => {
            format!("\nnobody knows whether {at} was taken back: {why}\n[r]etry, [d]one, [f]ailed? ")
        }
    }
}

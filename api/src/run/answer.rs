//! Answers questions: with `--yes`, or by asking the person at the terminal.

use super::{
    out::Out,
    screen::{self, Screen},
    terminal::Terminal,
    watch::{About, Question},
};
use engine::{
    command::{Command, Decide, Settlement},
    event::Actor,
    id::JobId,
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
    /// Whether the job was stopped because nobody here can answer.
    pub(super) nobody_answers: bool,
    screen: Arc<Mutex<Screen>>,
    out: Out,
    yes: bool,
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
        yes: bool,
    ) -> Self {
        Self {
            handle,
            person,
            nobody_answers: false,
            screen,
            out,
            yes,
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
            return self.give(&question, "yes").await;
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
            Some(line) => self.give(&question, line.trim()).await,
            None => self.give_up(&question).await,
        }
    }

    async fn give(&mut self, question: &Question, line: &str) {
        let Actor::Person { name, .. } = &self.person else { return };
        let command = match &question.about {
            About::Approval(asked) => {
                let agree = match &asked.phrase {
                    Some(phrase) => line == phrase,
                    None => match line {
                        "y" | "yes" => true,
                        "n" | "no" => false,
                        _ => return self.questions.push_front(question.clone()),
                    },
                };
                Command::DecideApproval(Box::new(Decide {
                    at: question.at.clone(),
                    subject: asked.subject,
                    agree,
                    by: Arc::clone(name),
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
        if let Err(refused) =
            self.handle.command(Arc::clone(&question.job), self.person.clone(), command).await
        {
            screen::with(&self.screen, |screen| screen.say(&format!("the answer was not taken: {refused}")));
            // Another answer would be taken, and the job waits for one.
            if let Refused::Rejected(Rejection::NotNow { .. }) = refused {
                self.questions.push_front(question.clone());
            }
        }
    }

    /// Stops the job: it would wait for ever.
    async fn give_up(&mut self, question: &Question) {
        let why = match &question.about {
            About::Approval(asked) if asked.phrase.is_some() => {
                "an approval of critical risk needs a phrase typed at a terminal, even with --yes"
            }
            About::Approval(_) => {
                "an approval is asked, and nobody is at the terminal: run there, or with --yes"
            }
            About::Settlement { .. } => {
                "a person must say what came of a step, and nobody is at the terminal"
            }
        };
        screen::with(&self.screen, |screen| screen.say(&format!("stopping: {why}")));
        self.nobody_answers = true;
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
                Some(phrase) => format!("type `{phrase}` to agree: "),
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

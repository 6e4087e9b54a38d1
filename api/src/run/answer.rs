//! Answers questions: with `--yes`, or by asking the person at the terminal.

use super::{
    Options,
    screen::{self, Screen},
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
    io::{BufRead as _, IsTerminal as _},
    sync::{Arc, Mutex},
};
use tokio::sync::oneshot;

/// Answers questions.
pub(super) struct Attendant {
    pub(super) handle: Handle,
    pub(super) person: Actor,
    /// Whether somebody here refused, or the job was stopped because nobody here can answer.
    pub(super) is_refused: bool,
    screen: Arc<Mutex<Screen>>,
    yes: bool,
    /// Whether the job only pretends: then --yes stands for as many people as are asked.
    pretends: bool,
    questions: VecDeque<Question>,
    /// A line that is being read, for the first question.
    reading: Option<oneshot::Receiver<Option<String>>>,
}

impl Attendant {
    pub(super) fn new(handle: Handle, screen: Arc<Mutex<Screen>>, person: Actor, options: &Options) -> Self {
        let (yes, pretends) = (options.yes, options.mock);
        let (questions, reading) = (VecDeque::new(), None);
        Self { handle, person, is_refused: false, screen, yes, pretends, questions, reading }
    }

    pub(super) fn ask(&mut self, question: Question) {
        self.questions.push_back(question);
    }

    /// Drops the questions of a job that is over.
    pub(super) fn forget(&mut self, job: &JobId) {
        self.questions.retain(|question| question.job != *job);
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
        if !std::io::stdin().is_terminal() {
            self.questions.pop_front();
            return self.give_up(&question).await;
        }
        let reading = match &mut self.reading {
            Some(reading) => reading,
            None => {
                screen::with(&self.screen, |screen| screen.prompt(&prompt(&question)));
                self.reading.insert(read_line())
            }
        };
        let line = reading.await.ok().flatten();
        self.reading = None;
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
                    ("" | "n" | "no", _) => false,
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
        if self.yes || !std::io::stdin().is_terminal() {
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
                None => "agree? [y/N] ".to_owned(),
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

/// Reads a line on a thread of its own, as nothing else can wait for a terminal.
fn read_line() -> oneshot::Receiver<Option<String>> {
    let (line, read) = oneshot::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let count = std::io::stdin().lock().read_line(&mut text);
        let _gone = line.send(count.ok().filter(|count| *count > 0).map(|_| text));
    });
    read
}

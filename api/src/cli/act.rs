//! The verbs that tell a job something: `cancel`, `kill`, `pause`, `resume`, `retry`, `skip`, `signal`, `settle`, `undo`,
//! `approve`, `deny`. Each becomes one command, which whoever drives the job decides on.

use super::{Exit, run::signal, runtime};
use crate::{
    away::{Away, Outcome},
    config::Config,
    console::Console,
    failure::Failure,
    run::told,
};
use clap::{Args, ValueEnum};
use engine::{
    command::{Command, Decide, Settlement},
    event::{Actor, ApprovalRequested, At, Door},
    id::Name,
    job::{InstanceState, Job},
};
use std::sync::Arc;

/// A job.
#[derive(Debug, Args)]
pub(super) struct Whole {
    /// Its id, or a part of one that no other job has.
    #[arg(value_name = "JOB")]
    job: String,
}

/// A job, or a step of it.
#[derive(Debug, Args)]
pub(super) struct Retried {
    #[command(flatten)]
    whole: Whole,
    /// This step only, and what waits for it.
    #[arg(value_name = "STEP")]
    step: Option<String>,
}

/// A step of a job.
#[derive(Debug, Args)]
pub(super) struct Part {
    #[command(flatten)]
    whole: Whole,
    /// The step, or an instance of it as `STEP/0`.
    #[arg(value_name = "STEP")]
    step: String,
}

/// A signal.
#[derive(Debug, Args)]
pub(super) struct Signal {
    #[command(flatten)]
    whole: Whole,
    /// Its name, and what it says as JSON.
    #[arg(value_name = "NAME[=JSON]")]
    signal: String,
}

/// What came of an attempt of which nobody knows.
#[derive(Debug, Args)]
pub(super) struct Settled {
    #[command(flatten)]
    part: Part,
    /// What came of it.
    #[arg(value_name = "WHAT", value_enum)]
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Verdict {
    /// It took effect.
    Done,
    /// It did not, and is not tried again.
    Failed,
    /// It did not, and is tried again.
    Retry,
}

/// An answer to a question.
#[derive(Debug, Args)]
pub(super) struct Answer {
    #[command(flatten)]
    whole: Whole,
    /// Where it is asked, if the job asks more than one thing.
    #[arg(value_name = "STEP")]
    step: Option<String>,
    /// What you agree to, or its beginning: the digest that `skynet show` prints. If it is another by now, nothing happens.
    #[arg(long, value_name = "DIGEST")]
    subject: Option<String>,
    /// The words that must be typed to agree, where they are asked.
    #[arg(long, value_name = "WORDS")]
    phrase: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

/// One of these verbs.
pub(super) enum Act {
    Simple(Whole, Command),
    Retry(Retried),
    Skip(Part),
    Signal(Signal),
    Settle(Settled),
    Answer(Answer, bool),
}

impl Act {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        runtime()?.block_on(self.tell(console))
    }

    async fn tell(self, console: &Console) -> Result<Exit, Failure> {
        let config = Config::read();
        let away = Away::open(&config).await?;
        let id = away.find(&self.whole().job).await?;
        let job = away.fold(&id).await?;
        let name: Name = format!("user:{}", config.user).into();
        let command = self.command(&job, &name)?;
        let person = Actor::Person { name, door: Door::Shell };
        let outcome = away.tell(&config, job, &person, command).await?;
        let exit = match outcome {
            Outcome::Refused(rejection) => {
                let help = "see how it stands with `skynet show`";
                console.complain(&Failure::new(rejection.to_string(), help).to_string());
                Exit::No
            }
            Outcome::Sent => {
                console
                    .remark("It is sent. Whoever drives the job has not answered yet; see `skynet show`.\n");
                Exit::Success
            }
            Outcome::Done(events) => {
                let job = away.fold(&id).await?;
                for told in events.iter().filter_map(|recorded| told(&job, recorded)) {
                    let of = if told.of.is_empty() { &*job.shape.plan.name } else { told.of.as_str() };
                    console.print(&format!("{of} {}\n", told.line))?;
                }
                Exit::Success
            }
        };
        away.close().await?;
        Ok(exit)
    }

    const fn whole(&self) -> &Whole {
        match self {
            Self::Simple(whole, _) => whole,
            Self::Retry(retried) => &retried.whole,
            Self::Skip(part) => &part.whole,
            Self::Signal(signal) => &signal.whole,
            Self::Settle(settled) => &settled.part.whole,
            Self::Answer(answer, _) => &answer.whole,
        }
    }

    fn command(self, job: &Job, by: &Name) -> Result<Command, Failure> {
        Ok(match self {
            Self::Simple(_, command) => command,
            Self::Retry(Retried { step: None, .. }) => Command::RetryJob,
            Self::Retry(Retried { step: Some(step), .. }) => Command::RetryStep { step: step.into() },
            Self::Skip(part) => Command::SkipStep { at: part.at()? },
            Self::Signal(signal) => signal.command()?,
            Self::Settle(Settled { part, verdict }) => {
                let verdict = match verdict {
                    Verdict::Done => Settlement::Done,
                    Verdict::Failed => Settlement::Failed,
                    Verdict::Retry => Settlement::Retry,
                };
                Command::SettleStep { at: part.at()?, verdict }
            }
            Self::Answer(answer, agree) => {
                let asked = answer.question(job)?;
                Command::DecideApproval(Box::new(Decide {
                    at: asked.at.clone(),
                    subject: asked.subject,
                    agree,
                    by: Arc::clone(by),
                    groups: Vec::new(),
                    is_owner: true,
                    comment: answer.comment,
                    phrase: answer.phrase,
                }))
            }
        })
    }
}

impl Part {
    fn at(&self) -> Result<At, Failure> {
        let (step, instance) = match self.step.split_once('/') {
            Some((step, number)) => {
                let number = number.parse().map_err(|_| {
                    let what = format!("`{number}` is no number of an instance");
                    Failure::new(what, "write STEP/0 for the first one")
                })?;
                (step, number)
            }
            None => (&*self.step, 0),
        };
        Ok(At::new(step.into(), instance))
    }
}

impl Signal {
    fn command(&self) -> Result<Command, Failure> {
        let (name, body) = signal("", &self.signal)?;
        Ok(Command::SendSignal { name, body })
    }
}

impl Answer {
    /// Finds the question that is meant.
    fn question<'a>(&self, job: &'a Job) -> Result<&'a ApprovalRequested, Failure> {
        let asked = job.steps.iter().flat_map(|step| &step.instances).filter_map(|it| match &it.state {
            InstanceState::Approval(approval) => Some(&approval.asked),
            _ => None,
        });
        let asked: Vec<_> =
            asked.filter(|asked| self.step.as_ref().is_none_or(|step| *step == *asked.at.step)).collect();
        let [one] = asked.as_slice() else {
            let steps: Vec<&str> = asked.iter().map(|asked| &*asked.at.step).collect();
            return Err(if steps.is_empty() {
                Failure::new("nobody is asked anything there now", "see why it waits with `skynet show`")
            } else {
                Failure::new(
                    format!("it asks more than one thing: {}", steps.join(", ")),
                    "name the step that you answer",
                )
            });
        };
        match &self.subject {
            Some(subject) if !one.subject.to_string().starts_with(subject.as_str()) => Err(Failure::new(
                format!("what is asked is not what you name, but {}", one.subject),
                "look at what is asked now with `skynet show`, and answer that",
            )),
            Some(_) | None => Ok(one),
        }
    }
}

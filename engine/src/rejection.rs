//! Why a command is refused: a value for whoever asked, not a failure.

use crate::{
    evolve::Corrupt,
    id::{Digest, Name},
    plan::Risk,
};
use std::fmt;

/// Why a command is refused. The job is as it was.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// There is such a job already.
    Exists,
    /// The job is not there yet.
    Absent,
    /// A param is unknown, missing, or its value is none it takes.
    Param {
        /// Which.
        name: Name,
        /// What is wrong, and how to go on.
        why: String,
    },
    /// A setting of the workflow has no value that can be used.
    Setting {
        /// Which.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
    /// No provider here serves the place a step runs in.
    NoProvider {
        /// The step.
        step: Name,
        /// The kind of place.
        kind: Name,
    },
    /// A step asks a model, and there is none, nor a mock.
    NoModel {
        /// The step.
        step: Name,
    },
    /// The job has ended.
    Over {
        /// How.
        state: &'static str,
    },
    /// The job is in no state in which this can be asked.
    NotNow {
        /// Why.
        why: String,
    },
    /// There is no such step or instance.
    NoSuchStep {
        /// What was asked for.
        step: Name,
    },
    /// The report is about an attempt that is not the present one.
    Fenced {
        /// The attempt that was reported.
        reported: u32,
        /// The present one.
        present: u32,
    },
    /// Nothing is asked there.
    NotAsked,
    /// What was shown is not what is asked now.
    OtherSubject {
        /// What is asked now.
        present: Digest,
    },
    /// They may not answer.
    NotAnApprover {
        /// Who may.
        approvers: Vec<Name>,
    },
    /// They have answered before, and others must.
    AnsweredBefore {
        /// How many more are needed.
        missing: u32,
    },
    /// What must be typed was not.
    WrongPhrase {
        /// What must be typed.
        phrase: String,
        /// How dangerous it is.
        risk: Risk,
    },
    /// The decision contradicts itself: an error of this program.
    Broken(Corrupt),
}

impl std::error::Error for Rejection {}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("there is such a job already"),
            Self::Absent => f.write_str("there is no such job"),
            Self::Param { name, why } => write!(f, "param `{name}`: {why}"),
            Self::Setting { what, why } => write!(f, "`{what}` of the workflow has no value: {why}"),
            Self::NoProvider { step, kind } => write!(
                f,
                "step `{step}` runs on a {kind} target, and nothing here can do that; --mock pretends instead"
            ),
            Self::NoModel { step } => write!(
                f,
                "step `{step}` asks a model, and none is configured; give the step a `mock` block, whose `output` is then the answer, or pretend all of it with --mock"
            ),
            Self::Over { state } => write!(f, "the job has ended: {state}"),
            Self::NotNow { why } => f.write_str(why),
            Self::NoSuchStep { step } => write!(f, "the job has no step `{step}` that has begun"),
            Self::Fenced { reported, present } => {
                write!(f, "attempt {reported} is over; the present one is {present}")
            }
            Self::NotAsked => f.write_str("nothing is asked there any more"),
            Self::OtherSubject { present } => {
                write!(f, "what was shown is not what is asked now, which is {present}; look at it again")
            }
            Self::NotAnApprover { approvers } => {
                write!(
                    f,
                    "only {} may answer",
                    approvers.iter().map(|it| &**it).collect::<Vec<_>>().join(", ")
                )
            }
            Self::AnsweredBefore { missing } => {
                write!(f, "you have agreed before; {missing} more must")
            }
            Self::WrongPhrase { phrase, risk } => {
                write!(f, "this is of {} risk: to agree, type `{phrase}`", risk.as_str())
            }
            Self::Broken(corrupt) => {
                write!(f, "the decision contradicts itself, which is a defect of skynet: {corrupt}")
            }
        }
    }
}

//! What can be wrong with the log, and where.

use engine::id::{Digest, JobId};
use std::fmt;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// With which job.
    pub job: JobId,
    /// With which event, if it is one.
    pub seq: Option<i32>,
    /// What.
    pub wrong: Wrong,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Events that must be there are not: the first, and how many.
    Hole {
        /// The number of the first.
        from: i32,
        /// How many.
        count: i32,
    },
    /// The hash does not follow from the hash before, the number, the kind and the body.
    Hash,
    /// The body is no event.
    Unreadable(String),
    /// The body says that it is another event than the row.
    Row(String),
    /// It stands before the event that it follows, in the order of all jobs.
    Order,
    /// By what happened before, it cannot have happened.
    Follows(String),
    /// The plan is not known here, so what can follow was not checked.
    Plan(Digest),
    /// Content is gone.
    Content(String),
    /// The job has events and no head.
    NoHead,
    /// The head says that the job's last event is another.
    Head {
        /// Which one it says.
        seq: i32,
        /// Which one it is.
        last: i32,
    },
    /// The head's hash is not that of the last event.
    Tip,
    /// The head says that the job is over, or not, and its events say otherwise.
    Done(bool),
}

impl Wrong {
    /// Returns whether it is proof that something was done to the log, or only that something could not be checked.
    #[must_use]
    pub const fn is_proof(&self) -> bool {
        match self {
            Self::Plan(_) | Self::Content(_) => false,
            Self::Hole { .. }
            | Self::Hash
            | Self::Unreadable(_)
            | Self::Row(_)
            | Self::Order
            | Self::Follows(_)
            | Self::NoHead
            | Self::Head { .. }
            | Self::Tip
            | Self::Done(_) => true,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            Some(seq) => write!(f, "job {}, event {seq}: {}", self.job, self.wrong),
            None => write!(f, "job {}: {}", self.job, self.wrong),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hole { from, count: 1 } => write!(f, "event {from} is missing"),
            Self::Hole { from, count } => write!(f, "{count} events from number {from} on are missing"),
            Self::Hash => f.write_str(
                "its hash does not follow from the one before, its number, its kind and its body: one of them was changed",
            ),
            Self::Unreadable(why) => write!(f, "its body cannot be read: {why}"),
            Self::Row(why) => write!(f, "its body and its row differ: {why}"),
            Self::Order => f.write_str("in the order of all jobs it stands before the event that it follows"),
            Self::Follows(why) => write!(f, "it cannot have happened: {why}"),
            Self::Plan(digest) => write!(
                f,
                "its plan {digest} is not known here, so whether its events can follow one another was not checked"
            ),
            Self::Content(why) => write!(f, "content that it names cannot be had: {why}"),
            Self::NoHead => f.write_str("it has events and no head"),
            Self::Head { seq, last: 0 } => {
                write!(f, "its head says that event {seq} is the last, and it has no event at all")
            }
            Self::Head { seq, last } => {
                write!(f, "its head says that event {seq} is the last, and the last there is has the number {last}")
            }
            Self::Tip => f.write_str("its head has another hash than its last event"),
            Self::Done(true) => f.write_str("its head says that it is over, and by its events it is not"),
            Self::Done(false) => f.write_str("its head says that it is not over, and by its events it is"),
        }
    }
}

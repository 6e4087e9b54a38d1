//! Proving the log: that nothing was changed, left out or put in between, and that it can have happened.
//!
//! Each event carries a hash over the one before it, so what is done to one shows in the next. A [`seal()`] closes a range
//! of the feed under one digest and goes outside the database, so even who makes all hashes anew is found out. Seals are
//! not signed: whoever keeps them where the database's owner cannot write has the proof.

mod check;
mod export;
mod jobs;
mod merkle;
mod problem;
mod seal;
mod verify;

pub use export::export;
pub use problem::{Problem, Wrong};
pub use seal::{Part, Seal, SealProblem, seal, verify_seals};
pub use verify::{Checks, Verified, verify};

pub(crate) use seal::segment_root;

use engine::id::JobId;

/// Which jobs are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This one.
    Job(JobId),
    /// All.
    All,
    /// Those of a segment of the log.
    Segment(String),
}

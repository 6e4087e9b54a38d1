//! Hands: code that performs what a request says.

use super::secret::Secrets;
use crate::{
    id::AttemptKey,
    request::{Outcome, Request, Stopped},
};
use futures_core::future::BoxFuture;

/// Performs requests of one kind of place.
pub trait Provider: Send + Sync {
    /// Returns the kind of place it serves: `local`, `http`, `mock`, …
    fn kind(&self) -> &'static str;

    /// Says what it could never do of a request, before anything runs.
    ///
    /// # Errors
    /// The reason, as a sentence, with how to go on.
    fn check(&self, request: &Request) -> Result<(), String>;

    /// Performs a request and says what came of it.
    ///
    /// The same key twice is one effect: the second call waits for what runs, or returns what came of it. What is not
    /// known to have ended well is never [`Outcome::Done`]. If the request has a timeout, the attempt is stopped then
    /// as by [`Stop::Gracefully`], and runs no longer when this returns. Secrets given here appear in nothing that comes
    /// out.
    fn perform<'a>(
        &'a self,
        request: &'a Request,
        secrets: &'a Secrets,
        sink: &'a dyn Sink,
    ) -> BoxFuture<'a, Outcome>;

    /// Stops an attempt, and says whether it is proved to be gone. `perform` then ends with [`Outcome::Cancelled`],
    /// unless it had ended before. A key that is not known here is confirmed: nothing of it runs.
    fn cancel<'a>(&'a self, key: &'a AttemptKey, how: Stop) -> BoxFuture<'a, Stopped>;
}

/// How an attempt is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// It is asked to end, and made to if it does not.
    Gracefully,
    /// It is made to end at once.
    Now,
}

/// Where what an attempt prints goes while it runs.
pub trait Sink: Send + Sync {
    /// Takes some output, secrets already removed. Returning later holds the attempt back.
    fn write<'a>(&'a self, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()>;
}

/// One of the two streams of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

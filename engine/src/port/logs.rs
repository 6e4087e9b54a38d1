//! What attempts print: a stream beside the log of events.

use super::provider::Stream;
use crate::id::AttemptKey;
use futures_core::future::BoxFuture;

/// Takes what attempts print.
pub trait Logs: Send + Sync {
    /// Takes some output of an attempt, in order. Returning later holds the attempt back.
    fn write<'a>(&'a self, key: &'a AttemptKey, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()>;
}

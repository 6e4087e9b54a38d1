//! The time, which the heart is told and never asks for.

use futures_core::future::BoxFuture;

/// The time.
pub trait Clock: Send + Sync {
    /// Returns the time, in milliseconds since 1970-01-01 UTC.
    fn now(&self) -> i64;

    /// Returns when the time has come, or earlier if it has passed.
    fn sleep_until(&self, time: i64) -> BoxFuture<'_, ()>;
}

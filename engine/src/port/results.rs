//! Results that may serve again, by the key of what made them.

use crate::{command::CacheHit, id::Digest};
use futures_core::future::BoxFuture;

/// Keeps results of steps with `cache`.
pub trait Results: Send + Sync {
    /// Finds the latest result of a key.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn find(&self, key: Digest) -> BoxFuture<'_, Result<CacheHit, String>>;

    /// Keeps a result.
    fn keep(&self, key: Digest, result: CacheHit) -> BoxFuture<'_, ()>;
}

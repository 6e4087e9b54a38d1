//! Content that is found by its digest: artifacts, and values too large for an event.

use crate::id::Digest;
use futures_core::{future::BoxFuture, stream::BoxStream};
use std::fmt;

/// Content in pieces, as it is read.
pub type BlobReader = BoxStream<'static, Result<Vec<u8>, BlobError>>;

/// A store of content.
pub trait Blobs: Send + Sync {
    /// Keeps content; keeping it twice is keeping it once. Returns its digest and its size in bytes.
    ///
    /// # Errors
    /// If reading it fails or it cannot be kept.
    fn put(&self, content: BlobReader) -> BoxFuture<'_, Result<(Digest, u64), BlobError>>;

    /// Reads content.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    fn get(&self, digest: Digest) -> BoxFuture<'_, Result<BlobReader, BlobError>>;
}

/// Why content cannot be kept or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobError {
    /// There is none of this digest.
    Missing(Digest),
    /// The world failed: what happened.
    Failed(String),
}

impl std::error::Error for BlobError {}

impl fmt::Display for BlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(digest) => write!(f, "there is no content of the digest {digest}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

//! A store of content in memory.

use crate::stream;
use engine::{
    id::Digest,
    port::{BlobError, BlobReader, Blobs},
};
use futures_core::future::BoxFuture;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Keeps content in memory, for tests.
#[derive(Default)]
pub struct Memory {
    all: Mutex<BTreeMap<Digest, Arc<Vec<u8>>>>,
}

impl Memory {
    /// Keeps some bytes and returns their digest.
    pub fn keep(&self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        self.all.lock().unwrap().insert(digest, Arc::new(bytes));
        digest
    }

    /// Returns how many contents it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.lock().unwrap().len()
    }
}

impl Blobs for Memory {
    fn put(&self, mut content: BlobReader) -> BoxFuture<'_, Result<(Digest, u64), BlobError>> {
        Box::pin(async move {
            let mut bytes = Vec::new();
            while let Some(piece) = stream::next(&mut content).await {
                bytes.extend(piece?);
            }
            let length = bytes.len() as u64;
            Ok((self.keep(bytes), length))
        })
    }

    fn get(&self, digest: Digest) -> BoxFuture<'_, Result<BlobReader, BlobError>> {
        let found = self.all.lock().unwrap().get(&digest).cloned();
        Box::pin(async move {
            let bytes = found.ok_or(BlobError::Missing(digest))?;
            let (feed, content) = stream::channel();
            tokio::spawn(async move {
                for piece in bytes.chunks(10_000) {
                    if feed.send(Ok(piece.to_vec())).await.is_err() {
                        return;
                    }
                }
            });
            Ok(content)
        })
    }
}

/// Reads all of a content.
pub(super) async fn read(blobs: &dyn Blobs, digest: Digest) -> Vec<u8> {
    let mut content = blobs.get(digest).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = stream::next(&mut content).await {
        bytes.extend(piece.unwrap());
    }
    bytes
}

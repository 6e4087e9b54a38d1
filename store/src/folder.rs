//! Content in a folder: one file for each digest.
//!
//! A file gets its name only when it is whole, so what has the name of a digest has that digest.

use engine::{
    id::Digest,
    port::{BlobError, BlobReader, Blobs},
};
use futures_core::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use std::{io, path::PathBuf};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncWriteExt as _},
};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 << 10;

/// Content in a folder.
#[derive(Clone, Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
}

impl FolderBlobs {
    /// Keeps content in this folder, which is made when the first content comes.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.folder.join(digest.to_string())
    }

    async fn write(&self, mut content: BlobReader) -> Result<(Digest, u64), BlobError> {
        let failed = |error: io::Error| {
            BlobError::Failed(format!("content cannot be kept in {}: {error}", self.folder.display()))
        };
        tokio::fs::create_dir_all(&self.folder).await.map_err(failed)?;
        // Dropped before it is persisted, it is deleted.
        let temporary = tempfile::NamedTempFile::new_in(&self.folder).map_err(failed)?;
        let mut file = File::from_std(temporary.as_file().try_clone().map_err(failed)?);
        let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
        while let Some(chunk) = content.next().await {
            let chunk = chunk?;
            hash.update(&chunk);
            bytes += u64::try_from(chunk.len()).unwrap_or_default();
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        let digest = Digest(hash.finalize().into());
        temporary.persist(self.path(digest)).map_err(|error| failed(error.error))?;
        Ok((digest, bytes))
    }
}

impl Blobs for FolderBlobs {
    fn put(&self, content: BlobReader) -> BoxFuture<'_, Result<(Digest, u64), BlobError>> {
        Box::pin(self.write(content))
    }

    fn get(&self, digest: Digest) -> BoxFuture<'_, Result<BlobReader, BlobError>> {
        Box::pin(async move {
            let file = match File::open(self.path(digest)).await {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(BlobError::Missing(digest));
                }
                Err(error) => return Err(unreadable(digest, &error)),
            };
            let chunks = stream::try_unfold(file, move |mut file| async move {
                let mut chunk = vec![0; CHUNK];
                let read = file.read(&mut chunk).await.map_err(|error| unreadable(digest, &error))?;
                chunk.truncate(read);
                Ok((read > 0).then_some((chunk, file)))
            });
            Ok(chunks.boxed())
        })
    }
}

fn unreadable(digest: Digest, error: &io::Error) -> BlobError {
    BlobError::Failed(format!("the content of the digest {digest} cannot be read: {error}"))
}

//! Content in the database, in pieces.
//!
//! Content of one piece is kept by one statement. Of more than that each piece is written as it comes, under the name
//! of an upload and in a transaction of its own, so that a slow source holds up nobody: the feed waits for the oldest
//! transaction that writes. When the digest is known, one short transaction gives the pieces its name and shows them.
//! What an upload that broke off leaves behind is taken away by [`super::sweep`].
//!
//! Pieces are kept as they are. Compressing them would cost another library in C, and the sweep its look into plans
//! from within the database.

use super::{connect::Database, error::words};
use engine::{
    id::Digest,
    port::{BlobError, BlobReader, Blobs},
};
use futures_core::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;

/// How long a piece is, in bytes; the last one is shorter.
const PIECE: usize = 256 << 10;

/// Content in the database.
#[derive(Clone, Debug)]
pub struct PgBlobs {
    database: Database,
}

impl PgBlobs {
    /// Keeps content in this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    async fn write(&self, content: BlobReader) -> Result<(Digest, u64), BlobError> {
        let (mut upload, pool) = (Upload::default(), self.database.pool());
        let kept = match upload.take(pool, content).await {
            Ok(()) => upload.finish(pool).await,
            Err(error) => Err(error),
        };
        if kept.is_err() {
            upload.discard(pool).await;
        }
        kept
    }

    async fn open(&self, digest: Digest) -> Result<BlobReader, BlobError> {
        let pieces = sqlx::query_scalar::<_, i32>(include_str!("sql/find_blob.sql"))
            .bind(digest.0.as_slice())
            .fetch_optional(self.database.pool())
            .await
            .map_err(|error| unreadable(digest, error))?
            .ok_or(BlobError::Missing(digest))?;
        let reading =
            Reading { pool: self.database.pool().clone(), digest, pieces, no: 0, hash: Sha256::new() };
        Ok(stream::try_unfold(reading, Reading::next).boxed())
    }
}

impl Blobs for PgBlobs {
    fn put(&self, content: BlobReader) -> BoxFuture<'_, Result<(Digest, u64), BlobError>> {
        Box::pin(self.write(content))
    }

    fn get(&self, digest: Digest) -> BoxFuture<'_, Result<BlobReader, BlobError>> {
        Box::pin(self.open(digest))
    }
}

/// Content on its way in.
#[derive(Default)]
struct Upload {
    /// Under which name its pieces are kept meanwhile; none as long as there are none.
    name: Option<Vec<u8>>,
    pieces: i32,
    rest: Vec<u8>,
    hash: Sha256,
    bytes: u64,
}

impl Upload {
    async fn take(&mut self, pool: &PgPool, mut content: BlobReader) -> Result<(), BlobError> {
        while let Some(part) = content.next().await {
            let part = part?;
            self.hash.update(&part);
            self.bytes += u64::try_from(part.len()).unwrap_or_default();
            let mut part = part.as_slice();
            while !part.is_empty() {
                if self.rest.len() == PIECE {
                    self.keep_rest(pool).await.map_err(unkept)?;
                }
                let (now, later) = part.split_at(part.len().min(PIECE - self.rest.len()));
                self.rest.extend_from_slice(now);
                part = later;
            }
        }
        Ok(())
    }

    async fn keep_rest(&mut self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let name = match &self.name {
            Some(name) => name,
            None => {
                let named = sqlx::query_scalar(include_str!("sql/name_upload.sql")).fetch_one(pool).await?;
                self.name.insert(named)
            }
        };
        sqlx::query(include_str!("sql/keep_piece.sql"))
            .bind(name)
            .bind(self.pieces)
            .bind(&self.rest)
            .execute(pool)
            .await?;
        self.pieces += 1;
        self.rest.clear();
        Ok(())
    }

    async fn finish(&mut self, pool: &PgPool) -> Result<(Digest, u64), BlobError> {
        let digest = Digest(std::mem::take(&mut self.hash).finalize().into());
        if self.name.is_none() {
            sqlx::query(include_str!("sql/keep_small_blob.sql"))
                .bind(digest.0.as_slice())
                .bind(&self.rest)
                .execute(pool)
                .await
                .map_err(unkept)?;
        } else {
            self.keep_rest(pool).await.map_err(unkept)?;
            self.show(pool, digest).await?;
        }
        Ok((digest, self.bytes))
    }

    async fn show(&mut self, pool: &PgPool, digest: Digest) -> Result<(), BlobError> {
        let mut transaction = pool.begin().await.map_err(unkept)?;
        let (is_new, moved) = sqlx::query_as::<_, (bool, i64)>(include_str!("sql/finish_upload.sql"))
            .bind(digest.0.as_slice())
            .bind(i64::try_from(self.bytes).unwrap_or(i64::MAX))
            .bind(self.pieces)
            .bind(&self.name)
            .fetch_one(&mut *transaction)
            .await
            .map_err(unkept)?;
        if is_new && moved != i64::from(self.pieces) {
            return Err(BlobError::Failed(
                "content cannot be kept: it came so slowly that its first pieces were taken for left over; send \
                 it again"
                    .to_owned(),
            ));
        }
        transaction.commit().await.map_err(unkept)?;
        if !is_new {
            self.discard(pool).await;
        }
        Ok(())
    }

    /// What is not gone afterwards, the sweep finds.
    async fn discard(&self, pool: &PgPool) {
        if let Some(name) = &self.name {
            let _ = sqlx::query(include_str!("sql/discard_upload.sql")).bind(name).execute(pool).await;
        }
    }
}

/// Content on its way out. No connection is held while the reader thinks.
struct Reading {
    pool: PgPool,
    digest: Digest,
    pieces: i32,
    no: i32,
    hash: Sha256,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>, BlobError> {
        let digest = self.digest;
        if self.no == self.pieces {
            return if self.hash.finalize().as_slice() == digest.0 { Ok(None) } else { Err(damaged(digest)) };
        }
        let piece: Vec<u8> = sqlx::query_scalar(include_str!("sql/read_piece.sql"))
            .bind(digest.0.as_slice())
            .bind(self.no)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| unreadable(digest, error))?
            .ok_or_else(|| damaged(digest))?;
        self.hash.update(&piece);
        self.no += 1;
        Ok(Some((piece, self)))
    }
}

fn unkept(error: sqlx::Error) -> BlobError {
    BlobError::Failed(format!("content cannot be kept: {}", words(&error)))
}

fn unreadable(digest: Digest, error: sqlx::Error) -> BlobError {
    BlobError::Failed(format!("the content of the digest {digest} cannot be read: {}", words(&error)))
}

fn damaged(digest: Digest) -> BlobError {
    BlobError::Failed(format!("the content of the digest {digest} is damaged: it has another digest now"))
}

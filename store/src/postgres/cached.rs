//! Results that may serve again, in the database.

use super::{connect::Database, error::words, id, patience::ask};
use engine::{
    command::CacheHit,
    id::Digest,
    port::{LogError, Results},
};
use futures_core::future::BoxFuture;

/// Results in the database.
#[derive(Clone, Debug)]
pub struct PgResults {
    database: Database,
}

impl PgResults {
    /// Keeps results in this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Forgets the results that were made before a time. Returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget(&self, before: i64) -> Result<u64, LogError> {
        let query = sqlx::query(include_str!("sql/forget_results.sql")).bind(before);
        let done = query.execute(self.database.pool()).await.map_err(|error| words(&error))?;
        Ok(done.rows_affected())
    }

    async fn look_up(&self, key: Digest) -> Result<CacheHit, String> {
        let find = || {
            sqlx::query_scalar::<_, Vec<u8>>(include_str!("sql/find_result.sql"))
                .bind(key.0.as_slice())
                .fetch_optional(self.database.pool())
        };
        let found = ask(self.database.settings().patience, find).await;
        let found = found.map_err(|error| format!("earlier results cannot be read: {}", words(&error)))?;
        let body = found.ok_or_else(|| "no earlier step had the same key".to_owned())?;
        serde_json::from_slice(&body).map_err(|error| format!("the earlier result is damaged: {error}"))
    }

    async fn write(&self, key: Digest, result: &CacheHit) -> Result<(), LogError> {
        let job = id::read(&result.job)?;
        let body = serde_json::to_vec(result).map_err(|error| LogError::Corrupt(error.to_string()))?;
        let query = sqlx::query(include_str!("sql/keep_result.sql")).bind(key.0.as_slice()).bind(job);
        let query = query.bind(result.made_at).bind(body);
        query.execute(self.database.pool()).await.map(drop).map_err(|error| words(&error))
    }
}

impl Results for PgResults {
    fn find(&self, key: Digest) -> BoxFuture<'_, Result<CacheHit, String>> {
        Box::pin(self.look_up(key))
    }

    fn keep(&self, key: Digest, result: CacheHit) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // A result that is not kept is made again.
            let _ = self.write(key, &result).await;
        })
    }
}

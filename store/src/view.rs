//! What doors show of jobs: asked of the projections, and as current as these are.
//!
//! Times are in milliseconds since 1970-01-01 UTC, ids are text as everywhere.

mod job;
mod other;
mod step;

pub use job::{Cursor, Filter, JobRow, Listed};
pub use other::{ArtifactRow, AuditCursor, AuditRow, ProviderRow};
pub use step::StepRow;

use crate::postgres::{Database, words};
use engine::{event::Values, id::Digest, port::LogError};
use sqlx::Error;
use std::{future::Future, sync::Arc};

/// What doors show of jobs.
#[derive(Clone, Debug)]
pub struct Views {
    database: Database,
}

impl Views {
    /// Looks into a database.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    async fn read<T>(&self, rows: impl Future<Output = Result<T, Error>>) -> Result<T, LogError> {
        rows.await.map_err(|error| words(&error))
    }
}

/// Reads values from their JSON.
fn values(json: &str) -> Result<Values, Error> {
    serde_json::from_str(json).map(Arc::new).map_err(|error| Error::Decode(error.into()))
}

fn digest(bytes: Option<&[u8]>) -> Option<Digest> {
    bytes.and_then(|bytes| bytes.try_into().ok()).map(Digest)
}

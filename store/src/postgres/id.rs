//! Ids of jobs: UUIDs here, text everywhere else.

use engine::{id::JobId, port::LogError};
use uuid::Uuid;

/// Reads an id.
///
/// # Errors
/// If it is no UUID as this store writes them: two spellings of one id would be two jobs to the rest of the house.
pub(crate) fn read(job: &JobId) -> Result<Uuid, LogError> {
    let uuid = Uuid::try_parse(job).ok().filter(|uuid| uuid.to_string() == **job);
    uuid.ok_or_else(|| {
        let why =
            "keeps jobs under UUIDs of version 7 in small letters, as 019a0000-0000-7000-8000-000000000000";
        LogError::Failed(format!("`{job}` cannot be the id of a job: this store {why}"))
    })
}

/// Writes an id.
pub(crate) fn write(job: Uuid) -> JobId {
    job.to_string().into()
}

/// Returns the shard of a job: the last byte of its id, which a child shares with its parent.
pub(crate) const fn shard(job: Uuid) -> u8 {
    let [.., last] = *job.as_bytes();
    last
}

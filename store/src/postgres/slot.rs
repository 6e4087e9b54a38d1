//! Places of concurrency groups, shared by all processes: a place is a row, and it is free when its worker is gone.

use super::{connect::Database, error::words, id};
use engine::{port::LogError, slot::Holder};
use uuid::Uuid;

/// The places of all groups.
#[derive(Clone, Debug)]
pub struct Slots {
    database: Database,
}

impl Slots {
    /// Uses the places of this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Takes a place of a group that has `limit` places, for a holder that the worker looks after. Whoever has one
    /// keeps it, also if another worker looked after it. Returns its number, or none if all are taken. A limit that is
    /// lowered takes no place away.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take(
        &self,
        group: &str,
        limit: u32,
        worker: i64,
        holder: &Holder,
    ) -> Result<Option<u32>, LogError> {
        let (limit, (job, step, instance)) = (number(limit), parts(holder)?);
        loop {
            let take = sqlx::query_scalar::<_, i32>(include_str!("sql/take_slot.sql"));
            let take = take.bind(group).bind(limit).bind(worker).bind(job).bind(step).bind(instance);
            let taken = take.fetch_optional(self.database.pool()).await.map_err(|error| words(&error))?;
            if let Some(place) = taken {
                return Ok(u32::try_from(place).ok());
            }
            let grow = sqlx::query_scalar(include_str!("sql/grow_slots.sql")).bind(group).bind(limit);
            if !grow.fetch_one(self.database.pool()).await.map_err(|error| words(&error))? {
                return Ok(None);
            }
        }
    }

    /// Gives a place back, if the holder has one and the worker looks after it. Returns whether it did.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn free(&self, group: &str, worker: i64, holder: &Holder) -> Result<bool, LogError> {
        let (job, step, instance) = parts(holder)?;
        let query = sqlx::query(include_str!("sql/free_slot.sql")).bind(group).bind(worker);
        let done = query.bind(job).bind(step).bind(instance).execute(self.database.pool()).await;
        Ok(done.map_err(|error| words(&error))?.rows_affected() > 0)
    }

    /// Frees the places of workers that are gone. Returns the groups that have a free place by that.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reap(&self) -> Result<Vec<String>, LogError> {
        let query = sqlx::query_scalar(include_str!("sql/reap_slots.sql"));
        query.fetch_all(self.database.pool()).await.map_err(|error| words(&error))
    }
}

/// A holder as the table has it; a job as a whole has no step.
fn parts(holder: &Holder) -> Result<(Uuid, &str, i32), LogError> {
    let (step, instance) = holder.at.as_ref().map_or(("", 0), |at| (&*at.step, at.instance));
    Ok((id::read(&holder.job)?, step, number(instance)))
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

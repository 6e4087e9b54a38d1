//! What has to be done to the database now and then, by one process for all.

mod retention;
mod vacuum;

pub use retention::{Fate, Kept, Retention, Segment, retain, seal_segment};
pub use vacuum::{Vacuum, Vacuumed, vacuum};

use crate::{postgres::Database, projection::session};
use sqlx::PgConnection;

/// Opens a session with all rights of the login: the engine's role may not do what only the owner of a table may.
async fn owner(database: &Database) -> Result<PgConnection, sqlx::Error> {
    let mut db = session(database).await?;
    sqlx::raw_sql("RESET ROLE").execute(&mut db).await?;
    Ok(db)
}

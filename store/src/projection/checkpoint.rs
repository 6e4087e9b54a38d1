//! Where a projection stands, and the one way to move it.

use super::{
    Trouble,
    page::{pos, position, xid},
};
use engine::port::Position;
use sqlx::{PgConnection, Row as _};

/// Where a projection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) generation: i32,
    pub(super) position: Position,
    /// One more with each projector that takes it up: it fences the others.
    pub(super) epoch: i64,
    pub(super) fault: Option<String>,
}

/// Reads where a projection stands; locked, it does not move until the transaction ends.
pub(super) async fn read(
    db: &mut PgConnection,
    name: &str,
    is_locked: bool,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    const READ: &str = include_str!("sql/read_checkpoint.sql");
    const LOCK: &str = include_str!("sql/lock_checkpoint.sql");
    let row = sqlx::query(if is_locked { LOCK } else { READ }).bind(name).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Checkpoint {
            generation: row.try_get(0)?,
            position: position(row.try_get(1)?, row.try_get(2)?)?,
            epoch: row.try_get(3)?,
            fault: row.try_get(4)?,
        })
    })
    .transpose()
}

/// Makes a projection this worker's: whoever had it before moves it no more.
pub(super) async fn take(db: &mut PgConnection, name: &str, worker: i64) -> Result<(), sqlx::Error> {
    const TAKE: &str = include_str!("sql/take_projection.sql");
    sqlx::query(TAKE).bind(name).bind(worker).execute(db).await?;
    Ok(())
}

/// Moves a projection from where it was last seen, in the transaction of its rows.
pub(super) async fn step(
    db: &mut PgConnection,
    name: &str,
    from: &Checkpoint,
    to: Position,
) -> Result<(), Trouble> {
    let moved = sqlx::query(include_str!("../postgres/sql/checkpoint.sql"))
        .bind(name)
        .bind(from.generation)
        .bind(from.epoch)
        .bind(xid(from.position))
        .bind(pos(from.position))
        .bind(xid(to))
        .bind(pos(to))
        .execute(db)
        .await?;
    if moved.rows_affected() == 1 { Ok(()) } else { Err(Trouble::Overtaken) }
}

/// Notes why a projection stopped.
pub(super) async fn stop(
    db: &mut PgConnection,
    name: &str,
    at: &Checkpoint,
    why: &str,
) -> Result<(), sqlx::Error> {
    const STOP: &str = include_str!("sql/stop_projection.sql");
    sqlx::query(STOP).bind(name).bind(at.generation).bind(at.epoch).bind(why).execute(db).await?;
    Ok(())
}

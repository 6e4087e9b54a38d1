//! What guards the log against its own users, and whether the server can be trusted with the order of events.

use super::error::words;
use engine::port::LogError;
use sqlx::PgConnection;
use std::fmt;

/// What keeps events from being changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Sessions give up all rights but those of the engine's role; triggers stand behind it.
    Roles,
    /// The server has no such role for this login: only the triggers.
    Triggers,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Roles => "sessions have the rights of the role `skynet_engine`, which can add events and change none",
            Self::Triggers => {
                "this login cannot take the role `skynet_engine`, so only triggers keep events from being changed: have \
                 an administrator create the roles `skynet_owner`, `skynet_engine` and `skynet_reader`, and grant the \
                 first two to the login"
            }
        })
    }
}

impl Guard {
    /// Tries whether the login may take the engine's role.
    pub(crate) async fn of(connection: &mut PgConnection) -> Self {
        let taken = sqlx::raw_sql("SET ROLE skynet_engine; RESET ROLE").execute(connection).await;
        if taken.is_ok() { Self::Roles } else { Self::Triggers }
    }
}

/// Refuses a server whose transactions are numbered anew from below what the log has: readers would pass over events.
pub(crate) async fn xids(connection: &mut PgConnection) -> Result<(), LogError> {
    let restarted = sqlx::query_scalar(include_str!("sql/xids_restarted.sql"));
    if restarted.fetch_one(connection).await.map_err(|error| words(&error))? {
        let why = "the database counts its transactions from an earlier point than its log has reached, as after a \
                   dump was restored, and readers would miss events: raise the server's counter above the largest \
                   `xid` in `skynet.events` with `pg_resetwal -e -x`, or restore a physical backup";
        return Err(LogError::Failed(why.to_owned()));
    }
    Ok(())
}

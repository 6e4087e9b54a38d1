//! What a server answers when it is asked how it is.

use super::Error;
use sqlx::{Connection as _, PgConnection, Row as _};

/// What it said.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Its version.
    pub version: String,
    /// Whether it waits for the disk before it says that something is kept.
    pub is_durable: bool,
    /// Its time, in milliseconds since 1970.
    pub now: i64,
}

const QUESTION: &str = "SELECT current_setting('server_version') AS version, \
     current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AS is_durable, \
     (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";

/// Asks the server at this address.
///
/// # Errors
/// If it does not answer.
pub async fn inspect(url: &str) -> Result<Inspection, Error> {
    let failed = |error: sqlx::Error| {
        Error::new(
            format!("the database server does not answer: {error}"),
            "see whether it runs and lets you in, then try again",
        )
    };
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    let row = sqlx::query(QUESTION).fetch_one(&mut connection).await.map_err(failed)?;
    let inspection = Inspection {
        version: row.try_get("version").map_err(failed)?,
        is_durable: row.try_get("is_durable").map_err(failed)?,
        now: row.try_get("now").map_err(failed)?,
    };
    // It has answered; how it says farewell changes nothing.
    let _ = connection.close().await;
    Ok(inspection)
}

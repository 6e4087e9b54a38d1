//! The log as lines of JSON, each an event with all that its hash covers.

use super::{
    Scope,
    jobs::{Failed, Range},
};
use crate::{
    postgres::{Database, id},
    projection::session,
};
use engine::port::LogError;
use futures_util::TryStreamExt as _;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::{PgConnection, Row as _};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    job: &'a str,
    seq: i32,
    kind: i16,
    xid: &'a str,
    pos: i64,
    at: i64,
    worker: i64,
    hash: String,
    /// The very bytes that were digested.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    /// The same in hex, if they are no JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
}

const EVENTS: &str = include_str!("sql/exported.sql");

/// Writes jobs as lines of JSON, an event each, by job and number. Returns how many events that were.
///
/// # Errors
/// If the log cannot be read, or nothing can be written.
pub async fn export(
    database: &Database,
    scope: &Scope,
    to: &mut (dyn AsyncWrite + Unpin + Send),
) -> Result<u64, LogError> {
    let exported = async {
        let mut db = session(database).await?;
        write(&mut db, scope, to).await
    };
    Ok(exported.await?)
}

pub(super) async fn write(
    db: &mut PgConnection,
    scope: &Scope,
    to: &mut (dyn AsyncWrite + Unpin + Send),
) -> Result<u64, Failed> {
    let unwritten =
        |error: std::io::Error| LogError::Failed(format!("the export cannot be written: {error}"));
    let mut range = Range::of(db, scope).await?;
    let mut count = 0;
    while let Some(lot) = range.next(db).await? {
        let mut rows = sqlx::query(EVENTS).bind(lot.after).bind(lot.until).fetch(&mut *db);
        while let Some(row) = rows.try_next().await? {
            let (hash, body): (&[u8], &[u8]) = (row.try_get(7)?, row.try_get(8)?);
            let text: Option<&RawValue> = serde_json::from_slice(body).ok();
            // A line break inside would be two lines; what a store wrote has none.
            let text = text.filter(|text| text.get().as_bytes() == body && !body.contains(&b'\n'));
            let line = Line {
                job: &id::write(row.try_get(0)?),
                seq: row.try_get(1)?,
                kind: row.try_get(2)?,
                xid: row.try_get(3)?,
                pos: row.try_get(4)?,
                at: row.try_get(5)?,
                worker: row.try_get(6)?,
                hash: hex(hash),
                body: text,
                bytes: text.is_none().then(|| hex(body)),
            };
            let mut json = serde_json::to_vec(&line).map_err(|error| LogError::Corrupt(error.to_string()))?;
            json.push(b'\n');
            to.write_all(&json).await.map_err(unwritten)?;
            count += 1;
        }
    }
    to.flush().await.map_err(unwritten)?;
    Ok(count)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

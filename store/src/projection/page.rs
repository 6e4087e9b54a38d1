//! A page of the feed, with its events read.

use engine::{
    event::{Recorded, upcast},
    port::Position,
};
use futures_util::TryStreamExt as _;
use sqlx::{PgConnection, Row as _};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// The end of the feed, whatever comes: as far as the numbers of the database go.
pub(super) const END: Position =
    Position { transaction: i64::MAX.cast_unsigned(), number: i64::MAX.cast_unsigned() };

/// An event of the feed.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) position: Position,
    pub(super) job: Uuid,
    pub(super) seq: i32,
    /// The name of its kind; none if nobody here knows it.
    pub(super) kind: Option<Arc<str>>,
    /// What happened, or why that cannot be read.
    pub(super) event: Result<Recorded, String>,
}

/// The kinds of events by their numbers.
pub(super) type Kinds = BTreeMap<i16, Arc<str>>;

/// Reads which kinds there are.
pub(super) async fn kinds(db: &mut PgConnection) -> Result<Kinds, sqlx::Error> {
    let rows = sqlx::query("SELECT kind, name FROM skynet.event_kinds").fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<String, _>(1)?.into()))).collect()
}

/// All behind a place, up to another, below the oldest transaction that still writes: nothing can come before it.
const PAGE: &str = include_str!("sql/page.sql");

/// Reads up to `limit` events behind `after`, up to and with `until`.
pub(super) async fn read(
    db: &mut PgConnection,
    kinds: &Kinds,
    after: Position,
    until: Position,
    limit: i64,
) -> Result<Vec<Told>, sqlx::Error> {
    let query = sqlx::query(PAGE).bind(xid(after)).bind(pos(after)).bind(xid(until)).bind(pos(until));
    let mut rows = query.bind(limit).fetch(db);
    let mut page = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let body: &[u8] = row.try_get(5)?;
        let event = std::str::from_utf8(body)
            .map_err(|error| error.to_string())
            .and_then(|body| upcast::read(body).map_err(|error| error.to_string()));
        page.push(Told {
            position: position(row.try_get(0)?, row.try_get(1)?)?,
            job: row.try_get(2)?,
            seq: row.try_get(3)?,
            kind: kinds.get(&row.try_get(4)?).cloned(),
            event,
        });
    }
    Ok(page)
}

/// Writes the transaction of a place as Postgres reads it.
pub(crate) fn xid(position: Position) -> String {
    position.transaction.to_string()
}

/// Writes the number of a place as Postgres keeps it.
pub(crate) fn pos(position: Position) -> i64 {
    i64::try_from(position.number).unwrap_or(i64::MAX)
}

/// Reads a place.
pub(crate) fn position(xid: &str, pos: i64) -> Result<Position, sqlx::Error> {
    let transaction = xid.parse().map_err(|_| sqlx::Error::Decode("a transaction is a number".into()))?;
    Ok(Position { transaction, number: u64::try_from(pos).unwrap_or_default() })
}

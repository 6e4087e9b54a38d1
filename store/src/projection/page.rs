//! A page of the feed, with its events read.

use engine::event::{Recorded, upcast};
use futures_util::TryStreamExt as _;
use sqlx::{PgConnection, Row as _};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A place in the feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The transaction that wrote the event.
    pub xid: i64,
    /// Which of all events it is.
    pub pos: i64,
}

/// The end of the feed, whatever comes.
pub(super) const END: Place = Place { xid: i64::MAX, pos: i64::MAX };

/// An event of the feed.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) place: Place,
    pub(super) job: Uuid,
    pub(super) seq: i32,
    /// The name of its kind; none if nobody here knows it.
    pub(super) kind: Option<std::sync::Arc<str>>,
    /// What happened, or why that cannot be read.
    pub(super) event: Result<Recorded, String>,
}

/// The kinds of events by their numbers.
pub(super) type Kinds = BTreeMap<i16, std::sync::Arc<str>>;

/// Reads which kinds there are.
pub(super) async fn kinds(db: &mut PgConnection) -> Result<Kinds, sqlx::Error> {
    let rows = sqlx::query("SELECT kind, name FROM skynet.event_kinds").fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<String, _>(1)?.into()))).collect()
}

/// All behind a place, up to another, below the oldest transaction that still writes: nothing can come before it.
const PAGE: &str = "
    SELECT xid::text::bigint, pos, job_id, seq, kind, body FROM skynet.events
    WHERE (xid, pos) > ($1::bigint::text::xid8, $2) AND (xid, pos) <= ($3::bigint::text::xid8, $4)
      AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY xid, pos LIMIT $5";

/// Reads up to `limit` events behind `after`, up to and with `until`.
pub(super) async fn read(
    db: &mut PgConnection,
    kinds: &Kinds,
    after: Place,
    until: Place,
    limit: i64,
) -> Result<Vec<Told>, sqlx::Error> {
    let query =
        sqlx::query(PAGE).bind(after.xid).bind(after.pos).bind(until.xid).bind(until.pos).bind(limit);
    let mut rows = query.fetch(db);
    let mut page = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let body: &[u8] = row.try_get(5)?;
        let event = std::str::from_utf8(body)
            .map_err(|error| error.to_string())
            .and_then(|body| upcast::read(body).map_err(|error| error.to_string()));
        page.push(Told {
            place: Place { xid: row.try_get(0)?, pos: row.try_get(1)? },
            job: row.try_get(2)?,
            seq: row.try_get(3)?,
            kind: kinds.get(&row.try_get(4)?).cloned(),
            event,
        });
    }
    Ok(page)
}

//! A generation that is being made: filled from the first event on, the next page being read while one is taken.

use super::{
    Trouble,
    page::{self, Kinds},
    projector::{Followed, take},
};
use engine::port::Position;
use futures_util::future::join;
use sqlx::PgConnection;

/// How many events are taken at once: more than by who follows, as nobody waits for each.
const PAGE: i64 = 10_000;

/// A generation that is being made.
pub(super) struct Anew {
    reader: PgConnection,
    kinds: Kinds,
    next: Followed,
    /// How many events were taken.
    pub(super) events: u64,
}

impl Anew {
    pub(super) async fn new(mut reader: PgConnection, next: Followed) -> Result<Self, sqlx::Error> {
        let kinds = page::kinds(&mut reader).await?;
        Ok(Self { reader, kinds, next, events: 0 })
    }

    pub(super) const fn next(&self) -> &Followed {
        &self.next
    }

    /// Takes all events up to a place, or the last that nothing can come before any more.
    pub(super) async fn follow(&mut self, db: &mut PgConnection, until: Position) -> Result<(), Trouble> {
        let Self { reader, kinds, next, events } = self;
        let mut page = page::read(reader, kinds, next.at.position, until, PAGE).await?;
        while let Some(last) = page.last() {
            let (from, end) = (next.at.position, last.position);
            let reads = page::read(reader, kinds, end, until, PAGE);
            let takes = take(db, std::slice::from_mut(next), from, &page);
            let (ahead, taken) = join(reads, takes).await;
            *events += u64::try_from(taken?).unwrap_or_default();
            if let Some(why) = &next.at.fault {
                return Err(Trouble::Fault { projection: next.projection.name(), why: why.clone() });
            }
            // An event that cannot be read cuts a page short; it is the first of the next.
            let position = next.at.position;
            page = if position == end {
                ahead?
            } else {
                page::read(reader, kinds, position, until, PAGE).await?
            };
        }
        Ok(())
    }
}

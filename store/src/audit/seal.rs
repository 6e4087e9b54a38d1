//! Seals: a closed range of the feed under one digest, chained to the seal before it.
//!
//! The events of a range are digested segment by segment, so that a segment can be dropped and what is left still be
//! held against the seal.

mod look;

use super::merkle::Tree;
use crate::{
    postgres::{Database, words},
    projection::{pos, session, xid},
};
use engine::{
    id::Digest,
    port::{LogError, Position},
};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection, Row as _};
use std::collections::BTreeMap;
use uuid::Uuid;

pub use look::{SealProblem, verify_seals};

/// A sealed range of the feed. As JSON it is a line of the file that is kept outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Its number, from 1.
    pub no: i64,
    /// Behind which place of the feed the range begins: the transaction and the number.
    pub from: (u64, u64),
    /// The place of its last event.
    pub to: (u64, u64),
    /// How many events there are.
    pub events: i64,
    /// The digest of its parts.
    pub root: Digest,
    /// The hash of the seal before it.
    pub before: Digest,
    /// The hash of all of this.
    pub hash: Digest,
    /// Its events by the segment that they are in.
    pub parts: Vec<Part>,
}

/// The events of a range that are in one segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The segment.
    pub segment: String,
    /// How many.
    pub events: i64,
    /// The root of a Merkle tree over their hashes, in the order of the feed.
    pub root: Digest,
}

impl Seal {
    fn new(before: Option<&Self>, to: Position, parts: Vec<Part>) -> Self {
        let mut seal = Self {
            no: before.map_or(0, |it| it.no) + 1,
            from: before.map_or((0, 0), |it| it.to),
            to: (to.transaction, to.number),
            events: parts.iter().map(|part| part.events).sum(),
            root: Digest([0; 32]),
            before: before.map_or(Digest([0; 32]), |it| it.hash),
            hash: Digest([0; 32]),
            parts,
        };
        seal.root = seal.made_root();
        seal.hash = seal.made_hash();
        seal
    }

    fn made_root(&self) -> Digest {
        let mut tree = Tree::default();
        for part in &self.parts {
            tree.add(&[part.segment.as_bytes(), &[0], &part.events.to_be_bytes(), &part.root.0]);
        }
        Digest(tree.root())
    }

    fn made_hash(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"skynet seal 1");
        for number in [self.from.0, self.from.1, self.to.0, self.to.1] {
            hash.update(number.to_be_bytes());
        }
        for number in [self.no, self.events] {
            hash.update(number.to_be_bytes());
        }
        hash.update(self.root.0);
        hash.update(self.before.0);
        Digest(hash.finalize().into())
    }
}

/// Seals what the feed has gained since the last seal, as far as nothing can come before it any more. None if that is
/// nothing, or another process is sealing.
///
/// # Errors
/// If the database fails.
pub async fn seal(database: &Database) -> Result<Option<Seal>, LogError> {
    make(database).await.map_err(|error| words(&error))
}

async fn make(database: &Database) -> Result<Option<Seal>, sqlx::Error> {
    const LAST: &str = include_str!("sql/feed_end.sql");
    const SEAL: &str = include_str!("sql/save_seal.sql");
    const PART: &str = include_str!("sql/save_seal_part.sql");
    let mut db = session(database).await?;
    sqlx::raw_sql("SET synchronous_commit = on").execute(&mut db).await?;
    let mut db = db.begin().await?;
    let lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('skynet.seal', 0))";
    if !sqlx::query_scalar::<_, bool>(lock).fetch_one(&mut *db).await? {
        return Ok(None);
    }
    let before = seals(&mut db, None, true, 1).await?.pop();
    let from = before.as_ref().map_or(Position::ORIGIN, |it| place(it.to));
    let last = sqlx::query(LAST).bind(xid(from)).bind(pos(from)).fetch_optional(&mut *db).await?;
    let Some(last) = last else { return Ok(None) };
    let to = crate::projection::position(last.try_get(0)?, last.try_get(1)?)?;
    let mut parts = Vec::new();
    for segment in segments(&mut db).await? {
        let mut trees = segment.trees(&mut db, from, &[to]).await?;
        if let Some((events, root)) = trees.pop().filter(|(events, _)| *events > 0) {
            parts.push(Part { segment: segment.name, events, root });
        }
    }
    let seal = Seal::new(before.as_ref(), to, parts);
    sqlx::query(SEAL)
        .bind(seal.no)
        .bind(xid(from))
        .bind(pos(from))
        .bind(xid(to))
        .bind(pos(to))
        .bind(seal.events)
        .bind(&seal.root.0[..])
        .bind(&seal.before.0[..])
        .bind(&seal.hash.0[..])
        .execute(&mut *db)
        .await?;
    for part in &seal.parts {
        let query = sqlx::query(PART).bind(seal.no).bind(&part.segment).bind(part.events);
        query.bind(&part.root.0[..]).execute(&mut *db).await?;
    }
    db.commit().await?;
    Ok(Some(seal))
}

/// A segment of the log that is there.
struct Segment {
    name: String,
    lo: Uuid,
    hi: Uuid,
}

async fn segments(db: &mut PgConnection) -> Result<Vec<Segment>, sqlx::Error> {
    let there = "SELECT name, lo, hi FROM skynet.segments WHERE dropped_at IS NULL ORDER BY name";
    let rows = sqlx::query(there).fetch_all(db).await?;
    rows.iter()
        .map(|row| Ok(Segment { name: row.try_get(0)?, lo: row.try_get(1)?, hi: row.try_get(2)? }))
        .collect()
}

impl Segment {
    /// Digests its events behind a place of the feed, in as many ranges as there are ends. Returns of each how many
    /// there are, and the root.
    async fn trees(
        &self,
        db: &mut PgConnection,
        from: Position,
        ends: &[Position],
    ) -> Result<Vec<(i64, Digest)>, sqlx::Error> {
        const HASHES: &str = include_str!("sql/range_hashes.sql");
        let Some(last) = ends.last() else { return Ok(Vec::new()) };
        let query = sqlx::query(HASHES).bind(self.lo).bind(self.hi).bind(xid(from)).bind(pos(from));
        let mut rows = query.bind(xid(*last)).bind(pos(*last)).fetch(db);
        let (mut trees, mut tree, mut ends) = (Vec::new(), Tree::default(), ends.iter().peekable());
        while let Some(row) = rows.try_next().await? {
            let at = crate::projection::position(row.try_get(0)?, row.try_get(1)?)?;
            while ends.next_if(|end| at > **end).is_some() {
                trees.push(done(&std::mem::take(&mut tree)));
            }
            tree.add_event(row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        }
        for _ in ends {
            trees.push(done(&std::mem::take(&mut tree)));
        }
        Ok(trees)
    }
}

fn done(tree: &Tree) -> (i64, Digest) {
    (i64::try_from(tree.count).unwrap_or(i64::MAX), Digest(tree.root()))
}

/// Digests all events of a segment, by job and number: what proves it when it is dropped. Returns how many there are.
pub(crate) async fn segment_root(db: &mut PgConnection, name: &str) -> Result<(u64, Digest), LogError> {
    const HASHES: &str = include_str!("sql/segment_hashes.sql");
    let digested = async {
        let mut tree = Tree::default();
        let mut rows = sqlx::query(HASHES).bind(name).fetch(db);
        while let Some(row) = rows.try_next().await? {
            tree.add_event(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        }
        Ok((tree.count, Digest(tree.root())))
    };
    digested.await.map_err(|error| words(&error))
}

/// Reads seals behind a number, or the last ones.
async fn seals(
    db: &mut PgConnection,
    after: Option<i64>,
    is_last: bool,
    limit: i64,
) -> Result<Vec<Seal>, sqlx::Error> {
    const FIRST: &str = include_str!("sql/seals.sql");
    const LAST: &str = include_str!("sql/last_seals.sql");
    const PARTS: &str = include_str!("sql/seal_parts.sql");
    let query = sqlx::query(if is_last { LAST } else { FIRST }).bind(after.unwrap_or(0)).bind(limit);
    let digest = |bytes: &[u8]| bytes.try_into().map(Digest).unwrap_or(Digest([0; 32]));
    let mut seals = Vec::new();
    for row in query.fetch_all(&mut *db).await? {
        let from = crate::projection::position(row.try_get(1)?, row.try_get(2)?)?;
        let to = crate::projection::position(row.try_get(3)?, row.try_get(4)?)?;
        seals.push(Seal {
            no: row.try_get(0)?,
            from: (from.transaction, from.number),
            to: (to.transaction, to.number),
            events: row.try_get(5)?,
            root: digest(row.try_get(6)?),
            before: digest(row.try_get(7)?),
            hash: digest(row.try_get(8)?),
            parts: Vec::new(),
        });
    }
    let numbers: Vec<_> = seals.iter().map(|seal| seal.no).collect();
    let mut parts: BTreeMap<i64, Vec<Part>> = BTreeMap::new();
    for row in sqlx::query(PARTS).bind(numbers).fetch_all(db).await? {
        let root = digest(row.try_get(3)?);
        let part = Part { segment: row.try_get(1)?, events: row.try_get(2)?, root };
        parts.entry(row.try_get(0)?).or_default().push(part);
    }
    for seal in &mut seals {
        seal.parts = parts.remove(&seal.no).unwrap_or_default();
    }
    Ok(seals)
}

const fn place((transaction, number): (u64, u64)) -> Position {
    Position { transaction, number }
}

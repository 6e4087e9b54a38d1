//! Making a projection anew: a generation beside the one that is shown, from the first event on, compared with it to the
//! byte at the same place of the feed, and put in its place.

use super::{
    ALL, Projection, Trouble,
    anew::Anew,
    checkpoint::{self, Checkpoint},
    page::END,
    projector::{Followed, lock, session},
};
use crate::postgres::Database;
use engine::id::Digest;
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use std::fmt;
use uuid::Uuid;

/// How many differences are told.
const TOLD: i64 = 20;

/// What came of a rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// The projection.
    pub projection: &'static str,
    /// The generation that is shown now.
    pub generation: i32,
    /// How many events were read.
    pub events: u64,
    /// The digest of its rows, in the order of their keys, where the two were compared.
    pub digest: Digest,
    /// The digest of the rows that were shown until now, at the same place of the feed; none if there was nothing to
    /// compare with, because they were gone or their projection had stopped.
    pub old: Option<Digest>,
    /// Where the two differ, a few rows of each table.
    pub differs: Vec<Difference>,
    /// The segments that the log has no more, and whose rows were carried over.
    pub carried: Vec<String>,
}

/// A row in which two generations differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row that was shown, as JSON; none if there was none.
    pub old: Option<String>,
    /// The row made anew.
    pub new: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table;
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => write!(f, "{table}: {old} is {new}"),
            (Some(old), None) => write!(f, "{table}: {old} should not be there"),
            (None, Some(new)) => write!(f, "{table}: {new} was missing"),
            (None, None) => write!(f, "{table}: nothing differs"),
        }
    }
}

/// Makes a projection anew and shows it. Projectors may go on meanwhile.
///
/// # Errors
/// What went wrong, in words. The generation that was shown still is; the next rebuild begins anew.
pub async fn rebuild(database: &Database, projection: &str) -> Result<Rebuilt, String> {
    let Some(projection) = ALL.into_iter().find(|it| it.name() == projection) else {
        return Err(format!(
            "there is no projection `{projection}`: the names are {}",
            super::NAMES.join(", ")
        ));
    };
    make(database, projection).await.map_err(|trouble| match trouble {
        Trouble::Overtaken => format!("the projection `{}` is being rebuilt by another", projection.name()),
        trouble => trouble.to_string(),
    })
}

async fn make(database: &Database, projection: &'static dyn Projection) -> Result<Rebuilt, Trouble> {
    let mut db = session(database).await?;
    let db = &mut db;
    if !lock(db, &format!("skynet.rebuild.{}", projection.name())).await? {
        return Err(Trouble::Overtaken);
    }
    let shown = shown(db, projection).await?;
    let is_comparable = shown.fault.is_none() && has(db, projection.name(), shown.generation).await?;
    let next = begin(db, projection, &shown).await?;
    let carried = if is_comparable { carry(db, projection, &shown, &next).await? } else { Vec::new() };
    let mut anew = Anew::new(session(database).await?, next).await?;

    // As far as the other has come, to be compared there; as far as the feed goes, if there is no other.
    let until = if is_comparable { self::shown(db, projection).await?.position } else { END };
    anew.follow(db, until).await?;
    let mut old = None;
    let mut other = session(database).await?;
    if is_comparable {
        // A reader's view, which holds nobody up: there the other stands still.
        let mut still = other.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let there = checkpoint::read(&mut still, projection.name(), false).await?;
        let there = there.filter(|there| there.generation == shown.generation && there.fault.is_none());
        anew.follow(db, there.ok_or(Trouble::Overtaken)?.position).await?;
        old = Some(digest(&mut still, projection, shown.generation).await?);
        still.rollback().await?;
    }
    let digest = digest(db, projection, anew.next().at.generation).await?;
    // Nobody moves the other from here on. What it has gained since is little.
    let mut held = other.begin().await?;
    let there = checkpoint::read(&mut held, projection.name(), true).await?.ok_or(Trouble::Overtaken)?;
    if is_comparable {
        anew.follow(db, there.position).await?;
    }
    let next = anew.next();
    let is_other = old.is_some_and(|old| old != digest);
    let differs = if is_other { compare(&mut held, projection, &shown, next).await? } else { Vec::new() };
    switch(&mut held, next, is_comparable).await?;
    held.commit().await?;
    let drop = sqlx::query("SELECT skynet.drop_generation($1, $2)").bind(projection.name());
    drop.bind(there.generation).execute(db).await?;
    Ok(Rebuilt {
        projection: projection.name(),
        generation: next.at.generation,
        events: anew.events,
        digest,
        old,
        differs,
        carried,
    })
}

async fn shown(db: &mut PgConnection, projection: &dyn Projection) -> Result<Checkpoint, sqlx::Error> {
    if let Some(at) = checkpoint::read(db, projection.name(), false).await? {
        return Ok(at);
    }
    checkpoint::take(db, projection.name(), 0).await?;
    checkpoint::read(db, projection.name(), false).await?.ok_or(sqlx::Error::RowNotFound)
}

async fn has(db: &mut PgConnection, name: &str, generation: i32) -> Result<bool, sqlx::Error> {
    let has = sqlx::query_scalar("SELECT skynet.has_generation($1, $2)");
    has.bind(name).bind(generation).fetch_one(db).await
}

/// Makes the empty tables of the next generation, and its place before the first event. What an earlier rebuild has
/// left goes.
async fn begin(
    db: &mut PgConnection,
    projection: &'static dyn Projection,
    shown: &Checkpoint,
) -> Result<Followed, sqlx::Error> {
    const PLACE: &str = include_str!("sql/begin_generation.sql");
    let (name, generation) = (format!("{}:next", projection.name()), shown.generation + 1);
    let mut transaction = db.begin().await?;
    for sql in ["SELECT skynet.drop_generation($1, $2)", "SELECT skynet.add_generation($1, $2)"] {
        sqlx::query(sql).bind(projection.name()).bind(generation).execute(&mut *transaction).await?;
    }
    sqlx::query(PLACE).bind(&name).bind(generation).execute(&mut *transaction).await?;
    let at = checkpoint::read(&mut transaction, &name, false).await?.ok_or(sqlx::Error::RowNotFound)?;
    transaction.commit().await?;
    Ok(Followed { projection, name, at })
}

/// Copies the rows about jobs whose segment of the log was dropped: nothing can make them anew.
async fn carry(
    db: &mut PgConnection,
    projection: &dyn Projection,
    shown: &Checkpoint,
    next: &Followed,
) -> Result<Vec<String>, sqlx::Error> {
    let dropped = "SELECT name, lo, hi FROM skynet.segments WHERE dropped_at IS NOT NULL ORDER BY name";
    let mut carried = Vec::new();
    for row in sqlx::query(dropped).fetch_all(&mut *db).await? {
        let (name, lo, hi): (String, Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        for table in projection.tables() {
            let columns = columns(db, table.name).await?;
            let sql = format!(
                "INSERT INTO skynet.{name} (generation, {columns}) SELECT $4, {columns} FROM skynet.{name}
                 WHERE generation = $3 AND {}",
                table.of_jobs,
                name = table.name
            );
            let copy = sqlx::query(AssertSqlSafe(sql)).bind(lo).bind(hi);
            copy.bind(shown.generation).bind(next.at.generation).execute(&mut *db).await?;
        }
        carried.push(name);
    }
    Ok(carried)
}

/// Returns the columns of a table but for the generation.
async fn columns(db: &mut PgConnection, table: &str) -> Result<String, sqlx::Error> {
    let sql = "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = ('skynet.' || $1)::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'generation'";
    sqlx::query_scalar(sql).bind(table).fetch_one(db).await
}

/// Looks for the rows in which two generations differ.
async fn compare(
    db: &mut PgConnection,
    projection: &dyn Projection,
    shown: &Checkpoint,
    next: &Followed,
) -> Result<Vec<Difference>, sqlx::Error> {
    let mut differs = Vec::new();
    for table in projection.tables() {
        let sql = format!(
            "SELECT (to_jsonb(old) - 'generation')::text, (to_jsonb(new) - 'generation')::text
             FROM (SELECT * FROM skynet.{name} WHERE generation = $1) old
             FULL JOIN (SELECT * FROM skynet.{name} WHERE generation = $2) new USING ({key})
             WHERE to_jsonb(old) - 'generation' IS DISTINCT FROM to_jsonb(new) - 'generation'
             ORDER BY {key} LIMIT $3",
            name = table.name,
            key = table.key
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(shown.generation).bind(next.at.generation);
        for row in rows.bind(TOLD).fetch_all(&mut *db).await? {
            differs.push(Difference { table: table.name, old: row.try_get(0)?, new: row.try_get(1)? });
        }
    }
    Ok(differs)
}

/// Digests all rows of a generation, in the order of their keys.
async fn digest(
    db: &mut PgConnection,
    projection: &dyn Projection,
    generation: i32,
) -> Result<Digest, sqlx::Error> {
    let mut hash = Sha256::new();
    for table in projection.tables() {
        let columns = columns(db, table.name).await?;
        let sql = format!(
            "SELECT ROW({columns})::text FROM skynet.{} WHERE generation = $1 ORDER BY {}",
            table.name, table.key
        );
        let mut rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).bind(generation).fetch(&mut *db);
        hash.update(table.name);
        while let Some(row) = rows.try_next().await? {
            hash.update(row.len().to_be_bytes());
            hash.update(row);
        }
    }
    Ok(Digest(hash.finalize().into()))
}

/// Shows the new generation. Who followed the old one finds that it was overtaken, and follows the new one.
async fn switch(db: &mut PgConnection, next: &Followed, is_caught_up: bool) -> Result<(), sqlx::Error> {
    // One that was caught up with keeps its place: the event there may be in a segment that was dropped.
    const SWITCH: &str = include_str!("sql/show_generation.sql");
    let query = sqlx::query(SWITCH).bind(next.projection.name()).bind(&next.name).bind(is_caught_up);
    query.execute(&mut *db).await?;
    sqlx::query("DELETE FROM skynet.checkpoints WHERE projection = $1").bind(&next.name).execute(db).await?;
    Ok(())
}

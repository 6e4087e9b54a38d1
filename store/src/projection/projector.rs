//! Keeps the projections up with the feed.
//!
//! One projector works at a time, whoever holds the lock of the database; others stand by. A projection moves only from
//! where it was last seen, so even two that both believe to be the one never count an event twice.

use super::{
    ALL, Projection, Trouble,
    checkpoint::{self, Checkpoint},
    page::{self, END, Kinds, Told},
};
use crate::postgres::{Commit, Database, Failure, failure, silent, words};
use engine::port::Position;
use sqlx::{Connection as _, PgConnection};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

/// How many events are taken at once.
pub(super) const PAGE: i64 = 2000;
/// How long that may take.
pub(super) const LONGEST: Duration = Duration::from_secs(60);
/// How long nothing is tried after a failure: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// Keeps the projections up with the feed.
#[derive(Debug)]
pub struct Projector {
    database: Database,
    worker: i64,
    bell: Arc<Notify>,
    page: i64,
    standing: watch::Sender<Standing>,
}

/// How a projector stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The projections, if it is the one that works.
    pub lanes: Vec<Lane>,
    /// What keeps all of them from going on, since when it last went on.
    pub trouble: Option<String>,
}

/// How a projection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its name.
    pub projection: &'static str,
    /// Which of its generations is shown.
    pub generation: i32,
    /// How far it has read.
    pub position: Position,
    /// Why it stopped, if it did. The others go on.
    pub fault: Option<String>,
}

/// A projection that is followed, under the name of its checkpoint.
pub(super) struct Followed {
    pub(super) projection: &'static dyn Projection,
    pub(super) name: String,
    pub(super) at: Checkpoint,
}

impl Projector {
    /// Makes a projector of a worker. It looks for events when the bell rings, and from time to time without.
    #[must_use]
    pub fn new(database: &Database, worker: i64, bell: Arc<Notify>) -> Self {
        let database = database.clone();
        Self { database, worker, bell, page: PAGE, standing: watch::Sender::default() }
    }

    /// Takes this many events at once.
    #[must_use]
    pub const fn with_page(mut self, page: i64) -> Self {
        self.page = page;
        self
    }

    /// Lets others see how it stands, also while it runs.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Follows the feed until it is dropped. It may be dropped at any point: what is half done is rolled back.
    pub async fn run(self) -> Infallible {
        let mut pause = PAUSE.0;
        loop {
            let moved = self.standing.borrow().lanes.clone();
            let Err(trouble) = self.follow().await;
            if self.standing.borrow().lanes != moved {
                pause = PAUSE.0;
            }
            self.standing.send_modify(|standing| standing.trouble = Some(trouble.to_string()));
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    async fn follow(&self) -> Result<Infallible, Trouble> {
        let mut db = session(&self.database).await?;
        while !lock(&mut db, "skynet.projector").await? {
            self.tell(&[]);
            self.wait().await;
        }
        for projection in ALL {
            checkpoint::take(&mut db, projection.name(), self.worker).await?;
        }
        let kinds = page::kinds(&mut db).await?;
        let mut lanes = load(&mut db).await?;
        loop {
            self.tell(&lanes);
            let advanced = advance(&mut db, &kinds, &mut lanes, END, self.page);
            // A server that is away without a word would be waited for, and its lock with it.
            let advanced = timeout(LONGEST, advanced).await.unwrap_or_else(|_| Err(silent().into()));
            match advanced {
                Ok(0) => {
                    self.wait().await;
                    // One that stopped may have been made anew meanwhile.
                    if lanes.iter().any(|lane| lane.at.fault.is_some()) {
                        lanes = load(&mut db).await?;
                    }
                }
                Ok(_) => {}
                // A rebuild has put another generation in place.
                Err(Trouble::Overtaken) => lanes = load(&mut db).await?,
                Err(trouble) => return Err(trouble),
            }
        }
    }

    fn tell(&self, lanes: &[Followed]) {
        let lanes = lanes.iter().map(|lane| Lane {
            projection: lane.projection.name(),
            generation: lane.at.generation,
            position: lane.at.position,
            fault: lane.at.fault.clone(),
        });
        self.standing.send_replace(Standing { lanes: lanes.collect(), trouble: None });
    }

    async fn wait(&self) {
        // Either is enough; which of the two it was is of no matter.
        let _ = timeout(self.database.settings().poll, self.bell.notified()).await;
    }
}

/// Opens a session for work that is repeated after a crash, and takes as long as it takes.
pub(crate) async fn session(database: &Database) -> Result<PgConnection, sqlx::Error> {
    let mut db = database.session(Commit::Lazy).await?;
    let settings = "SET statement_timeout = 0; SET TimeZone = 'UTC'";
    sqlx::raw_sql(settings).execute(&mut db).await?;
    Ok(db)
}

/// Takes a lock that is held as long as the session lives; false if another has it.
pub(crate) async fn lock(db: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    let lock = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))");
    lock.bind(name).fetch_one(db).await
}

pub(super) async fn load(db: &mut PgConnection) -> Result<Vec<Followed>, sqlx::Error> {
    let mut lanes = Vec::new();
    for projection in ALL {
        let name = projection.name().to_owned();
        if let Some(at) = checkpoint::read(db, &name, false).await? {
            lanes.push(Followed { projection, name, at });
        }
    }
    Ok(lanes)
}

/// Takes the next page to those that are furthest behind, all that stand at the same place. Returns how many events
/// that were.
pub(super) async fn advance(
    db: &mut PgConnection,
    kinds: &Kinds,
    lanes: &mut [Followed],
    until: Position,
    limit: i64,
) -> Result<usize, Trouble> {
    let places = || lanes.iter().filter(|lane| lane.at.fault.is_none()).map(|lane| lane.at.position);
    let Some(from) = places().min() else { return Ok(0) };
    // Those ahead are caught up with, and from there on all go together.
    let until = places().filter(|place| *place > from).min().map_or(until, |next| next.min(until));
    let page = page::read(db, kinds, from, until, limit).await?;
    take(db, lanes, from, &page).await
}

/// Takes a page to all that stand at its beginning. Returns how many of its events were taken: as far as all who look
/// into them can read them.
pub(super) async fn take(
    db: &mut PgConnection,
    lanes: &mut [Followed],
    from: Position,
    page: &[Told],
) -> Result<usize, Trouble> {
    let mut moving: Vec<_> =
        lanes.iter_mut().filter(|lane| lane.at.fault.is_none() && lane.at.position == from).collect();
    let page = readable(page, &moving);
    let Some(last) = page.last() else {
        return Ok(0);
    };
    if let Err(why) = &last.event
        && page.len() == 1
    {
        for lane in &mut moving {
            if reads(lane.projection, last) {
                let name = lane.projection.name();
                stop(db, lane, &Trouble::unreadable(name, last.job, last.seq, why)).await?;
            }
        }
        moving.retain(|lane| lane.at.fault.is_none());
    }
    match apply(db, &mut moving, page, last.position).await {
        Ok(()) => {
            moving.iter_mut().for_each(|lane| lane.at.position = last.position);
            Ok(page.len())
        }
        Err(trouble @ Trouble::Fault { .. }) => {
            let Trouble::Fault { projection, .. } = &trouble else { return Err(trouble) };
            for lane in moving.iter_mut().filter(|lane| lane.projection.name() == *projection) {
                stop(db, lane, &trouble).await?;
            }
            Ok(1)
        }
        Err(trouble) => Err(trouble),
    }
}

fn reads(projection: &dyn Projection, told: &Told) -> bool {
    told.kind.as_deref().is_none_or(|kind| projection.reads(kind))
}

/// Returns the part of a page before the first event that cannot be read by one who looks into it; that event alone if
/// it is the first.
fn readable<'a>(page: &'a [Told], lanes: &[&mut Followed]) -> &'a [Told] {
    let fails = |told: &Told| told.event.is_err() && lanes.iter().any(|lane| reads(lane.projection, told));
    let good = page.iter().position(fails).map_or(page.len(), |bad| bad.max(1));
    page.get(..good).unwrap_or(page)
}

async fn apply(
    db: &mut PgConnection,
    lanes: &mut [&mut Followed],
    page: &[Told],
    to: Position,
) -> Result<(), Trouble> {
    let mut transaction = db.begin().await?;
    for lane in lanes {
        // First, so that of two the second waits here, and then finds that it is late.
        checkpoint::step(&mut transaction, &lane.name, &lane.at, to).await?;
        let applied = lane.projection.apply(&mut transaction, lane.at.generation, page).await;
        applied.map_err(|trouble| own(lane.projection.name(), page, trouble))?;
    }
    Ok(transaction.commit().await?)
}

/// What the database will refuse each time, as when the tables are gone, is that projection's own failure.
fn own(projection: &'static str, page: &[Told], trouble: Trouble) -> Trouble {
    match (trouble, page.last()) {
        (Trouble::World(error), Some(last)) if failure(&error) == Failure::Final => {
            let is_gone =
                error.as_database_error().is_some_and(|it| it.message().starts_with("no partition"));
            let why = if is_gone {
                "its tables are gone: make it anew".to_owned()
            } else {
                let (seq, job) = (last.seq, last.job);
                format!("what follows up to event {seq} of the job {job} cannot be kept: {}", words(&error))
            };
            Trouble::Fault { projection, why }
        }
        (trouble, _) => trouble,
    }
}

async fn stop(db: &mut PgConnection, lane: &mut Followed, trouble: &Trouble) -> Result<(), Trouble> {
    let why = match trouble {
        Trouble::Fault { why, .. } => why.clone(),
        other => other.to_string(),
    };
    checkpoint::stop(db, &lane.name, &lane.at, &super::plain(&why)).await?;
    lane.at.fault = Some(why);
    Ok(())
}

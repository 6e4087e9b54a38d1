//! Membership: this process among those that share the jobs.

use super::{
    connect::{Commit, Database},
    error::{Failure, failure, silent, words},
    patience::Patience,
    shards::{COUNT, Owned, give_shards, owned_shards, reap, take_idle_shard, take_shards},
    workers::{Who, heartbeat, leave, live_workers, register},
};
use engine::port::LogError;
use sqlx::{Error, PgConnection};
use std::{future::Future, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout_at},
};

/// How long a process counts as alive after its last sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// That long.
    pub length: Duration,
    /// How often it gives a sign.
    pub beat: Duration,
    /// How long before the end it stops by itself.
    pub margin: Duration,
}

impl Default for Lease {
    fn default() -> Self {
        Self { length: Duration::from_secs(10), beat: Duration::from_secs(2), margin: Duration::from_secs(3) }
    }
}

/// A process that is one of the workers. When it is dropped, it owns nothing any more.
#[derive(Debug)]
pub struct Member {
    database: Database,
    lease: Lease,
    share: Share,
    owned: watch::Sender<Owned>,
    worker: i64,
    /// Its signs of life have a connection of their own, which nothing else can hold up.
    beats: Option<PgConnection>,
    /// Until when it may act, by its own clock.
    sure_until: Instant,
}

/// How many shards a member owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// As many as each of the others.
    Fair,
    /// One that it found empty.
    One,
}

impl Member {
    /// Enters this process among the workers and takes its share of the shards.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn join(database: &Database, who: &Who, lease: Lease) -> Result<Self, LogError> {
        Self::enter(database, who, Share::Fair, lease).await
    }

    /// Enters this process for jobs of its own: it gets one shard in which nothing lives, takes nothing over, and leaves
    /// the shares of the others as they are.
    ///
    /// # Errors
    /// If the database fails, or something lives in every shard.
    pub async fn visit(database: &Database, who: &Who, lease: Lease) -> Result<Self, LogError> {
        Self::enter(database, who, Share::One, lease).await
    }

    async fn enter(database: &Database, who: &Who, share: Share, lease: Lease) -> Result<Self, LogError> {
        let told = |error: Error| words(&error);
        let mut beats = database.session(Commit::Lazy).await.map_err(told)?;
        let sure_until = Instant::now() + lease.length - lease.margin;
        let worker = database
            .answer(register(&mut beats, who, share == Share::One, lease.length))
            .await
            .map_err(told)?;
        let owned = watch::Sender::new(Owned { worker, ..Owned::default() });
        match share {
            Share::Fair => balance(database, lease, &owned).await.map_err(told)?,
            Share::One => {
                let epochs = take_idle_shard(database.pool(), worker).await.map_err(told)?;
                if epochs.is_empty() {
                    let why = "jobs live in every part of the log: start a worker, and have it run the job";
                    return Err(LogError::Failed(why.to_owned()));
                }
                owned.send_modify(|owned| owned.epochs = epochs);
            }
        }
        Ok(Self { database: database.clone(), lease, share, owned, worker, beats: Some(beats), sure_until })
    }

    /// Returns what it owns, now and later.
    #[must_use]
    pub fn owned(&self) -> watch::Receiver<Owned> {
        self.owned.subscribe()
    }

    /// Stays a member until `stop`; then gives all back.
    ///
    /// # Errors
    /// If it was silent for too long and others may have taken over: what it does must stop at once.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> Result<(), LogError> {
        let Self { database, lease, share: kind, owned, worker, beats, sure_until } = &mut self;
        tokio::select! {
            lost = stay(database, *lease, *worker, beats, sure_until) => return Err(lost),
            failed = share(database, *lease, owned), if *kind == Share::Fair => return Err(failed),
            () = stop => {}
        }
        self.forget();
        let rows = async {
            let shards = (0..=u8::MAX).collect();
            give_shards(self.database.pool(), self.worker, shards).await?;
            leave(self.database.pool(), self.worker).await?;
            reap(self.database.pool(), self.lease.beat).await
        };
        rows.await.map_err(|error| words(&error))
    }

    fn forget(&self) {
        self.owned.send_if_modified(|owned| !std::mem::take(&mut owned.epochs).is_empty());
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Gives signs of life. Returns when the lease is over, or so near its end that it may be over for others.
async fn stay(
    database: &Database,
    lease: Lease,
    worker: i64,
    beats: &mut Option<PgConnection>,
    sure_until: &mut Instant,
) -> LogError {
    let mut patience = Patience::new(lease.length);
    loop {
        let sent = Instant::now();
        let beat = timeout_at(*sure_until, sign(database, lease, worker, beats));
        match beat.await.unwrap_or_else(|_| Err(silent())) {
            Ok(true) => {
                *sure_until = sent + lease.length - lease.margin;
                patience = Patience::new(lease.length);
                sleep_until(sent + lease.beat).await;
            }
            Ok(false) => return gone(),
            Err(error) if failure(&error) == Failure::Final => return words(&error),
            Err(_) => {
                *beats = None;
                if Instant::now() >= *sure_until || !patience.again().await {
                    return gone();
                }
            }
        }
    }
}

async fn sign(
    database: &Database,
    lease: Lease,
    worker: i64,
    beats: &mut Option<PgConnection>,
) -> Result<bool, Error> {
    let connection = match beats {
        Some(connection) => connection,
        None => beats.insert(database.session(Commit::Lazy).await?),
    };
    heartbeat(connection, worker, lease.length).await
}

/// Sees that each worker has its share. Returns if that can never be.
async fn share(database: &Database, lease: Lease, owned: &watch::Sender<Owned>) -> LogError {
    loop {
        sleep(lease.beat).await;
        if let Err(error) = balance(database, lease, owned).await
            && failure(&error) == Failure::Final
        {
            return words(&error);
        }
    }
}

async fn balance(database: &Database, lease: Lease, owned: &watch::Sender<Owned>) -> Result<(), Error> {
    let (pool, worker) = (database.pool(), owned.borrow().worker);
    reap(pool, lease.beat).await?;
    let fair = COUNT.div_ceil(live_workers(pool).await?.max(1));
    let mut epochs = owned_shards(pool, worker).await?;
    let surplus: Vec<u8> = epochs.keys().skip(fair).copied().collect();
    if surplus.is_empty() {
        epochs.extend(take_shards(pool, worker, fair.saturating_sub(epochs.len())).await?);
    }
    epochs.retain(|shard, _| !surplus.contains(shard));
    // What is to be given away is told first, so that nothing new is begun there.
    owned.send_if_modified(|owned| std::mem::replace(&mut owned.epochs, epochs.clone()) != epochs);
    if !surplus.is_empty() {
        give_shards(pool, worker, surplus).await?;
    }
    Ok(())
}

fn gone() -> LogError {
    let why = "this process gave no sign of life for too long, and others take over its jobs: start it again";
    LogError::Failed(why.to_owned())
}

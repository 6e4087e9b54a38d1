//! A process that drives jobs which a database keeps.
//!
//! ```text
//!   Member ─ shards ─► tend ─ resume, release, messages ─► Runtime ─► PgLog, PgLogs, PgResults, PgBlobs
//! ```
//!
//! A *worker* takes its share of all jobs and goes on with those of workers that died. A *guest*, such as `skynet run`,
//! drives jobs of its own only. Whatever ends either of them, what they had begun is in the log, and the next worker goes
//! on with it.

mod tend;

use crate::{
    app::{self, Stores},
    config::Config,
    failure::Failure,
};
use engine::{
    command::{Command, Submit},
    event::{Actor, Recorded},
    id::{Digest, JobId},
    job::{Job, Shape},
    port::{BlobError, LogError, Logs, Stream},
    runtime::{Handle, Observer, Refused, Runtime},
};
use futures_core::future::BoxFuture;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use store::{
    Plans,
    postgres::{
        Database, Inbox, Lease, Member, Owned, PgBlobs, PgLog, PgLogs, PgResults, Who,
        bell::{Bell, Bells, Ear},
    },
};
use tend::Tend;
pub(crate) use tend::shard;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use uuid::Uuid;

/// Which jobs a process drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its share of all.
    Worker,
    /// Those that are submitted to it.
    Guest,
}

/// Such a process.
pub struct Worker {
    /// Asks the runtime.
    pub handle: Handle,
    /// The kinds of places that steps can run in here.
    pub kinds: BTreeSet<engine::id::Name>,
    plans: Plans,
    /// The plans that are known to be in the database.
    kept: Mutex<BTreeSet<Digest>>,
    owned: watch::Receiver<Owned>,
    logs: Arc<PgLogs>,
    stop: Arc<Notify>,
    member: JoinHandle<Result<(), LogError>>,
    driving: JoinHandle<Result<(), LogError>>,
    tending: JoinHandle<()>,
    over: watch::Receiver<Option<LogError>>,
}

/// Where a worker works, and who hears of it.
pub struct Place<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The workspace of jobs that came without one.
    pub workspace: PathBuf,
    /// A folder of its own, for attempts.
    pub scratch: &'a Path,
    /// Takes what attempts print, beside the database, if anybody watches.
    pub logs: Option<Arc<dyn Logs>>,
    /// Is told of every change.
    pub observer: Box<dyn Observer>,
    /// Is told what goes wrong and does not end it.
    pub complain: Box<dyn Fn(&Failure) + Send + Sync>,
}

impl Worker {
    /// Starts it.
    ///
    /// # Errors
    /// If the database fails, or a setting is not usable.
    pub async fn start(database: &Database, kind: Kind, place: Place<'_>) -> Result<Self, Failure> {
        let lease = Lease::default();
        let who = Who { host: host(), pid: std::process::id(), labels: Vec::new() };
        let member = match kind {
            Kind::Worker => Member::join(database, &who, lease).await?,
            Kind::Guest => Member::visit(database, &who, lease).await?,
        };
        let owned = member.owned();
        let log = Arc::new(PgLog::open(database, owned.clone()).await?);
        let ear = Ear::new(database).await?;
        let blobs = Arc::new(PgBlobs::new(database.clone()));
        let logs = Arc::new(PgLogs::new(database.clone()));
        let kept: Arc<dyn Logs> = Arc::<PgLogs>::clone(&logs);
        let stores = Stores {
            log: Arc::<PgLog>::clone(&log),
            blobs: Arc::<PgBlobs>::clone(&blobs),
            results: Arc::new(PgResults::new(database.clone())),
            logs: match place.logs {
                Some(watched) => Arc::new(Both(watched, kept)),
                None => kept,
            },
        };
        let world = app::world(place.config, place.workspace, place.scratch, stores)?;
        let kinds = world.providers.keys().cloned().collect();
        let bell = Bell::new(database.clone());
        let (handle, runtime) = Runtime::new(world, Box::new(Ringing { bell, observer: place.observer }));
        let plans = Plans::new(blobs);
        let tend = Tend::new(kind, log, plans.clone(), handle.clone(), owned.clone(), place.complain);

        // From here on nothing fails: a task that was started has somebody who ends it.
        let stop = Arc::new(Notify::new());
        let until = Arc::clone(&stop);
        let member = tokio::spawn(member.run(async move { until.notified().await }));
        let (ended, over) = watch::channel(None);
        let driving = tokio::spawn(async move {
            let end = runtime.forgetful().run().await;
            if let Err(error) = &end {
                ended.send_replace(Some(error.clone()));
            }
            end
        });
        let tending = tokio::spawn(tend.run(Inbox::new(database.clone()), ear));
        let kept = Mutex::default();
        Ok(Self { handle, kinds, plans, kept, owned, logs, stop, member, driving, tending, over })
    }

    /// Makes the id of a job that this process will drive, in any of its shards.
    #[must_use]
    pub fn new_id(&self) -> JobId {
        let id = Uuid::now_v7().into_bytes();
        let owned = self.owned.borrow();
        let shards = &owned.epochs;
        let [.., random] = id;
        new_id(shards.range(random..).next().or_else(|| shards.first_key_value()).map(|(shard, _)| *shard))
    }

    /// Starts a job here.
    ///
    /// # Errors
    /// If the job is refused, or cannot be kept.
    pub async fn submit(&self, shape: Arc<Shape>, actor: Actor, submit: Submit) -> Result<(), Refused> {
        let failed = |error: BlobError| Refused::Log(LogError::Failed(error.to_string()));
        let is_kept = |digest| self.kept.lock().unwrap_or_else(PoisonError::into_inner).contains(digest);
        if !is_kept(&shape.digest) {
            self.plans.keep(&shape.plan).await.map_err(failed)?;
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(shape.digest);
        }
        self.handle.submit(shape, actor, submit).await
    }

    /// Returns once it cannot go on: why.
    pub async fn failed(&mut self) -> Failure {
        let gone = || Failure::new("the worker ended", "start it again");
        tokio::select! {
            end = &mut self.member => match end {
                Ok(Err(error)) => error.into(),
                Ok(Ok(())) | Err(_) => gone(),
            },
            error = self.over.wait_for(Option::is_some) => {
                error.ok().and_then(|error| error.clone()).map_or_else(gone, Failure::from)
            }
        }
    }

    /// Ends it: what runs here is stopped, and what it drove is there for others.
    pub async fn close(self) {
        let Self { handle, logs, stop, member, driving, tending, .. } = self;
        tending.abort();
        // If the runtime has ended, nothing runs.
        let _ended = handle.release(|_| true).await;
        drop(handle);
        let _ended = driving.await;
        logs.flush().await;
        stop.notify_one();
        let _left = member.await;
    }
}

/// Makes the id of a job: a UUID of version 7. Its last byte is the shard.
#[must_use]
pub fn new_id(shard: Option<u8>) -> JobId {
    let mut bytes = Uuid::now_v7().into_bytes();
    if let (Some(last), Some(shard)) = (bytes.last_mut(), shard) {
        *last = shard;
    }
    Uuid::from_bytes(bytes).to_string().into()
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Tells two of what attempts print.
struct Both(Arc<dyn Logs>, Arc<dyn Logs>);

impl Logs for Both {
    fn write<'a>(
        &'a self,
        key: &'a engine::id::AttemptKey,
        stream: Stream,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.0.write(key, stream, bytes).await;
            self.1.write(key, stream, bytes).await;
        })
    }
}

/// Rings for whoever follows the log from elsewhere.
struct Ringing {
    bell: Bell,
    observer: Box<dyn Observer>,
}

impl Observer for Ringing {
    fn changed(&mut self, job: &Job, actor: &Actor, command: &Command, events: &[Arc<Recorded>]) {
        self.bell.ring(Bells::FEED);
        self.observer.changed(job, actor, command, events);
    }
}

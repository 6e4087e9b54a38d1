//! Sees to it that the runtime drives the jobs of the shards that this process owns, and that they hear what comes to
//! them from outside. It is woken by bells, and looks by itself now and then.

use super::Kind;
use crate::{database, failure::Failure};
use engine::{
    event::Event,
    id::{Digest, JobId},
    job::Shape,
    port::{EventLog as _, LogError},
    runtime::{Handle, Refused},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use store::{
    Plans,
    postgres::{
        Inbox, Owned, PgLog,
        bell::{Bells, Ear},
        inbox::{Body, Cursor, Message},
    },
};
use tokio::{sync::watch, time::sleep};

/// How often it looks without being woken.
const POLL: Duration = Duration::from_millis(250);

/// How many messages of a shard are read at once.
const MESSAGES: usize = 100;

/// How many plans are kept at hand.
const SHAPES: usize = 256;

pub(super) struct Tend {
    kind: Kind,
    log: Arc<PgLog>,
    plans: Plans,
    handle: Handle,
    owned: watch::Receiver<Owned>,
    /// The shards whose jobs were taken up, each with the epoch in which it was taken.
    held: BTreeMap<u8, i64>,
    cursors: Vec<Cursor>,
    shapes: BTreeMap<Digest, Arc<Shape>>,
    complain: Box<dyn Fn(&Failure) + Send + Sync>,
}

impl Tend {
    pub(super) fn new(
        kind: Kind,
        log: Arc<PgLog>,
        plans: Plans,
        handle: Handle,
        owned: watch::Receiver<Owned>,
        complain: Box<dyn Fn(&Failure) + Send + Sync>,
    ) -> Self {
        let (held, cursors, shapes) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { kind, log, plans, handle, owned, held, cursors, shapes, complain }
    }

    pub(super) async fn run(mut self, inbox: Inbox, ear: Ear) {
        let mut bells = ear.on(Bells::inboxes(0..=u8::MAX));
        loop {
            if let Err(failure) = self.look(&inbox).await {
                (self.complain)(&failure);
            }
            tokio::select! {
                _ = self.owned.changed() => {}
                _ = bells.changed() => {}
                () = sleep(POLL) => {}
            }
        }
    }

    async fn look(&mut self, inbox: &Inbox) -> Result<(), Failure> {
        let owned = self.owned.borrow_and_update().clone();
        self.take_over(inbox, &owned).await?;
        let messages = inbox.read(&mut self.cursors, MESSAGES).await?;
        for message in messages {
            if let Err(failure) = self.deliver(message).await {
                // What was read and not delivered is read again.
                self.cursors = inbox.cursors(&self.held.keys().copied().collect::<Vec<_>>()).await?;
                return Err(failure);
            }
        }
        // A guest leaves what it did not take to the next owner.
        if self.kind == Kind::Worker && !self.cursors.is_empty() {
            inbox.save(owned.worker, &self.cursors).await?;
        }
        Ok(())
    }

    /// Lets go of the jobs of shards that are another's by now, and goes on with those of shards that are ours.
    async fn take_over(&mut self, inbox: &Inbox, owned: &Owned) -> Result<(), Failure> {
        let is_held = |shard: &u8| self.held.get(shard) == owned.epochs.get(shard);
        let lost: BTreeSet<u8> = self.held.keys().filter(|shard| !is_held(shard)).copied().collect();
        let gained: Vec<u8> = owned.epochs.keys().filter(|shard| !is_held(shard)).copied().collect();
        if !lost.is_empty() {
            let meant = lost.clone();
            let is_meant = move |job: &JobId| shard(job).is_some_and(|shard| meant.contains(&shard));
            self.handle.release(is_meant).await.map_err(told)?;
        }
        self.held.retain(|shard, _| !lost.contains(shard));
        if gained.is_empty() && lost.is_empty() {
            return Ok(());
        }
        let mut jobs = Vec::new();
        for job in self.log.live_jobs(gained.iter().copied()).await? {
            if let Some(shape) = self.shape_of(&job).await? {
                jobs.push((job, shape));
            }
        }
        let refused = self.handle.resume(jobs).await;
        self.held.extend(gained.iter().filter_map(|shard| Some((*shard, *owned.epochs.get(shard)?))));
        let shards: Vec<u8> = self.held.keys().copied().collect();
        self.cursors = inbox.cursors(&shards).await?;
        match refused.into_iter().next() {
            Some((job, why)) => Err(Failure::new(
                format!("the job {job} cannot go on: {why}"),
                "see what `skynet audit verify` says of it",
            )),
            None => Ok(()),
        }
    }

    /// Gives a message to its job.
    async fn deliver(&mut self, message: Message) -> Result<(), Failure> {
        let Message { id, job, body } = message;
        match body {
            Body::Begun if self.kind == Kind::Worker => {
                if let Some(shape) = self.shape_of(&job).await? {
                    self.handle.resume(vec![(job, shape)]).await;
                }
                Ok(())
            }
            Body::Told(said) => {
                let shape = match self.kind {
                    Kind::Worker => self.shape_of(&job).await?,
                    Kind::Guest => None,
                };
                let name = id.to_string().into();
                match self.handle.message(job, shape, said.actor, name, said.command).await {
                    // Whoever sent it sees from the log what became of it.
                    Ok(()) | Err(Refused::Rejected(_)) => Ok(()),
                    Err(refused @ (Refused::Log(_) | Refused::Gone)) => Err(told(refused)),
                }
            }
            Body::Begun => Ok(()),
            Body::Unreadable(why) => {
                (self.complain)(&Failure::new(
                    format!("a message to the job {job} cannot be read: {why}"),
                    "send it again with the version of skynet that works here",
                ));
                Ok(())
            }
        }
    }

    /// Finds the plan of a job; none if there is no such job.
    async fn shape_of(&mut self, job: &JobId) -> Result<Option<Arc<Shape>>, Failure> {
        let first = self.log.read(job, 0, 1).await?;
        let Some(Event::JobCreated(created)) = first.first().map(|recorded| &recorded.event) else {
            return Ok(None);
        };
        if let Some(shape) = self.shapes.get(&created.plan) {
            return Ok(Some(Arc::clone(shape)));
        }
        let shape = database::shape(&self.plans, job, created.plan).await?;
        if self.shapes.len() >= SHAPES {
            self.shapes.clear();
        }
        self.shapes.insert(created.plan, Arc::clone(&shape));
        Ok(Some(shape))
    }
}

fn told(refused: Refused) -> Failure {
    match refused {
        Refused::Log(error) => error.into(),
        refused => LogError::Failed(refused.to_string()).into(),
    }
}

/// Returns the shard of a job, the last byte of its id.
pub(crate) fn shard(job: &JobId) -> Option<u8> {
    u8::from_str_radix(job.get(34..)?, 16).ok()
}

//! What a run stands on: the database, so that the job outlives the program, or memory for one that only pretends.

use super::watch::Watch;
use crate::{
    app::{self, Stores},
    config::Config,
    database::Open,
    failure::Failure,
    worker::{self, Kind, Worker},
};
use engine::{
    command::Submit,
    event::Actor,
    id::{JobId, Name},
    job::Shape,
    plan::Plan,
    port::{LogError, Logs},
    runtime::{Handle, Refused, Runtime},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::postgres::Settings;
use tokio::task::JoinHandle;

/// How many connections a single run appends and reads with.
const FEW: Settings = {
    let usual = Settings::USUAL;
    Settings { writers: 1, readers: 2, ..usual }
};

pub(super) enum House {
    Memory { handle: Handle, kinds: BTreeSet<Name>, driving: JoinHandle<Result<(), LogError>> },
    Kept { open: Box<Open>, worker: Box<Worker> },
}

impl House {
    pub(super) fn in_memory(
        config: &Config,
        workspace: PathBuf,
        scratch: &Path,
        logs: Arc<dyn Logs>,
        watch: Watch,
    ) -> Result<Self, Failure> {
        let world = app::world(config, workspace, scratch, Stores::memory(scratch, logs))?;
        let kinds = world.providers.keys().cloned().collect();
        let (handle, runtime) = Runtime::new(world, Box::new(watch));
        Ok(Self::Memory { handle, kinds, driving: tokio::spawn(runtime.run()) })
    }

    pub(super) async fn in_database(config: &Config, place: worker::Place<'_>) -> Result<Self, Failure> {
        let open = Box::new(Open::new(config, FEW).await?);
        let worker = Box::new(Worker::start(&open.database, Kind::Guest, place).await?);
        Ok(Self::Kept { open, worker })
    }

    pub(super) const fn handle(&self) -> &Handle {
        match self {
            Self::Memory { handle, .. } => handle,
            Self::Kept { worker, .. } => &worker.handle,
        }
    }

    pub(super) const fn kinds(&self) -> &BTreeSet<Name> {
        match self {
            Self::Memory { kinds, .. } => kinds,
            Self::Kept { worker, .. } => &worker.kinds,
        }
    }

    pub(super) fn new_id(&self) -> JobId {
        match self {
            Self::Memory { .. } => worker::new_id(None),
            Self::Kept { worker, .. } => worker.new_id(),
        }
    }

    pub(super) async fn submit(&self, plan: Arc<Plan>, actor: Actor, submit: Submit) -> Result<(), Refused> {
        match self {
            Self::Memory { handle, .. } => handle.submit(Shape::new(plan), actor, submit).await,
            Self::Kept { worker, .. } => worker.submit(Shape::new(plan), actor, submit).await,
        }
    }

    /// Returns once the job cannot go on here: why.
    pub(super) async fn failed(&mut self) -> Failure {
        match self {
            Self::Memory { driving, .. } => match driving.await {
                Ok(Err(error)) => Failure::new(format!("the log failed: {error}"), "run again"),
                Ok(Ok(())) | Err(_) => Failure::new("the runtime ended before the job did", "run again"),
            },
            Self::Kept { worker, .. } => worker.failed().await,
        }
    }

    /// Leaves it, once the job is over.
    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Memory { handle, driving, .. } => {
                drop(handle);
                match driving.await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(Failure::new(format!("the log failed: {error}"), "run again")),
                    Err(error) => Err(Failure::new(format!("the runtime broke: {error}"), "run again")),
                }
            }
            Self::Kept { open, worker } => {
                worker.close().await;
                open.close().await
            }
        }
    }
}

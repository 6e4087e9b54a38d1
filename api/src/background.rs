//! A worker that drives jobs until it is told to stop, and the one that is started where none is.

use crate::{
    cli::Exit,
    config::Config,
    console::Console,
    database::Open,
    failure::Failure,
    worker::{Kind, Place, Worker},
};
use engine::{
    command::Command,
    event::{Actor, Recorded},
    id::JobId,
    job::{Job, JobState},
    runtime::Observer,
};
use std::{
    collections::BTreeSet,
    fs::OpenOptions,
    os::unix::process::CommandExt as _,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use store::postgres::{PgLog, Settings};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};

/// How long after a failure it is tried again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// How often it looks whether it is idle.
const LOOK: Duration = Duration::from_millis(500);

/// How long it stays at least: until it has taken over what a worker that died may have left.
const LEAST: Duration = Duration::from_secs(15);

/// How long a worker that was started because there was none stays without a job.
const IDLE: &str = "1m";

/// Drives jobs until a signal says to stop, or nothing has been here for as long as `idle`. A database that is away is
/// waited for.
///
/// # Errors
/// If it cannot even begin.
pub async fn drive(idle: Option<Duration>, console: Console) -> Result<Exit, Failure> {
    let config = Config::read();
    let deaf = |error| Failure::new(format!("signals cannot be heard: {error}"), "start it again");
    let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    let open = Open::new(&config, Settings::USUAL).await?;
    let (mut pause, longest) = PAUSES;
    let mut told = async || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    loop {
        let begun = Instant::now();
        let Err(failure) = once(&config, &open, idle, console, told()).await else { break };
        if idle.is_some() {
            // It is there for the jobs of a database, and does not outlive it.
            return Err(failure);
        }
        console.complain(&failure.to_string());
        if begun.elapsed() > longest {
            pause = PAUSES.0;
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = told() => break,
        }
        pause = (pause * 2).min(longest);
    }
    open.close().await?;
    Ok(Exit::Success)
}

/// Drives jobs until it is told to stop, is idle, or cannot go on.
async fn once(
    config: &Config,
    open: &Open,
    idle: Option<Duration>,
    console: Console,
    told: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("skynet-worker-").tempdir().map_err(|error| {
        let help = "set TMPDIR to one that can be written";
        Failure::new(format!("no folder for attempts can be made: {error}"), help)
    })?;
    let active = Arc::new(Active::default());
    let place = Place {
        config,
        workspace: folder.path().to_owned(),
        scratch: folder.path(),
        logs: None,
        observer: Box::new(Journal { console, active: Arc::clone(&active) }),
        complain: Box::new(move |failure| console.complain(&failure.to_string())),
    };
    let mut worker = Worker::start(&open.database, Kind::Worker, place).await?;
    let end = tokio::select! {
        failure = worker.failed() => Err(failure),
        () = active.idle(idle) => Ok(()),
        () = told => Ok(()),
    };
    worker.close().await;
    end
}

/// The jobs that are driven here and are not over.
#[derive(Debug, Default)]
struct Active(Mutex<BTreeSet<JobId>>);

impl Active {
    /// The set is changed by single calls that cannot fail midway, so it is whole even if one panicked.
    fn jobs(&self) -> MutexGuard<'_, BTreeSet<JobId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once there was no job for so long.
    async fn idle(&self, length: Option<Duration>) {
        let Some(length) = length else { return std::future::pending().await };
        let length = length.max(LEAST);
        let mut since = Instant::now();
        while since.elapsed() < length {
            sleep(LOOK.min(length)).await;
            if !self.jobs().is_empty() {
                since = Instant::now();
            }
        }
    }
}

/// Says in a line each when a job begins here, and how it ends.
struct Journal {
    console: Console,
    active: Arc<Active>,
}

impl Observer for Journal {
    fn changed(&mut self, job: &Job, _: &Actor, _: &Command, _: &[Arc<Recorded>]) {
        let (id, name) = (job.id(), &job.shape.plan.name);
        if job.is_over() {
            self.active.jobs().remove(&id);
            let how = match &job.state {
                JobState::Failed { cause } => format!("failed: {cause}"),
                JobState::Succeeded => "succeeded".to_owned(),
                JobState::Cancelled => "cancelled".to_owned(),
                JobState::TimedOut => "timed out".to_owned(),
                JobState::Absent | JobState::Planned | JobState::Queued { .. } | JobState::Running { .. } => {
                    return;
                }
            };
            self.console.remark(&format!("{name}: job {id} {how}\n"));
        } else if self.active.jobs().insert(Arc::clone(&id)) {
            self.console.remark(&format!("{name}: job {id} is here\n"));
        }
    }
}

/// Starts a worker behind the terminal, if none lives.
///
/// # Errors
/// If it cannot be started.
pub async fn ensure(log: &PgLog, home: &Path) -> Result<(), Failure> {
    if log.workers().await? > 0 {
        return Ok(());
    }
    let failed = |error: std::io::Error| {
        Failure::new(format!("no worker can be started: {error}"), "start one with `skynet worker`")
    };
    let words = OpenOptions::new().create(true).append(true).open(home.join("worker.log")).map_err(failed)?;
    std::process::Command::new(std::env::current_exe().map_err(failed)?)
        .args(["worker", "--background", "--idle", IDLE])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(words)
        .process_group(0)
        .spawn()
        .map(drop)
        .map_err(failed)
}

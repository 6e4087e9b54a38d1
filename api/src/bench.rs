//! Measures how fast jobs go through the whole of it: decisions, the log, and back, with steps that do nothing.
//!
//! | workload | what |
//! |---|---|
//! | W1 | many jobs of five steps in a row, many at a time: durable steps in a second |
//! | W2 | one job that fans out: seconds |
//! | W3 | one job of one step after another: milliseconds from submit to the end, as whoever submits sees it |
//!
//! Each intent and each result is on the disk before anything follows from it. The figures hold for the machine and the
//! database of the moment: compare those that were taken together.

use crate::{
    config::Config,
    database::Open,
    failure::Failure,
    worker::{Kind, Place, Worker},
};
use dsl::NoImports;
use engine::{
    command::{Command, Submit},
    event::{Actor, Door, Recorded, Values},
    id::JobId,
    job::{Job, JobState, Shape},
    runtime::Observer,
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::postgres::Settings;
use tokio::sync::{Semaphore, oneshot};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// How many jobs W1 runs.
    pub jobs: u32,
    /// How many of them at a time.
    pub at_once: u32,
    /// How many instances W2 has.
    pub instances: u32,
    /// How many jobs W3 runs.
    pub singles: u32,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Jobs of five steps in a second.
    pub w1_jobs_per_second: f64,
    /// Steps in a second.
    pub w1_steps_per_second: f64,
    /// Events in a second.
    pub w1_events_per_second: f64,
    /// How many instances W2 had.
    pub w2_instances: u32,
    /// How long it took, in seconds.
    pub w2_seconds: f64,
    /// The median of W3, in milliseconds.
    pub w3_p50_ms: f64,
    /// What one in a hundred took at least.
    pub w3_p99_ms: f64,
    /// The longest.
    pub w3_max_ms: f64,
}

const CHAIN: &str = "skynet 1

workflow chain {
  step a { mock { delay = 0s } run = [\"true\"] }
  step b { needs = [step.a] run = [\"true\"] }
  step c { needs = [step.b] run = [\"true\"] }
  step d { needs = [step.c] run = [\"true\"] }
  step e { needs = [step.d] run = [\"true\"] }
}
";

const FAN: &str = "skynet 1

workflow fan {
  param width: list(int)
  step a {
    for_each  = param.width
    max_items = 1000000
    run       = [\"true\"]
  }
}
";

const ONE: &str = "skynet 1

workflow one {
  step a { run = [\"true\"] }
}
";

/// Runs all workloads against the configured database.
///
/// # Errors
/// If the database fails, or a job does not end well.
pub async fn bench(sizes: Sizes, mut say: impl FnMut(&str)) -> Result<Figures, Failure> {
    let config = Config::read();
    let open = Open::new(&config, Settings::USUAL).await?;
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(format!("no folder can be made: {error}"), "set TMPDIR to one that can be written")
    })?;
    let ends = Arc::new(Ends::default());
    let place = Place {
        config: &config,
        workspace: folder.path().to_owned(),
        scratch: folder.path(),
        logs: None,
        observer: Box::new(Ears(Arc::clone(&ends))),
        complain: Box::new(|_| {}),
    };
    let worker = Arc::new(Worker::start(&open.database, Kind::Worker, place).await?);
    let bench = Bench { worker: Arc::clone(&worker), ends };

    say("W1: jobs of five steps");
    let chain = shape(CHAIN)?;
    bench.many(&chain, sizes.at_once, sizes.at_once).await?;
    let before = bench.ends.events.load(Ordering::Relaxed);
    let begun = Instant::now();
    bench.many(&chain, sizes.jobs, sizes.at_once).await?;
    let (seconds, jobs) = (begun.elapsed().as_secs_f64(), f64::from(sizes.jobs));
    let events = bench.ends.events.load(Ordering::Relaxed) - before;

    say("W2: one job that fans out");
    let fan = shape(FAN)?;
    let width = (0..i64::from(sizes.instances)).map(engine::value::Value::Int).collect();
    let params: Values =
        Arc::new([("width".into(), engine::value::Value::list(width))].into_iter().collect());
    let fanned = Instant::now();
    bench.one(&fan, params).await?;
    let w2_seconds = fanned.elapsed().as_secs_f64();

    say("W3: one job of one step after another");
    let one = shape(ONE)?;
    let mut times = Vec::new();
    for _ in 0..sizes.singles {
        let begun = Instant::now();
        bench.one(&one, Values::default()).await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();

    let Bench { worker: last, ends: _ } = bench;
    drop(last);
    if let Some(worker) = Arc::into_inner(worker) {
        worker.close().await;
    }
    open.close().await?;
    Ok(Figures {
        w1_jobs_per_second: jobs / seconds,
        w1_steps_per_second: 5.0 * jobs / seconds,
        w1_events_per_second: f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / seconds,
        w2_instances: sizes.instances,
        w2_seconds,
        w3_p50_ms: at(&times, 50),
        w3_p99_ms: at(&times, 99),
        w3_max_ms: at(&times, 100),
    })
}

/// Returns what so many of a hundred took at most, in milliseconds.
fn at(times: &[Duration], percent: usize) -> f64 {
    let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

fn shape(text: &str) -> Result<Arc<Shape>, Failure> {
    let compiled = dsl::compile("bench.skynet", text, &NoImports);
    let plan = compiled.workflows.into_iter().next().and_then(|workflow| workflow.plan);
    plan.map(Shape::new).ok_or_else(|| {
        Failure::new("a workload of the benchmark does not compile", "report it: it is a defect")
    })
}

struct Bench {
    worker: Arc<Worker>,
    ends: Arc<Ends>,
}

impl Bench {
    /// Runs jobs, so many at a time.
    async fn many(&self, shape: &Arc<Shape>, count: u32, at_once: u32) -> Result<(), Failure> {
        let room = Arc::new(Semaphore::new(usize::try_from(at_once).unwrap_or(1)));
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..count {
            let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
            let (worker, ends, shape) = (Arc::clone(&self.worker), Arc::clone(&self.ends), Arc::clone(shape));
            running.spawn(async move {
                let end = run(&worker, &ends, &shape, Values::default()).await;
                drop(permit);
                end
            });
            while let Some(end) = running.try_join_next() {
                end.map_err(broken)??;
            }
        }
        while let Some(end) = running.join_next().await {
            end.map_err(broken)??;
        }
        Ok(())
    }

    async fn one(&self, shape: &Arc<Shape>, params: Values) -> Result<(), Failure> {
        run(&self.worker, &self.ends, shape, params).await
    }
}

fn broken(error: tokio::task::JoinError) -> Failure {
    Failure::new(format!("a job broke: {error}"), "report it: it is a defect")
}

/// Runs one job to its end.
async fn run(worker: &Worker, ends: &Ends, shape: &Arc<Shape>, params: Values) -> Result<(), Failure> {
    let job = worker.new_id();
    let end = ends.of(&job);
    let submit = Submit {
        job,
        params,
        door: Door::Shell,
        workspace: None,
        mock: true,
        max_parallel: 10_000,
        queue_timeout: None,
        seed: 1,
        parent: None,
        kinds: worker.kinds.clone(),
        fork: None,
    };
    let person = Actor::Person { name: "user:bench".into(), door: Door::Shell };
    worker
        .submit(Arc::clone(shape), person, submit)
        .await
        .map_err(|refused| Failure::new(format!("a job was refused: {refused}"), "see `skynet doctor`"))?;
    match end.await {
        Ok(JobState::Succeeded) => Ok(()),
        Ok(state) => Err(Failure::new(format!("a job ended as {state:?}"), "see `skynet doctor`")),
        Err(_) => Err(Failure::new("the worker ended", "see `skynet doctor`")),
    }
}

/// Who waits for the end of which job.
#[derive(Default)]
struct Ends {
    waiting: Mutex<BTreeMap<JobId, oneshot::Sender<JobState>>>,
    events: AtomicU64,
}

impl Ends {
    fn of(&self, job: &JobId) -> oneshot::Receiver<JobState> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(job), sender);
        receiver
    }
}

struct Ears(Arc<Ends>);

impl Observer for Ears {
    fn changed(&mut self, job: &Job, _: &Actor, _: &Command, events: &[Arc<Recorded>]) {
        let count = u64::try_from(events.len()).unwrap_or_default();
        self.0.events.fetch_add(count, Ordering::Relaxed);
        if job.is_over() {
            let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&job.id());
            // Whoever waited may have given up.
            let _gone = waiting.map(|waiting| waiting.send(job.state.clone()));
        }
    }
}

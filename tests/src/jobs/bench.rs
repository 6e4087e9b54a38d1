//! A runtime with a simulated world, from a log that may hold something already to the end of a job.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use super::{
    case::Case,
    clock::{SimClock, drive},
    hands::{Fault, Hands},
    log::HinderedLog,
    people::{Listener, People},
};
use engine::{
    command::{Settlement, Submit},
    event::{Actor, Door, Event, Recorded},
    id::{AttemptKey, Digest, JobId, Name},
    job::{Job, Shape},
    port::{EventLog, HousePolicy, Logs, Position, Provider, Secret, SecretError, SecretStore, Stream},
    runtime::{Runtime, World, load},
};
use futures_core::future::BoxFuture;
use futures_util::future::{join, ready};
use std::{collections::BTreeMap, sync::Arc};
use store::{MemoryLog, MemoryResults};

/// 2026-03-02, a Monday, 09:30 UTC.
pub(crate) const START: i64 = 1_772_443_800_000;

/// What a job is called.
const JOB: &str = "job";

/// Kinds of places that there are hands for.
const KINDS: &[&str] = &["docker", "gateway", "http", "local", "mock", "ssh"];

/// The events of all jobs, in the order in which they were kept.
pub(crate) type Told = Vec<(JobId, Arc<Recorded>)>;

/// How a job is run.
#[derive(Clone)]
pub(crate) struct Bench {
    /// What is run.
    pub(crate) case: Case,
    /// Its plan.
    pub(crate) shape: Arc<Shape>,
    /// What goes wrong.
    pub(crate) fault: Fault,
    /// What a person says of an attempt of which nobody knows.
    pub(crate) settlement: Settlement,
    /// Whether each outcome is reported twice.
    pub(crate) twice: bool,
    /// Whether steps only pretend.
    pub(crate) mock: bool,
}

/// What came of it.
pub(crate) struct Ended {
    /// All events.
    pub(crate) told: Told,
    /// The job.
    pub(crate) job: Job,
    /// The jobs of its calls.
    pub(crate) calls: Vec<Job>,
}

impl Bench {
    pub(crate) fn new(case: Case) -> Self {
        let shape = case.shape();
        Self { case, shape, fault: Fault::None, settlement: Settlement::Retry, twice: false, mock: false }
    }

    pub(crate) fn with(&self, fault: Fault) -> Self {
        Self { fault, ..self.clone() }
    }

    /// Runs the job from its beginning.
    pub(crate) fn run(&self) -> Ended {
        self.resume(&[])
    }

    /// Goes on with a job of which the log has these events.
    pub(crate) fn resume(&self, events: &[(JobId, Arc<Recorded>)]) -> Ended {
        let clock = SimClock::new(events.last().map_or(START, |(_, event)| event.at));
        let what = format!("{} with {:?} after {} events", self.case.name, self.fault, events.len());
        drive(&clock, &what, self.job(&clock, events))
    }

    /// Runs the job from its beginning with a log that somebody made.
    pub(crate) fn run_on(&self, clock: &Arc<SimClock>, log: &Arc<HinderedLog>) -> Ended {
        let job = async { self.drive(self.world(clock, Arc::<HinderedLog>::clone(log)), &**log).await };
        drive(clock, self.case.name, job)
    }

    async fn job(&self, clock: &Arc<SimClock>, events: &[(JobId, Arc<Recorded>)]) -> Ended {
        let log = Arc::new(MemoryLog::default());
        for (job, event) in events {
            log.append(job, event.seq - 1, vec![Arc::clone(event)]).await.unwrap();
        }
        self.drive(self.world(clock, Arc::<MemoryLog>::clone(&log)), &*log).await
    }

    /// Starts the job in a world, or goes on with it if the log knows it, and stays until it is over.
    pub(crate) async fn drive(&self, world: World, log: &dyn EventLog) -> Ended {
        let job = JobId::from(JOB);
        let (listener, notices) = Listener::new();
        let (handle, runtime) = Runtime::new(world, Box::new(listener));
        let known = load(log, &job, Arc::clone(&self.shape)).await.unwrap();
        let people = People { bench: self, handle, job, notices, reports: Vec::new() };
        let (people, driven) = join(people.attend(&known), runtime.run()).await;
        driven.unwrap();
        assert!(people.is_ok(), "{}: {people:?}", self.case.name);
        self.ended(log).await
    }

    /// Makes the world of a runtime.
    pub(crate) fn world(&self, clock: &Arc<SimClock>, log: Arc<dyn EventLog>) -> World {
        let hands = KINDS.iter().map(|kind| {
            let hands = Hands::new(kind, Arc::clone(clock), self.fault.clone());
            (Name::from(*kind), Arc::new(hands) as Arc<dyn Provider>)
        });
        World {
            log,
            providers: hands.collect(),
            clock: Arc::<SimClock>::clone(clock),
            secrets: Arc::new(Safe),
            policy: Arc::new(HousePolicy),
            results: Arc::new(MemoryResults::default()),
            logs: Arc::new(Deaf),
        }
    }

    async fn ended(&self, log: &dyn EventLog) -> Ended {
        let told = told(log).await;
        let mut jobs: BTreeMap<JobId, Job> = BTreeMap::new();
        for (job, recorded) in &told {
            if let Event::JobCreated(created) = &recorded.event {
                let shape = find(&self.shape, created.plan).unwrap_or_else(|| panic!("no such plan"));
                jobs.insert(Arc::clone(job), load(log, job, shape).await.unwrap());
            }
        }
        let job = jobs.remove(JOB).unwrap_or_else(|| panic!("{}: no job", self.case.name));
        Ended { told, job, calls: jobs.into_values().collect() }
    }

    /// Returns how the job is submitted.
    pub(crate) fn submit(&self) -> Submit {
        Submit {
            job: JOB.into(),
            params: self.case.params(&self.shape),
            door: Door::Shell,
            workspace: None,
            mock: self.mock,
            max_parallel: 8,
            queue_timeout: None,
            seed: 7,
            parent: None,
            kinds: KINDS.iter().map(|kind| Name::from(*kind)).collect(),
            fork: None,
        }
    }
}

/// Returns all events, in the order in which they were kept.
pub(crate) async fn told(log: &dyn EventLog) -> Told {
    let fed = log.feed(Position::ORIGIN, 1_000_000).await.unwrap();
    fed.into_iter().map(|it| (it.job, it.event)).collect()
}

/// Returns who starts jobs and answers questions.
pub(crate) fn person() -> Actor {
    Actor::Person { name: "user:ada".into(), door: Door::Shell }
}

/// Finds the plan of a digest, among those that a plan calls too.
pub(crate) fn find(shape: &Arc<Shape>, digest: Digest) -> Option<Arc<Shape>> {
    if shape.digest == digest {
        return Some(Arc::clone(shape));
    }
    shape.callees.values().find_map(|callee| find(callee, digest))
}

/// A safe that has every secret.
struct Safe;

impl SecretStore for Safe {
    fn find<'a>(&'a self, from: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        Box::pin(ready(Ok(Secret::new(format!("what is at {from}")))))
    }
}

/// Nobody reads what attempts print.
struct Deaf;

impl Logs for Deaf {
    fn write<'a>(&'a self, _: &'a AttemptKey, _: Stream, _: &'a [u8]) -> BoxFuture<'a, ()> {
        Box::pin(ready(()))
    }
}

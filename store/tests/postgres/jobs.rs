//! Random jobs, in a log: those of the engine's simulation, under ids that the log takes.

use super::harness::{OwnedLog, Place};
use engine::{
    event::{Recorded, upcast},
    id::{Digest, JobId},
    job::{Job, Shape},
    port::EventLog as _,
};
use serde_json::Value as Json;
use std::sync::Arc;
use store::postgres::Settings;

/// The engine's simulation: plans, and a world that performs them well and badly.
#[path = "../../../engine/tests/simulation"]
mod simulation {
    mod chance;
    #[allow(dead_code, reason = "part of it is for the engine's own tests")]
    mod check;
    mod plans;
    #[allow(dead_code, reason = "part of it is for the engine's own tests")]
    mod world;

    use chance::Chance;
    use engine::{event::Recorded, job::Shape};
    use std::sync::Arc;

    /// Lets a job happen, to its end or to some point before.
    pub(super) fn happen(seed: u64) -> (Arc<Shape>, Vec<Arc<Recorded>>) {
        let mut chance = Chance::new(seed);
        let plan = plans::random(&mut chance);
        let mut world = world::World::new(plan, chance.next());
        world.submit();
        for _ in 0..chance.below(60) {
            world.step();
        }
        if chance.once_in(2) {
            world.settle();
        }
        (Arc::clone(&world.job.shape), world.log)
    }
}

/// A job that happened.
pub(crate) struct Happened {
    pub(crate) id: JobId,
    pub(crate) shape: Arc<Shape>,
    pub(crate) events: Vec<Arc<Recorded>>,
}

impl Happened {
    /// Lets one happen; the same seed is the same job.
    pub(crate) fn of(seed: u64) -> Self {
        let (shape, events) = simulation::happen(seed);
        let events = events.iter().map(|event| renamed(seed, event)).collect();
        Self { id: name(seed, "job"), shape, events }
    }

    /// Returns the job as its events tell it.
    pub(crate) fn job(&self) -> Job {
        let mut job = Job::new(Arc::clone(&self.shape));
        self.events.iter().for_each(|event| job.evolve(event).unwrap());
        job
    }
}

/// Returns an id of the time of the segment that tests have.
fn name(seed: u64, text: &str) -> JobId {
    let digest = Digest::of(format!("{seed} {text}").as_bytes()).to_string();
    format!("019a0000-0000-7000-8000-{}", &digest[..12]).into()
}

/// Gives the jobs in an event ids that the log takes.
fn renamed(seed: u64, event: &Recorded) -> Arc<Recorded> {
    let mut json: Json = serde_json::from_str(&upcast::write(event).unwrap()).unwrap();
    for key in ["job", "from"] {
        if let Some(Json::String(id)) = json.get_mut(key) {
            *id = name(seed, id).to_string();
        }
    }
    Arc::new(upcast::read(&json.to_string()).unwrap())
}

/// Lets jobs happen and writes their events, all jobs in turns, a few events of each at a time.
pub(crate) async fn write(place: &Place, seeds: std::ops::Range<u64>) -> (OwnedLog, Vec<Happened>) {
    let log = place.log(Settings::default()).await;
    let jobs: Vec<_> = seeds.map(Happened::of).collect();
    append(&log, &jobs).await;
    (log, jobs)
}

pub(crate) async fn append(log: &OwnedLog, jobs: &[Happened]) {
    let mut written = vec![0; jobs.len()];
    while (0..jobs.len()).any(|at| written[at] < jobs[at].events.len()) {
        for (at, (job, from)) in jobs.iter().zip(&mut written).enumerate() {
            let rest = job.events.get(*from..).unwrap_or_default();
            let some = rest.get(..1 + (at + *from) % 9).unwrap_or(rest).to_vec();
            let n = some.len();
            if n > 0 && *from == 0 {
                log.log.start(&job.id, None, some).await.unwrap();
            } else if n > 0 {
                log.log.append(&job.id, *from as u64, some).await.unwrap();
            }
            *from += n;
        }
    }
}

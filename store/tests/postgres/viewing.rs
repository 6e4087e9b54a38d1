//! The view over the log itself, and what the log says is over.

use super::harness::{Place, execute, text};
use engine::{
    event::{Actor, At, Door, Event, JobCreated, Recorded, StepStarted, StepSucceeded, Values},
    id::Digest,
    plan::Risk,
    port::EventLog as _,
};
use std::sync::Arc;
use store::{conformance::job, postgres::Settings};

/// A short job, by a person, with a character that JSON in Postgres cannot hold.
fn short_job() -> Vec<Arc<Recorded>> {
    let at = At::new("greet".into(), 0);
    let created = JobCreated {
        job: job("short"),
        workflow: "hello".into(),
        plan: Digest::of(b""),
        params: Values::default(),
        door: Door::Shell,
        workspace: None,
        mock: false,
        max_parallel: 1,
        queue_timeout: None,
        seed: 1,
        parent: None,
        fork: None,
    };
    let started = StepStarted {
        at: at.clone(),
        attempt: 1,
        provider: "local".into(),
        subject: Digest::of(b""),
        risk: Risk::Low,
        deadline: None,
    };
    let succeeded = StepSucceeded {
        at,
        outputs: Values::default(),
        invented: Vec::new(),
        artifacts: Values::default(),
        exit_code: Some(0),
        log: None,
        cache_key: None,
    };
    let ann = Actor::Person { name: "user:ann".into(), door: Door::Shell };
    let all = [
        (ann, Event::JobCreated(created)),
        (Actor::Engine, Event::JobStarted { deadline: None }),
        (Actor::Engine, Event::StepStarted(started)),
        (Actor::Worker, Event::StepSucceeded(succeeded)),
        (Actor::Engine, Event::JobFailed { cause: "a \0 in it".to_owned() }),
    ];
    let record = |(seq, (actor, event))| Arc::new(Recorded { seq, at: 0, actor, caused_by: None, event });
    (1..).zip(all).map(record).collect()
}

#[tokio::test]
async fn it_says_what_happened() {
    let place = Place::new().await;
    let it = place.log(Settings::default()).await;
    it.log.append(&job("short"), 0, short_job()).await.unwrap();
    let mut connection = place.connect().await;
    execute(&mut connection, "SET ROLE skynet_reader").await;
    let lines = "SELECT string_agg(concat_ws(' ', seq, type, body -> 'actor' -> 'person' ->> 'name', body ->> 'cause'),
        E'\n' ORDER BY seq) FROM skynet.event";
    insta::assert_snapshot!(text(&mut connection, lines).await, @r"
    1 job_created user:ann
    2 job_started
    3 step_started
    4 step_succeeded
    5 job_failed a � in it
    ");
    // A view of what is no event would fail here.
    let kinds = "SELECT count(*) FROM skynet.event e WHERE e.type <> e.body ->> 'type'";
    assert_eq!(text(&mut connection, kinds).await, "0");
}

#[tokio::test]
async fn a_job_is_over_until_it_is_retried() {
    let place = Place::new().await;
    let it = place.log(Settings::default()).await;
    let id = job("short");
    it.log.append(&id, 0, short_job()).await.unwrap();
    assert!(it.log.live_jobs(0..=255).await.unwrap().is_empty());
    let retried = Recorded {
        seq: 6,
        at: 0,
        actor: Actor::Engine,
        caused_by: None,
        event: Event::JobRetried { steps: Vec::new() },
    };
    it.log.append(&id, 5, vec![Arc::new(retried)]).await.unwrap();
    assert_eq!(it.log.live_jobs(0..=255).await.unwrap(), [id]);
}

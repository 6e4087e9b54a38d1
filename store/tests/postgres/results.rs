//! Results that may serve again.

use super::harness::Place;
use engine::{
    command::CacheHit,
    event::Values,
    id::{Digest, JobId},
    port::Results as _,
};
use store::{
    conformance,
    postgres::{PgResults, Settings},
};

fn hit(job: JobId, made_at: i64) -> CacheHit {
    CacheHit { job, made_at, outputs: Values::default(), artifacts: Values::default() }
}

#[tokio::test]
async fn finds_results() {
    let place = Place::new().await;
    let results = PgResults::new(place.database(Settings::default()).await);
    conformance::finds_results(&results).await;
}

#[tokio::test]
async fn the_latest_stays_until_it_is_forgotten() {
    let place = Place::new().await;
    let results = PgResults::new(place.database(Settings::default()).await);
    let (key, job) = (Digest::of(b"key"), conformance::job("made"));
    results.keep(key, hit(job.clone(), 2000)).await;
    results.keep(key, hit(job.clone(), 1000)).await;
    assert_eq!(results.find(key).await, Ok(hit(job, 2000)), "the later one was written first");
    assert_eq!(results.forget(2000).await, Ok(0));
    assert_eq!(results.forget(2001).await, Ok(1));
    assert_eq!(results.find(key).await, Err("no earlier step had the same key".to_owned()));
}

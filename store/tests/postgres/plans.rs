//! Plans in the database, and wherever content is kept.

use super::harness::Place;
use engine::{
    event::Event,
    id::Digest,
    job::Job,
    plan::{Action, Plan, PlanError},
    port::{BlobError, Blobs, EventLog as _, Started},
    testing::{given, plan, step},
};
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;
use store::{
    FolderBlobs, Plans,
    conformance::job,
    plan::LoadError,
    postgres::{PgBlobs, Settings},
};

/// A plan that calls these plans, each by one step.
fn calling(name: &str, callees: &[&Plan]) -> Plan {
    let numbered = || callees.iter().enumerate().map(|(i, callee)| (format!("callee-{i}"), *callee));
    let call = |name: String| {
        let action = Action::Call { workflow: name.as_str().into(), params: Vec::new() };
        step(&format!("call-{name}")).action(action)
    };
    let steps: Vec<_> = numbered().map(|(name, _)| call(name)).collect();
    let mut plan = plan(steps).build();
    plan.name = name.into();
    plan.callees = numbered().map(|(name, callee)| (name.into(), Arc::new(callee.clone()))).collect();
    plan
}

/// A plan that calls two plans that call the same one.
fn diamond() -> (Plan, Digest) {
    let bottom = plan([step("bottom")]).build();
    let (left, right) = (calling("left", &[&bottom]), calling("right", &[&bottom]));
    (calling("top", &[&left, &right]), bottom.digest())
}

#[tokio::test]
async fn a_plan_is_found_with_all_that_it_calls() {
    let place = Place::new().await;
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn Blobs>; 2] = [
        Arc::new(PgBlobs::new(place.database(Settings::default()).await)),
        Arc::new(FolderBlobs::new(folder.path().to_owned())),
    ];
    for blobs in stores {
        let plans = Plans::new(blobs);
        let (top, bottom) = diamond();
        for plan in [&top, &plan([step("alone")]).build()] {
            for _ in 0..2 {
                assert_eq!(plans.keep(plan).await, Ok(plan.digest()));
            }
            assert_eq!(plans.find(plan.digest()).await.unwrap().to_json(), plan.to_json());
        }
        let shape = plans.load_shape(top.digest()).await.unwrap();
        assert_eq!((shape.digest, shape.callees.len()), (top.digest(), 2));
        assert_eq!(plans.find(bottom).await.unwrap().digest(), bottom, "a callee is a plan of its own");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5, "each is kept once");
}

#[tokio::test]
async fn what_is_no_plan_is_told() {
    let place = Place::new().await;
    let blobs: Arc<dyn Blobs> = Arc::new(PgBlobs::new(place.database(Settings::default()).await));
    let plans = Plans::new(Arc::clone(&blobs));
    let (top, bottom) = diamond();
    let keep =
        async |text: &str| blobs.put(stream::iter([Ok(text.as_bytes().to_vec())]).boxed()).await.unwrap().0;
    assert_eq!(plans.find(bottom).await.err(), Some(LoadError::Blob(BlobError::Missing(bottom))));
    let digest = keep(&top.canonical_json()).await;
    assert!(matches!(plans.find(digest).await, Err(LoadError::Blob(BlobError::Missing(_)))), "its callees");
    for (text, told) in [
        ("\u{fffd}", "this is not a plan: expected value at line 1 column 1"),
        ("{}", "this is not a plan: missing field `skynet-plan` at line 1 column 2"),
    ] {
        let digest = keep(text).await;
        let error = plans.find(digest).await.unwrap_err();
        assert!(matches!(&error, LoadError::Plan(of, PlanError::Malformed(_)) if *of == digest), "{error}");
        assert_eq!(error.to_string(), format!("the plan of the digest {digest} cannot be used: {told}"));
    }
}

#[tokio::test]
async fn a_job_is_known_from_the_database_alone() {
    let place = Place::new().await;
    let plans = |database| Plans::new(Arc::new(PgBlobs::new(database)));
    let (top, _) = diamond();
    let id = job("goes on");
    let case = given(top.clone()).submitted_with(|submit| submit.job = id.clone());
    assert!(!case.log.is_empty() && !case.job.is_over());
    {
        let it = place.log(Settings::default()).await;
        plans(place.database(Settings::default()).await).keep(&top).await.unwrap();
        assert_eq!(it.log.start(&id, None, case.log.clone()).await, Ok(Started::New));
    }
    // Another process, that has nothing but the id.
    let it = place.log(Settings::default()).await;
    let events = it.log.read(&id, 0, 1000).await.unwrap();
    let Event::JobCreated(created) = &events[0].event else { panic!("{:?}", events[0]) };
    let plans = plans(place.database(Settings::default()).await);
    let mut found = Job::new(plans.load_shape(created.plan).await.unwrap());
    for event in &events {
        found.evolve(event).unwrap();
    }
    assert_eq!(found, case.job);
}

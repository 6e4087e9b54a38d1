//! Nowhere.

use crate::support::place;
use engine::{
    port::{Provider, Secrets, Stop},
    request::{FailureClass, Outcome, Request, Resolved, Stopped},
    value::Value,
};
use providers::{
    Mock, Registry,
    conformance::{Kept, request},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

fn mocked(delay: i64) -> Request {
    let result = [("exit_code".into(), Value::Int(7))].into();
    let outputs = [("x".into(), Value::text("y"))].into();
    request(place("mock"), Resolved::Mock { result, outputs, delay })
}

#[tokio::test]
async fn it_gives_what_it_was_told_after_its_delay() {
    let (mock, kept, secrets) = (Mock::new(), Kept::default(), Secrets::new());
    let (request, begun) = (mocked(30), Instant::now());
    let (one, two) =
        tokio::join!(mock.perform(&request, &secrets, &kept), mock.perform(&request, &secrets, &kept));
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(30), "{took:?}");
    assert_eq!(one, two);
    let Outcome::Done(done) = one else { panic!("{one:?}") };
    assert_eq!(done.result.get("exit_code"), Some(&Value::Int(7)));
    assert_eq!(done.outputs.get("x"), Some(&Value::text("y")));
}

#[tokio::test]
async fn its_delay_ends_early_when_it_is_stopped_or_late() {
    let (mock, kept, secrets) = (Mock::new(), Kept::default(), Secrets::new());
    let mut request = mocked(3_600_000);
    let (outcome, stopped) = tokio::join!(mock.perform(&request, &secrets, &kept), async {
        // The attempt is known once `perform` was polled, which `join!` does first.
        mock.cancel(&request.key, Stop::Gracefully).await
    });
    assert_eq!((outcome, stopped), (Outcome::Cancelled(Stopped::Confirmed), Stopped::Confirmed));
    request.key.attempt = 2;
    request.timeout = Some(5);
    let outcome = mock.perform(&request, &secrets, &kept).await;
    assert!(matches!(outcome, Outcome::Failed { class: FailureClass::Timeout, .. }), "{outcome:?}");
}

#[tokio::test]
async fn the_registry_finds_who_serves_a_kind_and_says_who_nobody_serves() {
    let registry = Registry::new().with(Arc::new(Mock::new()));
    assert!(registry.check(&mocked(0)).is_ok());
    let run = Resolved::Run { argv: vec!["true".into()] };
    let why = registry.check(&request(place("mock"), run.clone())).map(|_| ()).unwrap_err();
    assert!(why.contains("`mock` block"), "{why}");
    let why = registry.check(&request(place("docker"), run)).map(|_| ()).unwrap_err();
    assert!(why.contains("`docker`") && why.contains("only mock"), "{why}");
    assert_eq!(registry.cancel(&mocked(0).key, Stop::Now).await, Stopped::Confirmed);
}

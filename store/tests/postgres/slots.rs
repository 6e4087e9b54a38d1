//! Places of concurrency groups.

use super::harness::{Place, execute, text};
use engine::{event::At, slot::Holder};
use futures_util::future::join_all;
use std::collections::BTreeSet;
use store::{
    conformance::job,
    postgres::{Settings, Slots},
};

fn holder(name: &str, at: Option<(&str, u32)>) -> Holder {
    Holder { job: job(name), at: at.map(|(step, instance)| At { step: step.into(), instance }) }
}

async fn slots() -> (Place, Slots) {
    let place = Place::new().await;
    let slots = Slots::new(place.database(Settings::default()).await);
    (place, slots)
}

#[tokio::test]
async fn a_group_gives_as_many_places_as_it_has() {
    let (place, slots) = slots().await;
    let holders: Vec<_> = (0..16).map(|i| holder("one", Some(("step", i)))).collect();
    let taken = join_all(holders.iter().map(|holder| slots.take("db", 5, 1, holder))).await;
    let taken: Vec<_> = taken.into_iter().filter_map(Result::unwrap).collect();
    let different: BTreeSet<_> = taken.iter().copied().collect();
    assert_eq!((taken.len(), different), (5, BTreeSet::from([0, 1, 2, 3, 4])));
    assert_eq!(
        slots.take("other", 1, 1, &holders[0]).await,
        Ok(Some(0)),
        "another group has places of its own"
    );
    assert_eq!(text(&mut place.connect().await, "SELECT count(*) FROM skynet.slots").await, "6");
}

#[tokio::test]
async fn a_place_is_kept_given_back_and_given_again() {
    let (_place, slots) = slots().await;
    let (one, two) = (holder("one", None), holder("two", Some(("step", 3))));
    assert_eq!(slots.take("db", 1, 1, &one).await, Ok(Some(0)));
    assert_eq!(slots.take("db", 1, 1, &one).await, Ok(Some(0)), "it has one");
    assert_eq!(slots.take("db", 1, 1, &two).await, Ok(None));
    assert_eq!(slots.free("db", 1, &two).await, Ok(false), "it has none");
    assert_eq!(slots.free("db", 2, &one).await, Ok(false), "another worker looks after it");
    assert_eq!(slots.take("db", 1, 2, &one).await, Ok(Some(0)), "it is taken over");
    assert_eq!(slots.free("db", 1, &one).await, Ok(false));
    assert_eq!(slots.free("db", 2, &one).await, Ok(true));
    assert_eq!(slots.take("db", 1, 1, &two).await, Ok(Some(0)));
    assert_eq!(slots.take("db", 2, 1, &one).await, Ok(Some(1)), "there may be more of them now");
    assert_eq!(slots.take("db", 0, 1, &holder("three", None)).await, Ok(None));
}

#[tokio::test]
async fn the_places_of_a_dead_worker_are_free() {
    let (place, slots) = slots().await;
    let mut admin = place.connect().await;
    let insert = "INSERT INTO skynet.workers (host, pid, lease_until) VALUES ('test', 1, now())";
    execute(&mut admin, insert).await;
    let alive: i64 = text(&mut admin, "SELECT worker_id FROM skynet.workers").await.parse().unwrap();
    let (one, two) = (holder("one", None), holder("two", None));
    assert_eq!(slots.take("db", 2, alive, &one).await, Ok(Some(0)));
    assert_eq!(slots.take("db", 2, alive + 1, &two).await, Ok(Some(1)));
    assert_eq!(slots.take("db", 2, alive, &holder("three", None)).await, Ok(None));
    assert_eq!(slots.reap().await, Ok(vec!["db".to_owned()]));
    assert_eq!(slots.reap().await, Ok(Vec::new()));
    assert_eq!(slots.take("db", 2, alive, &holder("three", None)).await, Ok(Some(1)));
    assert_eq!(slots.free("db", alive + 1, &two).await, Ok(false), "it comes too late");
}

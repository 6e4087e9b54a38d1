//! The doorbell.

use super::harness::{Place, eventually, execute, text};
use store::postgres::{
    Settings,
    bell::{Bell, Bells, Ear},
};

#[tokio::test]
async fn a_bell_is_heard_in_another_process_by_those_who_wait_for_it() {
    let place = Place::new().await;
    let (here, there) =
        (place.database(Settings::default()).await, place.database(Settings::default()).await);
    let (bell, ear) = (Bell::new(here), Ear::new(&there).await.unwrap());
    let mut mine = ear.on(Bells::inboxes([3, 200]));
    let mut feed = ear.on(Bells::FEED);
    let other = ear.on(Bells::inboxes([4]).and(Bells::TASKS));
    bell.ring(Bells::inboxes([200]));
    mine.changed().await.unwrap();
    bell.ring(Bells::FEED);
    feed.changed().await.unwrap();
    assert!(!mine.has_changed().unwrap() && !other.has_changed().unwrap());
}

#[tokio::test]
async fn what_is_rung_together_is_few_notices() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let (bell, ear) = (Bell::new(database.clone()), Ear::new(&database).await.unwrap());
    let (mut all, mut last) = (ear.on(Bells::FEED), ear.on(Bells::TASKS));
    for _ in 0..10_000 {
        bell.ring(Bells::FEED);
    }
    bell.ring(Bells::TASKS);
    last.changed().await.unwrap();
    let count = *all.borrow_and_update();
    assert!((1..=2).contains(&count), "{count} notices");
}

#[tokio::test]
async fn after_a_loss_everybody_looks_and_both_sides_go_on() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let (bell, ear) = (Bell::new(database.clone()), Ear::new(&database).await.unwrap());
    let mut feed = ear.on(Bells::FEED);
    bell.ring(Bells::FEED);
    feed.changed().await.unwrap();
    let mut admin = place.connect().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    execute(&mut admin, kill).await;
    feed.changed().await.unwrap();
    // The bell notices the loss with a notice that is lost.
    eventually("a bell is heard again", async || {
        bell.ring(Bells::FEED);
        feed.has_changed().unwrap()
    })
    .await;
    let listening =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    assert_eq!(text(&mut admin, listening).await, "1");
}

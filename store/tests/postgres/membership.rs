//! Processes that share the shards.

use super::{
    harness::{Place, Server, connect, eventually, execute, prepare, text},
    proxy::Proxy,
};
use engine::port::LogError;
use std::time::Duration;
use store::postgres::{Database, Lease, Member, Owned, Settings, Who};
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
};

/// Short enough not to wait for, long enough for a machine that is busy.
fn lease() -> Lease {
    Lease { length: Duration::from_secs(4), beat: Duration::from_millis(50), margin: Duration::from_secs(2) }
}

struct Running {
    owned: watch::Receiver<Owned>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), LogError>>,
}

async fn run(database: &Database) -> Running {
    let member = Member::join(database, &Who::default(), lease()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let owned = member.owned();
    let ended = tokio::spawn(member.run(async {
        let _ = stopped.await;
    }));
    Running { owned, stop, ended }
}

fn counts(members: &[&Running]) -> Vec<usize> {
    members.iter().map(|member| member.owned.borrow().epochs.len()).collect()
}

#[tokio::test]
async fn shares_are_fair_as_members_come_and_go() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let first = run(&database).await;
    assert_eq!(counts(&[&first]), [256]);
    assert!(first.owned.borrow().epochs.values().all(|epoch| *epoch == 1));
    let second = run(&database).await;
    eventually("two halves", async || counts(&[&first, &second]) == [128, 128]).await;
    assert!(second.owned.borrow().epochs.values().all(|epoch| *epoch == 2), "each change is a new epoch");
    let third = run(&database).await;
    eventually("three shares", async || {
        let mut counts = counts(&[&first, &second, &third]);
        counts.sort_unstable();
        counts == [84, 86, 86]
    })
    .await;
    second.stop.send(()).unwrap();
    second.ended.await.unwrap().unwrap();
    assert_eq!(second.owned.borrow().epochs.len(), 0);
    eventually("two halves again", async || counts(&[&first, &third]) == [128, 128]).await;
    assert_eq!(text(&mut place.connect().await, "SELECT count(*) FROM skynet.workers").await, "2");
}

#[tokio::test]
async fn who_was_silent_for_longer_than_its_lease_stops_and_the_others_take_over() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let (silent, other) = (run(&database).await, run(&database).await);
    eventually("two halves", async || counts(&[&silent, &other]) == [128, 128]).await;
    let worker = silent.owned.borrow().worker;
    let mut connection = place.connect().await;
    let holds = format!("INSERT INTO skynet.slots (grp, n, worker) VALUES ('gpu', 1, {worker})");
    execute(&mut connection, holds).await;
    let over = format!(
        "UPDATE skynet.workers SET lease_until = now() - interval '1 hour' WHERE worker_id = {worker}"
    );
    execute(&mut connection, over).await;
    let refused = silent.ended.await.unwrap().unwrap_err().to_string();
    assert!(refused.starts_with("this process gave no sign of life for too long"), "{refused}");
    assert_eq!(silent.owned.borrow().epochs.len(), 0);
    eventually("the whole", async || counts(&[&other]) == [256]).await;
    eventually("a free place", async || {
        text(&mut connection, "SELECT count(*) FROM skynet.slots WHERE worker IS NULL").await == "1"
    })
    .await;
}

#[tokio::test]
async fn who_cannot_reach_the_database_stops_before_the_others_take_over() {
    let server = Server::start(&[]).await;
    let url = prepare(&server).await;
    let proxy = Proxy::new(&server.socket());
    let settings = Settings { statement: Duration::from_secs(60), ..Settings::default() };
    let database = Database::connect(&proxy.url("postgres"), settings).await.unwrap();
    let cut_off = run(&database).await;
    assert_eq!(counts(&[&cut_off]), [256]);
    proxy.fall_silent();
    let refused = cut_off.ended.await.unwrap().unwrap_err().to_string();
    assert!(refused.starts_with("this process gave no sign of life for too long"), "{refused}");
    assert_eq!(cut_off.owned.borrow().epochs.len(), 0);
    let live = "SELECT count(*) FROM skynet.workers WHERE lease_until > clock_timestamp()";
    assert_eq!(text(&mut connect(&url).await, live).await, "1", "to the others it is still alive");
}

#[tokio::test]
async fn a_member_that_is_dropped_owns_nothing() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let member = Member::join(&database, &Who::default(), Lease::default()).await.unwrap();
    let owned = member.owned();
    assert_eq!(owned.borrow().epochs.len(), 256);
    drop(member);
    assert_eq!(owned.borrow().epochs.len(), 0);
}

//! The append: expected numbers, the fence, the order of positions.

use super::{
    harness::{Place, execute, text, while_it_waits},
    raw::{Append, two_workers},
};

const STREAMS: &str = "SELECT string_agg(right(job_id::text, 1) || ':' || seq, ' ' ORDER BY job_id, seq) \
    FROM skynet.events";
const OWNER: (i64, i64) = (1, 1);

/// Two jobs, one with an event and one with two.
fn two_jobs() -> Append {
    Append {
        heads: vec![(1, 0, 1), (2, 0, 2)],
        events: vec![(1, 1), (2, 1), (2, 2)],
        owner: OWNER,
        fired: Vec::new(),
    }
}

#[tokio::test]
async fn a_batch_begins_jobs_and_each_of_them_conflicts_for_itself() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    assert_eq!(two_jobs().send(&mut connection).await, [1, 2]);
    let mixed = Append {
        heads: vec![(1, 1, 1), (2, 1, 1)],
        events: vec![(1, 2), (2, 2)],
        owner: OWNER,
        fired: Vec::new(),
    };
    assert_eq!(mixed.send(&mut connection).await, [1], "job 2 had grown, job 1 takes its part");
    assert_eq!(text(&mut connection, STREAMS).await, "1:1 1:2 2:1 2:2", "numbers are dense");
}

#[tokio::test]
async fn who_does_not_own_the_shard_appends_nothing() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    two_jobs().send(&mut connection).await;
    for (owner, who) in [((1, 0), "the owner in an earlier epoch"), ((2, 1), "another worker")] {
        assert_eq!(Append::one(1, 2, owner).send(&mut connection).await, [0; 0], "{who}");
    }
    assert_eq!(text(&mut connection, STREAMS).await, "1:1 2:1 2:2");
}

#[tokio::test]
async fn an_owner_that_waits_for_a_takeover_appends_nothing_after_it() {
    let place = Place::new().await;
    let (mut taker, mut watcher, mut zombie) =
        (place.connect().await, place.connect().await, place.connect().await);
    two_workers(&mut taker).await;
    two_jobs().send(&mut taker).await;
    execute(&mut taker, "BEGIN; UPDATE skynet.shards SET owner = 2, epoch = 2 WHERE shard = 1").await;
    let late = async move { Append::one(1, 2, OWNER).send(&mut zombie).await };
    let appended = while_it_waits(&mut watcher, late, execute(&mut taker, "COMMIT")).await;
    assert_eq!(appended, [0; 0]);
    assert_eq!(Append::one(1, 2, (2, 2)).send(&mut taker).await, [1], "the new owner appends");
    let head = "SELECT seq || ' ' || last_batch FROM skynet.heads WHERE job_id::text LIKE '%01'";
    assert_eq!(text(&mut taker, head).await, "2 77", "a commit whose answer was lost is found by its batch");
}

#[tokio::test]
async fn a_takeover_waits_for_the_append_in_flight() {
    let place = Place::new().await;
    let (mut owner, mut watcher, mut taker) =
        (place.connect().await, place.connect().await, place.connect().await);
    two_workers(&mut owner).await;
    execute(&mut owner, "BEGIN").await;
    two_jobs().send(&mut owner).await;
    let taking = async move {
        execute(&mut taker, "UPDATE skynet.shards SET owner = 2, epoch = 2 WHERE shard = 1").await;
        text(&mut taker, STREAMS).await
    };
    let seen = while_it_waits(&mut watcher, taking, execute(&mut owner, "COMMIT")).await;
    assert_eq!(seen, "1:1 2:1 2:2", "and so the new owner reads it");
}

#[tokio::test]
async fn positions_follow_the_order_of_sending_whatever_join_the_planner_picks() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    execute(&mut connection, "SET enable_hashjoin = off; SET enable_nestloop = off").await;
    let events = vec![(2, 1), (1, 1), (2, 2), (1, 2), (2, 3), (1, 3)];
    let batch = Append { heads: vec![(1, 0, 3), (2, 0, 3)], events, owner: OWNER, fired: Vec::new() };
    assert_eq!(batch.send(&mut connection).await, [1, 2]);
    let feed =
        "SELECT string_agg(right(job_id::text, 1) || ':' || seq, ' ' ORDER BY xid, pos) FROM skynet.events";
    assert_eq!(text(&mut connection, feed).await, "2:1 1:1 2:2 1:2 2:3 1:3");
}

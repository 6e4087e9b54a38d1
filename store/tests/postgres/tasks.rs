//! Steps that run in another process: claims, completions, losses; and places of groups.

use super::{
    harness::{Place, execute, text},
    raw::{id, statement, two_workers},
};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

async fn hundred_tasks(connection: &mut PgConnection) {
    let tasks = format!(
        "INSERT INTO skynet.tasks (queue, shard, job_id, step, attempt, body) \
         SELECT 1, 1, '{}', 's' || g, 1, 'x' FROM generate_series(1, 100) g",
        id(1)
    );
    execute(connection, tasks).await;
}

async fn claim(connection: &mut PgConnection, worker: i64) -> Vec<i64> {
    let claim = sqlx::query_as(statement!("claim_tasks")).bind(1_i16).bind(worker).bind(40_i32).bind(0_i64);
    let rows: Vec<(i64, Uuid, String, i32, i32, Vec<u8>)> = claim.fetch_all(connection).await.unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

/// Returns how many completions were taken.
async fn complete(connection: &mut PgConnection, task: i64, worker: i64) -> usize {
    let complete = sqlx::query(statement!("complete_tasks")).bind([task].as_slice()).bind([5_i16].as_slice());
    let complete = complete.bind([b"r".as_slice()].as_slice()).bind(worker);
    complete.fetch_all(connection).await.unwrap().len()
}

#[tokio::test]
async fn two_who_claim_together_get_different_tasks() {
    let place = Place::new().await;
    let (mut one, mut other) = (place.connect().await, place.connect().await);
    hundred_tasks(&mut one).await;
    let (first, second) = futures_util::future::join(claim(&mut one, 1), claim(&mut other, 2)).await;
    assert_eq!((first.len(), second.len()), (40, 40));
    assert_eq!(first.iter().chain(&second).collect::<BTreeSet<_>>().len(), 80);
}

#[tokio::test]
async fn a_completion_counts_once_and_from_the_holder_of_the_lease_alone() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    hundred_tasks(&mut connection).await;
    let task = claim(&mut connection, 1).await[0];
    for (worker, taken, who) in [(2, 0, "another worker"), (1, 1, "the holder"), (1, 0, "the holder again")] {
        assert_eq!(complete(&mut connection, task, worker).await, taken, "{who}");
    }
    assert_eq!(
        text(&mut connection, "SELECT kind || ' ' || job_id FROM skynet.inbox").await,
        format!("5 {}", id(1))
    );
}

#[tokio::test]
async fn the_tasks_of_the_dead_are_told_to_their_owners_as_lost() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    hundred_tasks(&mut connection).await;
    let task = claim(&mut connection, 1).await[0];
    claim(&mut connection, 2).await;
    let silent = "UPDATE skynet.workers SET lease_until = now() - interval '1 minute' WHERE worker_id = 1";
    execute(&mut connection, silent).await;
    let beat = sqlx::query(statement!("heartbeat")).bind(1_i64).bind(10_000_i64);
    assert_eq!(beat.fetch_all(&mut connection).await.unwrap().len(), 0, "the dead do not come back to life");
    let reaped: Result<Vec<i64>, _> =
        sqlx::query_scalar(statement!("reap_workers")).bind(2_000_i64).fetch_all(&mut connection).await;
    assert_eq!(reaped.unwrap(), [1]);
    let lost = sqlx::query(statement!("reap_tasks")).bind(1000_i32).fetch_all(&mut connection).await;
    assert_eq!(lost.unwrap().len(), 40);
    assert_eq!(complete(&mut connection, task, 1).await, 0, "a completion after that is refused");
    let told = "SELECT (SELECT count(*) FROM skynet.inbox WHERE kind = 99) || ' lost, ' || \
        (SELECT count(*) FROM skynet.tasks) || ' ready, ' || (SELECT count(*) FROM skynet.task_leases) || ' held'";
    assert_eq!(
        text(&mut connection, told).await,
        "40 lost, 20 ready, 40 held",
        "nothing is queued again behind the owner"
    );
}

async fn take(connection: &mut PgConnection, step: &str) -> Option<i32> {
    let take = sqlx::query_scalar(statement!("take_slot")).bind("gpu").bind(99_i64).bind(id(1));
    take.bind(step).bind(0_i32).bind(1_i32).fetch_optional(connection).await.unwrap()
}

#[tokio::test]
async fn places_are_as_many_as_there_are_and_those_of_the_dead_are_free() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    execute(&mut connection, "INSERT INTO skynet.slots (grp, n) VALUES ('gpu', 1), ('gpu', 2)").await;
    for (step, place) in [("a", Some(1)), ("b", Some(2)), ("c", None)] {
        assert_eq!(take(&mut connection, step).await, place, "{step}");
    }
    let free = sqlx::query(statement!("free_slot")).bind("gpu").bind(99_i64).bind(id(1));
    free.bind("a").bind(0_i32).bind(1_i32).execute(&mut connection).await.unwrap();
    assert_eq!(take(&mut connection, "c").await, Some(1), "what was given back is taken again");
    let reaped = sqlx::query(statement!("reap_slots")).fetch_all(&mut connection).await.unwrap();
    assert_eq!(reaped.len(), 2, "worker 99 is none");
}

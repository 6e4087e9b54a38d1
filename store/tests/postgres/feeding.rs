//! The order of all jobs: what a reader may see, and what holds it up.

use super::{
    harness::{Place, connect, execute, text, while_it_waits},
    raw::{insert, statement},
};
use sqlx::PgConnection;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// Returns the jobs and numbers that the feed shows from its beginning.
async fn feed(connection: &mut PgConnection) -> Vec<String> {
    let rows: Vec<(String, i64, Uuid, i32, Vec<u8>)> = sqlx::query_as(statement!("feed"))
        .bind("0")
        .bind(0_i64)
        .bind(100_i32)
        .fetch_all(connection)
        .await
        .unwrap();
    rows.into_iter().map(|(_, _, job, seq, _)| format!("{:x}:{seq}", job.as_bytes()[15])).collect()
}

/// Waits until the feed shows this. Other tests write to the same server, and what they have open holds it up.
async fn fed(connection: &mut PgConnection, expected: &[&str]) {
    let waited = timeout(Duration::from_secs(60), async {
        while feed(connection).await != expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    if waited.await.is_err() {
        let open = "SELECT string_agg(concat_ws(' ', datname, state, xact_start, query), '; ') \
                    FROM pg_stat_activity WHERE backend_xid IS NOT NULL";
        let (shown, open) = (feed(connection).await, text(connection, open).await);
        panic!("the feed shows {shown:?} and not {expected:?}; these hold it up: {open}");
    }
}

#[tokio::test]
async fn an_event_that_is_committed_late_is_not_passed_over() {
    let place = Place::new().await;
    let (mut slow, mut fast) = (place.connect().await, place.connect().await);
    execute(&mut slow, format!("BEGIN; {}", insert(1, "1"))).await;
    execute(&mut fast, insert(2, "1")).await;
    let by_position = "SELECT string_agg(right(job_id::text, 1), ',' ORDER BY pos) FROM skynet.events";
    let behind = |last: &str| format!("{by_position} WHERE pos > {last}");
    let last = text(&mut fast, "SELECT max(pos) FROM skynet.events").await;
    assert_eq!(text(&mut fast, by_position).await, "2");
    assert_eq!(feed(&mut fast).await, [""; 0], "nothing is shown that something may still come before");
    execute(&mut slow, "COMMIT").await;
    assert_eq!(text(&mut fast, behind(&last)).await, "", "who goes by the number alone never sees it");
    fed(&mut fast, &["1:1", "2:1"]).await;
}

#[tokio::test]
async fn a_number_learnt_after_the_transaction_began_to_write_is_out_of_order() {
    let place = Place::new().await;
    let (mut early, mut other) = (place.connect().await, place.connect().await);
    execute(&mut early, "BEGIN; SELECT pg_current_xact_id()").await;
    execute(&mut other, insert(1, "1")).await;
    let next = insert(1, "(SELECT max(seq) + 1 FROM skynet.events)");
    execute(&mut early, format!("{next}; COMMIT")).await;
    fed(&mut other, &["1:2", "1:1"]).await;
}

#[tokio::test]
async fn a_lock_before_the_first_write_keeps_the_order() {
    let place = Place::new().await;
    let (mut first, mut second, mut watcher) =
        (place.connect().await, place.connect().await, place.connect().await);
    execute(&mut first, format!("BEGIN; SELECT pg_advisory_xact_lock(1); {}", insert(1, "1"))).await;
    let next = insert(1, "(SELECT max(seq) + 1 FROM skynet.events)");
    let waits = async move {
        execute(&mut second, format!("BEGIN; SELECT pg_advisory_xact_lock(1); {next}; COMMIT")).await;
    };
    while_it_waits(&mut watcher, waits, execute(&mut first, "COMMIT")).await;
    fed(&mut watcher, &["1:1", "1:2"]).await;
}

#[tokio::test]
async fn transactions_are_ordered_as_numbers() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    for (seq, xid) in [(1, 8), (2, 9), (3, 10), (4, 99), (5, 100)] {
        let event = insert(1, &seq.to_string()).replace("(job_id, seq,", "(xid, job_id, seq,");
        execute(&mut connection, event.replacen("SELECT ", &format!("SELECT '{xid}'::xid8, "), 1)).await;
    }
    fed(&mut connection, &["1:1", "1:2", "1:3", "1:4", "1:5"]).await;
    let plan = "SELECT string_agg(line, ' ') FROM skynet_plan() line";
    let explain = "CREATE FUNCTION skynet_plan() RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN \
        SET enable_seqscan = off; RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) EXECUTE feed(''0'', 0, 10)'; END $$";
    execute(&mut connection, format!("PREPARE feed AS {}; {explain}", statement!("feed"))).await;
    let plan = text(&mut connection, plan).await;
    assert!(plan.contains("Index Scan using events_t_xid_pos_idx") && !plan.contains("Sort"), "{plan}");
}

#[tokio::test]
async fn pages_follow_each_other() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    for seq in ["1", "2", "3", "4", "5"] {
        execute(&mut connection, insert(1, seq)).await;
    }
    fed(&mut connection, &["1:1", "1:2", "1:3", "1:4", "1:5"]).await;
    let (mut place, mut seen) = (("0".to_owned(), 0_i64), Vec::new());
    loop {
        let page = sqlx::query_as(statement!("feed")).bind(&place.0).bind(place.1).bind(3_i32);
        let page: Vec<(String, i64, Uuid, i32, Vec<u8>)> = page.fetch_all(&mut connection).await.unwrap();
        let Some(last) = page.last() else { break };
        place = (last.0.clone(), last.1);
        seen.push(page.iter().map(|row| row.3).collect::<Vec<_>>());
    }
    assert_eq!(seen, [vec![1, 2, 3], vec![4, 5]]);
}

#[tokio::test]
async fn a_writer_in_another_database_holds_the_feed_up_and_no_job() {
    let (place, other) = (Place::new().await, Place::empty().await);
    let (mut connection, mut writer) = (place.connect().await, connect(&other.url()).await);
    execute(&mut writer, "BEGIN; SELECT pg_current_xact_id()").await;
    execute(&mut connection, insert(1, "1")).await;
    assert_eq!(feed(&mut connection).await, [""; 0]);
    assert_eq!(
        text(&mut connection, "SELECT count(*) FROM skynet.events").await,
        "1",
        "the job is read at once"
    );
    execute(&mut writer, "COMMIT").await;
    fed(&mut connection, &["1:1"]).await;
}

#[tokio::test]
async fn a_long_reader_does_not_hold_the_feed_up() {
    let place = Place::new().await;
    let (mut connection, mut reader) = (place.connect().await, place.connect().await);
    execute(&mut reader, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM skynet.heads").await;
    execute(&mut connection, insert(1, "1")).await;
    fed(&mut connection, &["1:1"]).await;
    execute(&mut reader, "COMMIT").await;
}

//! What comes from outside a job or is kept beside it: timers, keys, shards, segments, checkpoints.

use super::{
    harness::{Place, execute, text},
    raw::{Append, id, insert, statement, two_workers},
};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

#[tokio::test]
async fn a_timer_fires_once() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    Append::one(1, 1, (1, 1)).send(&mut connection).await;
    let ms = 1_767_225_600_000;
    let set = format!("INSERT INTO skynet.timers VALUES (1, to_timestamp({ms} / 1000.0), '{}', 7)", id(1));
    execute(&mut connection, set).await;
    let due = sqlx::query_as(statement!("timers_due")).bind([1_i16].as_slice()).bind(ms).bind(10_i32);
    let due: Vec<(i16, i64, Uuid, i32)> = due.fetch_all(&mut connection).await.unwrap();
    assert_eq!(due, [(1, ms, id(1), 7)]);
    let fire = Append { fired: vec![(ms, 1, 7)], ..Append::one(1, 2, (1, 1)) };
    assert_eq!(fire.clone().send(&mut connection).await, [1]);
    assert_eq!(fire.send(&mut connection).await, [0; 0], "the second loses by its number");
    assert_eq!(text(&mut connection, "SELECT count(*) FROM skynet.timers").await, "0");
}

async fn start(connection: &mut PgConnection, job: u8, key: u128) -> Vec<Uuid> {
    sqlx::query_scalar(statement!("start_jobs"))
        .bind([id(job)].as_slice())
        .bind([1_i16].as_slice())
        .bind([Uuid::from_u128(key)].as_slice())
        .bind([1_i32].as_slice())
        .bind([b"tip".as_slice()].as_slice())
        .bind([None::<bool>].as_slice())
        .bind(1_i64)
        .bind([id(job)].as_slice())
        .bind([1_i32].as_slice())
        .bind([1_i16].as_slice())
        .bind([b"hash".as_slice()].as_slice())
        .bind([b"{}".as_slice()].as_slice())
        .bind(2_i64)
        .fetch_all(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_key_starts_one_job_and_its_owner_is_told() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    assert_eq!(start(&mut connection, 0x31, 1).await, [id(0x31)]);
    assert_eq!(start(&mut connection, 0x32, 1).await.len(), 0);
    let jobs = "SELECT string_agg(right(job_id::text, 2), ' ') FROM skynet.";
    for table in ["heads", "events", "inbox"] {
        assert_eq!(text(&mut connection, format!("{jobs}{table}")).await, "31", "{table}");
    }
}

#[tokio::test]
async fn the_shards_of_the_dead_are_taken_and_no_others() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    let change = "UPDATE skynet.shards SET owner = 2, epoch = 2 WHERE shard = 1; \
        UPDATE skynet.workers SET lease_until = now() - interval '1 second' WHERE worker_id = 1";
    execute(&mut connection, change).await;
    let take = sqlx::query_as(statement!("take_shards")).bind(2_i64).bind(300_i32);
    let taken: Vec<(i16, i64)> = take.fetch_all(&mut connection).await.unwrap();
    assert_eq!(taken.len(), 255);
    assert!(taken.iter().all(|(shard, epoch)| *shard != 1 && *epoch == 2), "{taken:?}");
}

#[tokio::test]
async fn a_segment_goes_when_it_is_sealed_and_all_its_jobs_are_over() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    Append::one(1, 1, (1, 1)).send(&mut connection).await;
    let drop_it = "SELECT skynet.drop_segment('t')";
    for (then, refusal) in [
        ("UPDATE skynet.segments SET sealed_at = now() WHERE name = 't'", "the segment t is not sealed"),
        ("UPDATE skynet.heads SET done = true", "the segment t has jobs that live"),
    ] {
        let refused =
            sqlx::raw_sql(AssertSqlSafe(drop_it)).execute(&mut connection).await.unwrap_err().to_string();
        assert!(refused.contains(refusal), "{refused}");
        execute(&mut connection, then).await;
    }
    execute(&mut connection, drop_it).await;
    assert_eq!(text(&mut connection, "SELECT count(*) FROM skynet.events").await, "0");
    let seal = "SELECT dropped_at IS NOT NULL FROM skynet.segments WHERE name = 't'";
    assert_eq!(text(&mut connection, seal).await, "true", "what the seal said stays");
    let refused = sqlx::raw_sql(AssertSqlSafe(insert(1, "2"))).execute(&mut connection).await;
    assert!(refused.unwrap_err().to_string().contains("no partition"));
}

#[tokio::test]
async fn logs_go_by_whole_weeks() {
    let place = Place::new().await;
    place.database(store::postgres::Settings::default()).await;
    let mut connection = place.connect().await;
    let count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'skynet.logs'::regclass";
    assert_eq!(text(&mut connection, count).await, "4");
    let dropped = "SELECT count(*) FROM skynet.drop_logs(date_trunc('week', now()))";
    assert_eq!(text(&mut connection, dropped).await, "1", "last week's");
    assert_eq!(text(&mut connection, count).await, "3");
}

#[tokio::test]
async fn of_two_who_move_a_checkpoint_one_does() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    execute(&mut connection, "INSERT INTO skynet.checkpoints (projection) VALUES ('p')").await;
    for (to, moved) in [("5", 1), ("6", 0)] {
        let checkpoint =
            sqlx::query(statement!("checkpoint")).bind("p").bind(1_i32).bind(0_i64).bind("0").bind(0_i64);
        let checkpoint = checkpoint.bind(to).bind(5_i64).execute(&mut connection).await.unwrap();
        assert_eq!(checkpoint.rows_affected(), moved);
    }
    assert_eq!(
        text(&mut connection, "SELECT xid || ' ' || pos FROM skynet.checkpoints WHERE projection = 'p'")
            .await,
        "5 5"
    );
}

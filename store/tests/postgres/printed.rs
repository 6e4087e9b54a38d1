//! What attempts print.

use super::{
    harness::{Place, Server, eventually, execute, text},
    proxy::Proxy,
};
use engine::{
    id::AttemptKey,
    port::{Logs as _, Stream},
};
use futures_util::future::{join, join_all};
use sqlx::Connection as _;
use std::{sync::Arc, time::Duration};
use store::{
    Database,
    conformance::job,
    postgres::{
        PgLogs, Settings,
        logs::{Chunk, Piece},
    },
};

/// How much may wait to be written.
const ROOM: usize = 8 << 20;

fn attempt(number: u32) -> AttemptKey {
    AttemptKey { job: job("prints"), step: "step".into(), instance: 0, attempt: number }
}

/// A database whose statements end soon, and that is waited for so long.
async fn hasty(place: &Place, patience: Duration) -> Database {
    // Makes the segments, which may take longer.
    place.database(Settings::default()).await;
    let statement = Duration::from_millis(500);
    place.database(Settings { statement, patience, ..Settings::default() }).await
}

fn pieces(chunks: Vec<Chunk>) -> Vec<Piece> {
    chunks.into_iter().map(|chunk| chunk.piece).collect()
}

fn printed(stream: Stream, text: &str) -> Piece {
    Piece::Printed(stream, text.as_bytes().to_vec())
}

/// All that an attempt printed, and how much is missing.
async fn whole(logs: &PgLogs, key: &AttemptKey) -> (Vec<u8>, u64) {
    let (mut bytes, mut missing, mut after) = (Vec::new(), 0, 0);
    loop {
        let chunks = logs.read(key, after, 7).await.unwrap();
        let Some(last) = chunks.last() else { return (bytes, missing) };
        let numbers: Vec<_> = chunks.iter().map(|chunk| chunk.no).collect();
        assert_eq!(numbers, (after + 1..=last.no).collect::<Vec<_>>(), "no number twice, none left out");
        after = last.no;
        for piece in pieces(chunks) {
            match piece {
                Piece::Printed(_, more) => bytes.extend(more),
                Piece::Missing(more) => missing += more,
            }
        }
    }
}

/// Keeps the table of what is printed from being written, as long as it is kept.
async fn locked(place: &Place) -> sqlx::PgConnection {
    let mut locker = place.connect().await;
    execute(&mut locker, "BEGIN; LOCK TABLE skynet.logs IN SHARE MODE").await;
    locker
}

#[tokio::test]
async fn what_is_printed_is_read_in_its_order_and_in_few_chunks() {
    let place = Place::new().await;
    let logs = PgLogs::new(place.database(Settings::default()).await);
    let (one, two) = (attempt(1), attempt(2));
    for (key, stream, text) in [
        (&one, Stream::Stdout, "a"),
        (&two, Stream::Stdout, "x"),
        (&one, Stream::Stdout, "b"),
        (&one, Stream::Stderr, "c"),
        (&one, Stream::Stdout, "d"),
    ] {
        logs.write(key, stream, text.as_bytes()).await;
    }
    logs.flush().await;
    let expected =
        [printed(Stream::Stdout, "ab"), printed(Stream::Stderr, "c"), printed(Stream::Stdout, "d")];
    assert_eq!(pieces(logs.read(&one, 0, 9).await.unwrap()), expected);
    assert_eq!(pieces(logs.read(&one, 1, 1).await.unwrap()), expected[1..2]);
    assert_eq!(pieces(logs.read(&two, 0, 9).await.unwrap()), [printed(Stream::Stdout, "x")]);
    assert_eq!(logs.read(&attempt(3), 0, 9).await.unwrap(), []);
    assert_eq!(logs.close().await, 0);
}

#[tokio::test]
async fn many_attempts_that_print_much_lose_nothing() {
    let place = Place::new().await;
    let logs = PgLogs::new(place.database(Settings::default()).await);
    let text = |number: u32| (0..40_000).map(|line| format!("{number}/{line}\n")).collect::<String>();
    let keys: Vec<_> = (1..=8).map(attempt).collect();
    join_all(keys.iter().map(async |key| {
        for part in text(key.attempt).as_bytes().chunks(1000) {
            logs.write(key, Stream::Stdout, part).await;
        }
        logs.write(key, Stream::Stderr, &[b'e'; 200_000]).await;
    }))
    .await;
    logs.flush().await;
    for key in &keys {
        let expected = [text(key.attempt).into_bytes(), vec![b'e'; 200_000]].concat();
        assert!(whole(&logs, key).await == (expected, 0), "{key}");
    }
    let longest = text_of(&place, "SELECT max(octet_length(data)) FROM skynet.logs").await;
    assert!(longest <= 64 << 10, "{longest}");
}

async fn text_of(place: &Place, sql: &str) -> usize {
    text(&mut place.connect().await, sql).await.parse().unwrap()
}

#[tokio::test]
async fn an_attempt_that_another_process_goes_on_with_goes_on_in_its_order() {
    let place = Place::new().await;
    for (text, expected) in [("before ", "before "), ("after", "before after")] {
        let logs = PgLogs::new(place.database(Settings::default()).await);
        logs.write(&attempt(1), Stream::Stdout, text.as_bytes()).await;
        logs.flush().await;
        assert_eq!(whole(&logs, &attempt(1)).await, (expected.as_bytes().to_vec(), 0));
    }
}

#[tokio::test]
async fn who_follows_waits_for_what_is_printed_here_or_elsewhere() {
    let place = Place::new().await;
    let here = PgLogs::new(place.database(Settings::default()).await);
    let elsewhere = PgLogs::new(place.database(Settings::default()).await);
    for (i, logs) in [&here, &elsewhere].into_iter().enumerate() {
        let after = u32::try_from(i).unwrap();
        let key = attempt(1);
        let prints = logs.write(&key, Stream::Stdout, b"line");
        let (chunks, ()) = join(here.follow(&key, after, 9), prints).await;
        assert_eq!(pieces(chunks.unwrap()), [printed(Stream::Stdout, "line")]);
    }
}

#[tokio::test]
async fn what_waits_is_written_at_the_end_closed_or_not() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let (one, two) = (PgLogs::new(database.clone()), PgLogs::new(database.clone()));
    one.write(&attempt(1), Stream::Stdout, b"closed").await;
    two.write(&attempt(2), Stream::Stdout, b"dropped").await;
    assert_eq!(one.close().await, 0);
    drop(two);
    let reader = PgLogs::new(database);
    assert_eq!(whole(&reader, &attempt(1)).await, (b"closed".to_vec(), 0));
    eventually("what was not closed is written", async || {
        whole(&reader, &attempt(2)).await == (b"dropped".to_vec(), 0)
    })
    .await;
}

#[tokio::test]
async fn a_slow_database_holds_attempts_back_and_loses_nothing() {
    let place = Place::new().await;
    let logs = Arc::new(PgLogs::new(hasty(&place, Duration::from_secs(60)).await));
    let lock = locked(&place).await;
    let prints = Arc::clone(&logs);
    let printing = tokio::spawn(async move {
        for _ in 0..=ROOM >> 18 {
            prints.write(&attempt(1), Stream::Stdout, &[b'a'; 1 << 18]).await;
        }
    });
    let mut admin = place.connect().await;
    eventually("a statement that waits", async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity \
 WHERE datname = current_database() AND wait_event_type = 'Lock'";
        text(&mut admin, waiting).await != "0"
    })
    .await;
    assert!(!printing.is_finished(), "there is no room for all of it");
    lock.close().await.unwrap();
    printing.await.unwrap();
    logs.flush().await;
    let (bytes, missing) = whole(&logs, &attempt(1)).await;
    assert_eq!((bytes.len(), missing, logs.lost()), (ROOM + (1 << 18), 0, 0));
}

#[tokio::test]
async fn a_database_that_is_away_for_too_long_holds_nobody_back_and_what_is_lost_is_told() {
    let place = Place::new().await;
    let logs = PgLogs::new(hasty(&place, Duration::from_millis(700)).await);
    let lock = locked(&place).await;
    for _ in 0..ROOM >> 20 {
        logs.write(&attempt(1), Stream::Stdout, &[b'a'; 1 << 20]).await;
    }
    assert_eq!(logs.lost(), 0);
    for bytes in [1000, 2000] {
        logs.write(&attempt(1), Stream::Stdout, &vec![b'b'; bytes]).await;
    }
    assert_eq!(logs.lost(), 3000);
    lock.close().await.unwrap();
    logs.flush().await;
    logs.write(&attempt(1), Stream::Stdout, b"and on").await;
    logs.flush().await;
    let (bytes, missing) = whole(&logs, &attempt(1)).await;
    assert_eq!((bytes.len(), missing), (ROOM + 6, 3000));
    let chunks = logs.read(&attempt(1), 128, 9).await.unwrap();
    assert_eq!(pieces(chunks), [Piece::Missing(3000), printed(Stream::Stdout, "and on")]);
    assert_eq!(logs.close().await, 3000);
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let place = Place::new().await;
    let logs = PgLogs::new(hasty(&place, Duration::from_millis(700)).await);
    let _lock = locked(&place).await;
    logs.write(&attempt(1), Stream::Stdout, b"gone").await;
    assert_eq!(logs.close().await, 4);
}

#[tokio::test]
async fn connections_that_break_lose_nothing_and_write_nothing_twice() {
    let place = Place::new().await;
    let logs = PgLogs::new(place.database(Settings::default()).await);
    let mut expected = Vec::new();
    for round in 0..5 {
        let lock = locked(&place).await;
        let text = format!("round {round}\n");
        logs.write(&attempt(1), Stream::Stdout, text.as_bytes()).await;
        expected.extend(text.into_bytes());
        let mut admin = place.connect().await;
        eventually("a statement that waits is killed", async || {
            let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
 WHERE datname = current_database() AND wait_event_type = 'Lock'";
            text_in(&mut admin, kill).await != "0"
        })
        .await;
        lock.close().await.unwrap();
        logs.flush().await;
        assert_eq!(whole(&logs, &attempt(1)).await, (expected.clone(), 0));
    }
}

async fn text_in(connection: &mut sqlx::PgConnection, sql: &str) -> String {
    text(connection, sql).await
}

#[tokio::test]
async fn what_no_job_printed_is_lost() {
    let place = Place::new().await;
    let logs = PgLogs::new(place.database(Settings::default()).await);
    let key = AttemptKey { job: "no-uuid".into(), ..attempt(1) };
    logs.write(&key, Stream::Stdout, b"gone").await;
    assert_eq!(logs.lost(), 4);
    assert!(logs.read(&key, 0, 1).await.is_err());
}

#[tokio::test]
async fn what_was_written_and_not_answered_is_not_written_again() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::new(&server.socket());
    let database = Database::connect(&proxy.url("postgres"), Settings::default()).await.unwrap();
    let logs = PgLogs::new(database);
    let mut expected = Vec::new();
    for round in 0..3 {
        let text = format!("round {round}\n");
        logs.write(&attempt(1), Stream::Stdout, text.as_bytes()).await;
        expected.extend(text.into_bytes());
        if round > 0 {
            proxy.lose_next_answer();
        }
        logs.flush().await;
        assert!(!proxy.has_answer_to_lose(), "it was lost");
        assert_eq!(whole(&logs, &attempt(1)).await, (expected.clone(), 0));
    }
}

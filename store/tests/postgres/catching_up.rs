//! Projections for who asks once: as current as the log, whoever else works at them.

use super::{
    harness::{Place, Server, connect, eventually, execute, prepare, text},
    jobs::{Happened, append, write},
    projections::follow,
};
use std::{collections::BTreeSet, time::Duration};
use store::{
    postgres::{Database, Settings},
    projection::{Late, NAMES, catch_up},
    view::{Filter, Views},
};

#[tokio::test]
async fn all_that_was_committed_is_shown() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    assert_eq!(catch_up(&database).await, Ok(Vec::new()), "there is nothing");
    let (log, jobs) = write(&place, 1100..1110).await;
    // Two at once, as two people may ask.
    let (one, other) = tokio::join!(catch_up(&database), catch_up(&database));
    assert_eq!((one, other), (Ok(Vec::new()), Ok(Vec::new())));
    let views = Views::new(&database);
    let shown = async || views.jobs(&Filter::default(), 100).await.unwrap().jobs.len();
    assert_eq!(shown().await, 10);
    let plans: BTreeSet<_> = views.plans().await.unwrap().into_iter().collect();
    assert_eq!(plans, jobs.iter().map(|job| job.shape.digest).collect());

    // While a projector works elsewhere, it is waited for.
    let (run, _) = follow(&database, 7);
    append(&log, &(1110..1120).map(Happened::of).collect::<Vec<_>>()).await;
    assert_eq!(catch_up(&database).await, Ok(Vec::new()));
    assert_eq!(shown().await, 20);
    run.abort();
}

#[tokio::test]
async fn what_keeps_it_back_is_told() {
    let place = Place::new().await;
    let (_log, _) = write(&place, 1120..1125).await;
    let database = place.database(Settings::default()).await;
    execute(&mut place.connect().await, "DROP TABLE skynet.audit_rows_1").await;
    for _ in 0..2 {
        let late = catch_up(&database).await.unwrap();
        assert_eq!(late, [("audit", Late::Stopped("its tables are gone: make it anew".to_owned()))]);
    }
    assert_eq!(Views::new(&database).jobs(&Filter::default(), 100).await.unwrap().jobs.len(), 5);
}

/// As text, 99 comes behind 100.
#[tokio::test]
async fn the_end_of_the_log_is_that_of_the_largest_number() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    for (job, xid) in [(1, 99), (2, 100)] {
        let insert = format!(
            "INSERT INTO skynet.events (job_id, seq, shard, kind, xid, worker, hash, body)
             VALUES ('019a0000-0000-7000-8000-00000000000{job}', 1, 1, 42, '{xid}', 1, '', '{{}}')"
        );
        execute(&mut admin, insert).await;
    }
    execute(&mut admin, "UPDATE skynet.checkpoints SET xid = '99', pos = 1000").await;
    // While another has the lock, nobody but the end of the log says that something is missing.
    execute(&mut admin, "SELECT pg_advisory_lock(hashtextextended('skynet.projector', 0))").await;
    let database = place.database(Settings::default()).await;
    let catching_up = tokio::spawn(async move { catch_up(&database).await });
    let looked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND query LIKE '%skynet.checkpoints%'";
    eventually("a look at where it stands", async || {
        catching_up.is_finished() || text(&mut admin, looked).await != "0"
    })
    .await;
    execute(&mut admin, "SELECT pg_advisory_unlock_all()").await;
    catching_up.await.unwrap().unwrap();
    let behind = "SELECT count(*) FROM skynet.checkpoints WHERE xid < '100' AND fault IS NULL";
    assert_eq!(text(&mut admin, behind).await, "0", "what is behind its place was looked at");
}

#[tokio::test]
async fn what_writes_for_long_is_not_waited_for_without_end() {
    // On a server of its own, since it would hold up all others.
    let server = Server::start(&[]).await;
    let url = prepare(&server).await;
    let (mut slow, mut fast) = (connect(&url).await, connect(&url).await);
    execute(&mut slow, "BEGIN; SELECT pg_current_xact_id()").await;
    let insert = "INSERT INTO skynet.events (job_id, seq, shard, kind, worker, hash, body)
        VALUES ('019a0000-0000-7000-8000-000000000001', 1, 1, 42, 1, '', '{}')";
    execute(&mut fast, insert).await;
    let settings = Settings { patience: Duration::from_millis(100), ..Settings::default() };
    let database = Database::connect(&url, settings).await.unwrap();
    let late = catch_up(&database).await.unwrap();
    assert_eq!(late, NAMES.map(|name| (name, Late::HeldUp)));
    execute(&mut slow, "COMMIT").await;
    catch_up(&database).await.unwrap();
    let place = "SELECT count(*) FROM skynet.checkpoints WHERE pos > 0 OR fault IS NOT NULL";
    assert_eq!(text(&mut fast, place).await, "3");
}

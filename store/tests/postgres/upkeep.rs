//! Upkeep: what may be dropped and what may not, and when it is vacuumed.

use super::{
    harness::{OwnedLog, Place, eventually, execute, text},
    jobs::{Happened, append},
    projections::{caught_up, follow},
};
use sqlx::PgConnection;
use std::time::Duration;
use store::{
    audit::verify_seals,
    postgres::{Database, Settings},
    projection::{NAMES, rebuild},
    upkeep::{Fate, Kept, Retention, Segment, Vacuum, Vacuumed, retain, seal_segment, vacuum},
    view::Views,
};

/// A time after all that happens in a test.
const LATER: i64 = 4_102_444_800_000;

async fn try_to(database: &Database, older_than: i64) -> Segment {
    let retained = retain(database, Retention { older_than, is_dry: false }, None).await.unwrap();
    let stays = retained.iter().filter(|it| it.name != "t").all(|it| it.fate == Fate::Kept(Kept::Young));
    assert!(stays, "the weeks to come stay: {retained:?}");
    retained.into_iter().find(|it| it.name == "t").unwrap()
}

/// Writes jobs of which none or all are over.
async fn ended(place: &Place, count: usize) -> (OwnedLog, Vec<Happened>, PgConnection) {
    let log = place.log(Settings::default()).await;
    let jobs: Vec<_> = (2000..).map(Happened::of).filter(|it| it.job().is_over()).take(count).collect();
    append(&log, &jobs).await;
    (log, jobs, place.connect().await)
}

#[tokio::test]
async fn a_segment_stays_until_all_is_over_old_and_read() {
    let place = Place::new().await;
    let (log, jobs, mut admin) = ended(&place, 8).await;
    let database = place.database(Settings::default()).await;
    let living = (2000..).map(Happened::of).find(|it| !it.job().state.is_final()).unwrap();
    append(&log, std::slice::from_ref(&living)).await;

    let told = try_to(&database, 1_000_000).await.to_string();
    assert_eq!(told, "t: stays, as it is not old enough");
    let told = try_to(&database, LATER).await.to_string();
    assert_eq!(told, format!("t: stays, as the job {} is not over: cancel it, or let it end", living.id));
    let refused = seal_segment(&database, "t").await.unwrap_err().to_string();
    assert!(refused.contains("the segment t has jobs that live"), "{refused}");
    let unsealed = sqlx::raw_sql("SELECT skynet.drop_segment('t')").execute(&mut admin).await.unwrap_err();
    assert!(unsealed.to_string().contains("the segment t is not sealed"), "{unsealed}");

    execute(&mut admin, format!("UPDATE skynet.heads SET done = true WHERE job_id = '{}'", living.id)).await;
    // After the end of its weeks, before its last event.
    let told = try_to(&database, 1_770_000_000_000).await.to_string();
    assert_eq!(told, "t: stays, as its last event is not old enough");
    let told = try_to(&database, LATER).await.to_string();
    let unread = |name: &str| {
        format!(
            "t: stays, as the projection `{name}` has not read all of it: let a projector run, or rebuild it"
        )
    };
    assert!(NAMES.iter().any(|name| told == unread(name)), "{told}");

    let (run, _) = follow(&database, 1000);
    caught_up(&mut admin).await;
    run.abort();
    let (events, sealed) = seal_segment(&database, "t").await.unwrap();
    assert_eq!(events, jobs.iter().chain([&living]).map(|it| it.events.len() as u64).sum::<u64>());
    execute(&mut admin, "SET session_replication_role = replica").await;
    let harm =
        format!("UPDATE skynet.events SET hash = sha256(hash) WHERE job_id = '{}' AND seq = 2", jobs[0].id);
    execute(&mut admin, harm).await;
    let fate = try_to(&database, LATER).await.fate;
    assert!(matches!(fate, Fate::Kept(Kept::Changed { sealed: was, .. }) if was == sealed), "{fate:?}");
    assert_ne!(text(&mut admin, "SELECT count(*) FROM skynet.events").await, "0");
}

#[tokio::test]
async fn what_is_dropped_is_exported_proved_and_still_shown() {
    let place = Place::new().await;
    let (_log, jobs, mut admin) = ended(&place, 12).await;
    let database = place.database(Settings::default()).await;
    let (run, _) = follow(&database, 100);
    caught_up(&mut admin).await;
    run.abort();
    let events: u64 = jobs.iter().map(|it| it.events.len() as u64).sum();

    let dry = retain(&database, Retention { older_than: LATER, is_dry: true }, None).await.unwrap();
    assert!(matches!(dry[0].fate, Fate::Dropped { events: n, .. } if n == events), "{dry:?}");
    assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.events").await, events.to_string());
    let unsealed = "SELECT count(*) FROM skynet.events e WHERE NOT EXISTS (
        SELECT FROM skynet.seals s WHERE (s.to_xid, s.to_pos) >= (e.xid, e.pos))";
    eventually("a feed that is sealed", async || {
        store::audit::seal(&database).await.unwrap();
        text(&mut admin, unsealed).await == "0"
    })
    .await;

    let mut lines = Vec::new();
    let dropped =
        retain(&database, Retention { older_than: LATER, is_dry: false }, Some(&mut lines)).await.unwrap();
    assert_eq!(dropped[0], dry[0]);
    assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count() as u64, events);
    assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.events").await, "0");
    let Fate::Dropped { root, .. } = &dropped[0].fate else { panic!("{dropped:?}") };
    let kept =
        "SELECT encode(merkle_root, 'hex') FROM skynet.segments WHERE name = 't' AND dropped_at IS NOT NULL";
    assert_eq!(text(&mut admin, kept).await, root.to_string());
    let mut problems = Vec::new();
    verify_seals(&database, &[], |problem| problems.push(problem)).await.unwrap();
    assert_eq!(problems, [], "what was dropped is proved by the chain of the seals");

    // What was read of it is carried over when it is made anew.
    for name in NAMES {
        let rebuilt = rebuild(&database, name).await.unwrap();
        assert_eq!(rebuilt.old, Some(rebuilt.digest), "{name}: {:?}", rebuilt.differs);
        assert_eq!((rebuilt.events, &*rebuilt.carried), (0, &["t".to_owned()][..]));
    }
    let views = Views::new(&database);
    for job in &jobs {
        assert!(!views.steps(&job.id).await.unwrap().is_empty() || job.events.len() < 4);
        assert!(views.job(&job.id).await.unwrap().is_some());
    }
    assert_ne!(views.providers(None).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_vacuumed_while_somebody_holds_an_old_snapshot() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let (mut holder, mut admin) = (place.connect().await, place.connect().await);
    execute(&mut holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM skynet.timers").await;
    let held = vacuum(&database, Duration::ZERO).await.unwrap();
    assert!(matches!(&held, Vacuumed::Held(who) if who.starts_with("session ")), "{held:?}");
    let young = vacuum(&database, Duration::from_secs(3600)).await.unwrap();
    assert_eq!(young, Vacuumed::Done, "one that is not old may be");
    execute(&mut holder, "ROLLBACK").await;
    let vacuumed = "SELECT min(vacuum_count) FROM pg_stat_user_tables
        WHERE relname IN ('tasks', 'task_leases', 'timers')";
    eventually("two vacuums that count", async || {
        vacuum(&database, Duration::ZERO).await.unwrap() == Vacuumed::Done
            && text(&mut admin, vacuumed).await.parse::<i64>().is_ok_and(|count| count >= 2)
    })
    .await;
}

#[tokio::test]
async fn one_process_vacuums_and_another_takes_over() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let start = || {
        let vacuum = Vacuum::new(&database, Duration::from_millis(20));
        let watch = vacuum.watch();
        (tokio::spawn(async move { match vacuum.run().await {} }), watch)
    };
    let (first, mut seen) = start();
    let is = |what: Vacuumed| move |last: &Option<Result<Vacuumed, _>>| *last == Some(Ok(what.clone()));
    drop(seen.wait_for(is(Vacuumed::Done)).await.unwrap());
    let (second, mut waits) = start();
    drop(waits.wait_for(is(Vacuumed::Elsewhere)).await.unwrap());
    first.abort();
    drop(waits.wait_for(is(Vacuumed::Done)).await.unwrap());
    second.abort();
}

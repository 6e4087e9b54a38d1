//! The server falls over under load, six times, as if the power had failed: what was acknowledged is there, and what is
//! there is whole.

use super::{
    batching::events,
    harness::{Server, all_shards, connect, eventually, prepare, text},
};
use engine::port::{EventLog as _, Started};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{
    conformance::job,
    postgres::{Database, PgLog, Settings},
};

/// What must have no rows, whatever happens.
const WHOLE: &[(&str, &str)] = &[
    ("a hole", "SELECT job_id FROM skynet.events GROUP BY job_id HAVING max(seq) <> count(*)"),
    (
        "a head apart from its events",
        "SELECT job_id FROM skynet.heads h FULL JOIN \
         (SELECT job_id, max(seq) AS seq FROM skynet.events GROUP BY job_id) e USING (job_id) \
         WHERE h.seq IS DISTINCT FROM e.seq",
    ),
    (
        "a tip apart from its events",
        "SELECT h.job_id FROM skynet.heads h JOIN skynet.events e USING (job_id, seq) WHERE h.tip <> e.hash",
    ),
    (
        "an event before an earlier one in the feed",
        "SELECT job_id FROM (SELECT job_id, seq, lag(seq, 1, 0) OVER (PARTITION BY job_id ORDER BY xid, pos) AS before \
         FROM skynet.events) fed WHERE before <> seq - 1",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_is_torn() {
    const TASKS: usize = 32;
    let mut server = Server::start(&[]).await;
    let url = prepare(&server).await;
    let database = Database::connect(&url, Settings { writers: 2, ..Settings::default() }).await.unwrap();
    let log = Arc::new(PgLog::open(&database, all_shards()).await.unwrap());
    let (acknowledged, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));

    let load = (0..TASKS).map(|task| {
        let (log, acknowledged, is_over) =
            (Arc::clone(&log), Arc::clone(&acknowledged), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut lasts = BTreeMap::new();
            for round in 0.. {
                let id = job(&format!("{task} {round}"));
                let key = Some(id.clone());
                assert_eq!(log.start(&id, key, events(1..=1)).await, Ok(Started::New));
                for last in (1..20).step_by(2) {
                    log.append(&id, last, events(last + 1..=last + 2)).await.unwrap();
                    lasts.insert(id.to_string(), last + 2);
                    acknowledged.fetch_add(2, Ordering::Relaxed);
                    if is_over.load(Ordering::Relaxed) {
                        return lasts;
                    }
                }
            }
            lasts
        })
    });
    let load: Vec<_> = load.collect();
    for _ in 0..6 {
        let before = acknowledged.load(Ordering::Relaxed);
        eventually("appends under way", async || acknowledged.load(Ordering::Relaxed) > before + 2000).await;
        server.crash().await;
        server.up().await;
        let mut admin = connect(&url).await;
        for (what, broken) in WHOLE {
            assert_eq!(
                text(&mut admin, format!("SELECT count(*) FROM ({broken}) broken")).await,
                "0",
                "{what}"
            );
        }
    }
    is_over.store(true, Ordering::Relaxed);
    let mut kept = BTreeMap::new();
    for task in load {
        kept.extend(task.await.unwrap());
    }
    let heads = sqlx::query_as("SELECT job_id::text, seq FROM skynet.heads");
    let heads: Vec<(String, i32)> = heads.fetch_all(&mut connect(&url).await).await.unwrap();
    let heads: BTreeMap<_, _> =
        heads.into_iter().map(|(job, seq)| (job, u64::try_from(seq).unwrap())).collect();
    assert_eq!(heads, kept, "no more and no less than what was acknowledged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_is_told_in_words() {
    let mut server = Server::start(&[]).await;
    let url = prepare(&server).await;
    let settings = Settings { patience: Duration::from_millis(200), ..Settings::default() };
    let database = Database::connect(&url, settings).await.unwrap();
    let log = PgLog::open(&database, all_shards()).await.unwrap();
    server.crash().await;
    let told = "the database cannot be reached: ";
    let started = log.start(&job("a"), None, events(1..=1)).await.unwrap_err().to_string();
    assert!(started.starts_with(told), "{started}");
    let read = log.read(&job("a"), 0, 1).await.unwrap_err().to_string();
    assert!(read.starts_with(told), "{read}");
    server.up().await;
    assert_eq!(log.start(&job("a"), None, events(1..=1)).await, Ok(Started::New), "and the log goes on");
}

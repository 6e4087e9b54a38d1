//! How fast the log takes events, and how fast the same rows go into the same table with nothing checked, back to back.
//!
//! `cargo bench -p store` starts a server of its own, with `fsync` on. The bar: at least half of what `COPY` reaches.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may")]
#![allow(dead_code, clippy::panic, reason = "the harness of the tests has more than is needed here")]

#[path = "../tests/postgres/harness.rs"]
mod harness;

use engine::{
    event::{Actor, Event, Recorded},
    port::EventLog as _,
};
use futures_util::future::join_all;
use harness::{Server, all_shards, connect, prepare, text};
use sqlx::PgConnection;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{
    conformance::job,
    postgres::{Database, PgLog, Settings},
};
use uuid::Uuid;

const WRITERS: usize = 4;
/// Each appends two events at a time, and half of them wait while the appends of the other half are under way, so that
/// about a hundred events go with a statement.
const CALLERS: usize = WRITERS * 100;
const ROWS: usize = 100;
const ROUND: Duration = Duration::from_secs(4);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let server = Server::start(&[("fsync", "on"), ("max_wal_size", "8GB"), ("wal_compression", "lz4")]).await;
    let url = prepare(&server).await;
    let mut admin = connect(&url).await;
    let database =
        Database::connect(&url, Settings { writers: WRITERS, ..Settings::default() }).await.unwrap();
    let log = Arc::new(PgLog::open(&database, all_shards()).await.unwrap());
    println!("{WRITERS} connections, bodies of {} bytes, events per second:", body(1).len());
    for round in 0..4 {
        let commits = "SELECT count(DISTINCT xid) FROM skynet.events WHERE worker = 1";
        let before: u64 = text(&mut admin, commits).await.parse().unwrap();
        let (appended, appending) = append(&log, round).await;
        let batches = text(&mut admin, commits).await.parse::<u64>().unwrap() - before;
        let (_, copying) = copy(&url, round).await;
        println!(
            "append {appending:>8.0} in batches of {:>3}, copy {copying:>8.0} in batches of {ROWS}: {:>3.0} %",
            appended / batches,
            100.0 * appending / copying
        );
    }
}

fn event(seq: u64) -> Arc<Recorded> {
    let cause =
        "what went wrong, in a sentence or two, so that a body has the size that most have in the field";
    let event = Event::JobFailed { cause: cause.to_owned() };
    Arc::new(Recorded { seq, at: 1_795_770_000_000, actor: Actor::Engine, caused_by: None, event })
}

fn body(seq: u64) -> Vec<u8> {
    engine::event::upcast::write(&event(seq)).unwrap().into_bytes()
}

/// Returns how many there were, and how many in a second.
fn rate(count: u64, since: Instant) -> (u64, f64) {
    (count, f64::from(u32::try_from(count).unwrap()) / since.elapsed().as_secs_f64())
}

async fn append(log: &Arc<PgLog>, round: usize) -> (u64, f64) {
    let begun = Instant::now();
    let callers = (0..CALLERS).map(|caller| {
        let log = Arc::clone(log);
        tokio::spawn(async move {
            let id = job(&format!("append {round} {caller}"));
            let mut last = 0;
            while begun.elapsed() < ROUND {
                log.append(&id, last, vec![event(last + 1), event(last + 2)]).await.unwrap();
                last += 2;
            }
            last
        })
    });
    let counts = join_all(callers.collect::<Vec<_>>()).await;
    rate(counts.into_iter().map(Result::unwrap).sum(), begun)
}

async fn copy(url: &str, round: usize) -> (u64, f64) {
    let begun = Instant::now();
    let writers = (0..WRITERS).map(|writer| {
        let url = url.to_owned();
        tokio::spawn(async move {
            let mut connection = connect(&url).await;
            let jobs = (0..ROWS / 2).map(|at| job(&format!("copy {round} {writer} {at}")));
            let jobs: Vec<_> = jobs.map(|job| Uuid::parse_str(&job).unwrap()).collect();
            let mut last = 0;
            while begun.elapsed() < ROUND {
                copy_batch(&mut connection, &jobs, last).await;
                last += 2;
            }
            last * u64::try_from(jobs.len()).unwrap()
        })
    });
    let counts = join_all(writers.collect::<Vec<_>>()).await;
    rate(counts.into_iter().map(Result::unwrap).sum(), begun)
}

/// Two events for each job, in the binary form of `COPY`.
async fn copy_batch(connection: &mut PgConnection, jobs: &[Uuid], last: u64) {
    let mut rows = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    for job in jobs {
        for seq in [last + 1, last + 2] {
            let (body, shard) = (body(seq), i16::from(job.as_bytes().last().copied().unwrap()));
            let fields: [&[u8]; 7] = [
                job.as_bytes(),
                &i32::try_from(seq).unwrap().to_be_bytes(),
                &shard.to_be_bytes(),
                &10_i16.to_be_bytes(),
                &2_i64.to_be_bytes(),
                &[7; 32],
                &body,
            ];
            rows.extend(7_i16.to_be_bytes());
            for field in fields {
                rows.extend(i32::try_from(field.len()).unwrap().to_be_bytes());
                rows.extend(field);
            }
        }
    }
    rows.extend((-1_i16).to_be_bytes());
    let columns = "job_id, seq, shard, kind, worker, hash, body";
    let statement = format!("COPY skynet.events ({columns}) FROM STDIN BINARY");
    let mut copy = connection.copy_in_raw(&statement).await.unwrap();
    copy.send(rows).await.unwrap();
    copy.finish().await.unwrap();
}

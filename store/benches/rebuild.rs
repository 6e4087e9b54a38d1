//! How fast projections are made anew from the first event on. The bar: 50,000 events in a second on two quiet cores.
//!
//! `cargo bench -p store --bench rebuild` starts a server of its own, with `fsync` on. The jobs are those of the engine's
//! simulation, a hundred at a time side by side, as they lie in a log.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a benchmark may")]
#![allow(dead_code, clippy::panic, reason = "what tests share has more than is needed here")]

#[path = "../tests/postgres/harness.rs"]
mod harness;
#[path = "../tests/postgres/jobs.rs"]
mod jobs;

use engine::event::upcast;
use harness::{Server, connect, execute, prepare};
use jobs::Happened;
use sqlx::PgConnection;
use std::time::Instant;
use store::{
    postgres::{Database, Settings},
    projection::{NAMES, rebuild},
};
use uuid::Uuid;

const JOBS: u64 = 20_000;
const TOGETHER: usize = 100;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let server =
        Server::start(&[("fsync", "on"), ("max_wal_size", "8GB"), ("shared_buffers", "512MB")]).await;
    let url = prepare(&server).await;
    let mut admin = connect(&url).await;
    let database = Database::connect(&url, Settings::default()).await.unwrap();
    let mut count = 0;
    for first in (0..JOBS).step_by(TOGETHER) {
        let jobs: Vec<_> = (first..first + TOGETHER as u64).map(Happened::of).collect();
        count += write(&mut admin, &jobs).await;
    }
    execute(&mut admin, "ANALYZE skynet.events").await;
    println!("{count} events of {JOBS} jobs, events per second:");
    for round in 0..3 {
        let mut whole = 0.0;
        for name in NAMES {
            // Without what is shown there is nothing to compare with, so the time is that of making it.
            execute(
                &mut admin,
                format!("UPDATE skynet.checkpoints SET fault = 'made anew' WHERE projection = '{name}'"),
            )
            .await;
            let begun = Instant::now();
            let rebuilt = rebuild(&database, name).await.unwrap();
            let took = begun.elapsed().as_secs_f64();
            whole += took;
            assert_eq!(rebuilt.events, count);
            println!("  {round} {name:<6} {:>8.0}", count as f64 / took);
        }
        println!("  {round} all    {:>8.0}", count as f64 / whole);
    }
}

/// Writes jobs side by side, two events of each at a time.
async fn write(admin: &mut PgConnection, jobs: &[Happened]) -> u64 {
    let (mut ids, mut numbers, mut kinds, mut bodies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let longest = jobs.iter().map(|job| job.events.len()).max().unwrap();
    for from in (0..longest).step_by(2) {
        for job in jobs {
            for event in job.events.iter().skip(from).take(2) {
                let body = upcast::write(event).unwrap();
                let kind = body.split("\"type\":\"").nth(1).and_then(|rest| rest.split('"').next());
                kinds.push(kind.unwrap().to_owned());
                ids.push(Uuid::parse_str(&job.id).unwrap());
                numbers.push(i32::try_from(event.seq).unwrap());
                bodies.push(body.into_bytes());
            }
        }
    }
    let insert = "INSERT INTO skynet.events (job_id, seq, shard, kind, worker, hash, body)
        SELECT job_id, seq, 1, kind, 1, '', body
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bytea[]) WITH ORDINALITY new (job_id, seq, name, body, ord)
        JOIN skynet.event_kinds USING (name) ORDER BY ord";
    let query = sqlx::query(insert).bind(&ids).bind(&numbers).bind(&kinds).bind(&bodies);
    query.execute(admin).await.unwrap();
    ids.len() as u64
}

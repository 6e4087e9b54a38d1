//! Timers, as the owner of their shards reads them.

use super::harness::{Place, execute};
use store::{
    conformance::job,
    postgres::{
        Settings,
        timer::{Timer, timers_due},
    },
};

#[tokio::test]
async fn the_timers_of_a_shard_are_read_in_order_up_to_a_time() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let (one, two) = (job("one"), job("two"));
    let rows = [(1, 3000, &one, 0), (1, 1500, &two, 7), (2, 2001, &one, 0), (3, 1000, &one, 0)];
    for (shard, ms, job, timer) in rows {
        let row = format!("({shard}, to_timestamp({ms} / 1000.0), '{job}', {timer})");
        let insert = format!("INSERT INTO skynet.timers (shard, fire_at, job_id, timer) VALUES {row}");
        execute(&mut place.connect().await, insert).await;
    }
    let due = async |shards: &[u8], by, limit| timers_due(&database, shards, by, limit).await.unwrap();
    let timer = |at, job: &engine::id::JobId, timer| Timer { at, job: job.clone(), timer };
    assert_eq!(due(&[1, 2], 1499, 9).await, []);
    assert_eq!(due(&[1, 2], 2001, 9).await, [timer(1500, &two, 7), timer(2001, &one, 0)]);
    assert_eq!(due(&[1], 9000, 1).await, [timer(1500, &two, 7)]);
    assert_eq!(due(&[1], 9000, 9).await, [timer(1500, &two, 7), timer(3000, &one, 0)]);
}

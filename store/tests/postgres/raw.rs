//! The statements themselves, with the values that the families of checks give them.

use super::harness::execute;
use sqlx::PgConnection;
use uuid::Uuid;

/// The text of a statement.
macro_rules! statement {
    ($name:literal) => {
        include_str!(concat!("../../src/postgres/sql/", $name, ".sql"))
    };
}
pub(crate) use statement;

/// Returns the id of a job of the segment of tests.
pub(crate) fn id(job: u8) -> Uuid {
    Uuid::parse_str(&format!("019a0000-0000-7000-8000-0000000000{job:02x}")).unwrap()
}

/// Returns the jobs of ids.
pub(crate) fn jobs(ids: &[Uuid]) -> Vec<u8> {
    ids.iter().map(|id| id.as_bytes()[15]).collect()
}

/// Two workers, of which the first owns all shards in epoch 1.
pub(crate) async fn two_workers(connection: &mut PgConnection) {
    let workers = "INSERT INTO skynet.workers (worker_id, host, pid, lease_until) OVERRIDING SYSTEM VALUE \
        VALUES (1, 'a', 1, now() + interval '1 hour'), (2, 'b', 2, now() + interval '1 hour'); \
        UPDATE skynet.shards SET owner = 1, epoch = 1";
    execute(connection, workers).await;
}

/// An append to jobs that are all in shard 1.
#[derive(Clone)]
pub(crate) struct Append {
    /// Job, last event expected, how many come.
    pub(crate) heads: Vec<(u8, i32, i32)>,
    /// Job and number of each event, in the order of sending.
    pub(crate) events: Vec<(u8, i32)>,
    /// The worker and the epoch.
    pub(crate) owner: (i64, i64),
    /// Timers that fired: time in ms, job, timer.
    pub(crate) fired: Vec<(i64, u8, i32)>,
}

impl Append {
    /// One event of a job.
    pub(crate) fn one(job: u8, seq: i32, owner: (i64, i64)) -> Self {
        Self { heads: vec![(job, seq - 1, 1)], events: vec![(job, seq)], owner, fired: Vec::new() }
    }

    /// Sends it and returns the jobs that took their part.
    pub(crate) async fn send(self, connection: &mut PgConnection) -> Vec<u8> {
        let (worker, epoch) = self.owner;
        let (n, events) = (self.heads.len(), self.events.len());
        let each = |job: &(u8, i32, i32)| id(job.0);
        let none: (&[i16], &[i32], &[i64]) = (&[], &[], &[]);
        let (uuids, texts, bytes): (&[Uuid], &[&str], &[&[u8]]) = (&[], &[], &[]);
        let rows = sqlx::query_scalar(statement!("append"))
            .bind(self.heads.iter().map(each).collect::<Vec<_>>())
            .bind(vec![1_i16; n])
            .bind(self.heads.iter().map(|job| job.1).collect::<Vec<_>>())
            .bind(self.heads.iter().map(|job| job.2).collect::<Vec<_>>())
            .bind(vec![b"tip".as_slice(); n])
            .bind(vec![None::<bool>; n])
            .bind(77_i64)
            .bind(self.events.iter().map(|event| id(event.0)).collect::<Vec<_>>())
            .bind(self.events.iter().map(|event| event.1).collect::<Vec<_>>())
            .bind(vec![3_i16; events])
            .bind(vec![b"hash".as_slice(); events])
            .bind(vec![b"{}".as_slice(); events])
            .bind([1_i16].as_slice())
            .bind(vec![epoch])
            .bind(worker)
            .bind(none.0)
            .bind(none.0)
            .bind(uuids)
            .bind(texts)
            .bind(none.1)
            .bind(none.1)
            .bind(bytes)
            .bind(none.2)
            .bind(uuids)
            .bind(none.1)
            .bind(self.fired.iter().map(|timer| timer.0).collect::<Vec<_>>())
            .bind(self.fired.iter().map(|timer| id(timer.1)).collect::<Vec<_>>())
            .bind(self.fired.iter().map(|timer| timer.2).collect::<Vec<_>>());
        let mut taken = jobs(&rows.fetch_all(connection).await.unwrap());
        taken.sort_unstable();
        taken
    }
}

/// Returns the statement that adds one event, whoever does it.
pub(crate) fn insert(job: u8, seq: &str) -> String {
    format!(
        "INSERT INTO skynet.events (job_id, seq, shard, kind, worker, hash, body) \
         SELECT '{}', {seq}, 1, 3, 1, '', 'x'",
        id(job)
    )
}

//! What jobs are to be given in one statement, in the columns that the statements take.

use super::{
    chain::{Tip, link},
    id::shard,
    kind::{done, kind},
};
use engine::{
    event::{Recorded, upcast},
    port::{AppendError, LogError},
};
use sqlx::{Postgres, postgres::PgArguments, query::QueryScalar};
use std::sync::Arc;
use uuid::Uuid;

/// What one job is to be given.
#[derive(Debug)]
pub(crate) struct Part {
    /// The job.
    pub(crate) job: Uuid,
    /// The number of its last event.
    pub(crate) expected: i32,
    /// The number of the last of the new ones.
    pub(crate) last: u64,
    /// Its hash.
    pub(crate) tip: Tip,
    /// How many bytes the new ones have.
    pub(crate) bytes: usize,
    /// The new ones, at least one.
    pub(crate) events: Vec<Row>,
    done: Option<bool>,
}

/// One event.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its hash.
    pub(crate) hash: Tip,
    seq: i32,
    kind: i16,
    body: Vec<u8>,
}

impl Part {
    /// Writes events down and chains them to the last one. Their numbers must follow on it.
    pub(crate) fn new(
        job: Uuid,
        expected: u64,
        last: Tip,
        events: &[Arc<Recorded>],
    ) -> Result<Self, AppendError> {
        let mut tip = last;
        let mut rows = Vec::with_capacity(events.len());
        for recorded in events {
            let body = upcast::write(recorded).map_err(|error| corrupt(error.to_string()))?.into_bytes();
            let (seq, kind) = (number(recorded.seq)?, kind(&recorded.event));
            tip = link(&tip, seq, kind, &body);
            rows.push(Row { hash: tip, seq, kind, body });
        }
        let bytes = rows.iter().map(|row| row.body.len()).sum();
        let last = expected + u64::try_from(rows.len()).unwrap_or_default();
        Ok(Self { job, expected: number(expected)?, last, tip, bytes, events: rows, done: done(events) })
    }
}

fn number(seq: u64) -> Result<i32, AppendError> {
    i32::try_from(seq).map_err(|_| corrupt(format!("a job cannot have {seq} events")))
}

const fn corrupt(why: String) -> AppendError {
    AppendError::Log(LogError::Corrupt(why))
}

/// The columns of jobs.
#[derive(Debug, Default)]
pub(crate) struct Jobs<'a> {
    pub(crate) ids: Vec<Uuid>,
    pub(crate) shards: Vec<i16>,
    pub(crate) expected: Vec<i32>,
    pub(crate) counts: Vec<i32>,
    pub(crate) tips: Vec<&'a [u8]>,
    pub(crate) done: Vec<Option<bool>>,
}

/// The columns of events.
#[derive(Debug, Default)]
pub(crate) struct Events<'a> {
    jobs: Vec<Uuid>,
    seqs: Vec<i32>,
    kinds: Vec<i16>,
    hashes: Vec<&'a [u8]>,
    bodies: Vec<&'a [u8]>,
}

/// Turns rows into columns.
pub(crate) fn columns<'a>(parts: impl Iterator<Item = &'a Part>) -> (Jobs<'a>, Events<'a>) {
    let (mut jobs, mut events) = (Jobs::default(), Events::default());
    for part in parts {
        jobs.ids.push(part.job);
        jobs.shards.push(shard(part.job).into());
        jobs.expected.push(part.expected);
        jobs.counts.push(i32::try_from(part.events.len()).unwrap_or(i32::MAX));
        jobs.tips.push(&part.tip);
        jobs.done.push(part.done);
        for row in &part.events {
            events.jobs.push(part.job);
            events.seqs.push(row.seq);
            events.kinds.push(row.kind);
            events.hashes.push(&row.hash);
            events.bodies.push(&row.body);
        }
    }
    (jobs, events)
}

impl<'a> Events<'a> {
    /// Gives them to a statement as its next five parameters.
    pub(crate) fn bind<'q, O>(
        self,
        statement: QueryScalar<'q, Postgres, O, PgArguments>,
    ) -> QueryScalar<'q, Postgres, O, PgArguments>
    where
        'a: 'q,
        O: Send + Unpin,
        (O,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        statement.bind(self.jobs).bind(self.seqs).bind(self.kinds).bind(self.hashes).bind(self.bodies)
    }
}

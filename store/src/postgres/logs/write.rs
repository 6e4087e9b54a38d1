//! The task that writes what was printed.
//!
//! The chunks of an attempt are numbered by what of it is in the database. If nobody answers a statement, the numbers
//! there tell whether it was carried out, so that nothing is written twice.

use super::{
    Attempt, Shared,
    queue::{Waiting, What},
    read::{MISSING, number_of},
};
use crate::postgres::connect::Commit;
use sqlx::{Error, PgConnection};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long is gathered what one statement writes.
const GATHER: Duration = Duration::from_millis(100);
/// Of how many attempts the last numbers are remembered.
const ATTEMPTS: usize = 4096;

/// The pauses between two tries: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Writes until the end.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut writer = Writer { shared: &shared, session: None, last: BTreeMap::new() };
    let mut is_closing = shared.is_closing.subscribe();
    loop {
        shared.filled.notified().await;
        tokio::select! {
            () = sleep(GATHER) => {}
            () = shared.urged.notified() => {}
            _ = is_closing.wait_for(|is_closing| *is_closing) => {}
        }
        // Nothing is taken after the end, so all is there now.
        let is_last = *is_closing.borrow();
        loop {
            let batch = shared.queue().batch();
            if batch.is_empty() {
                break;
            }
            writer.write(&batch).await;
            shared.room.add_permits(bytes(&batch));
            let count = u64::try_from(batch.len()).unwrap_or_default();
            shared.settled.send_modify(|settled| *settled += count);
        }
        if is_last {
            return;
        }
    }
}

fn bytes(batch: &[Waiting]) -> usize {
    batch.iter().map(|chunk| chunk.what.bytes()).sum()
}

struct Writer<'a> {
    shared: &'a Shared,
    session: Option<PgConnection>,
    /// The number of the last chunk in the database of each attempt, where that is known.
    last: BTreeMap<Attempt, i32>,
}

impl Writer<'_> {
    /// Writes a batch, as long as it takes. Only at the end it is given up once the database was away for too long.
    async fn write(&mut self, batch: &[Waiting]) {
        if self.last.len() > ATTEMPTS {
            self.last.clear();
        }
        let (mut sent, (mut pause, longest)) = (BTreeMap::new(), PAUSES);
        while self.try_write(batch, &mut sent).await.is_err() {
            self.session = None;
            for chunk in batch {
                self.last.remove(&chunk.attempt);
            }
            self.shared.failing.send_if_modified(|since| {
                let is_first = since.is_none();
                since.get_or_insert_with(Instant::now);
                is_first
            });
            let given_up = async {
                let _ = self.shared.is_closing.subscribe().wait_for(|is_closing| *is_closing).await;
                self.shared.is_away().await;
            };
            tokio::select! {
                () = sleep(pause) => pause = (2 * pause).min(longest),
                () = given_up => return self.shared.lose(bytes(batch)),
            }
        }
        self.shared.failing.send_if_modified(|since| since.take().is_some());
    }

    /// `sent` is which number was the last of each attempt when the batch was sent before.
    async fn try_write(&mut self, batch: &[Waiting], sent: &mut BTreeMap<Attempt, i32>) -> Result<(), Error> {
        let database = &self.shared.database;
        let session = match &mut self.session {
            Some(session) => session,
            None => self.session.insert(database.session(Commit::Lazy).await?),
        };
        let unknown: BTreeSet<_> = batch
            .iter()
            .map(|chunk| &chunk.attempt)
            .filter(|attempt| !self.last.contains_key(attempt))
            .collect();
        if !unknown.is_empty() {
            let numbers = database.answer(last_numbers(session, &unknown)).await?;
            self.last.extend(unknown.into_iter().cloned().zip(numbers));
        }
        if sent.iter().any(|(attempt, no)| self.last.get(attempt) > Some(no)) {
            return Ok(());
        }
        let mut numbers = Vec::new();
        for chunk in batch {
            let last = self.last.entry(chunk.attempt.clone()).or_default();
            sent.entry(chunk.attempt.clone()).or_insert(*last);
            *last = last.saturating_add(1);
            numbers.push(*last);
        }
        database.answer(insert(session, batch, &numbers)).await
    }
}

/// Finds the number of the last chunk of each attempt in the database; 0 where there is none.
async fn last_numbers(session: &mut PgConnection, attempts: &BTreeSet<&Attempt>) -> Result<Vec<i32>, Error> {
    sqlx::query_scalar(include_str!("../sql/last_log_numbers.sql"))
        .bind(attempts.iter().map(|attempt| attempt.job).collect::<Vec<_>>())
        .bind(attempts.iter().map(|attempt| &*attempt.step).collect::<Vec<_>>())
        .bind(attempts.iter().map(|attempt| attempt.instance).collect::<Vec<_>>())
        .bind(attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>())
        .fetch_all(session)
        .await
}

async fn insert(session: &mut PgConnection, batch: &[Waiting], numbers: &[i32]) -> Result<(), Error> {
    let row = |chunk: &Waiting| match &chunk.what {
        What::Printed(stream, bytes) => (number_of(*stream), bytes.clone()),
        What::Missing(bytes) => (MISSING, bytes.to_string().into_bytes()),
    };
    let (streams, data): (Vec<i16>, Vec<Vec<u8>>) = batch.iter().map(row).unzip();
    let attempts = || batch.iter().map(|chunk| &chunk.attempt);
    sqlx::query(include_str!("../sql/insert_logs.sql"))
        .bind(attempts().map(|attempt| attempt.job).collect::<Vec<_>>())
        .bind(attempts().map(|attempt| &*attempt.step).collect::<Vec<_>>())
        .bind(attempts().map(|attempt| attempt.instance).collect::<Vec<_>>())
        .bind(attempts().map(|attempt| attempt.number).collect::<Vec<_>>())
        .bind(numbers)
        .bind(streams)
        .bind(data)
        .execute(session)
        .await
        .map(drop)
}

//! What every store promises: one function for each promise. A store's own tests call them all and add nothing.
//!
//! Each function takes an empty store. They panic, as tests do, when a promise is broken.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "these are tests"
)]

use engine::{
    command::CacheHit,
    event::{Actor, Event, Recorded, Values},
    id::{Digest, JobId},
    port::{AppendError, BlobError, Blobs, EventLog, Position, Results, Started},
};
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;

/// Makes events with these numbers. The log does not look inside, so any will do.
fn events(numbers: std::ops::RangeInclusive<u64>) -> Vec<Arc<Recorded>> {
    let event = |seq| Recorded {
        seq,
        at: i64::try_from(seq).unwrap() * 10,
        actor: Actor::Engine,
        caused_by: None,
        event: Event::JobFailed {
            cause: format!("event {seq}, with \"quotes\", ünïcode and a line\nbreak")
        },
    };
    numbers.map(event).map(Arc::new).collect()
}

/// Makes an id from a name: a UUID of version 7, all of one autumn, as a store may want to know when a job began.
#[must_use]
pub fn job(name: &str) -> JobId {
    let digest = Digest::of(name.as_bytes()).to_string();
    let part = |from, to| digest.get(from..to).unwrap();
    format!("019a0000-0000-7{}-8{}-{}", part(0, 3), part(3, 6), part(6, 18)).into()
}

/// What was appended is read as it was, in order, in parts and from any place.
pub async fn reads_what_was_appended(log: &dyn EventLog) {
    let id = job("reads");
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), []);
    log.append(&id, 0, events(1..=3)).await.unwrap();
    log.append(&id, 3, events(4..=5)).await.unwrap();
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), events(1..=5));
    assert_eq!(log.read(&id, 0, 2).await.unwrap(), events(1..=2));
    assert_eq!(log.read(&id, 2, 2).await.unwrap(), events(3..=4));
    assert_eq!(log.read(&id, 5, 2).await.unwrap(), []);
    assert_eq!(log.read(&id, 99, 2).await.unwrap(), []);
    assert_eq!(log.read(&job("other"), 0, 10).await.unwrap(), []);
}

/// An append that expects another end of the stream changes nothing and says where the end is.
pub async fn refuses_another_version(log: &dyn EventLog) {
    let id = job("versions");
    log.append(&id, 0, events(1..=2)).await.unwrap();
    let late = log.append(&id, 1, events(2..=3)).await;
    assert_eq!(late, Err(AppendError::Conflict { last: 2 }));
    let early = log.append(&id, 7, events(8..=8)).await;
    assert_eq!(early, Err(AppendError::Conflict { last: 2 }));
    let unknown = log.append(&job("unknown"), 4, events(5..=5)).await;
    assert_eq!(unknown, Err(AppendError::Conflict { last: 0 }));
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), events(1..=2));
}

/// Events whose numbers do not follow on are refused, all of them, and so is an append of none.
pub async fn refuses_gaps(log: &dyn EventLog) {
    let id = job("gaps");
    let mut gap = events(1..=3);
    gap.remove(1);
    for refused in [gap, Vec::new()] {
        assert!(matches!(log.append(&id, 0, refused.clone()).await, Err(AppendError::Log(_))));
        assert!(matches!(log.start(&id, None, refused).await, Err(AppendError::Log(_))));
    }
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), []);
}

/// A key starts one job: a second start begins nothing and names the first. Without a key each job starts, once.
pub async fn starts_a_key_once(log: &dyn EventLog) {
    let (first, second) = (job("keyed"), job("keyed-again"));
    let key = || Some("k".into());
    assert_eq!(log.start(&first, key(), events(1..=2)).await, Ok(Started::New));
    for late in [&first, &second] {
        let again = log.start(late, key(), events(1..=1)).await;
        assert_eq!(again, Ok(Started::Before(Arc::clone(&first))));
    }
    assert_eq!(log.read(&second, 0, 10).await.unwrap(), []);
    assert_eq!(log.start(&second, Some("l".into()), events(1..=1)).await, Ok(Started::New));
    log.append(&first, 2, events(3..=3)).await.unwrap();
    assert_eq!(log.read(&first, 0, 10).await.unwrap(), events(1..=3));

    let plain = job("without-a-key");
    assert_eq!(log.start(&plain, None, events(1..=1)).await, Ok(Started::New));
    for key in [None, Some("m".into())] {
        let again = log.start(&plain, key, events(1..=1)).await;
        assert_eq!(again, Err(AppendError::Conflict { last: 1 }));
    }
    let unused = log.start(&job("with-the-key-of-none"), Some("m".into()), events(1..=1)).await;
    assert_eq!(unused, Ok(Started::New), "a start that failed has not used its key");
}

/// Of starts that race with one key, one begins a job, and all others name it.
pub async fn lets_one_start_win(log: &dyn EventLog) {
    let ids: Vec<_> = (0..16).map(|n| job(&format!("start-{n}"))).collect();
    let starts =
        ids.iter().map(|id| async move { (id, log.start(id, Some("k".into()), events(1..=1)).await) });
    let results: Vec<_> = stream::iter(starts).buffer_unordered(16).collect().await;
    let won: Vec<_> = results.iter().filter(|(_, result)| *result == Ok(Started::New)).collect();
    assert_eq!(won.len(), 1);
    for (id, result) in &results {
        if id != &won[0].0 {
            assert_eq!(result, &Ok(Started::Before(Arc::clone(won[0].0))));
            assert_eq!(log.read(id, 0, 1).await.unwrap(), []);
        }
    }
}

/// Of appends that race for one place, one wins.
pub async fn lets_one_of_many_win(log: &dyn EventLog) {
    let id = job("race");
    let attempts = (0..16).map(|_| log.append(&id, 0, events(1..=1)));
    let results: Vec<_> = stream::iter(attempts).buffer_unordered(16).collect().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), events(1..=1));
}

/// The feed has every event of every job once, positions grow, and the events of a job keep their order.
pub async fn feeds_all_jobs_in_one_order(log: &dyn EventLog) {
    log.append(&job("feed-a"), 0, events(1..=2)).await.unwrap();
    log.append(&job("feed-b"), 0, events(1..=1)).await.unwrap();
    log.append(&job("feed-a"), 2, events(3..=3)).await.unwrap();
    let (mut position, mut fed) = (Position::ORIGIN, Vec::new());
    while fed.len() < 4 {
        for it in log.feed(position, 3).await.unwrap() {
            assert!(it.position > position, "positions grow");
            position = it.position;
            fed.push((it.job, it.event.seq));
        }
    }
    let of =
        |name: &str| fed.iter().filter(|(id, _)| *id == job(name)).map(|(_, seq)| *seq).collect::<Vec<_>>();
    assert_eq!((of("feed-a"), of("feed-b")), (vec![1, 2, 3], vec![1]));
}

/// Who waits at the end of the feed is woken by the next append.
pub async fn wakes_who_waits(log: &dyn EventLog) {
    let waits = log.feed(Position::ORIGIN, 10);
    let appends = async { log.append(&job("wakes"), 0, events(1..=1)).await.unwrap() };
    let (fed, ()) = futures_util::future::join(waits, appends).await;
    assert_eq!(fed.unwrap().len(), 1);
}

/// Content is found by its digest and read as it was; keeping it twice is keeping it once.
pub async fn keeps_content(blobs: &dyn Blobs) {
    let chunks: Vec<Vec<u8>> =
        vec![b"some \0 bytes".to_vec(), vec![0xff; 200_000], Vec::new(), b"end".to_vec()];
    let whole = chunks.concat();
    for _ in 0..2 {
        let content = stream::iter(chunks.clone().into_iter().map(Ok)).boxed();
        let (digest, bytes) = blobs.put(content).await.unwrap();
        assert_eq!((digest, bytes), (Digest::of(&whole), u64::try_from(whole.len()).unwrap()));
    }
    let read: Vec<_> = blobs.get(Digest::of(&whole)).await.unwrap().collect().await;
    assert_eq!(read.into_iter().collect::<Result<Vec<_>, _>>().unwrap().concat(), whole);
    let empty = blobs.put(stream::empty().boxed()).await.unwrap();
    assert_eq!(empty, (Digest::of(b""), 0));
}

/// Content that is not there, or whose source failed, is not there.
pub async fn has_no_other_content(blobs: &dyn Blobs) {
    let missing = Digest::of(b"never kept");
    assert_eq!(blobs.get(missing).await.err(), Some(BlobError::Missing(missing)));
    let broken = [Ok(b"half".to_vec()), Err(BlobError::Failed("cut off".to_owned()))];
    let failed = blobs.put(stream::iter(broken).boxed()).await;
    assert_eq!(failed, Err(BlobError::Failed("cut off".to_owned())));
    let half = Digest::of(b"half");
    assert_eq!(blobs.get(half).await.err(), Some(BlobError::Missing(half)));
}

/// The latest result of a key is found.
pub async fn finds_results(results: &dyn Results) {
    let (key, other) = (Digest::of(b"key"), Digest::of(b"other"));
    let hit = |made_at| CacheHit {
        job: job("made"),
        made_at,
        outputs: Values::default(),
        artifacts: Values::default(),
    };
    assert!(results.find(key).await.is_err());
    results.keep(key, hit(1)).await;
    results.keep(key, hit(2)).await;
    assert_eq!(results.find(key).await, Ok(hit(2)));
    assert!(results.find(other).await.is_err());
}

//! What every store promises: one function for each promise. A store's own tests call them all and add nothing.
//!
//! Each function takes an empty store. They panic, as tests do, when a promise is broken.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests")]

use engine::{
    command::CacheHit,
    event::{Actor, Event, Recorded, Values},
    id::{Digest, JobId},
    port::{AppendError, BlobError, Blobs, EventLog, Results},
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

fn job(name: &str) -> JobId {
    name.into()
}

/// What was appended is read as it was, in order, in parts and from any place.
pub async fn reads_what_was_appended(log: &dyn EventLog) {
    let id = job("reads");
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), []);
    log.append(&id, 0, None, events(1..=3)).await.unwrap();
    log.append(&id, 3, None, events(4..=5)).await.unwrap();
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
    log.append(&id, 0, None, events(1..=2)).await.unwrap();
    let late = log.append(&id, 1, None, events(2..=3)).await;
    assert_eq!(late, Err(AppendError::Conflict { last: 2 }));
    let early = log.append(&id, 7, None, events(8..=8)).await;
    assert_eq!(early, Err(AppendError::Conflict { last: 2 }));
    let unknown = log.append(&job("unknown"), 4, None, events(5..=5)).await;
    assert_eq!(unknown, Err(AppendError::Conflict { last: 0 }));
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), events(1..=2));
}

/// Events whose numbers do not follow on are refused, all of them.
pub async fn refuses_gaps(log: &dyn EventLog) {
    let id = job("gaps");
    let mut gap = events(1..=3);
    gap.remove(1);
    assert!(matches!(log.append(&id, 0, None, gap).await, Err(AppendError::Log(_))));
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), []);
}

/// A key appends once, whatever is expected the second time; another job may use the same key.
pub async fn appends_a_key_once(log: &dyn EventLog) {
    let id = job("keys");
    log.append(&id, 0, Some("k".into()), events(1..=1)).await.unwrap();
    for expected in [0, 1] {
        let again = log.append(&id, expected, Some("k".into()), events(2..=2)).await;
        assert_eq!(again, Err(AppendError::Duplicate));
    }
    log.append(&id, 1, Some("l".into()), events(2..=2)).await.unwrap();
    log.append(&job("keys-2"), 0, Some("k".into()), events(1..=1)).await.unwrap();
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), events(1..=2));
}

/// Of appends that race for one place, one wins.
pub async fn lets_one_of_many_win(log: &dyn EventLog) {
    let id = job("race");
    let attempts = (0..16).map(|_| log.append(&id, 0, None, events(1..=1)));
    let results: Vec<_> = stream::iter(attempts).buffer_unordered(16).collect().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(log.read(&id, 0, 10).await.unwrap(), events(1..=1));
}

/// The feed has every event of every job once, positions grow, and the events of a job keep their order.
pub async fn feeds_all_jobs_in_one_order(log: &dyn EventLog) {
    log.append(&job("feed-a"), 0, None, events(1..=2)).await.unwrap();
    log.append(&job("feed-b"), 0, None, events(1..=1)).await.unwrap();
    log.append(&job("feed-a"), 2, None, events(3..=3)).await.unwrap();
    let (mut position, mut fed) = (0, Vec::new());
    while fed.len() < 4 {
        for it in log.feed(position, 3).await.unwrap() {
            assert!(it.position > position, "positions grow");
            position = it.position;
            fed.push((it.job.to_string(), it.event.seq));
        }
    }
    let of = |name: &str| fed.iter().filter(|(job, _)| job == name).map(|(_, seq)| *seq).collect::<Vec<_>>();
    assert_eq!((of("feed-a"), of("feed-b")), (vec![1, 2, 3], vec![1]));
}

/// Who waits at the end of the feed is woken by the next append.
pub async fn wakes_who_waits(log: &dyn EventLog) {
    let waits = log.feed(0, 10);
    let appends = async { log.append(&job("wakes"), 0, None, events(1..=1)).await.unwrap() };
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

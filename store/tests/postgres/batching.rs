//! The writers: many appends become few commits, and what befalls one does not befall the others.

use super::{
    harness::{Place, Server, all_shards, execute, owned, prepare, text},
    proxy::Proxy,
};
use engine::{
    event::{Actor, Event, Recorded},
    id::JobId,
    port::{AppendError, EventLog as _, LogError, Started},
};
use futures_util::future::join_all;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use store::{
    conformance::job,
    postgres::{Database, PgLog, Settings},
};
use uuid::Uuid;

pub(crate) fn events(numbers: std::ops::RangeInclusive<u64>) -> Vec<Arc<Recorded>> {
    let event = |seq| Recorded { seq, at: 0, actor: Actor::Engine, caused_by: None, event: Event::JobPaused };
    numbers.map(event).map(Arc::new).collect()
}

/// All through one connection.
fn one_writer() -> Settings {
    Settings { writers: 1, ..Settings::default() }
}

fn many(count: usize) -> Vec<JobId> {
    (0..count).map(|n| job(&format!("job {n}"))).collect()
}

#[tokio::test]
async fn many_appends_become_few_commits() {
    let place = Place::new().await;
    let it = place.log(one_writer()).await;
    let jobs = many(200);
    for answer in join_all(jobs.iter().map(|job| it.log.append(job, 0, events(1..=2)))).await {
        answer.unwrap();
    }
    for answer in join_all(jobs.iter().map(|job| it.log.append(job, 2, events(3..=3)))).await {
        answer.unwrap();
    }
    let mut connection = place.connect().await;
    assert_eq!(text(&mut connection, "SELECT count(*) FROM skynet.events").await, "600");
    let commits = text(&mut connection, "SELECT count(DISTINCT xid) FROM skynet.events").await;
    assert!(commits.parse::<u32>().unwrap() <= 10, "{commits}");
}

#[tokio::test]
async fn appends_to_one_job_that_are_asked_together_come_one_after_the_other() {
    let place = Place::new().await;
    let it = place.log(one_writer()).await;
    let id = job("one");
    it.log.append(&id, 0, events(1..=1)).await.unwrap();
    let both = [it.log.append(&id, 1, events(2..=2)), it.log.append(&id, 1, events(2..=3))];
    assert_eq!(join_all(both).await, [Ok(()), Err(AppendError::Conflict { last: 2 })]);
}

#[tokio::test]
async fn what_befalls_one_does_not_befall_the_others() {
    let place = Place::new().await;
    let it = place.log(one_writer()).await;
    let mut jobs = many(20);
    it.log.append(&jobs[7], 0, events(1..=4)).await.unwrap();
    // Of a time that no segment has.
    jobs[13] = "00000000-0000-7000-8000-000000000000".into();
    let appended = join_all(jobs.iter().map(|job| it.log.append(job, 0, events(1..=1)))).await;
    let started = join_all(jobs.iter().map(|job| it.log.start(job, None, events(1..=1)))).await;
    for (at, (appended, started)) in appended.into_iter().zip(started).enumerate() {
        match at {
            7 => {
                let conflict = AppendError::Conflict { last: 4 };
                assert_eq!((appended, started), (Err(conflict.clone()), Err(conflict)));
            }
            13 => {
                let (Err(appended), Err(started)) = (appended, started) else { panic!("it has no segment") };
                assert!(appended.to_string().starts_with("no segment of the log has the time"), "{appended}");
                assert_eq!(appended, started);
            }
            _ => {
                assert_eq!(appended, Ok(()), "{at}");
                assert_eq!(started, Err(AppendError::Conflict { last: 1 }), "{at}");
            }
        }
    }
}

#[tokio::test]
async fn a_takeover_fences_and_a_shard_of_others_is_not_written_to() {
    let place = Place::new().await;
    let database = place.database(one_writer()).await;
    let mut connection = place.connect().await;
    let id: JobId = "019a0000-0000-7000-8000-0000000000aa".into();
    execute(&mut connection, "UPDATE skynet.shards SET owner = 5, epoch = 1").await;
    let log = PgLog::open(&database, owned(5, [(0xaa, 1)])).await.unwrap();
    log.append(&id, 0, events(1..=1)).await.unwrap();
    execute(&mut connection, "UPDATE skynet.shards SET owner = 6, epoch = 2").await;
    assert_eq!(log.append(&id, 1, events(2..=2)).await, Err(AppendError::Fenced));
    let other: JobId = "019a0000-0000-7000-8000-0000000000bb".into();
    assert_eq!(log.append(&other, 0, events(1..=1)).await, Err(AppendError::Fenced));
    assert_eq!(log.start(&other, None, events(1..=1)).await, Ok(Started::New), "anybody may start a job");
    assert_eq!(log.live_jobs([0xaa, 0xbb]).await.unwrap(), [id.clone(), other]);
    assert_eq!(log.live_jobs([0xaa]).await.unwrap(), [id]);
    assert_eq!(text(&mut connection, "SELECT string_agg(shard::text, ' ') FROM skynet.inbox").await, "187");
}

#[tokio::test]
async fn what_was_written_although_its_answer_was_lost_is_not_written_again() {
    let server = Server::start(&[]).await;
    prepare(&server).await;
    let proxy = Proxy::new(&server.socket());
    let database = Database::connect(&proxy.url("postgres"), one_writer()).await.unwrap();
    let log = PgLog::open(&database, all_shards()).await.unwrap();
    let (first, second, third) = (job("first"), job("second"), job("third"));
    // Each statement is known to the connection before its answer is lost.
    log.append(&first, 0, events(1..=1)).await.unwrap();
    proxy.lose_next_answer();
    log.append(&first, 1, events(2..=3)).await.unwrap();
    assert!(!proxy.has_answer_to_lose());
    log.append(&first, 3, events(4..=4)).await.unwrap();
    assert_eq!(log.start(&second, Some("a".into()), events(1..=1)).await, Ok(Started::New));
    proxy.lose_next_answer();
    assert_eq!(log.start(&third, Some("b".into()), events(1..=2)).await, Ok(Started::New));
    assert!(!proxy.has_answer_to_lose());
    assert_eq!(log.start(&third, Some("b".into()), events(1..=2)).await, Ok(Started::Before(third.clone())));
    proxy.lose_next_answer();
    assert_eq!(log.start(&job("fourth"), None, events(1..=2)).await, Ok(Started::New));
    assert_eq!(log.read(&first, 0, 10).await.unwrap(), events(1..=4));
    assert_eq!(log.read(&third, 0, 10).await.unwrap(), events(1..=2));
}

#[tokio::test]
async fn each_event_is_chained_to_the_one_before() {
    let place = Place::new().await;
    let it = place.log(Settings::default()).await;
    let id = job("chained");
    it.log.append(&id, 0, events(1..=2)).await.unwrap();
    it.log.append(&id, 2, events(3..=3)).await.unwrap();
    it.member.run(async {}).await.unwrap();
    let again = place.log(Settings::default()).await;
    again.log.append(&id, 3, events(4..=4)).await.expect("a log that knows no tip reads it");
    let kept = sqlx::query_as("SELECT seq, kind, hash, body FROM skynet.events ORDER BY seq");
    let kept: Vec<(i32, i16, Vec<u8>, Vec<u8>)> = kept.fetch_all(&mut place.connect().await).await.unwrap();
    let mut last = Sha256::digest(Uuid::parse_str(&id).unwrap().as_bytes()).to_vec();
    for (seq, kind, hash, body) in &kept {
        let bytes = [&last, seq.to_be_bytes().as_slice(), &kind.to_be_bytes(), body].concat();
        last = Sha256::digest(bytes).to_vec();
        assert_eq!(&last, hash, "{seq}");
    }
    assert_eq!(kept.len(), 4);
}

#[tokio::test]
async fn an_id_that_is_no_uuid_is_refused() {
    let place = Place::new().await;
    let it = place.log(Settings::default()).await;
    for id in ["hello", "019A0000-0000-7000-8000-000000000000", "019a0000000070008000000000000000"] {
        let id: JobId = id.into();
        let refused = LogError::Failed(format!(
            "`{id}` cannot be the id of a job: this store keeps jobs under UUIDs of version 7 in small letters, as \
             019a0000-0000-7000-8000-000000000000"
        ));
        assert_eq!(it.log.append(&id, 0, events(1..=1)).await, Err(AppendError::Log(refused.clone())));
        assert_eq!(it.log.start(&id, None, events(1..=1)).await, Err(AppendError::Log(refused.clone())));
        assert_eq!(it.log.read(&id, 0, 1).await, Err(refused));
    }
}

//! Proving the log: what was done to it is found, and where.

use super::{
    harness::{Place, eventually, execute, text},
    jobs::{Happened, append, write},
};
use engine::{event::SCHEMA_VERSION, id::Digest, job::Shape, port::Blobs};
use sqlx::PgConnection;
use std::{collections::BTreeMap, sync::Arc};
use store::{
    FolderBlobs,
    audit::{Checks, Problem, Scope, Seal, Verified, export, seal, verify, verify_seals},
    postgres::{Database, Settings},
};

async fn look(database: &Database, scope: Scope, jobs: &[Happened]) -> (Verified, Vec<Problem>) {
    let shapes: BTreeMap<Digest, Arc<Shape>> =
        jobs.iter().map(|job| (job.shape.digest, Arc::clone(&job.shape))).collect();
    let plan = move |digest| shapes.get(&digest).map(Arc::clone);
    let mut problems = Vec::new();
    let checks = Checks { plan: &plan, blobs: None };
    let verified = verify(database, &scope, &checks, |problem| problems.push(problem)).await.unwrap();
    (verified, problems)
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_whole() {
    let place = Place::new().await;
    let (_log, jobs) = write(&place, 700..760).await;
    let database = place.database(Settings::default()).await;
    let (verified, problems) = look(&database, Scope::All, &jobs).await;
    assert_eq!(problems, []);
    let events: usize = jobs.iter().map(|job| job.events.len()).sum();
    assert_eq!((verified.jobs, verified.events), (60, events as u64));
    let (verified, problems) = look(&database, Scope::Job(jobs[7].id.clone()), &jobs).await;
    assert_eq!((verified.jobs, verified.events, problems.len()), (1, jobs[7].events.len() as u64, 0));
    let (verified, _) = look(&database, Scope::Segment("t".to_owned()), &jobs).await;
    assert_eq!(verified.events, events as u64);
}

/// What is done to a job whose id is `$job`, and what is then told of it.
const HARM: &[(&str, &str)] = &[
    ("a changed body", "UPDATE skynet.events SET body = convert_to(replace(convert_from(body, 'UTF8'),
        '\"max_parallel\":1000', '\"max_parallel\":1001'), 'UTF8') WHERE job_id = '$job' AND seq = 1"),
    ("a changed body with a hash made anew", "UPDATE skynet.events SET body = b, hash = sha256(sha256(uuid_send(job_id)) || int4send(seq) || int2send(kind) || b)
        FROM (SELECT convert_to(replace(convert_from(body, 'UTF8'), '1000', '1001'), 'UTF8') AS b
          FROM skynet.events WHERE job_id = '$job' AND seq = 1) x WHERE job_id = '$job' AND seq = 1"),
    ("a removed row", "DELETE FROM skynet.events WHERE job_id = '$job' AND seq = 3"),
    ("three removed rows", "DELETE FROM skynet.events WHERE job_id = '$job' AND seq IN (1, 2, 3)"),
    ("the last row removed", "DELETE FROM skynet.events e USING skynet.heads h
        WHERE e.job_id = '$job' AND h.job_id = e.job_id AND e.seq = h.seq"),
    ("two rows swapped", "UPDATE skynet.events SET seq = 10002 WHERE job_id = '$job' AND seq = 2;
        UPDATE skynet.events SET seq = 2 WHERE job_id = '$job' AND seq = 3;
        UPDATE skynet.events SET seq = 3 WHERE job_id = '$job' AND seq = 10002"),
    ("two bodies swapped", "UPDATE skynet.events e SET body = o.body FROM skynet.events o
        WHERE e.job_id = '$job' AND o.job_id = e.job_id AND (e.seq, o.seq) IN ((2, 3), (3, 2))"),
    ("another kind", "UPDATE skynet.events SET kind = 9 WHERE job_id = '$job' AND seq = 2"),
    ("another shard", "UPDATE skynet.events SET shard = (shard + 1) % 256 WHERE job_id = '$job' AND seq = 2"),
    ("another place in the feed", "UPDATE skynet.events SET xid = '1' WHERE job_id = '$job' AND seq = 3"),
    ("no event", "UPDATE skynet.events SET body = 'oh no' WHERE job_id = '$job' AND seq = 2"),
    ("no events at all", "DELETE FROM skynet.events WHERE job_id = '$job'"),
    ("no head", "DELETE FROM skynet.heads WHERE job_id = '$job'"),
    ("another tip", "UPDATE skynet.heads SET tip = '' WHERE job_id = '$job'"),
    ("over or not", "UPDATE skynet.heads SET done = NOT done WHERE job_id = '$job'"),
    ("what cannot have happened", "WITH e AS (SELECT h.job_id, h.seq + 1 AS seq, h.shard, h.tip,
          convert_to(format('{\"v\":1,\"seq\":%s,\"at\":0,\"actor\":\"engine\",\"type\":\"job_queued\",\"slot\":{\"group\":\"g\",\"when_busy\":\"queue\"}}', h.seq + 1), 'UTF8') AS body
          FROM skynet.heads h WHERE job_id = '$job'),
        n AS (SELECT *, sha256(tip || int4send(seq) || int2send(2::int2) || body) AS hash FROM e),
        i AS (INSERT INTO skynet.events (job_id, seq, shard, kind, worker, hash, body)
          SELECT job_id, seq, shard, 2, 1, hash, body FROM n)
        UPDATE skynet.heads h SET seq = n.seq, tip = n.hash FROM n WHERE h.job_id = n.job_id"),
];

#[tokio::test]
async fn what_was_done_to_a_log_is_found_and_told() {
    let place = Place::new().await;
    let (_log, jobs) = write(&place, 800..840).await;
    let mut admin = place.connect().await;
    let long: Vec<_> = jobs.iter().filter(|job| job.events.len() > 6).collect();
    execute(&mut admin, "SET session_replication_role = replica").await;
    for ((_, harm), job) in HARM.iter().zip(&long) {
        execute(&mut admin, harm.replace("$job", &job.id)).await;
    }
    let database = place.database(Settings::default()).await;
    let (verified, problems) = look(&database, Scope::All, &jobs).await;
    assert_eq!(verified.proofs, problems.len() as u64);
    let mut told = String::new();
    for ((what, _), job) in HARM.iter().zip(&long) {
        told += &format!("{what}\n");
        let of_job: Vec<_> = problems.iter().filter(|problem| problem.job == job.id).collect();
        assert!(!of_job.is_empty(), "{what} is not found");
        for problem in of_job {
            told += &format!("  {}\n", problem.to_string().replace(&*job.id, "J"));
        }
    }
    let harmed: Vec<_> = long.iter().take(HARM.len()).map(|job| &job.id).collect();
    assert!(problems.iter().all(|problem| harmed.contains(&&problem.job)), "the others are whole");
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn what_cannot_be_checked_is_told_as_a_doubt() {
    let place = Place::new().await;
    let (_log, jobs) = write(&place, 700..720).await;
    let database = place.database(Settings::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::new(folder.path().to_owned());
    let checks = Checks { plan: &|_| None, blobs: Some(&blobs) };
    let mut problems = Vec::new();
    let verified = verify(&database, &Scope::All, &checks, |it| problems.push(it)).await.unwrap();
    let plans = problems.iter().filter(|it| it.to_string().contains("its plan")).count();
    assert_eq!((plans, verified.proofs), (jobs.len(), 0));
    let content: Vec<_> = problems.iter().filter(|it| it.seq.is_some()).collect();
    assert!(!content.is_empty());
    assert!(
        content[0]
            .to_string()
            .contains("content that it names cannot be had: there is no content of the digest")
    );
    // With the content there, nothing is missed.
    let bytes = futures_util::stream::iter([Ok(b"x".to_vec())]);
    blobs.put(Box::pin(bytes)).await.unwrap();
    let verified = verify(&database, &Scope::All, &checks, |_| ()).await.unwrap();
    assert_eq!(verified.doubts, jobs.len() as u64);
}

#[tokio::test]
async fn an_export_has_all_that_a_hash_covers() {
    let place = Place::new().await;
    let (_log, jobs) = write(&place, 900..905).await;
    let database = place.database(Settings::default()).await;
    let mut lines = Vec::new();
    let count = export(&database, &Scope::All, &mut lines).await.unwrap();
    let events: usize = jobs.iter().map(|job| job.events.len()).sum();
    assert_eq!(count, events as u64);
    let text = String::from_utf8(lines).unwrap();
    let mut tip = BTreeMap::new();
    for line in text.lines() {
        #[derive(serde::Deserialize)]
        struct Line<'a> {
            job: &'a str,
            seq: i32,
            kind: i16,
            hash: Digest,
            #[serde(borrow)]
            body: &'a serde_json::value::RawValue,
        }
        let line: Line<'_> = serde_json::from_str(line).unwrap();
        let job = uuid::Uuid::parse_str(line.job).unwrap();
        let before = *tip.entry(job).or_insert_with(|| Digest::of(job.as_bytes()));
        let covered =
            [&before.0[..], &line.seq.to_be_bytes(), &line.kind.to_be_bytes(), line.body.get().as_bytes()];
        assert_eq!(Digest::of(&covered.concat()), line.hash, "event {} of {job}", line.seq);
        tip.insert(job, line.hash);
    }
    assert_eq!(tip.len(), 5);
}

/// Seals until nothing is left to be sealed.
async fn seal_all(database: &Database, admin: &mut PgConnection) -> Vec<Seal> {
    let mut seals = Vec::new();
    let open = "SELECT count(*) FROM skynet.events e WHERE NOT EXISTS (
        SELECT FROM skynet.seals s WHERE (s.to_xid, s.to_pos) >= (e.xid, e.pos))";
    eventually("a feed that is sealed", async || {
        seals.extend(seal(database).await.unwrap());
        text(admin, open).await == "0"
    })
    .await;
    seals
}

async fn look_at_seals(database: &Database, outside: &[Seal]) -> Vec<String> {
    let mut problems = Vec::new();
    verify_seals(database, outside, |problem| problems.push(problem.to_string())).await.unwrap();
    problems
}

#[tokio::test]
async fn seals_show_what_the_chain_of_a_job_cannot() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (log, jobs) = write(&place, 1000..1010).await;
    let database = place.database(Settings::default()).await;
    let mut outside = seal_all(&database, &mut admin).await;
    let more: Vec<_> = (1010..1020).map(Happened::of).collect();
    append(&log, &more).await;
    outside.extend(seal_all(&database, &mut admin).await);
    let events: usize = jobs.iter().chain(&more).map(|job| job.events.len()).sum();
    assert_eq!(outside.iter().map(|seal| seal.events).sum::<i64>(), events as i64);
    // A seal is a line of a file.
    let file: Vec<String> = outside.iter().map(|seal| serde_json::to_string(seal).unwrap()).collect();
    let outside: Vec<Seal> = file.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(look_at_seals(&database, &outside).await, [""; 0]);

    execute(&mut admin, "SET session_replication_role = replica").await;
    let first = &jobs[0].id;
    // The whole of a job made anew, up to its head: its own chain is whole.
    let anew = format!(
        "DO $$
         DECLARE e record; made bytea := sha256(uuid_send('{first}'::uuid)); b bytea;
         BEGIN
           FOR e IN SELECT * FROM skynet.events WHERE job_id = '{first}' ORDER BY seq LOOP
             b := convert_to(replace(convert_from(e.body, 'UTF8'), '\"v\":{SCHEMA_VERSION}', '\"v\": {SCHEMA_VERSION}'), 'UTF8');
             made := sha256(made || int4send(e.seq) || int2send(e.kind) || b);
             UPDATE skynet.events SET body = b, hash = made WHERE job_id = e.job_id AND seq = e.seq;
           END LOOP;
           UPDATE skynet.heads SET tip = made WHERE job_id = '{first}';
         END $$"
    );
    execute(&mut admin, anew).await;
    let (verified, problems) = look(&database, Scope::Job(first.clone()), &jobs).await;
    assert_eq!((verified.proofs, problems.len()), (0, 0), "{problems:?}");
    let told = look_at_seals(&database, &outside).await;
    assert!(!told.is_empty() && told.iter().all(|it| it.ends_with("were changed")), "{told:?}");
    assert!(told[0].starts_with("seal 1: events that it sealed in the segment t"), "{told:?}");

    let last = format!("DELETE FROM skynet.events WHERE job_id = '{}' AND seq = 1", more[9].id);
    execute(&mut admin, last).await;
    let told = look_at_seals(&database, &outside).await;
    assert!(told.iter().any(|it| it.contains(" events of the segment t, and there are ")), "{told:?}");

    // Who forges the seals as well is found out by those outside.
    execute(&mut admin, "DELETE FROM skynet.seals; DELETE FROM skynet.seal_parts").await;
    let forged = seal_all(&database, &mut admin).await;
    assert_eq!(look_at_seals(&database, &forged).await, [""; 0]);
    let told = look_at_seals(&database, &outside).await;
    assert!(
        told.contains(&"seal 1: it is another than the one that was kept outside".to_owned()),
        "{told:?}"
    );
    let no = outside.last().unwrap().no;
    assert!(
        no <= forged.last().unwrap().no
            || told.contains(&format!("seal {no}: it was kept outside and is not here"))
    );
}

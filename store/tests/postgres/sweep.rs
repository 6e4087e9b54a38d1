//! Taking away content that nothing names.

use super::harness::{Place, execute, text};
use engine::{
    id::Digest,
    port::{BlobError, Blobs as _},
};
use futures_util::{StreamExt as _, stream};
use std::time::Duration;
use store::{
    Database,
    postgres::{
        PgBlobs, Settings,
        sweep::{Swept, sweep},
    },
};

const DAY: Duration = Duration::from_secs(86_400);
/// A job of October 2025, and when it began.
const JOB: &str = "0199a237-f400-7000-8000-000000000001";
const BEGUN: &str = "2025-10-02 00:00:00+00";

async fn opened() -> (Place, Database, PgBlobs) {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let blobs = PgBlobs::new(database.clone());
    (place, database, blobs)
}

/// Keeps content as it was kept at some time.
async fn keep(place: &Place, blobs: &PgBlobs, content: &str, at: &str) -> Digest {
    let digest = blobs.put(stream::iter([Ok(content.as_bytes().to_vec())]).boxed()).await.unwrap().0;
    let age = format!("UPDATE skynet.blobs SET at = {at} WHERE sha256 = '\\x{digest}'");
    execute(&mut place.connect().await, age).await;
    digest
}

async fn is_there(blobs: &PgBlobs, digest: Digest) -> bool {
    match blobs.get(digest).await {
        Ok(_) => true,
        Err(BlobError::Missing(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_is_named_anywhere_stays_and_the_rest_goes() {
    let (place, database, blobs) = opened().await;
    let mut admin = place.connect().await;
    let old = "'2025-01-01'";
    let event = |body: &str| {
        let into = "skynet.events (job_id, seq, shard, kind, worker, hash, body)";
        let seq = format!("(SELECT coalesce(max(seq), 0) + 1 FROM skynet.events WHERE job_id = '{JOB}')");
        format!("INSERT INTO {into} VALUES ('{JOB}', {seq}, 1, 1, 1, '', convert_to('{body}', 'UTF8'))")
    };
    let unnamed = keep(&place, &blobs, "unnamed", old).await;
    let mut named = Vec::new();
    for (i, place_of_name) in
        ["event", "long run", "capitals", "letters before", "inbox", "task", "lease", "result", "callee"]
            .into_iter()
            .enumerate()
    {
        let digest = keep(&place, &blobs, place_of_name, old).await;
        let body = format!(r#"{{"sha256":"{digest}"}}"#);
        let at = "1, '019a0000-0000-7000-8000-000000000001'";
        let statement = match place_of_name {
            "event" => event(&body),
            "long run" => event(&format!("ab{digest}00")),
            "capitals" => event(&digest.to_string().to_uppercase()),
            "letters before" => event(&format!("ü{digest}")),
            "inbox" => format!(
                "INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body) \
                 VALUES ({at}, 2, gen_random_uuid(), '{body}')"
            ),
            "task" => format!(
                "INSERT INTO skynet.tasks (queue, shard, job_id, step, attempt, body) VALUES (1, {at}, 's', 1, '{body}')"
            ),
            "lease" => format!(
                "INSERT INTO skynet.task_leases (task_no, worker, queue, priority, shard, job_id, step, instance, \
                 attempt, body) VALUES (1, 1, 1, 1, {at}, 's', 1, 1, '{body}')"
            ),
            "result" => format!(
                "INSERT INTO skynet.cached_results (key, job_id, made_at, body) \
                 VALUES ('k', '{JOB}', now(), '{body}')"
            ),
            _ => {
                let plan =
                    keep(&place, &blobs, &format!(r#"{{"callees":{{"x":"{digest}"}}}}"#), "now()").await;
                assert!(is_there(&blobs, plan).await);
                continue;
            }
        };
        execute(&mut admin, statement).await;
        named.push((i, place_of_name, digest));
    }
    let swept = sweep(&database, DAY).await.unwrap();
    for (_, place_of_name, digest) in named {
        assert!(is_there(&blobs, digest).await, "{place_of_name}");
    }
    assert!(!is_there(&blobs, unnamed).await);
    assert_eq!(swept, Swept { contents: 1, pieces: 1 });
    assert_eq!(sweep(&database, DAY).await, Ok(Swept::default()));
}

#[tokio::test]
async fn a_log_of_many_pages_is_read_to_its_end() {
    let (place, database, blobs) = opened().await;
    let mut admin = place.connect().await;
    let mut named = Vec::new();
    // Transactions are numbers: 9 comes before 10.
    for (first, count, xid) in [(1, 1, 9), (2, 4000, 10), (4002, 1, 11)] {
        let digest = keep(&place, &blobs, &format!("named by {xid}"), "'2025-01-01'").await;
        let events = format!(
            "INSERT INTO skynet.events (job_id, seq, shard, kind, xid, worker, hash, body) \
             SELECT '{JOB}', n, 1, 1, '{xid}', 1, '', CASE n WHEN {first} THEN '{digest}' ELSE '' END::bytea \
             FROM generate_series({first}, {first} + {count} - 1) n"
        );
        execute(&mut admin, events).await;
        named.push(digest);
    }
    keep(&place, &blobs, "unnamed", "'2025-01-01'").await;
    assert_eq!(sweep(&database, DAY).await, Ok(Swept { contents: 1, pieces: 1 }));
    for digest in named {
        assert!(is_there(&blobs, digest).await);
    }
}

#[tokio::test]
async fn what_is_young_or_kept_again_stays() {
    let (place, database, blobs) = opened().await;
    let young = keep(&place, &blobs, "young", "now() - interval '23 hours'").await;
    let again = keep(&place, &blobs, "again", "'2025-01-01'").await;
    blobs.put(stream::iter([Ok(b"again".to_vec())]).boxed()).await.unwrap();
    assert_eq!(sweep(&database, DAY).await, Ok(Swept::default()));
    assert!(is_there(&blobs, young).await && is_there(&blobs, again).await);
    let swept = sweep(&database, DAY - 2 * Duration::from_secs(3600)).await;
    assert_eq!(swept, Ok(Swept { contents: 1, pieces: 1 }));
    assert!(!is_there(&blobs, young).await && is_there(&blobs, again).await);
}

#[tokio::test]
async fn what_a_job_that_lives_may_still_name_stays() {
    let (place, database, blobs) = opened().await;
    let mut admin = place.connect().await;
    let head = format!("('{JOB}', 1, 1, 1, '', false)");
    let into = "skynet.heads (job_id, shard, seq, last_batch, tip, done)";
    execute(&mut admin, format!("INSERT INTO {into} VALUES {head}")).await;
    let before =
        keep(&place, &blobs, "before", &format!("'{BEGUN}'::timestamptz - interval '25 hours'")).await;
    let for_it =
        keep(&place, &blobs, "for it", &format!("'{BEGUN}'::timestamptz - interval '23 hours'")).await;
    let by_it = keep(&place, &blobs, "by it", &format!("'{BEGUN}'::timestamptz + interval '1 hour'")).await;
    assert_eq!(sweep(&database, DAY).await, Ok(Swept { contents: 1, pieces: 1 }));
    assert!(
        !is_there(&blobs, before).await && is_there(&blobs, for_it).await && is_there(&blobs, by_it).await
    );
    execute(&mut admin, "UPDATE skynet.heads SET done = true").await;
    assert_eq!(sweep(&database, DAY).await, Ok(Swept { contents: 2, pieces: 2 }));
}

#[tokio::test]
async fn content_of_many_pieces_and_old_uploads_go_too() {
    let (place, database, blobs) = opened().await;
    let mut admin = place.connect().await;
    keep(&place, &blobs, &"x".repeat(600_000), "'2025-01-01'").await;
    let upload = |hours| {
        let ms = format!("(floor(extract(epoch FROM now()) * 1000)::bigint - {hours} * 3600000)");
        format!(
            "INSERT INTO skynet.blob_chunks VALUES (int8send({ms}) || '\\x0102030405060708', 0, 'left over')"
        )
    };
    execute(&mut admin, upload(23)).await;
    execute(&mut admin, upload(25)).await;
    assert_eq!(sweep(&database, DAY).await, Ok(Swept { contents: 1, pieces: 4 }));
    assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.blob_chunks").await, "1", "the young upload");
}

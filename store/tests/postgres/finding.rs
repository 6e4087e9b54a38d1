//! Finding jobs.

use super::harness::{Place, execute};
use engine::id::JobId;
use store::postgres::{
    Settings,
    lookup::{Head, head, jobs_like, latest_jobs},
};

const JOBS: [(&str, bool); 4] = [
    ("019a0000-0001-7000-8000-00000000ab01", false),
    ("019a0000-0002-7000-8000-00000000ab02", true),
    ("019a0000-0003-7000-8000-0000000ccb02", false),
    ("019a1111-0004-7000-8000-00000000ab02", false),
];

fn job(i: usize) -> JobId {
    JOBS[i].0.into()
}

async fn place() -> Place {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    for (id, is_done) in JOBS {
        let shard = u8::from_str_radix(&id[34..], 16).unwrap();
        let into = "skynet.heads (job_id, shard, seq, last_batch, tip, done)";
        execute(&mut admin, format!("INSERT INTO {into} VALUES ('{id}', {shard}, 7, 1, '', {is_done})"))
            .await;
    }
    place
}

#[tokio::test]
async fn a_head_says_where_a_job_stands() {
    let place = place().await;
    let database = place.database(Settings::default()).await;
    let found = head(&database, &job(1)).await;
    assert_eq!(found, Ok(Some(Head { shard: 2, seq: 7, is_done: true })));
    assert_eq!(head(&database, &"019a0000-0009-7000-8000-00000000ab01".into()).await, Ok(None));
    assert!(head(&database, &"ab01".into()).await.is_err());
}

#[tokio::test]
async fn a_part_of_an_id_finds_the_jobs_that_begin_or_end_so() {
    let place = place().await;
    let database = place.database(Settings::default()).await;
    let cases: [(&str, &[usize]); 13] = [
        ("019a0000", &[2, 1, 0]),
        ("019a-0000", &[2, 1, 0]),
        ("019a1", &[3]),
        ("02", &[3, 2, 1]),
        ("2", &[3, 2, 1]),
        ("b02", &[3, 2, 1]),
        ("AB02", &[3, 1]),
        ("0-00000000ab02", &[3, 1]),
        ("0", &[3, 2, 1, 0]),
        (JOBS[0].0, &[0]),
        ("ffff", &[]),
        ("", &[]),
        ("%", &[]),
    ];
    for (part, found) in cases {
        let expected: Vec<_> = found.iter().map(|i| job(*i)).collect();
        assert_eq!(jobs_like(&database, part, 9).await.unwrap(), expected, "{part:?}");
    }
    assert_eq!(jobs_like(&database, "0", 2).await.unwrap(), [job(3), job(2)], "the youngest");
    assert_eq!(latest_jobs(&database, 3).await.unwrap(), [job(3), job(2), job(1)]);
    assert_eq!(jobs_like(&database, &"0".repeat(33), 2).await.unwrap(), Vec::<JobId>::new());
}

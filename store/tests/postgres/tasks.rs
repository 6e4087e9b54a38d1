//! Tasks that other processes perform.

use super::{
    harness::{Place, Server, connect, eventually, execute, text, while_it_waits},
    proxy::Proxy,
    raw::{statement, two_workers},
};
use engine::{
    command::Command,
    event::{Actor, At},
    id::JobId,
};
use futures_util::future::join_all;
use sqlx::Connection as _;
use std::{collections::BTreeSet, time::Duration};
use store::{
    Database,
    conformance::job,
    postgres::{
        Inbox, Settings, Tasks,
        inbox::{Body, Told},
        task::Task,
    },
};
use uuid::Uuid;

/// No task.
const NONE: [i64; 0] = [];

/// Queues tasks of a job, of the attempts 1 and up, with a priority.
async fn queue(place: &Place, tasks: &Tasks, job: &JobId, priority: i16, attempts: u32) {
    execute(&mut place.connect().await, rows(tasks.queue(), job, priority, attempts)).await;
}

fn rows(queue: i16, job: &JobId, priority: i16, attempts: u32) -> String {
    let shard = Uuid::try_parse(job).unwrap().as_bytes()[15];
    let rows = format!("SELECT {queue}, {priority}, {shard}, '{job}', 'build', 2, n, 'body'");
    let into = "skynet.tasks (queue, priority, shard, job_id, step, instance, attempt, body)";
    format!("INSERT INTO {into} {rows} FROM generate_series(1, {attempts}) n")
}

/// Enters a worker; its lease is over at once, but its row stays until it is reaped.
async fn worker(place: &Place) -> i64 {
    let insert = "INSERT INTO skynet.workers (host, pid, lease_until) VALUES ('test', 1, now())";
    let mut connection = place.connect().await;
    execute(&mut connection, insert).await;
    text(&mut connection, "SELECT max(worker_id) FROM skynet.workers").await.parse().unwrap()
}

async fn open(database: &Database, worker: i64) -> Tasks {
    Tasks::open(database.clone(), "gpu", worker).await.unwrap()
}

fn done(task: &Task, why: &str) -> (i64, Told) {
    let at = At { step: task.key.step.clone(), instance: task.key.instance };
    let command = Command::ReportLost { at, attempt: task.key.attempt, why: why.to_owned() };
    (task.number, Told { actor: Actor::Worker, command })
}

/// What the owner of a job is told.
async fn told(database: &Database, job: &JobId) -> Vec<Body> {
    let inbox = Inbox::new(database.clone());
    let mut cursors = inbox.cursors(&[Uuid::try_parse(job).unwrap().as_bytes()[15]]).await.unwrap();
    inbox.read(&mut cursors, 100).await.unwrap().into_iter().map(|message| message.body).collect()
}

fn attempts(tasks: &[Task]) -> Vec<u32> {
    tasks.iter().map(|task| task.key.attempt).collect()
}

#[tokio::test]
async fn a_queue_has_one_number_whoever_opens_it_first() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let opened = join_all((0..8).map(|worker| open(&database, worker))).await;
    let numbers: BTreeSet<_> = opened.iter().map(Tasks::queue).collect();
    assert_eq!(numbers.len(), 1);
    assert!(!numbers.contains(&Tasks::open(database, "other", 1).await.unwrap().queue()));
}

#[tokio::test]
async fn no_task_is_claimed_twice_and_the_more_urgent_come_first() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let one = job("one");
    let mut workers = Vec::new();
    for _ in 0..4 {
        workers.push(open(&database, worker(&place).await).await);
    }
    queue(&place, &workers[0], &one, 5, 3).await;
    queue(&place, &workers[0], &one, -5, 40).await;
    let first = workers[0].claim(2).await.unwrap();
    assert_eq!(attempts(&first), [1, 2]);
    assert_eq!((first[0].body.as_slice(), &*first[0].key.step), (b"body".as_slice(), "build"));
    let claimed = join_all(workers.iter_mut().map(|tasks| tasks.claim(10))).await;
    let claimed: Vec<_> = claimed.into_iter().flat_map(Result::unwrap).collect();
    let numbers: BTreeSet<_> = claimed.iter().map(|task| task.number).collect();
    assert_eq!((claimed.len(), numbers.len()), (40, 40), "each is somebody's alone");
    assert_eq!(attempts(&workers[0].claim(10).await.unwrap()).len(), 1);
    assert_eq!(workers[1].claim(10).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_locked_by_another_claim_is_passed_over_and_found_later() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let mut tasks = open(&database, worker(&place).await).await;
    queue(&place, &tasks, &job("one"), 0, 3).await;
    let mut other = place.connect().await;
    let mut other = other.begin().await.unwrap();
    execute(&mut other, "SELECT FROM skynet.tasks WHERE attempt = 1 FOR UPDATE").await;
    assert_eq!(attempts(&tasks.claim(2).await.unwrap()), [2, 3]);
    other.rollback().await.unwrap();
    let mut found = Vec::new();
    eventually("the claim that begins at the beginning", async || {
        found = tasks.claim(2).await.unwrap();
        !found.is_empty()
    })
    .await;
    assert_eq!(attempts(&found), [1], "the hint had gone past it");
}

#[tokio::test]
async fn only_who_claimed_a_task_completes_it_and_once() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let one = job("one");
    let mut mine = open(&database, worker(&place).await).await;
    let mut theirs = open(&database, worker(&place).await).await;
    queue(&place, &mine, &one, 0, 2).await;
    let claimed = mine.claim(2).await.unwrap();
    let ended: Vec<_> = claimed.iter().map(|task| done(task, "mine")).collect();
    assert_eq!(theirs.complete(&ended).await.unwrap(), NONE, "it is not theirs");
    assert_eq!(told(&database, &one).await, []);
    let mut completed = mine.complete(&ended).await.unwrap();
    completed.sort_unstable();
    assert_eq!(completed, claimed.iter().map(|task| task.number).collect::<Vec<_>>());
    assert_eq!(mine.complete(&ended).await.unwrap(), NONE, "it has ended");
    let expected: Vec<_> = ended.into_iter().map(|(_, told)| Body::Told(Box::new(told))).collect();
    let told = told(&database, &one).await;
    assert!(told.len() == 2 && expected.iter().all(|it| told.contains(it)), "{told:?}");
}

#[tokio::test]
async fn a_task_of_a_dead_worker_is_lost_once_and_completed_by_nobody() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let one = job("one");
    let (dead, alive) = (worker(&place).await, worker(&place).await);
    let (mut theirs, mut ours) = (open(&database, dead).await, open(&database, alive).await);
    queue(&place, &ours, &one, 0, 2).await;
    let lost = theirs.claim(1).await.unwrap();
    let kept = ours.claim(1).await.unwrap();
    assert_eq!(Tasks::reap(&database, 10).await.unwrap(), 0, "both workers are there");
    execute(&mut place.connect().await, format!("DELETE FROM skynet.workers WHERE worker_id = {dead}")).await;
    let reaped = join_all((0..4).map(|_| Tasks::reap(&database, 10))).await;
    assert_eq!(reaped.into_iter().map(Result::unwrap).sum::<usize>(), 1);
    assert_eq!(theirs.complete(&[done(&lost[0], "late")]).await.unwrap(), NONE);
    assert_eq!(ours.complete(&[done(&kept[0], "ours")]).await.unwrap(), [kept[0].number]);
    let why = format!("worker {dead} is gone, or had the attempt for too long");
    let (_, mut expected) = done(&lost[0], &why);
    expected.actor = Actor::Engine;
    let told = told(&database, &one).await;
    let (_, ours) = done(&kept[0], "ours");
    assert_eq!(told, [Body::Told(Box::new(expected)), Body::Told(Box::new(ours))]);
}

#[tokio::test]
async fn a_worker_whose_lease_is_over_does_not_come_back_to_life() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    let silent = "UPDATE skynet.workers SET lease_until = now() - interval '1 minute' WHERE worker_id = 1";
    execute(&mut connection, silent).await;
    let beat = sqlx::query(statement!("heartbeat")).bind(1_i64).bind(10_000_i64);
    assert_eq!(beat.fetch_all(&mut connection).await.unwrap().len(), 0);
    let reaped: Result<Vec<i64>, _> =
        sqlx::query_scalar(statement!("reap_workers")).bind(2_000_i64).fetch_all(&mut connection).await;
    assert_eq!(reaped.unwrap(), [1]);
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_lost_though_its_worker_lives() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let mut tasks = open(&database, worker(&place).await).await;
    let other = open(&database, worker(&place).await).await;
    queue(&place, &tasks, &job("one"), 0, 2).await;
    let claimed = tasks.claim(2).await.unwrap();
    let (short, long) = (claimed[0].number, claimed[1].number);
    assert!(!other.limit(short, Duration::ZERO).await.unwrap(), "it is not theirs");
    assert!(tasks.limit(short, Duration::ZERO).await.unwrap());
    assert!(tasks.limit(long, Duration::from_secs(600)).await.unwrap());
    eventually("its time is over", async || Tasks::reap(&database, 10).await.unwrap() == 1).await;
    assert_eq!(tasks.complete(&[done(&claimed[0], "late")]).await.unwrap(), NONE);
    assert_eq!(tasks.complete(&[done(&claimed[1], "in time")]).await.unwrap(), [long]);
}

#[tokio::test]
async fn a_completion_that_waits_for_the_reaper_comes_too_late() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let mut tasks = open(&database, worker(&place).await).await;
    queue(&place, &tasks, &job("one"), 0, 1).await;
    let claimed = tasks.claim(1).await.unwrap();
    let mut reaper = place.connect().await;
    let mut reaping = reaper.begin().await.unwrap();
    execute(&mut reaping, "DELETE FROM skynet.task_leases").await;
    let late = done(&claimed[0], "late");
    let complete = async move { tasks.complete(&[late]).await.unwrap() };
    let mut watcher = place.connect().await;
    let completed = while_it_waits(&mut watcher, complete, async { reaping.commit().await.unwrap() });
    assert_eq!(completed.await, NONE);
    assert_eq!(told(&database, &job("one")).await, []);
}

#[tokio::test]
async fn tasks_that_were_claimed_and_not_answered_are_found_with_the_next_claim() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::new(&server.socket());
    // On the one connection that there is, the statement is known already when its answer is lost.
    let settings = Settings { readers: 1, ..Settings::default() };
    let database = Database::connect(&proxy.url("postgres"), settings).await.unwrap();
    let mut tasks = open(&database, 1).await;
    let direct = server.url();
    let (mut locker, mut watcher) = (connect(&direct).await, connect(&direct).await);
    execute(&mut locker, rows(tasks.queue(), &job("one"), 0, 5)).await;
    let first = tasks.claim(1).await.unwrap();
    execute(&mut locker, "BEGIN; LOCK TABLE skynet.tasks").await;
    let claim = async move {
        let claimed = tasks.claim(2).await;
        (tasks, claimed)
    };
    let cut = async {
        proxy.lose_next_answer();
        execute(&mut locker, "COMMIT").await;
    };
    let (mut tasks, claimed) = while_it_waits(&mut watcher, claim, cut).await;
    assert!(claimed.is_err(), "{claimed:?}");
    let found = tasks.claim(9).await.unwrap();
    let numbers = |tasks: &[Task]| tasks.iter().map(|task| task.number).collect::<Vec<_>>();
    assert_eq!((numbers(&first).len(), found.len()), (1, 2), "what was lost, and not what was known");
    assert!(!numbers(&found).contains(&first[0].number));
    assert_eq!(tasks.claim(9).await.unwrap().len(), 2);
}

//! What comes to a job from outside its owner.

use super::harness::{Place, eventually, execute, text};
use engine::{
    command::Command,
    event::{Actor, Door},
    id::JobId,
};
use sqlx::Connection as _;
use store::{
    conformance::job,
    postgres::{
        Inbox, Lease, Member, Settings, Who,
        inbox::{Body, Cursor, Message, Told},
    },
};
use uuid::Uuid;

fn told(command: Command) -> Told {
    Told { actor: Actor::Person { name: "user:ann".into(), door: Door::Telegram }, command }
}

fn shard(job: &JobId) -> u8 {
    Uuid::try_parse(job).unwrap().as_bytes()[15]
}

fn ids(messages: &[Message]) -> Vec<u128> {
    messages.iter().map(|message| message.id.as_u128()).collect()
}

async fn post(inbox: &Inbox, job: &JobId, id: u128) {
    inbox.post(job, Uuid::from_u128(id), &told(Command::PauseJob)).await.unwrap();
}

/// The cursors of these jobs' shards, as they were saved.
async fn cursors(inbox: &Inbox, jobs: &[&JobId]) -> Vec<Cursor> {
    inbox.cursors(&jobs.iter().map(|job| shard(job)).collect::<Vec<_>>()).await.unwrap()
}

#[tokio::test]
async fn a_message_is_read_as_it_was_sent_in_order_and_once() {
    let place = Place::new().await;
    let inbox = Inbox::new(place.database(Settings::default()).await);
    let (one, two) = (job("one"), job("two"));
    assert_ne!(shard(&one), shard(&two));
    let mut cursors = cursors(&inbox, &[&one, &two]).await;
    assert_eq!(inbox.read(&mut cursors, 10).await.unwrap(), []);
    let first = inbox.post(&one, Uuid::from_u128(1), &told(Command::PauseJob)).await.unwrap();
    let second = inbox.post(&one, Uuid::from_u128(2), &told(Command::KillJob)).await.unwrap();
    assert!(first < second);
    let message = |id, job: &JobId, command| Message {
        id: Uuid::from_u128(id),
        job: job.clone(),
        body: Body::Told(Box::new(told(command))),
    };
    let read = inbox.read(&mut cursors, 10).await.unwrap();
    assert_eq!(read, [message(1, &one, Command::PauseJob), message(2, &one, Command::KillJob)]);
    post(&inbox, &two, 3).await;
    assert_eq!(ids(&inbox.read(&mut cursors, 10).await.unwrap()), [3]);
    assert_eq!(inbox.read(&mut cursors, 10).await.unwrap(), []);
}

#[tokio::test]
async fn news_of_jobs_and_of_attempts_are_messages_and_what_is_no_message_is_told() {
    let place = Place::new().await;
    let inbox = Inbox::new(place.database(Settings::default()).await);
    let one = job("one");
    let mut cursors = cursors(&inbox, &[&one]).await;
    for (kind, body) in [
        (1, ""),
        (99, r#"{"step": "build", "instance": 2, "attempt": 3, "worker": 7}"#),
        (2, "{"),
        (55, "anything"),
    ] {
        let insert = "INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body)";
        let shard = shard(&one);
        execute(
            &mut place.connect().await,
            format!("{insert} VALUES ({shard}, '{one}', {kind}, gen_random_uuid(), '{body}')"),
        )
        .await;
    }
    let read = inbox.read(&mut cursors, 10).await.unwrap();
    let bodies: Vec<_> = read.iter().map(|message| format!("{:?}", message.body)).collect();
    insta::assert_snapshot!(bodies.join("\n"), @r#"
    Begun
    Told(Told { actor: Engine, command: ReportLost { at: At { step: "build", instance: 2 }, attempt: 3, why: "worker 7 is gone, or had the attempt for too long" } })
    Unreadable("EOF while parsing an object at line 1 column 1")
    Unreadable("a message of the kind 55 is from a later program")
    "#);
}

#[tokio::test]
async fn a_message_that_appears_late_is_read_and_the_cursor_waits_for_it() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let inbox = Inbox::new(database.clone());
    let member = Member::join(&database, &Who::default(), Lease::default()).await.unwrap();
    let worker = member.owned().borrow().worker;
    let one = job("one");
    let mut ours = cursors(&inbox, &[&one]).await;
    // An older transaction that writes and takes its time.
    let mut slow = place.connect().await;
    let mut slow = slow.begin().await.unwrap();
    let late = format!(
        "INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body) \
         VALUES ({}, '{one}', 1, '00000000-0000-0000-0000-000000000001', '')",
        shard(&one)
    );
    execute(&mut slow, late).await;
    for id in 2..=4 {
        post(&inbox, &one, id).await;
    }
    assert_eq!(ids(&inbox.read(&mut ours, 2).await.unwrap()), [2, 3], "they do not wait for it");
    assert_eq!(ids(&inbox.read(&mut ours, 2).await.unwrap()), [4], "what was given out fills no page");
    inbox.save(worker, &ours).await.unwrap();
    let mut next_owner = cursors(&inbox, &[&one]).await;
    assert_eq!(ids(&inbox.read(&mut next_owner, 9).await.unwrap()), [2, 3, 4], "the next owner reads again");
    slow.commit().await.unwrap();
    assert_eq!(ids(&inbox.read(&mut ours, 9).await.unwrap()), [1]);
    eventually("no transaction is older", async || {
        inbox.read(&mut ours, 9).await.unwrap();
        inbox.save(worker, &ours).await.unwrap();
        inbox.read(&mut cursors(&inbox, &[&one]).await, 9).await.unwrap().is_empty()
    })
    .await;
}

#[tokio::test]
async fn only_the_owner_saves_and_only_forward() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let inbox = Inbox::new(database.clone());
    let member = Member::join(&database, &Who::default(), Lease::default()).await.unwrap();
    let worker = member.owned().borrow().worker;
    let one = job("one");
    let before = cursors(&inbox, &[&one]).await;
    post(&inbox, &one, 1).await;
    let mut after = before.clone();
    eventually("no transaction is older", async || {
        inbox.read(&mut after, 9).await.unwrap();
        inbox.save(worker + 1, &after).await.unwrap();
        after.iter().all(|cursor| *cursor != before[0] && !format!("{cursor:?}").contains("given: {P"))
    })
    .await;
    assert_eq!(cursors(&inbox, &[&one]).await, before, "another worker owns the shard");
    inbox.save(worker, &after).await.unwrap();
    assert_eq!(cursors(&inbox, &[&one]).await, after);
    inbox.save(worker, &before).await.unwrap();
    assert_eq!(cursors(&inbox, &[&one]).await, after);
}

#[tokio::test]
async fn a_part_of_the_inbox_is_emptied_when_all_of_it_was_read() {
    let place = Place::new().await;
    let database = place.database(Settings::default()).await;
    let inbox = Inbox::new(database.clone());
    let member = Member::join(&database, &Who::default(), Lease::default()).await.unwrap();
    let worker = member.owned().borrow().worker;
    let one = job("one");
    let mut admin = place.connect().await;
    post(&inbox, &one, 1).await;
    assert_eq!(inbox.rotate().await.unwrap(), 0, "it is being written to");
    execute(&mut admin, "UPDATE skynet.inbox SET ring = (ring + 1) % 3").await;
    assert_eq!(inbox.rotate().await.unwrap(), 0, "it was not read");
    let mut cursors = cursors(&inbox, &[&one]).await;
    eventually("all was read and saved", async || {
        inbox.read(&mut cursors, 9).await.unwrap();
        inbox.save(worker, &cursors).await.unwrap();
        inbox.rotate().await.unwrap() == 1
    })
    .await;
    assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.inbox").await, "0");
    assert_eq!(inbox.rotate().await.unwrap(), 0, "there is nothing to do");
}

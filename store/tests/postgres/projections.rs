//! Projections: right, once, made anew, and each for itself when one fails.

use super::{
    harness::{Place, eventually, execute, text},
    jobs::{Happened, append, write},
};
use engine::{
    event::{Actor, At, Event, SCHEMA_VERSION},
    job::{InstanceState, Job, JobState, Status, Turn},
};
use sqlx::PgConnection;
use std::{collections::BTreeMap, sync::Arc};
use store::{
    postgres::{Database, Settings},
    projection::{NAMES, Projector, rebuild},
    view::{AuditCursor, Filter, StepRow, Views},
};
use tokio::{sync::Notify, task::JoinHandle};

/// Whether all projections have read all there is.
const CAUGHT_UP: &str =
    "SELECT bool_and((c.xid, c.pos) = (e.xid, e.pos) OR c.fault IS NOT NULL) FROM skynet.checkpoints c,
    (SELECT xid, pos FROM skynet.events ORDER BY xid DESC, pos DESC LIMIT 1) e";

pub(super) async fn caught_up(admin: &mut PgConnection) {
    eventually("projections that have read all", async || text(admin, CAUGHT_UP).await == "true").await;
}

pub(super) fn follow(database: &Database, page: i64) -> (JoinHandle<()>, Arc<Notify>) {
    let bell = Arc::new(Notify::new());
    let projector = Projector::new(database, 1, Arc::clone(&bell)).with_page(page);
    let run = tokio::spawn(async move {
        let never = projector.run().await;
        match never {}
    });
    (run, bell)
}

/// Returns the digests of all rows that are shown.
async fn shown(admin: &mut PgConnection) -> BTreeMap<&'static str, String> {
    let mut digests = BTreeMap::new();
    for table in ["job_rows", "step_rows", "artifact_rows", "provider_rows", "audit_rows"] {
        let all = format!(
            "SELECT count(*) || ' ' || md5(string_agg(row, ',' ORDER BY row)) \
             FROM (SELECT (to_jsonb(t) - 'generation')::text FROM skynet.{table} t) rows (row)"
        );
        digests.insert(table, text(admin, all).await);
    }
    digests
}

/// How an instance stands and what it waits for, as the engine says.
fn told(state: &InstanceState) -> (&'static str, Option<&'static str>) {
    let waits = match state {
        InstanceState::Approval(_) => Some("people"),
        InstanceState::Slot(_) => Some("place"),
        InstanceState::Cache(_) => Some("cache"),
        InstanceState::Timer { signal: Some(_), .. } => Some("signal"),
        InstanceState::Timer { signal: None, .. } => Some("time"),
        InstanceState::Retry { .. } => Some("retry"),
        InstanceState::Round { .. } => Some("round"),
        InstanceState::Unknown { .. } => Some("verdict"),
        InstanceState::Open
        | InstanceState::Running(_)
        | InstanceState::Child { .. }
        | InstanceState::Succeeded
        | InstanceState::Failed { .. }
        | InstanceState::Skipped
        | InstanceState::Blocked
        | InstanceState::Cancelled => None,
    };
    (state.status().as_str(), waits)
}

fn check_steps(job: &Job, mut rows: BTreeMap<(String, i32), StepRow>) {
    for (ix, step) in job.steps.iter().enumerate() {
        let name = job.place(ix, 0).step.to_string();
        for (at, instance) in (0..).zip(&step.instances) {
            let row = rows.remove(&(name.clone(), at));
            let shown =
                row.as_ref().map_or(("pending", None), |it| (it.status.as_str(), it.waits_for.as_deref()));
            let mut said = told(&instance.state);
            let place = At::new(Arc::from(name.as_str()), u32::try_from(at).unwrap());
            let undone = job.undo.as_ref().filter(|undo| undo.present() == Some(&place));
            if undone.is_some_and(|undo| undo.unknown().is_some()) {
                said.1 = Some("verdict");
            }
            assert_eq!(shown, said, "{name}[{at}] of {}", job.id());
            let Some(row) = row else { continue };
            if row.provider.is_some() || row.child.is_some() {
                assert_eq!(row.attempts, i32::try_from(instance.attempt).unwrap(), "{name}[{at}]");
            }
            if instance.state == InstanceState::Succeeded {
                assert_eq!(row.outputs.as_ref(), Some(&instance.outputs), "{name}[{at}]");
            }
            assert_eq!(row.reused_from.is_some(), instance.is_reused, "{name}[{at}]");
            let has_begun = row.provider.is_some() || row.started_at.is_some();
            assert!(!has_begun || row.started_at.is_some(), "{name}[{at}] began at a time");
        }
        if step.instances.is_empty() && matches!(step.status, Status::Skipped | Status::Blocked) {
            // Told of as a whole, if an event told of it.
            for (_, row) in rows.extract_if(.., |key, _| key.0 == name) {
                assert_eq!(row.status, step.status.as_str(), "{name}");
            }
        }
    }
    assert!(rows.is_empty(), "no step has these: {rows:?}");
}

#[tokio::test]
async fn rows_say_what_the_engine_says() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (_log, jobs) = write(&place, 0..80).await;
    let database = place.database(Settings::default()).await;
    // Small pages, so that much of what belongs together is read apart.
    let (run, _) = follow(&database, 37);
    caught_up(&mut admin).await;
    run.abort();

    let views = Views::new(&database);
    let (mut artifacts, mut attempts) = (0, 0);
    for happened in &jobs {
        let job = happened.job();
        let row = views.job(&happened.id).await.unwrap().unwrap();
        assert_eq!(row.state, job.state.as_str());
        assert_eq!(u64::try_from(row.events).unwrap(), job.seq);
        assert_eq!(row.plan, Some(happened.shape.digest));
        assert_eq!(row.stopping.is_some(), job.stopping().is_some());
        assert_eq!(row.paused_by.is_some(), job.paused_by.is_some());
        assert_eq!(row.mock, job.is_mock());
        assert_eq!((row.created_at, row.changed_at), (job.created_at, job.updated_at));
        assert_eq!(row.ended_at.is_some(), job.state.is_final());
        match &job.state {
            JobState::Failed { cause } => assert_eq!(row.cause.as_ref(), Some(cause)),
            JobState::Succeeded => assert_eq!(row.outputs.as_ref(), Some(&job.outputs)),
            _ => assert_eq!((&row.cause, &row.outputs), (&None, &None)),
        }
        let undo = job.undo.as_ref().map(|undo| match (&undo.failed, &undo.turn, undo.is_finished) {
            (Some(_), ..) => "failed",
            (None, Turn::Unknown { .. }, _) => "unknown",
            (None, _, true) => "done",
            (None, _, false) => "running",
        });
        assert_eq!(row.undo.as_deref(), undo);
        let steps = views.steps(&happened.id).await.unwrap();
        let waiting = steps.iter().any(|it| matches!(it.waits_for.as_deref(), Some("people" | "verdict")));
        assert_eq!(row.waits_for_people, waiting);
        assert_eq!(row.steps.values().sum::<i64>(), i64::try_from(steps.len()).unwrap());
        check_steps(&job, steps.into_iter().map(|row| ((row.step.clone(), row.instance), row)).collect());

        let left = |event: &Event| match event {
            Event::StepSucceeded(done) => done.artifacts.len(),
            Event::StepReused { artifacts, .. } => artifacts.len(),
            _ => 0,
        };
        let count: usize = happened.events.iter().map(|it| left(&it.event)).sum();
        assert_eq!(views.artifacts(&happened.id).await.unwrap().len(), count);
        artifacts += count;
        attempts += happened.events.iter().filter(|it| matches!(it.event, Event::StepStarted(_))).count();
        check_audit(&views, happened).await;
    }
    assert!(artifacts > 10, "the jobs leave files behind");
    let providers = views.providers(None).await.unwrap();
    let begun: i64 = providers.iter().map(|it| it.attempts).sum();
    assert_eq!(usize::try_from(begun).unwrap(), attempts);
    for it in providers {
        let ended = it.succeeded + it.failures.values().sum::<i64>();
        assert!(ended <= it.attempts && it.ms_max <= it.ms_sum, "{it:?}");
    }
}

/// Each deed stands there once, and nothing else does.
async fn check_audit(views: &Views, happened: &Happened) {
    let shown = views.audit(Some(&happened.id), None, 10_000).await.unwrap();
    let deeds: Vec<_> =
        happened.events.iter().filter_map(|it| deed(&it.event).map(|did| (it.seq, did))).collect();
    let (settled, others): (Vec<_>, Vec<_>) = shown.iter().partition(|row| row.did == "settled");
    let mut others: Vec<_> =
        others.iter().map(|row| (u64::try_from(row.seq).unwrap(), row.did.as_str())).collect();
    others.sort_unstable();
    let is_other = |seq: u64| {
        happened.events.iter().filter(|it| it.seq == seq).any(|it| match &it.event {
            Event::StepSkipped { .. } => it.actor == Actor::Engine,
            Event::UndoStepLost { .. } => settled.iter().any(|row| u64::try_from(row.seq) == Ok(seq)),
            _ => false,
        })
    };
    let deeds: Vec<_> = deeds.into_iter().filter(|(seq, _)| !is_other(*seq)).collect();
    assert_eq!(others, deeds, "{}", happened.id);
    for row in settled {
        let event = happened.events.iter().find(|it| it.seq == u64::try_from(row.seq).unwrap()).unwrap();
        assert!(matches!(event.actor, Actor::Person { .. }), "{row:?}");
        assert_eq!(row.who, "user:ann");
    }
}

fn deed(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::JobCreated(_) => "submitted",
        Event::JobPaused => "paused",
        Event::JobResumed => "resumed",
        Event::JobCancelRequested { kill: true } => "killed",
        Event::JobCancelRequested { kill: false } => "cancelled",
        Event::JobRetried { .. } => "retried",
        Event::SignalReceived { .. } => "signalled",
        Event::ApprovalRequested(_) => "asked",
        Event::ApprovalGiven { .. } => "approved",
        Event::ApprovalRefused { by: Some(_), .. } => "refused",
        Event::ApprovalRefused { by: None, .. } => "expired",
        Event::StepSkipped { .. } => "skipped",
        Event::StepOutcomeUnknown { .. } | Event::UndoStepUnknown { .. } => "unknown",
        Event::UndoStepLost { .. } => "lost",
        Event::UndoStarted { .. } => "undid",
        _ => return None,
    })
}

#[tokio::test]
async fn a_rebuild_gives_the_same_to_the_byte() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (log, _) = write(&place, 100..180).await;
    let database = place.database(Settings::default()).await;
    let (run, bell) = follow(&database, 11);
    caught_up(&mut admin).await;
    let before = shown(&mut admin).await;
    for name in NAMES {
        let rebuilt = rebuild(&database, name).await.unwrap();
        assert_eq!(
            (rebuilt.generation, rebuilt.old),
            (2, Some(rebuilt.digest)),
            "{:?}",
            rebuilt.differs.first()
        );
        assert!(rebuilt.events > 500, "{}", rebuilt.events);
    }
    assert_eq!(shown(&mut admin).await, before);
    let tables = "SELECT count(*) FROM pg_inherits WHERE inhparent::regclass::text ~ '_rows$'
        AND inhrelid::regclass::text ~ '_rows_'";
    assert_eq!(text(&mut admin, tables).await, "5", "the old generations are gone");

    // Who followed the old one follows the new one.
    let more: Vec<_> = (180..190).map(Happened::of).collect();
    append(&log, &more).await;
    bell.notify_one();
    caught_up(&mut admin).await;
    assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.job").await, "90");
    run.abort();
}

#[tokio::test]
async fn a_rebuild_says_what_differs_and_mends_it() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (_log, jobs) = write(&place, 200..210).await;
    let database = place.database(Settings::default()).await;
    let (run, _) = follow(&database, 1000);
    caught_up(&mut admin).await;
    run.abort();
    let before = shown(&mut admin).await;
    let (one, other) = (&jobs[0].id, &jobs[1].id);
    let harm = format!(
        "UPDATE skynet.job_rows SET workflow = 'forged' WHERE job_id = '{one}';
         DELETE FROM skynet.job_rows WHERE job_id = '{other}';
         DROP TABLE skynet.step_rows_1, skynet.artifact_rows_1, skynet.provider_rows_1"
    );
    execute(&mut admin, harm).await;
    let rebuilt = rebuild(&database, "job").await.unwrap();
    assert_ne!(rebuilt.old, Some(rebuilt.digest));
    let differs: Vec<_> = rebuilt.differs.iter().map(ToString::to_string).collect();
    assert_eq!(differs.len(), 2, "{differs:?}");
    assert!(differs.iter().any(|it| it.contains("\"forged\"") && it.contains(&**one)), "{differs:?}");
    assert!(differs.iter().any(|it| it.ends_with("was missing") && it.contains(&**other)), "{differs:?}");
    let rebuilt = rebuild(&database, "step").await.unwrap();
    assert_eq!((rebuilt.old, rebuilt.generation), (None, 2), "there was nothing to compare with");
    assert_eq!(shown(&mut admin).await, before);
    let unknown = rebuild(&database, "people").await.unwrap_err();
    assert_eq!(unknown, "there is no projection `people`: the names are audit, job, step");
}

#[tokio::test]
async fn tables_that_are_gone_stop_one_projection_until_it_is_made_anew() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (log, _) = write(&place, 250..260).await;
    let database = place.database(Settings::default()).await;
    let (run, bell) = follow(&database, 1000);
    caught_up(&mut admin).await;
    execute(&mut admin, "DROP TABLE skynet.job_rows_1").await;
    let more: Vec<_> = (260..270).map(Happened::of).collect();
    append(&log, &more).await;
    bell.notify_one();
    let fault = "SELECT fault FROM skynet.checkpoints WHERE projection = 'job'";
    eventually("a projection that stops", async || !text(&mut admin, fault).await.is_empty()).await;
    let told = text(&mut admin, fault).await;
    assert_eq!(told, "its tables are gone: make it anew");
    caught_up(&mut admin).await;
    rebuild(&database, "job").await.unwrap();
    let more: Vec<_> = (270..280).map(Happened::of).collect();
    append(&log, &more).await;
    eventually("all jobs", async || text(&mut admin, "SELECT count(*) FROM skynet.job").await == "30").await;
    assert_eq!(text(&mut admin, fault).await, "");
    run.abort();
}

#[tokio::test]
async fn two_projectors_and_one_that_is_killed_count_each_event_once() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (_log, _) = write(&place, 300..340).await;
    let database = place.database(Settings::default()).await;
    let total: i64 = text(&mut admin, "SELECT count(*) FROM skynet.events").await.parse().unwrap();
    // Killed again and again, wherever it is, while another stands by.
    let place_of = "SELECT coalesce(max(pos), 0) FROM skynet.checkpoints";
    let mut last = String::new();
    while text(&mut admin, CAUGHT_UP).await != "true" {
        let (one, _) = follow(&database, 23);
        let (other, _) = follow(&database, 29);
        eventually("a projector that goes on", async || {
            text(&mut admin, place_of).await != last || text(&mut admin, CAUGHT_UP).await == "true"
        })
        .await;
        last = text(&mut admin, place_of).await;
        // The server ends the session in the middle of whatever it does.
        let end =
            "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE l.locktype = 'advisory' AND d.datname = current_database()";
        let _ = text(&mut admin, end).await;
        one.abort();
        other.abort();
    }
    assert!(total > 500, "{total}");
    let before = shown(&mut admin).await;
    for name in NAMES {
        let rebuilt = rebuild(&database, name).await.unwrap();
        assert_eq!(rebuilt.old, Some(rebuilt.digest), "{:?}", rebuilt.differs);
    }
    assert_eq!(shown(&mut admin).await, before);
}

#[tokio::test]
async fn who_is_killed_in_the_middle_of_a_batch_leaves_nothing_behind() {
    let place = Place::new().await;
    let (mut admin, mut holder) = (place.connect().await, place.connect().await);
    let (_log, _) = write(&place, 350..370).await;
    let database = place.database(Settings::default()).await;
    // It gets as far as the second of its tables.
    execute(&mut holder, "BEGIN; LOCK TABLE skynet.job_rows_1 IN ACCESS EXCLUSIVE MODE").await;
    let waiting = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND NOT l.granted";
    let (one, _) = follow(&database, 100_000);
    let (other, _) = follow(&database, 100_000);
    for _ in 0..2 {
        eventually("a projector in the middle of a batch", async || text(&mut admin, waiting).await == "1")
            .await;
        let kill =
            "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND NOT l.granted";
        assert_eq!(text(&mut admin, kill).await, "true");
        // Whoever comes next begins at the same place.
        let places = "SELECT string_agg(DISTINCT xid || ' ' || pos, ',') FROM skynet.checkpoints";
        assert_eq!(text(&mut admin, places).await, "0 0");
        assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.audit_rows").await, "0");
    }
    execute(&mut holder, "ROLLBACK").await;
    caught_up(&mut admin).await;
    one.abort();
    other.abort();
    for name in NAMES {
        let rebuilt = rebuild(&database, name).await.unwrap();
        assert_eq!(rebuilt.old, Some(rebuilt.digest), "{:?}", rebuilt.differs);
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_who_reads_it_and_no_other() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (_log, _) = write(&place, 400..410).await;
    let spoil = "SET session_replication_role = replica;
        UPDATE skynet.events SET body = convert_to('{\"v\": 7}', 'utf8')
        WHERE (job_id, seq) = (SELECT job_id, seq FROM skynet.events WHERE kind = 21 ORDER BY xid DESC, pos DESC LIMIT 1)";
    execute(&mut admin, spoil).await;
    let database = place.database(Settings::default()).await;
    let projector = Projector::new(&database, 1, Arc::new(Notify::new())).with_page(100);
    let mut standing = projector.watch();
    let run = tokio::spawn(async move { match projector.run().await {} });
    let stopped = standing.wait_for(|it| it.lanes.iter().any(|lane| lane.fault.is_some())).await.unwrap();
    let faults: Vec<_> = stopped.lanes.iter().map(|lane| (lane.projection, lane.fault.clone())).collect();
    drop(stopped);
    assert_eq!((&faults[0].1, &faults[1].1, faults[2].0), (&None, &None, "step"));
    let why = faults[2].1.clone().unwrap();
    assert!(why.starts_with("event "), "{why}");
    let told =
        format!("version 7 and this program knows up to {SCHEMA_VERSION}: read it with a newer skynet");
    assert!(why.ends_with(&told), "{why}");
    caught_up(&mut admin).await;
    let told = text(&mut admin, "SELECT fault FROM skynet.checkpoints WHERE projection = 'step'").await;
    assert_eq!(told, why);
    assert_eq!(text(&mut admin, "SELECT count(*) FROM skynet.job").await, "10");
    let anew = rebuild(&database, "step").await.unwrap_err();
    assert_eq!(anew, format!("the projection `step` stopped: {why}"), "made anew, it stops there as well");
    run.abort();
}

#[tokio::test]
async fn jobs_are_listed_page_by_page_by_what_is_asked() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (_log, jobs) = write(&place, 500..530).await;
    let database = place.database(Settings::default()).await;
    let (run, _) = follow(&database, 1000);
    caught_up(&mut admin).await;
    run.abort();
    let views = Views::new(&database);
    let (mut all, mut filter) = (Vec::new(), Filter::default());
    loop {
        let listed = views.jobs(&filter, 7).await.unwrap();
        all.extend(listed.jobs);
        filter.after = listed.next;
        if filter.after.is_none() {
            break;
        }
    }
    let ids: std::collections::BTreeSet<_> = all.iter().map(|row| row.job.clone()).collect();
    assert_eq!((all.len(), ids.len()), (30, 30));
    assert!(all.is_sorted_by(|a, b| a.created_at >= b.created_at), "the latest come first");

    let count = async |filter: Filter| views.jobs(&filter, 100).await.unwrap().jobs.len();
    let states = |words: &[&str]| Filter {
        states: words.iter().map(ToString::to_string).collect(),
        ..Filter::default()
    };
    let of = |word: &str| all.iter().filter(|row| row.state == word).count();
    assert_eq!(count(states(&["failed", "running"])).await, of("failed") + of("running"));
    assert_eq!(count(Filter { workflow: Some("nobody".into()), ..Filter::default() }).await, 0);
    let text_of = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
    assert_eq!(count(text_of(&jobs[3].id)).await, 1);
    assert_eq!(count(text_of("%")).await, 0, "a sign of patterns is a sign");
    let since = all[10].created_at;
    let later = all.iter().filter(|row| row.created_at >= since).count();
    assert_eq!(count(Filter { since: Some(since), ..Filter::default() }).await, later);
    let waiting = all.iter().filter(|row| row.waits_for_people).count();
    assert_eq!(count(Filter { wait_for_people: true, ..Filter::default() }).await, waiting);
    let refused = views.job(&"nobody".into()).await.unwrap_err().to_string();
    assert!(refused.starts_with("`nobody` cannot be the id of a job"), "{refused}");

    let everything = views.audit(None, None, 10_000).await.unwrap();
    let half = everything[everything.len() / 2].at;
    let rest = views.audit(None, Some(&AuditCursor::since(half)), 10_000).await.unwrap();
    assert_eq!(rest.len(), everything.iter().filter(|row| row.at >= half).count());
}

#[tokio::test]
async fn people_with_the_readers_role_see_views_and_change_nothing() {
    let place = Place::new().await;
    let mut admin = place.connect().await;
    let (_log, _) = write(&place, 600..605).await;
    let database = place.database(Settings::default()).await;
    let (run, _) = follow(&database, 1000);
    caught_up(&mut admin).await;
    for name in NAMES {
        rebuild(&database, name).await.unwrap();
    }
    run.abort();
    execute(&mut admin, "SET ROLE skynet_reader").await;
    for view in ["job", "step", "event", "audit", "artifact", "provider"] {
        let rows = text(&mut admin, format!("SELECT count(*) FROM (SELECT * FROM skynet.{view}) it")).await;
        assert_ne!(rows, "0", "{view}");
        let comment = format!("SELECT obj_description('skynet.{view}'::regclass)");
        assert_ne!(text(&mut admin, comment).await, "", "{view}");
    }
    let refused = sqlx::raw_sql("DELETE FROM skynet.job_rows").execute(&mut admin).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
}

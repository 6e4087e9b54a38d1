//! Places in groups outlive a process: a job that held one when it was driven last still does, whatever comes first, and
//! those that were given a short while ago still count where only so many are given in a span.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use super::{
    bench::{Bench, START, Told, person, told},
    case::find,
    clock::{SimClock, drive},
    line::lines,
    people::Listener,
};
use crate::folder::Folder;
use engine::{
    command::Submit,
    event::Event,
    id::JobId,
    job::Shape,
    port::EventLog as _,
    runtime::{Handle, Runtime},
};
use futures_util::future::join;
use std::sync::Arc;
use store::MemoryLog;

#[test]
fn a_job_that_is_resumed_keeps_its_place() {
    let bench = Bench::new(find("webhook_release"));
    let whole = bench.run();
    let begun = position(&whole.told, "job", |it| matches!(it, Event::StepStarted(_))) + 1;
    let told = go_on(&bench, &whole.told[..begun], async |handle| {
        assert_eq!(handle.resume(vec![("job".into(), Arc::clone(&bench.shape))]).await, []);
        submit(&bench, &handle, "second", &bench.shape).await;
    });
    one_after_another(&told);
}

#[test]
fn who_holds_a_place_keeps_it_though_another_is_resumed_before() {
    let bench = Bench::new(find("webhook_release"));
    let both = go_on(&bench, &[], async |handle| {
        submit(&bench, &handle, "job", &bench.shape).await;
        submit(&bench, &handle, "second", &bench.shape).await;
    });
    let over = position(&both, "job", |it| matches!(it, Event::JobSucceeded { .. }));
    let queued = position(&both, "second", |it| matches!(it, Event::JobQueued { .. }));
    for cut in queued + 1..=over {
        let told = go_on(&bench, &both[..cut], async |handle| {
            let jobs = ["second", "job"].map(|id| (id.into(), Arc::clone(&bench.shape)));
            assert_eq!(handle.resume(jobs.to_vec()).await, []);
        });
        one_after_another(&told);
    }
}

#[test]
fn a_job_that_cannot_be_resumed_does_not_hold_up_the_others() {
    let bench = Bench::new(find("webhook_release"));
    let whole = bench.run();
    let told = go_on(&bench, &whole.told[..2], async |handle| {
        let jobs = ["nobody", "job"].map(|id| (id.into(), Arc::clone(&bench.shape)));
        let refused = handle.resume(jobs.to_vec()).await;
        let said: Vec<_> = refused.iter().map(|(id, why)| format!("{id}: {why}")).collect();
        assert_eq!(said, ["nobody: there is no such job"]);
    });
    position(&told, "job", |it| matches!(it, Event::JobSucceeded { .. }));
}

/// One job of this may start in ten minutes.
const RATED: &str = r#"skynet 1

workflow seldom {
    concurrency {
        group = "seldom"
        rate = 1
        per = 10m
    }
    step only {
        run = ["true"]
    }
}
"#;

#[test]
fn a_place_that_was_given_before_the_restart_counts_for_the_rate() {
    let bench = Bench::new(find("webhook_release"));
    let shape = rated();
    let first = go_on(&bench, &[], async |handle| submit(&bench, &handle, "first", &shape).await);
    let told = go_on(&bench, &first, async |handle| {
        // It has ended; it is there for what it took.
        assert_eq!(handle.resume(vec![("first".into(), Arc::clone(&shape))]).await, []);
        submit(&bench, &handle, "second", &shape).await;
    });
    let taken = position(&told, "second", |it| matches!(it, Event::SlotTaken { .. }));
    assert_eq!(told[taken].1.at, START + 600_000, "{}", lines(&told));
}

fn rated() -> Arc<Shape> {
    let compiled = Folder(vec![("seldom.skynet".to_owned(), RATED.into())]).compile("seldom.skynet");
    let compiled = compiled.unwrap_or_else(|code| panic!("{code}"));
    assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics);
    Shape::new(compiled.workflows.into_iter().next().unwrap().plan.unwrap())
}

/// Starts a runtime on a log that has these events, asks it something, and stays until all is over.
fn go_on(
    bench: &Bench,
    events: &[(JobId, Arc<engine::event::Recorded>)],
    ask: impl AsyncFnOnce(Handle),
) -> Told {
    let clock = SimClock::new(events.last().map_or(START, |(_, event)| event.at));
    let log = Arc::new(MemoryLog::default());
    drive(&clock, "jobs of a group", async {
        for (job, event) in events {
            log.append(job, event.seq - 1, vec![Arc::clone(event)]).await.unwrap();
        }
        let (listener, _notices) = Listener::new();
        let (handle, runtime) =
            Runtime::new(bench.world(&clock, Arc::<MemoryLog>::clone(&log)), Box::new(listener));
        let ((), driven) = join(ask(handle), runtime.run()).await;
        driven.unwrap();
        told(&*log).await
    })
}

async fn submit(bench: &Bench, handle: &Handle, job: &str, shape: &Arc<Shape>) {
    let submit = Submit { job: job.into(), ..bench.submit() };
    handle.submit(Arc::clone(shape), person(), submit).await.unwrap();
}

fn position(told: &[(JobId, Arc<engine::event::Recorded>)], job: &str, is: fn(&Event) -> bool) -> usize {
    let found = told.iter().position(|(id, it)| **id == *job && is(&it.event));
    found.unwrap_or_else(|| panic!("`{job}`:\n{}", lines(told)))
}

fn one_after_another(told: &Told) {
    let first_over = position(told, "job", |it| matches!(it, Event::JobSucceeded { .. }));
    let second_in = position(told, "second", |it| matches!(it, Event::SlotTaken { .. }));
    assert!(first_over < second_in, "{}", lines(told));
    position(told, "second", |it| matches!(it, Event::JobSucceeded { .. }));
}

//! Places in groups outlive a process: a job that held one when it was driven last still does.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use super::{
    bench::{Bench, person},
    case::find,
    clock::{SimClock, drive},
    line::lines,
    log::CountedLog,
    people::Listener,
};
use engine::{command::Submit, event::Event, id::JobId, port::EventLog as _, runtime::Runtime};
use futures_util::future::join;
use std::sync::Arc;

#[test]
fn a_job_that_is_resumed_keeps_its_place() {
    let bench = Bench::new(find("webhook_release"));
    let whole = bench.run();
    let is_running = |event: &Event| matches!(event, Event::StepStarted(_));
    let begun = whole.told.iter().position(|(_, it)| is_running(&it.event)).unwrap() + 1;
    let (clock, log) = (SimClock::new(whole.told[begun].1.at), Arc::new(CountedLog::default()));
    let told = drive(&clock, "two jobs of a group", async {
        for (job, event) in &whole.told[..begun] {
            log.append(job, event.seq - 1, vec![Arc::clone(event)]).await.unwrap();
        }
        let (listener, _notices) = Listener::new();
        let (handle, runtime) =
            Runtime::new(bench.world(&clock, Arc::<CountedLog>::clone(&log)), Box::new(listener));
        let ask = async {
            handle.resume("job".into(), Arc::clone(&bench.shape)).await.unwrap();
            let second = Submit { job: "second".into(), ..bench.submit() };
            handle.submit(Arc::clone(&bench.shape), person(), second).await.unwrap();
            drop(handle);
        };
        let ((), driven) = join(ask, runtime.run()).await;
        driven.unwrap();
        log.told().await
    });
    let at = |job: &str, is: fn(&Event) -> bool| {
        let job = JobId::from(job);
        told.iter().position(|(id, it)| *id == job && is(&it.event)).unwrap()
    };
    let first_over = at("job", |event| matches!(event, Event::JobSucceeded { .. }));
    let second_in = at("second", |event| matches!(event, Event::SlotTaken { .. }));
    assert!(first_over < second_in, "{}", lines(&told));
    at("second", |event| matches!(event, Event::JobSucceeded { .. }));
}

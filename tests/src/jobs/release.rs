//! A job that is let go in the middle is gone on with by whoever resumes it, and comes to the same end.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{
    bench::{Bench, START, person, told},
    case::{CASES, find},
    clock::{SimClock, drive},
    hands::Fault,
    line::lines,
    log::HinderedLog,
    people::Listener,
};
use engine::{
    command::Command,
    event::Event,
    port::Clock as _,
    rejection::Rejection,
    runtime::{Refused, Runtime},
};
use futures_util::future::join;
use std::sync::Arc;

#[test]
fn a_job_that_is_let_go_is_gone_on_with_by_another() {
    let mut interrupted = 0;
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        let clock = SimClock::new(START);
        let log = Arc::new(HinderedLog::default());
        let resumed = drive(&clock, case.name, async {
            let (listener, _notices) = Listener::new();
            let world = bench.world(&clock, Arc::<HinderedLog>::clone(&log));
            let (handle, runtime) = Runtime::new(world, Box::new(listener));
            let ask = async {
                let job = bench.submit().job;
                handle.submit(Arc::clone(&bench.shape), person(), bench.submit()).await.unwrap();
                // Something runs by now, in most jobs, and is not done.
                clock.sleep_until(START + 1).await;
                handle.release(move |it| *it == job).await.unwrap();
                drop(handle);
            };
            let ((), driven) = join(ask, runtime.run()).await;
            driven.unwrap();
            bench.drive(bench.world(&clock, Arc::<HinderedLog>::clone(&log)), &*log).await
        });
        let what = format!("{}\n{}", case.name, lines(&resumed.told));
        assert_eq!(
            (&resumed.job.state, &resumed.job.outputs),
            (&whole.job.state, &whole.job.outputs),
            "{what}"
        );
        let is_lost =
            |event: &Event| matches!(event, Event::StepLost { .. } | Event::StepOutcomeUnknown { .. });
        interrupted += usize::from(resumed.told.iter().any(|(_, it)| is_lost(&it.event)));
    }
    assert!(
        interrupted * 2 > CASES.len(),
        "only {interrupted} of {} jobs were let go in the middle",
        CASES.len()
    );
}

#[test]
fn a_job_that_was_forgotten_is_there_again_for_a_message() {
    let bench = Bench::new(find("hello")).with(Fault::Fails("greet".to_owned()));
    let (clock, log) = (SimClock::new(START), Arc::new(HinderedLog::default()));
    let told = drive(&clock, "hello", async {
        let (listener, _notices) = Listener::new();
        let world = bench.world(&clock, Arc::<HinderedLog>::clone(&log));
        let (handle, runtime) = Runtime::new(world, Box::new(listener));
        let ask = async {
            let job = bench.submit().job;
            handle.submit(Arc::clone(&bench.shape), person(), bench.submit()).await.unwrap();
            clock.sleep_until(START + 60_000).await;
            let gone = handle.command(Arc::clone(&job), person(), Command::RetryJob).await;
            assert_eq!(gone, Err(Refused::Rejected(Rejection::Absent)));
            for message in ["first", "first", "second"] {
                let (job, shape) = (Arc::clone(&job), Some(Arc::clone(&bench.shape)));
                handle.message(job, shape, person(), message.into(), Command::RetryJob).await.unwrap();
                clock.sleep_until(clock.now() + 60_000).await;
            }
            let nobody = handle.message(
                "nobody".into(),
                Some(Arc::clone(&bench.shape)),
                person(),
                "m".into(),
                Command::RetryJob,
            );
            assert_eq!(nobody.await, Err(Refused::Rejected(Rejection::Absent)));
            drop(handle);
        };
        let ((), driven) = join(ask, runtime.forgetful().run()).await;
        driven.unwrap();
        told(&*log).await
    });
    let count = |is: fn(&Event) -> bool| told.iter().filter(|(_, it)| is(&it.event)).count();
    assert_eq!(count(|event| matches!(event, Event::JobRetried { .. })), 2, "{}", lines(&told));
    assert_eq!(count(|event| matches!(event, Event::JobFailed { .. })), 3, "{}", lines(&told));
}

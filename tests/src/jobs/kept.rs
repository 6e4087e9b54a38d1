//! Logs that are not alone with a job: one that takes its time, one that somebody else writes to. The job comes to the
//! same end, and nothing follows from what is not kept.

use super::{
    bench::{Bench, Ended, START},
    case::{CASES, find},
    clock::SimClock,
    line::lines,
    log::HinderedLog,
};
use engine::event::Event;
use std::sync::Arc;

/// How long an append takes, in milliseconds.
const SLOW: i64 = 7;

#[test]
fn with_a_slow_log_a_job_comes_to_the_same_end() {
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        is_the_same(&bench, &slow(&bench).0, &whole);
    }
}

#[test]
fn what_comes_while_a_log_is_slow_is_kept_together() {
    let bench = Bench::new(find("matrix"));
    let (clock, quick) = (SimClock::new(START), Arc::new(HinderedLog::default()));
    bench.run_on(&clock, &quick);
    let (_, appends) = slow(&bench);
    assert!(appends < quick.appends(), "{appends} and {}", quick.appends());
}

#[test]
fn nothing_is_performed_before_it_is_kept() {
    let (slow, _) = slow(&Bench::new(find("hello")));
    let at = |is: fn(&Event) -> bool| slow.told.iter().find(|(_, it)| is(&it.event)).map(|(_, it)| it.at);
    let begun = at(|event| matches!(event, Event::StepStarted(_)));
    let done = at(|event| matches!(event, Event::StepSucceeded(_)));
    assert!(done >= begun.map(|begun| begun + SLOW), "{}", lines(&slow.told));
}

#[test]
fn when_somebody_else_writes_the_job_decides_again_and_comes_to_the_same_end() {
    for case in CASES {
        let bench = Bench::new(*case);
        let (whole, clock, log) = (bench.run(), SimClock::new(START), Arc::new(HinderedLog::default()));
        bench.run_on(&clock, &log);
        let appends = log.appends();
        for before in 1..appends {
            let log = Arc::new(HinderedLog::shared(before, Arc::clone(&bench.shape)));
            let shared = bench.run_on(&SimClock::new(START), &log);
            is_the_same(&bench, &shared, &whole);
        }
    }
}

/// Runs a job with a slow log, and returns how many appends there were.
fn slow(bench: &Bench) -> (Ended, usize) {
    let clock = SimClock::new(START);
    let log = Arc::new(HinderedLog::slow(Arc::clone(&clock), SLOW));
    (bench.run_on(&clock, &log), log.appends())
}

fn is_the_same(bench: &Bench, is: &Ended, was: &Ended) {
    let what = format!("{}\n{}", bench.case.name, lines(&is.told));
    assert_eq!((&is.job.state, &is.job.outputs), (&was.job.state, &was.job.outputs), "{what}");
    for (ix, (step, before)) in is.job.steps.iter().zip(&was.job.steps).enumerate() {
        assert_eq!(step.status, before.status, "`{}`: {what}", is.job.place(ix, 0).step);
    }
}

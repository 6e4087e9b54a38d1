//! Logs that are not alone with a job: one that takes its time, one that somebody else writes to. The job comes to the
//! same end, and nothing follows from what is not kept.

use super::{
    bench::{Bench, Ended},
    case::{CASES, find},
    line::lines,
    log::CountedLog,
};
use engine::event::Event;

/// How long an append takes, in milliseconds.
const SLOW: i64 = 7;

#[test]
fn with_a_slow_log_a_job_comes_to_the_same_end() {
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        let slow = bench.run_on(|clock| CountedLog::slow(clock.clone(), SLOW));
        is_the_same(&bench, &slow, &whole);
    }
}

#[test]
fn what_comes_while_a_log_is_slow_is_kept_together() {
    let bench = Bench::new(find("matrix"));
    let (whole, slow) = (bench.run(), bench.run_on(|clock| CountedLog::slow(clock.clone(), SLOW)));
    assert!(slow.cuts.len() < whole.cuts.len(), "{:?} and {:?}", slow.cuts, whole.cuts);
}

#[test]
fn nothing_is_performed_before_it_is_kept() {
    let bench = Bench::new(find("hello"));
    let slow = bench.run_on(|clock| CountedLog::slow(clock.clone(), SLOW));
    let at = |is: fn(&Event) -> bool| slow.told.iter().find(|(_, it)| is(&it.event)).map(|(_, it)| it.at);
    let begun = at(|event| matches!(event, Event::StepStarted(_)));
    let done = at(|event| matches!(event, Event::StepSucceeded(_)));
    assert!(done >= begun.map(|begun| begun + SLOW), "{}", lines(&slow.told));
}

#[test]
fn when_somebody_else_writes_the_job_decides_again_and_comes_to_the_same_end() {
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        for before in 1..whole.cuts.len() {
            let shared = bench.run_on(|_| CountedLog::shared(before, bench.shape.clone()));
            is_the_same(&bench, &shared, &whole);
        }
    }
}

fn is_the_same(bench: &Bench, is: &Ended, was: &Ended) {
    let what = format!("{}\n{}", bench.case.name, lines(&is.told));
    assert_eq!((&is.job.state, &is.job.outputs), (&was.job.state, &was.job.outputs), "{what}");
    for (ix, (step, before)) in is.job.steps.iter().zip(&was.job.steps).enumerate() {
        assert_eq!(step.status, before.status, "`{}`: {what}", is.job.place(ix, 0).step);
    }
}

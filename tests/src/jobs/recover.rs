//! Recovery: from every prefix of every log, the job comes to the same end. A log has all events of a decision or none
//! of them, so a prefix ends where a decision does; but a log that was cut anywhere is recovered from as well.

#![expect(clippy::indexing_slicing, reason = "a test may panic")]

use super::{
    bench::{Bench, Ended},
    case::CASES,
    hands::Fault,
    harm::performed,
    line::lines,
};
use engine::{event::Event, job::Status, request::FailureClass};

#[test]
fn from_every_prefix_a_job_comes_to_the_same_end() {
    for case in CASES {
        recovers(&Bench::new(*case));
    }
}

#[test]
fn from_every_prefix_a_job_that_fails_comes_to_the_same_end() {
    for case in CASES {
        let bench = Bench::new(*case);
        for step in performed(&bench.run()) {
            recovers(&bench.with(Fault::Fails(step)));
        }
    }
}

fn recovers(bench: &Bench) {
    let whole = bench.run();
    for length in 0..=whole.told.len() {
        let resumed = bench.resume(&whole.told[..length]);
        let what =
            format!("{}, {:?} after {length} events\n{}", bench.case.name, bench.fault, lines(&resumed.told));
        let (is, was) = (&resumed.job, &whole.job);
        assert_eq!((&is.state, &is.outputs), (&was.state, &was.outputs), "{what}");
        for (ix, (step, before)) in is.steps.iter().zip(&was.steps).enumerate() {
            let name = is.place(ix, 0).step;
            // What was lost is not tried again by a job that fails.
            let is_given_up = step.status == Status::Failed && was_lost(&resumed, &name);
            assert!(step.status == before.status || is_given_up, "`{name}` is {:?}: {what}", step.status);
        }
    }
}

fn was_lost(ended: &Ended, step: &str) -> bool {
    ended.told.iter().any(|(_, it)| matches!(&it.event, Event::StepFailed { at, class: FailureClass::Lost, .. } if *at.step == *step))
}

//! Doubt: outcomes that are told twice, attempts that are lost, attempts of which nobody knows what they did.

#![expect(clippy::panic, reason = "a test may panic")]

use super::{
    bench::{Bench, Ended},
    case::{CASES, find},
    hands::Fault,
    harm::{performed, sound},
    line::lines,
};
use engine::{
    command::Settlement,
    event::Event,
    job::JobState,
    plan::{Risk, Step},
};

#[test]
fn what_is_told_twice_changes_nothing() {
    for case in CASES {
        let bench = Bench::new(*case);
        let twice = Bench { twice: true, ..bench.clone() };
        assert_eq!(lines(&twice.run().told), lines(&bench.run().told), "{}", case.name);
    }
}

#[test]
fn what_is_in_doubt_is_tried_again_if_that_is_safe_and_settled_by_a_person_if_not() {
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        for step in performed(&whole) {
            for fault in [Fault::Unknown(step.clone()), Fault::Lost(step.clone())] {
                let ended = bench.with(fault.clone()).run();
                sound(&ended, case.name);
                let log = lines(&ended.told);
                let asks = asks(&ended, &step);
                let is_dangerous = is_dangerous(&whole, &step);
                assert_eq!(asks, is_dangerous, "{}: {fault:?}\n{log}", case.name);
                let same = (&ended.job.state, &ended.job.outputs) == (&whole.job.state, &whole.job.outputs);
                // An attempt more may take the day on, or use up a retry; nothing here does.
                assert!(same, "{}: {fault:?}: {:?}\n{log}", case.name, ended.job.state);
            }
        }
    }
}

#[test]
fn a_person_may_say_that_it_did_or_did_not_take_effect() {
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        for step in performed(&whole).into_iter().filter(|step| is_dangerous(&whole, step)) {
            for settlement in [Settlement::Failed, Settlement::Done] {
                let bench = Bench { settlement, ..bench.with(Fault::Unknown(step.clone())) };
                let ended = bench.run();
                sound(&ended, case.name);
                let has_failed = matches!(ended.job.state, JobState::Failed { .. });
                let lacks_output = plan_of(&ended, &step).outputs.iter().any(|output| output.value.is_none());
                let fails = settlement == Settlement::Failed
                    || lacks_output
                    || matches!(whole.job.state, JobState::Failed { .. });
                assert_eq!(has_failed, fails, "{}: {step} {settlement:?}\n{}", case.name, lines(&ended.told));
            }
        }
    }
}

#[test]
fn an_undo_in_doubt_is_tried_again_or_settled_and_the_chain_goes_on() {
    let whole = Bench::new(find("release_with_undo_unhealthy")).run();
    for step in ["switch", "install", "prepare"] {
        for settlement in [Settlement::Retry, Settlement::Done] {
            let bench = Bench::new(find("release_with_undo_unhealthy"));
            let bench = Bench { settlement, ..bench.with(Fault::UndoUnknown(step.to_owned())) };
            let ended = bench.run();
            let log = lines(&ended.told);
            let undo = ended.job.undo.as_ref().unwrap_or_else(|| panic!("{log}"));
            assert!(undo.failed.is_none() && undo.done == undo.order.len(), "{step}: {log}");
            let is_asked = ended.told.iter().any(|(_, it)| matches!(it.event, Event::UndoStepUnknown { .. }));
            assert_eq!(is_asked, is_dangerous(&whole, step), "{step}: {log}");
            assert_eq!(ended.job.state, whole.job.state, "{step}: {log}");
        }
    }
}

fn asks(ended: &Ended, step: &str) -> bool {
    ended
        .told
        .iter()
        .any(|(_, it)| matches!(&it.event, Event::StepOutcomeUnknown { at, .. } if *at.step == *step))
}

fn is_dangerous(ended: &Ended, step: &str) -> bool {
    let started = ended.told.iter().find_map(|(_, it)| match &it.event {
        Event::StepStarted(started) if *started.at.step == *step => Some(started.risk),
        _ => None,
    });
    started.is_some_and(|risk| risk >= Risk::High) || plan_of(ended, step).irreversible
}

fn plan_of<'a>(ended: &'a Ended, step: &str) -> &'a Step {
    let jobs = std::iter::once(&ended.job).chain(&ended.calls);
    let found = jobs.filter_map(|job| job.shape.step(job.shape.find(step)?)).next();
    found.unwrap_or_else(|| panic!("no step `{step}`"))
}

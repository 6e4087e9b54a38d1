//! Harm: at each step of each example something fails. The job ends all the same, and as the file says.

#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use super::{
    bench::{Bench, Ended},
    case::CASES,
    hands::Fault,
    line::lines,
};
use engine::{
    event::{At, Event},
    job::{Job, JobState, Status, StepIx},
    plan::{Action, EdgeKind, OnFailure, UndoOn, Wait},
};
use std::collections::BTreeSet;

#[test]
fn whatever_step_fails_the_job_ends_as_the_file_says() {
    for case in CASES {
        let bench = Bench::new(*case);
        for step in performed(&bench.run()) {
            let ended = bench.with(Fault::Fails(step.clone())).run();
            sound(&ended, &format!("{}: {step} fails", case.name));
        }
    }
}

#[test]
fn a_question_that_is_refused_and_a_signal_that_does_not_come_fail_their_steps() {
    let mut tried = 0;
    for case in CASES {
        let bench = Bench::new(*case);
        for ix in 0..bench.shape.len() {
            let Some(step) = bench.shape.step(ix) else { continue };
            let name = step.name.to_string();
            let fault = match &step.action {
                Action::Approve(_) => Fault::Refused(name.clone()),
                Action::Wait(Wait::Signal { .. }) => Fault::Unsent(name.clone()),
                _ => continue,
            };
            let ended = bench.with(fault).run();
            sound(&ended, case.name);
            let status = ended.job.steps[ix].status;
            let is_asked = !matches!(status, Status::Skipped);
            let log = lines(&ended.told);
            assert_eq!(is_asked, status == Status::Failed, "{}: {name} is {status:?}\n{log}", case.name);
            assert_eq!(is_asked, !matches!(ended.job.state, JobState::Succeeded), "{}\n{log}", case.name);
            tried += usize::from(is_asked);
        }
    }
    assert!(tried >= 4, "{tried} questions and signals are too few");
}

#[test]
fn an_undo_that_fails_ends_the_chain() {
    let bench = Bench::new(super::case::find("release_with_undo_unhealthy"));
    for step in ["switch", "install", "prepare"] {
        let ended = bench.with(Fault::UndoFails(step.to_owned())).run();
        let undo = ended.job.undo.as_ref().expect("something is taken back");
        assert!(undo.failed.is_some() && undo.is_finished, "{step}\n{}", lines(&ended.told));
        let after = ended.told.iter().skip_while(|(_, it)| !matches!(it.event, Event::UndoStepFailed { .. }));
        let more = after.filter(|(_, it)| matches!(it.event, Event::UndoStepStarted { .. })).count();
        assert_eq!(more, 0, "{step}");
        assert!(matches!(ended.job.state, JobState::Failed { .. }), "{step}");
    }
}

/// Returns the steps of which an attempt was performed, those of calls included.
pub(super) fn performed(ended: &Ended) -> BTreeSet<String> {
    let started = ended.told.iter().filter_map(|(_, recorded)| match &recorded.event {
        Event::StepStarted(started) => Some(started.at.step.to_string()),
        _ => None,
    });
    started.collect()
}

/// Checks what is true of every job that is over.
pub(super) fn sound(ended: &Ended, what: &str) {
    for job in std::iter::once(&ended.job).chain(&ended.calls) {
        let what = format!("{what}\n{}", lines(&ended.told));
        assert!(job.is_over(), "{what}");
        for ix in 0..job.steps.len() {
            sound_step(job, ix, &what);
        }
        let is_failed = (0..job.steps.len()).any(|ix| {
            let goes_on = job.shape.step(ix).is_some_and(|it| it.on_failure == OnFailure::Continue);
            job.steps[ix].status == Status::Failed && !goes_on
        });
        let state = &job.state;
        match state {
            JobState::Succeeded => assert!(!is_failed, "it succeeded: {what}"),
            // An output may have no value, where a failure let the job go on.
            JobState::Failed { cause } => {
                assert!(is_failed || cause.starts_with("output "), "{cause}: {what}")
            }
            state => panic!("{state:?}: {what}"),
        }
        sound_undo(ended, job, &what);
    }
}

fn sound_step(job: &Job, ix: StepIx, what: &str) {
    let (Some(plan), Some(step)) = (job.shape.step(ix), job.steps.get(ix)) else { return };
    let name = &plan.name;
    assert!(step.status.is_final(), "`{name}` has not ended: {what}");
    for instance in &step.instances {
        assert!(instance.state.status().is_final(), "an instance of `{name}` has not ended: {what}");
        assert!(!instance.has_slot, "`{name}` holds a place: {what}");
    }
    let incoming = job.shape.incoming(ix);
    let has_after = incoming.iter().any(|(_, kind)| *kind == EdgeKind::After);
    let lets = |from: StepIx| match job.steps[from].status {
        Status::Succeeded | Status::Skipped => true,
        Status::Failed => job.shape.step(from).is_some_and(|it| it.on_failure == OnFailure::Continue),
        _ => false,
    };
    let is_free = incoming.iter().all(|(from, kind)| *kind == EdgeKind::After || lets(*from));
    let gives_up = job.shape.plan.fail_fast && matches!(job.state, JobState::Failed { .. });
    match step.status {
        Status::Blocked => {
            assert!(!is_free || (gives_up && !has_after), "nothing blocks `{name}`: {what}");
            assert!(step.why.is_some(), "`{name}` is blocked for no reason: {what}");
        }
        Status::Cancelled => assert!(gives_up, "nobody cancelled `{name}`: {what}"),
        Status::Succeeded | Status::Failed => assert!(is_free, "`{name}` should not have run: {what}"),
        _ => {}
    }
}

/// What is taken back is what succeeded and has an undo, the last first, each once.
fn sound_undo(ended: &Ended, job: &Job, what: &str) {
    let of_job = || ended.told.iter().filter(|(id, _)| *id == job.id()).map(|(_, it)| &it.event);
    let mut succeeded: Vec<&At> = Vec::new();
    for event in of_job() {
        if let Event::StepSucceeded(done) = event
            && job
                .shape
                .find(&done.at.step)
                .and_then(|ix| job.shape.step(ix))
                .is_some_and(|it| it.undo.is_some())
        {
            succeeded.push(&done.at);
        }
    }
    let undone: Vec<&At> = of_job()
        .filter_map(|event| match event {
            Event::UndoStepStarted { at, .. } => Some(at),
            _ => None,
        })
        .collect();
    let wants = job.shape.plan.policy.undo_on == UndoOn::Failure && !matches!(job.state, JobState::Succeeded);
    if wants {
        succeeded.reverse();
        assert_eq!(undone, succeeded, "{what}");
    } else {
        assert!(undone.is_empty(), "{what}");
    }
}

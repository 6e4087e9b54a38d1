//! What a crash may do: lost attempts, late results, unknown outcomes, and logs that cannot be.

use engine::{
    command::{Command, Settlement},
    decide::decide_once,
    event::{Actor, Event, Recorded, upcast},
    id::Name,
    job::Job,
    plan::{Backoff, Risk},
    port::HousePolicy,
    react::Owed,
    request::{Outcome, Stopped},
    testing::{exited, given, line, plan, step, went_well, word},
    value::Value,
};
use std::sync::Arc;

#[test]
fn an_attempt_that_was_lost_is_made_again_and_the_old_one_is_heard_no_more() {
    let plan = plan([step("a")]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .lost("a")
        .then(&["a lost", "a started, attempt 2"])
        .owes(&[Owed::Perform(0, 0, 2)])
        .reported_of("a", 1, Outcome::Done(went_well("late")))
        .refused("attempt 1 is over; the present one is 2")
        .done("a")
        .then(&["a succeeded", "job succeeded"])
        .reported_of("a", 2, Outcome::Done(went_well("twice")))
        .refused("attempt 2 is over");
}

#[test]
fn what_is_not_safe_to_repeat_waits_for_a_person() {
    for change in [
        |it: &mut engine::plan::Step| it.risk = Risk::High,
        |it: &mut engine::plan::Step| it.irreversible = true,
    ] {
        let plan = plan([step("a").with(change).retry(5, Backoff::Fixed, 0)]).build();
        let unknown = Outcome::Unknown { why: "the line was cut".to_owned() };
        let _ =
            given(plan).submitted().quietly().reported("a", unknown).then(&["a unknown: the line was cut"]);
    }
}

#[test]
fn an_attempt_that_is_lost_again_and_again_fails() {
    let _ = given(plan([step("a").retry(9, Backoff::Fixed, 0)]).build())
        .submitted()
        .lost("a")
        .lost("a")
        .quietly()
        .lost("a")
        .then(&[
            "a failed with lost: 3 attempts were lost one after another; the last: the worker is gone",
            "job failed: step `a` failed: 3 attempts were lost one after another; the last: the worker is gone",
        ]);
}

#[test]
fn a_loss_uses_up_none_of_the_attempts_that_the_file_allows() {
    let _ = given(plan([step("a").retry(2, Backoff::Exponential, 100)]).build())
        .submitted()
        .lost("a")
        .lost("a")
        .quietly()
        .exits("a", 1)
        // The first that failed, so the shortest delay.
        .then(&["a failed with exit:1, again at 100"])
        .after(100)
        .lost("a")
        .then(&["a is due", "a started, attempt 4", "a lost", "a started, attempt 5"])
        .exits("a", 1)
        .is("failed");
}

#[test]
fn what_a_person_has_tried_again_uses_up_none_either() {
    let risky = |it: &mut engine::plan::Step| it.risk = Risk::High;
    let mut case = given(plan([step("a").with(risky).retry(2, Backoff::Fixed, 0)]).build()).submitted();
    for _ in 0..9 {
        case = case.lost("a").settled("a", Settlement::Retry).is("running");
    }
    let _ = case.exits("a", 1).after(0).is("running").exits("a", 1).is("failed");
}

#[test]
fn attempts_are_lost_one_after_another_only_if_none_was_heard_of_between() {
    let plan = plan([step("a").retry(99, Backoff::Fixed, 0)]).build();
    let mut case = given(plan).submitted();
    for _ in 0..4 {
        case = case.lost("a").lost("a").exits("a", 1).after(0).is("running");
    }
}

#[test]
fn what_nobody_knew_when_the_job_was_stopped_is_said_at_its_end() {
    let risky = |it: &mut engine::plan::Step| it.risk = Risk::High;
    for (stop, end) in [(Command::CancelJob, "job cancelled"), (Command::KillJob, "job cancelled")] {
        let case = given(plan([step("a").with(risky), step("b")]).build())
            .submitted()
            .lost("a")
            .when(stop)
            .quietly()
            .lost("b")
            .then(&["b cancelled, may still run", "a cancelled, may still run", end])
            .owes(&[]);
        let doubt = |name: &str| case.job.step(name).unwrap().instances[0].doubt.as_deref();
        assert_eq!((doubt("a"), doubt("b")), (Some("the worker is gone"), Some("the worker is gone")));
    }
    let plan = plan([step("a").with(risky)]).with(|it| it.timeout = Some(engine::testing::millis(1000)));
    let _ = given(plan.build()).submitted().lost("a").quietly().after(1000).then(&[
        "job expired",
        "a cancelled, may still run",
        "job timed out",
    ]);
}

#[test]
fn what_is_lost_while_the_job_fails_is_not_tried_again() {
    let risky = |it: &mut engine::plan::Step| it.risk = Risk::High;
    let _ = given(plan([step("a"), step("b"), step("c").with(risky)]).build())
        .submitted()
        .exits("a", 1)
        .quietly()
        .lost("b")
        .then(&["b failed with lost: the worker is gone; the job fails, so it is not tried again"])
        .lost("c")
        .then(&["c unknown: the worker is gone"])
        .settled("c", Settlement::Retry)
        .refused("say whether it took effect")
        .settled("c", Settlement::Done)
        .then(&["c succeeded", "job failed: step `a` failed: the program ended with exit code 1"]);
}

#[test]
fn what_was_lost_and_waits_for_room_when_the_job_fails_ends_as_lost() {
    let case = given(plan([step("a"), step("b"), step("c")]).build())
        .submitted_with(|submit| submit.max_parallel = 2)
        .when(Command::PauseJob)
        .lost("a")
        .quietly()
        .exits("b", 1)
        .then(&[
            "b failed with exit:1: the program ended with exit code 1",
            "a failed with lost: nobody knows what came of its last attempt; the job fails, so there is no other",
            "c blocked: step `b` failed: the program ended with exit code 1",
            "job failed: step `b` failed: the program ended with exit code 1",
        ]);
    let _ = case.owes(&[]);
}

#[test]
fn an_attempt_that_ends_without_being_asked_to_is_lost() {
    let plan = plan([step("a")]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .reported("a", Outcome::Cancelled(Stopped::Confirmed))
        .then(&["a lost", "a started, attempt 2"]);
}

#[test]
fn an_answer_that_comes_while_the_job_is_stopped_counts() {
    let plan = plan([step("a"), step("b").retry(9, Backoff::Fixed, 0), step("c")]).build();
    let _ =
        given(plan).submitted().when(Command::CancelJob).quietly().done("a").exits("b", 1).lost("c").then(&[
            "a succeeded",
            "b failed with exit:1: the program ended with exit code 1",
            "c cancelled, may still run",
            "job cancelled",
        ]);
}

#[test]
fn a_round_that_ends_while_the_job_is_stopped_is_the_last() {
    let never = engine::expression::Expr::Literal(engine::value::Value::Bool(false));
    let plan = plan([step("a").repeat(never, 10, 9), step("b")]).build();
    let _ = given(plan)
        .submitted()
        .when(Command::CancelJob)
        .quietly()
        .done("a")
        .then(&["a cancelled, stopped"])
        .after(1000)
        .then(&[])
        .stopped("b")
        .is("cancelled");
}

#[test]
fn a_job_is_the_fold_of_its_log() {
    let plan =
        plan([step("a").retry(2, Backoff::Fixed, 5), step("b").for_each(word(&["x", "y"])).needs(&["a"])]);
    let case =
        given(plan.build()).submitted().exits("a", 1).after(5).all_done(&["a", "b[1]", "b"]).is("succeeded");
    let mut job = Job::new(Arc::clone(&case.job.shape));
    for recorded in &case.log {
        let read = upcast::read(&upcast::write(recorded).unwrap()).unwrap();
        job.evolve(&read).unwrap();
    }
    assert!(job == case.job);
    let lines: Vec<_> = case.log.iter().map(|it| format!("{} {}", it.seq, line(&it.event))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    1 job created
    2 job started
    3 a started, attempt 1
    4 a failed with exit:1, again at 5
    5 a is due
    6 a started, attempt 2
    7 a succeeded
    8 b fans out over ["x","y"]
    9 b started, attempt 1
    10 b[1] started, attempt 1
    11 b[1] succeeded
    12 b succeeded
    13 job succeeded
    "#);
}

#[test]
fn an_event_that_cannot_follow_is_refused_and_changes_nothing() {
    let case = given(plan([step("a")]).build()).submitted().done("a").is("succeeded");
    let mut job = case.job.clone();
    for (number, recorded) in case.log.iter().enumerate() {
        let next = Recorded { seq: job.seq + 1, ..recorded.as_ref().clone() };
        assert!(job.evolve(&next).is_err(), "event {number} again");
        assert!(job == case.job);
    }
    let other = Recorded { seq: 99, at: 0, actor: Actor::Engine, caused_by: None, event: Event::JobPaused };
    assert!(job.evolve(&other).unwrap_err().to_string().contains("the one before it has the number"));
}

#[test]
fn a_message_that_comes_twice_leads_to_something_once() {
    let case = given(plan([step("a")]).build()).submitted();
    let mut job = case.job.clone();
    let signal = Command::SendSignal { name: "go".into(), body: Value::Null };
    let first: Name = "first".into();
    let mut send = |message: Option<&Name>| {
        decide_once(&mut job, &Actor::Engine, message, &signal, 1, &HousePolicy).unwrap()
    };
    let sent = send(Some(&first));
    assert_eq!(sent[0].caused_by.as_ref(), Some(&first));
    assert!(sent[1..].iter().all(|event| event.caused_by.is_none()));
    assert_eq!(send(Some(&first)), []);
    assert_eq!(send(None).len(), 1);
    assert_eq!(send(Some(&"second".into())).len(), 1);

    let mut folded = case.job;
    folded.evolve(&sent[0]).unwrap();
    let again = Recorded { seq: folded.seq + 1, ..sent[0].as_ref().clone() };
    assert!(
        folded.evolve(&again).unwrap_err().to_string().contains("the message first led to an event before")
    );
}

#[test]
fn a_log_of_another_plan_is_refused() {
    let case = given(plan([step("a")]).build()).submitted();
    let other = given(plan([step("b")]).build());
    let mut job = other.job;
    assert!(job.evolve(&case.log[0]).unwrap_err().to_string().contains("it runs the plan"));
    let _ = exited(0);
}

//! `undo`: the reverse of what was done.

use engine::{
    command::{Command, Settlement},
    plan::{Plan, Risk},
    port::Stop,
    react::{Effect, Owed, react},
    request::{Outcome, Stopped},
    testing::{exited, given, plan, step, went_well, word},
};

fn chain() -> Plan {
    plan([step("a").undo(false), step("b").needs(&["a"]).undo(false), step("c").needs(&["b"])])
        .undoes()
        .build()
}

fn well() -> Outcome {
    Outcome::Done(went_well(""))
}

#[test]
fn what_was_done_is_taken_back_in_reverse_before_the_job_fails() {
    let _ = given(chain())
        .submitted()
        .all_done(&["a", "b"])
        .quietly()
        .exits("c", 1)
        .then(&[
            "c failed with exit:1: the program ended with exit code 1",
            "undo started: b a",
            "b is taken back",
        ])
        .owes(&[Owed::Undo(0, 2)])
        .undone("b", well())
        .then(&["b was taken back", "a is taken back"])
        .undone("a", well())
        .then(&[
            "a was taken back",
            "undo finished",
            "job failed: step `c` failed: the program ended with exit code 1",
        ])
        .undone("a", well())
        .refused("attempt 0 is over; the present one is 1")
        .when(Command::UndoJob)
        .refused("has been taken back before")
        .when(Command::RetryJob)
        .refused("has been taken back");
}

#[test]
fn if_one_cannot_be_taken_back_the_chain_stops_there() {
    let _ =
        given(chain()).submitted().all_done(&["a", "b"]).exits("c", 1).quietly().undone("b", exited(2)).then(
            &[
                "b was not taken back: the program ended with exit code 2",
                "undo finished",
                "job failed: step `c` failed: the program ended with exit code 1",
            ],
        );
}

#[test]
fn partial_takes_back_what_failed_and_nothing_that_never_began() {
    let plan = plan([step("a").undo(true), step("b").needs(&["a"]).undo(true)]).undoes().build();
    let _ = given(plan).submitted().quietly().exits("a", 1).then(&[
        "a failed with exit:1: the program ended with exit code 1",
        "b blocked: step `a` failed: the program ended with exit code 1",
        "undo started: a",
        "a is taken back",
    ]);
}

#[test]
fn instances_are_taken_back_each_once_the_last_first() {
    let over = word(&["x", "y", "z"]);
    let plan = plan([step("a").for_each(over).undo(false), step("b").needs(&["a"])]).undoes().build();
    let case = given(plan).submitted().all_done(&["a[2]", "a", "a[1]"]).quietly().exits("b", 1).then(&[
        "b failed with exit:1: the program ended with exit code 1",
        "undo started: a[2] a[1] a",
        "a[2] is taken back",
    ]);
    let Some(Effect::Perform(perform)) = react(&case.job).into_iter().next() else {
        panic!("it is not performed")
    };
    assert_eq!((perform.key.instance, perform.key.attempt), (2, 2));
    let _ = case.undone("a", well()).refused("attempt 2 is over; the present one is 1");
}

#[test]
fn a_person_asks_for_it_after_the_end() {
    let plan = plan([step("a").undo(false)]).build();
    let _ = given(plan)
        .submitted()
        .when(Command::UndoJob)
        .refused("cancel it first")
        .done("a")
        .is("succeeded")
        .quietly()
        .when(Command::UndoJob)
        .then(&["undo started: a", "a is taken back"])
        .undone("a", well())
        .then(&["a was taken back", "undo finished"])
        .is("succeeded");
    let _ = given(plan_of_nothing()).submitted().done("a").when(Command::UndoJob).refused("no step that ran");
}

fn plan_of_nothing() -> Plan {
    plan([step("a")]).build()
}

#[test]
fn cancel_takes_back_and_kill_does_not() {
    let _ = given(chain())
        .submitted()
        .done("a")
        .quietly()
        .when(Command::CancelJob)
        .then(&["cancel requested"])
        .stopped("b")
        .then(&["b cancelled, stopped", "undo started: a", "a is taken back"])
        .undone("a", well())
        .then(&["a was taken back", "undo finished", "job cancelled"]);
    let _ = given(chain())
        .submitted()
        .done("a")
        .quietly()
        .when(Command::KillJob)
        .then(&["kill requested"])
        .owes(&[Owed::Stop(1, 0, 1, Stop::Now)])
        .stopped("b")
        .then(&["b cancelled, stopped", "job cancelled"]);
}

#[test]
fn what_is_being_taken_back_is_stopped_only_by_force() {
    let _ = given(chain())
        .submitted()
        .all_done(&["a", "b"])
        .exits("c", 1)
        .quietly()
        .when(Command::CancelJob)
        .refused("kill it to stop that")
        .when(Command::PauseJob)
        .refused("is being taken back")
        .when(Command::RetryStep { step: "c".into() })
        .refused("is being taken back")
        .when(Command::KillJob)
        .then(&["kill requested"])
        .owes(&[Owed::StopUndo(0, 2)])
        // It was quicker than the stop; still nothing more is taken back.
        .undone("b", well())
        .then(&[
            "b was taken back",
            "undo finished",
            "job failed: step `c` failed: the program ended with exit code 1",
        ]);
}

#[test]
fn an_undo_after_the_end_can_be_killed() {
    let plan = plan([step("a").undo(false), step("b").undo(false)]).build();
    let _ = given(plan)
        .submitted()
        .all_done(&["a", "b"])
        .when(Command::UndoJob)
        .quietly()
        .when(Command::KillJob)
        .then(&["kill requested"])
        .owes(&[Owed::StopUndo(0, 2)])
        .undone("b", Outcome::Cancelled(Stopped::Confirmed))
        .then(&["b was not taken back: taking it back was stopped", "undo finished"])
        .is("succeeded")
        .owes(&[]);
}

#[test]
fn time_does_not_run_out_for_what_is_taken_back() {
    let plan = plan([step("a").undo(false), step("b").needs(&["a"])])
        .undoes()
        .with(|it| it.timeout = Some(engine::testing::millis(1000)))
        .build();
    let _ = given(plan)
        .submitted()
        .done("a")
        .exits("b", 1)
        .quietly()
        .after(5000)
        .then(&[])
        .undone("a", well())
        .then(&[
            "a was taken back",
            "undo finished",
            "job failed: step `b` failed: the program ended with exit code 1",
        ]);
}

fn dangerous() -> Plan {
    let risky = |it: &mut engine::plan::Step| it.risk = Risk::High;
    plan([step("a").undo(false), step("b").needs(&["a"]).undo(false).with(risky), step("c").needs(&["b"])])
        .undoes()
        .build()
}

const ENDS: &str = "job failed: step `c` failed: the program ended with exit code 1";

#[test]
fn an_undo_that_is_lost_is_tried_again_where_that_is_safe_and_the_chain_goes_on() {
    let _ = given(chain())
        .submitted()
        .all_done(&["a", "b"])
        .exits("c", 1)
        .quietly()
        .undo_lost("b")
        .then(&["b was lost as it was taken back", "b is taken back"])
        .owes(&[Owed::Undo(0, 3)])
        .reported_of("b", 2, well())
        .refused("attempt 2 is over; the present one is 3")
        .undone("b", well())
        .then(&["b was taken back", "a is taken back"])
        .owes(&[Owed::Undo(1, 2)])
        .undone("a", well())
        .then(&["a was taken back", "undo finished", ENDS]);
}

#[test]
fn an_undo_that_is_lost_again_and_again_is_settled_by_a_person() {
    let _ = given(chain())
        .submitted()
        .all_done(&["a", "b"])
        .exits("c", 1)
        .undo_lost("b")
        .undo_lost("b")
        .quietly()
        .undo_lost("b")
        .then(&["b was taken back or not: the worker is gone"])
        .waits(&["b: waits for a person to say what came of it: the worker is gone"]);
}

#[test]
fn of_an_undo_that_is_not_safe_to_repeat_a_person_says_what_came_of_it() {
    let in_doubt = || {
        given(dangerous())
            .submitted()
            .all_done(&["a", "b"])
            .exits("c", 1)
            .quietly()
            .undo_lost("b")
            .then(&["b was taken back or not: the worker is gone"])
            .owes(&[])
    };
    let _ = in_doubt()
        .undone("b", well())
        .refused("attempt 2 is over")
        .when(Command::UndoJob)
        .refused("the job still runs")
        .settled("a", Settlement::Done)
        .refused("nothing is asked there")
        .settled("b", Settlement::Done)
        .then(&["b was taken back", "a is taken back"])
        .undone("a", well())
        .then(&["a was taken back", "undo finished", ENDS]);
    let _ = in_doubt()
        .settled("b", Settlement::Retry)
        .then(&["b was lost as it was taken back", "b is taken back"])
        .owes(&[Owed::Undo(0, 3)]);
    let _ = in_doubt().settled("b", Settlement::Failed).then(&[
        "b was not taken back: a person says that it was not taken back",
        "undo finished",
        ENDS,
    ]);
}

#[test]
fn what_is_left_of_an_undo_that_failed_can_be_tried_again() {
    let _ = given(chain())
        .submitted()
        .all_done(&["a", "b"])
        .exits("c", 1)
        .undone("b", exited(2))
        .is("failed")
        .quietly()
        .when(Command::UndoJob)
        .then(&["undo started: b a", "b is taken back"])
        .when(Command::UndoJob)
        .refused("is being taken back")
        .owes(&[Owed::Undo(0, 3)])
        .undone("b", well())
        .then(&["b was taken back", "a is taken back"])
        .undone("a", exited(2))
        .then(&["a was not taken back: the program ended with exit code 2", "undo finished"])
        .when(Command::UndoJob)
        .then(&["undo started: a", "a is taken back"])
        .owes(&[Owed::Undo(1, 3)])
        .undone("a", well())
        .then(&["a was taken back", "undo finished"])
        .is("failed")
        .when(Command::UndoJob)
        .refused("has been taken back before");
}

#[test]
fn an_undo_in_doubt_that_is_killed_is_still_in_doubt_when_it_goes_on() {
    let _ = given(dangerous())
        .submitted()
        .all_done(&["a", "b"])
        .exits("c", 1)
        .undo_lost("b")
        .quietly()
        .when(Command::KillJob)
        .then(&[
            "kill requested",
            "undo finished",
            "job failed: step `c` failed: the program ended with exit code 1",
        ])
        .waits(&[])
        .when(Command::UndoJob)
        .then(&["undo started: b a"])
        .waits(&["b: waits for a person to say what came of it: the worker is gone"])
        .settled("b", Settlement::Done)
        .then(&["b was taken back", "a is taken back"]);
    let may_run = Outcome::Cancelled(Stopped::Unconfirmed { why: "it does not answer".to_owned() });
    let _ = given(chain())
        .submitted()
        .all_done(&["a", "b"])
        .exits("c", 1)
        .when(Command::KillJob)
        .quietly()
        .undone("b", may_run)
        .then(&[
            "b was taken back or not: it was stopped, and may still run: it does not answer",
            "undo finished",
            "job failed: step `c` failed: the program ended with exit code 1",
        ]);
}

#[test]
fn a_job_that_failed_and_whose_undo_is_killed_has_failed() {
    let plan = plan([step("a").undo(false), step("b").needs(&["a"])]).undoes().build();
    let _ = given(plan)
        .submitted()
        .done("a")
        .exits("b", 1)
        .when(Command::KillJob)
        .undone("a", Outcome::Cancelled(Stopped::Confirmed))
        .is("failed");
}

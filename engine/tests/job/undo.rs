//! `undo`: the reverse of what was done.

use engine::{
    command::Command,
    plan::Plan,
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
        .owes(&[Owed::Undo(0)])
        .undone("b", well())
        .then(&["b was taken back", "a is taken back"])
        .undone("a", well())
        .then(&[
            "a was taken back",
            "undo finished",
            "job failed: step `c` failed: the program ended with exit code 1",
        ])
        .undone("a", well())
        .refused("attempt 0 is over")
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
    let lost = Command::ReportLost { at: engine::testing::at("b"), attempt: 0, why: "gone".to_owned() };
    let _ = given(chain()).submitted().all_done(&["a", "b"]).exits("c", 1).quietly().when(lost).then(&[
        "b was not taken back: nobody knows whether it was taken back: gone",
        "undo finished",
        "job failed: step `c` failed: the program ended with exit code 1",
    ]);
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
    assert_eq!((perform.key.instance, perform.key.attempt), (2, 0));
    let _ = case.undone("a", well()).refused("attempt 0 is over");
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
        .owes(&[Owed::StopUndo(0)])
        // It was quicker than the stop; still nothing more is taken back.
        .undone("b", well())
        .then(&["b was taken back", "undo finished", "job cancelled"]);
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
        .owes(&[Owed::StopUndo(0)])
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

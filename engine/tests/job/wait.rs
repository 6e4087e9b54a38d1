//! `wait` for a time and for a signal.

use engine::{
    command::Command,
    expression::Expr,
    plan::{Action, Wait},
    testing::{given, millis, plan, step},
    value::{Type, Value},
};
use std::collections::BTreeMap;

fn body(who: &str) -> Value {
    Value::map(BTreeMap::from([("who".into(), Value::text(who))]))
}

#[test]
fn time_passes() {
    let _ = given(plan([step("a").sleeps(90_000)]).build())
        .submitted()
        .then(&["job created", "job started", "a waits until 90000"])
        .waits(&["a: waits for its time"])
        .after(89_999)
        .then(&[])
        .after(1)
        .then(&["a succeeded", "job succeeded"]);
}

#[test]
fn a_time_that_has_passed_is_not_waited_for() {
    let until = Action::Wait(Wait::Until(Expr::Literal(Value::Time(-5))));
    let _ = given(plan([step("a").action(until)]).build()).submitted().is("succeeded");
}

#[test]
fn a_clock_that_goes_back_changes_nothing() {
    let mut case = given(plan([step("a").sleeps(1000)]).build()).submitted().after(500);
    case.now = -99_999;
    let case = case.when(Command::SendSignal { name: "x".into(), body: Value::Null }).quietly();
    assert!(case.log.windows(2).all(|two| two[0].at <= two[1].at));
    let _ = case.after(100_999).then(&["a succeeded", "job succeeded"]);
}

#[test]
fn the_fields_of_a_signal_are_outputs() {
    let plan = plan([step("a").listens("go", None).output("who", Type::Text, None)]).build();
    let _ = given(plan)
        .submitted()
        .waits(&["a: waits for the signal `go`"])
        .signal("other", body("eve"))
        .is("running")
        .signal("go", body("ann"))
        .is("succeeded")
        .gave("a", "who", &Value::text("ann"));
}

#[test]
fn a_signal_that_came_before_the_step_started_counts() {
    let plan = plan([step("a"), step("b").needs(&["a"]).listens("go", None)]).build();
    let _ = given(plan).submitted().signal("go", Value::Null).quietly().done("a").then(&[
        "a succeeded",
        "b waits for go",
        "b succeeded",
        "job succeeded",
    ]);
}

#[test]
fn a_signal_that_does_not_come_in_time_fails_the_step() {
    let plan = plan([step("a").listens("go", Some(1000))]).build();
    let _ = given(plan).submitted().quietly().after(1000).then(&[
        "a failed with signal: the signal `go` did not come in time",
        "job failed: step `a` failed: the signal `go` did not come in time",
    ]);
}

#[test]
fn one_signal_ends_every_wait_for_it() {
    let over = engine::testing::word(&["x", "y"]);
    let plan = plan([step("a").for_each(over).listens("go", None), step("b").listens("go", None)]).build();
    let _ = given(plan).submitted().signal("go", Value::Null).is("succeeded");
}

#[test]
fn after_a_failure_nothing_is_waited_for_but_what_comes_after_others() {
    let plan =
        plan([step("a"), step("b").sleeps(1000), step("c"), step("d").after(&["c"]).sleeps(1000)]).build();
    let _ = given(plan)
        .submitted()
        .done("c")
        .quietly()
        .exits("a", 1)
        .then(&["a failed with exit:1: the program ended with exit code 1", "b cancelled"])
        .after(1000)
        .then(&["d succeeded", "job failed: step `a` failed: the program ended with exit code 1"]);
}

#[test]
fn a_length_of_time_that_is_none_fails_the_step() {
    for (builder, why) in [
        (step("a").sleeps(-5000), "`for` must not be negative, and `-5s` is -5s"),
        (step("a").timeout(0), "`timeout` must be longer than 0s, and `0s` is 0s"),
        (step("a").listens("go", Some(-1)), "`expires` must be longer than 0s, and `-1ms` is -1ms"),
        (step("a").asks(&["user:ann"], 1, Some(0)), "`expires` must be longer than 0s, and `0s` is 0s"),
    ] {
        let case = given(plan([builder]).build()).submitted().quietly().is("failed");
        let told = format!("{:?}", case.log);
        assert!(told.contains(why), "{why}: {told}");
    }
    let job = plan([step("a")]).with(|plan| plan.timeout = Some(millis(-5))).build();
    let case = given(job).submitted().quietly().is("failed");
    assert!(format!("{:?}", case.log).contains("`timeout` must be longer than 0s"), "{:?}", case.log);
}

//! `call`: a job of its own.

use engine::{
    command::ChildEnd,
    id::AttemptKey,
    plan::{Action, Backoff, Plan},
    port::Stop,
    react::Owed,
    testing::{StepBuilder, given, output, plan, result, step},
    value::{Type, Value},
};
use std::{collections::BTreeMap, sync::Arc};

fn calls(change: impl FnOnce(StepBuilder) -> StepBuilder) -> Plan {
    let mut callee = plan([step("inner").output("line", Type::Text, Some(result("stdout")))]).build();
    let value = Some(output("inner", "line"));
    callee.outputs.push(engine::plan::Output { name: "line".into(), ty: Type::Text, value });
    let call = Action::Call { workflow: "callee".into(), params: Vec::new() };
    let mut plan = plan([change(step("a").action(call))]).build();
    plan.callees.insert("callee".into(), Arc::new(callee));
    plan
}

fn well() -> ChildEnd {
    ChildEnd::Succeeded(Arc::new(BTreeMap::from([("line".into(), Value::text("hi"))])))
}

#[test]
fn the_step_ends_as_the_job_does_and_gives_what_it_gives() {
    let _ = given(calls(|it| it))
        .submitted()
        .then(&["job created", "job started", "a calls, attempt 1"])
        .owes(&[Owed::Child(0, 0, 1)])
        .called("a", well())
        .then(&["a succeeded line=\"hi\"", "job succeeded"])
        .gave("a", "line", &Value::text("hi"));
    let _ = given(calls(|it| it))
        .submitted()
        .quietly()
        .called("a", ChildEnd::Failed("no luck".into()))
        .then(&["a failed with call: no luck", "job failed: step `a` failed: no luck"]);
}

#[test]
fn each_attempt_has_a_job_of_its_own() {
    let case = given(calls(|it| it.retry(2, Backoff::Fixed, 0)))
        .submitted()
        .quietly()
        .called("a", ChildEnd::Cancelled)
        .then(&["a failed with call, again at 0"])
        .after(0)
        .then(&["a is due", "a calls, attempt 2"]);
    let key = |attempt| AttemptKey { job: "job".into(), step: "a".into(), instance: 0, attempt };
    assert_ne!(key(1).child(), key(2).child());
    let _ = case.called("a", well()).is("succeeded");
}

#[test]
fn a_call_that_takes_too_long_is_stopped_before_it_is_made_again() {
    let _ = given(calls(|it| it.timeout(1000).retry(2, Backoff::Fixed, 0)))
        .submitted()
        .then(&["job created", "job started", "a calls, attempt 1 until 1000"])
        .after(1000)
        .then(&["a takes too long"])
        .owes(&[Owed::StopChild(0, 0, 1, Stop::Gracefully)])
        .called("a", ChildEnd::Cancelled)
        .then(&["a failed with timeout, again at 1000"])
        .after(0)
        .then(&["a is due", "a calls, attempt 2 until 2000"]);
}

#[test]
fn a_job_that_is_cancelled_stops_what_it_called() {
    let _ = given(calls(|it| it))
        .submitted()
        .quietly()
        .when(engine::command::Command::CancelJob)
        .then(&["cancel requested"])
        .owes(&[Owed::StopChild(0, 0, 1, Stop::Gracefully)])
        .called("a", ChildEnd::Cancelled)
        .then(&["a cancelled, stopped", "job cancelled"]);
}

#[test]
fn the_end_of_another_attempt_is_refused() {
    let end = engine::command::Command::ReportChild { at: engine::testing::at("a"), attempt: 2, end: well() };
    let _ = given(calls(|it| it)).submitted().when(end).refused("attempt 2 is over; the present one is 1");
}

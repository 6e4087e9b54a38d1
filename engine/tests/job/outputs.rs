//! Where outputs and artifacts come from, and what a step gives when it pretends.

use engine::{
    expression::{Expr, Read},
    id::Digest,
    request::Outcome,
    testing::{given, plan, result, step, text, went_well},
    value::{Artifact, Type, Value},
};
use std::{collections::BTreeMap, sync::Arc};

#[test]
fn an_output_is_computed_from_the_result_and_those_above_it() {
    let again = Expr::Read(Read::SelfOutput("line".into()));
    let plan = plan([step("a").output("line", Type::Text, Some(result("stdout"))).output(
        "again",
        Type::Text,
        Some(again),
    )]);
    let _ = given(plan.build())
        .submitted()
        .reported("a", Outcome::Done(went_well("hi")))
        .gave("a", "line", &Value::text("hi"))
        .gave("a", "again", &Value::text("hi"));
}

#[test]
fn one_line_break_at_the_end_of_a_file_is_dropped() {
    let plan = plan([step("a").output("line", Type::Text, None)]).build();
    let mut done = went_well("");
    done.outputs.insert("line".into(), Value::text("hi\n\n"));
    let _ =
        given(plan).submitted().reported("a", Outcome::Done(done)).gave("a", "line", &Value::text("hi\n"));
}

#[test]
fn a_missing_file_fails_the_step_unless_it_may_be_missing() {
    let of = |ty| plan([step("a").output("n", ty, None)]).build();
    let _ = given(of(Type::Int)).submitted().quietly().done("a").then(&[
        "a failed with output: output `n`: the step did not write $SKYNET_OUT/n",
        "job failed: step `a` failed: output `n`: the step did not write $SKYNET_OUT/n",
    ]);
    let _ = given(of(Type::Optional(Type::Int.into()))).submitted().done("a").gave("a", "n", &Value::Null);
}

#[test]
fn an_artifact_must_be_there() {
    let plan = plan([step("a").artifact("log", "out.log")]).build();
    let _ = given(plan.clone()).submitted().quietly().done("a").then(&[
        "a failed with output: the artifact `log` is missing: there is no file `out.log`",
        "job failed: step `a` failed: the artifact `log` is missing: there is no file `out.log`",
    ]);
    let mut done = went_well("");
    let file = Artifact { path: "out.log".into(), sha256: Digest::of(b"x"), bytes: 1 };
    done.artifacts.insert("log".into(), Value::Artifact(Arc::new(file)));
    let _ = given(plan).submitted().reported("a", Outcome::Done(done)).is("succeeded");
}

#[test]
fn what_pretends_leaves_empty_files_and_waits_for_no_time() {
    let plan = plan([step("a").artifact("log", "out.log"), step("b").sleeps(9000)]).build();
    let case = given(plan).submitted_with(|it| it.mock = true);
    let _ = case.done("a").is("succeeded");
}

#[test]
fn a_call_and_a_signal_give_what_their_mock_says() {
    let output = |name: &str, value: &str| {
        let map = BTreeMap::from([(name.into(), Value::text(value))]);
        Some(vec![("output".into(), Expr::Literal(Value::map(map)))])
    };
    let plan = plan([step("a")
        .listens("go", None)
        .output("who", Type::Text, None)
        .with(|it| it.mock = output("who", "x"))]);
    let case = given(plan.build()).submitted_with(|it| it.mock = true);
    let _ = case.gave("a", "who", &Value::text("x")).is("succeeded");
}

#[test]
fn a_job_whose_output_has_no_value_fails() {
    let plan = plan([step("a")])
        .with(|it| {
            let value =
                Some(Expr::Index(Box::new(Expr::List(Vec::new())), Box::new(engine::testing::number(0))));
            it.outputs.push(engine::plan::Output { name: "n".into(), ty: Type::Int, value });
        })
        .build();
    let mut case = given(plan).submitted().done("a");
    assert!(case.news().last().unwrap().starts_with("job failed: output `n` has no value"));
    let _ = text("");
}

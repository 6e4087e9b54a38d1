//! What a job gives that only pretends, where its file does not say it.

use engine::{
    expression::{Expr, Function},
    plan::{Action, Risk},
    testing::{Case, StepBuilder, given, plan, result, step, text},
    value::{Type, Value, to_json},
};
use std::collections::BTreeMap;

fn pretends(step: StepBuilder) -> Case {
    given(plan([step]).build()).submitted_with(|submit| submit.mock = true)
}

/// The number that a step prints; silence is none.
fn printed() -> Expr {
    Expr::Call(Function::Int, vec![result("stdout")])
}

#[test]
fn an_output_that_nobody_gives_is_the_plainest_of_its_type() {
    let record =
        Type::object(vec![("n".into(), Type::Int), ("word".into(), Type::words(&["first", "last"]))]);
    for (ty, json) in [
        (Type::Bool, "true"),
        (Type::Int, "0"),
        (Type::Text, r#""mock""#),
        (Type::words(&["first", "last"]), r#""first""#),
        (Type::list(Type::Int), "[0]"),
        (Type::map(Type::Bool), r#"{"mock":true}"#),
        (record, r#"{"n":0,"word":"first"}"#),
        (Type::Text.optional(), r#""mock""#),
        (Type::Json, "{}"),
    ] {
        let case = pretends(step("a").output("x", ty.clone(), None));
        let value = case.done("a").job.step("a").unwrap().outputs["x"].clone();
        assert_eq!(to_json(&value).to_string(), json, "{ty}");
        assert!(engine::value::convert(&value, &ty).is_ok(), "{ty}");
    }
}

#[test]
fn the_log_says_what_is_invented() {
    let made = || {
        let known = Some(Expr::Literal(Value::Int(7)));
        let said = Some(result("stdout"));
        step("a").output("said", Type::Text, said).output("n", Type::Int, None).output(
            "known",
            Type::Int,
            known,
        )
    };
    let _ = pretends(made())
        .quietly()
        .done("a")
        .then(&[r#"a succeeded known=7 n=0 said="mock", said invented, n invented"#, "job succeeded"]);
    // What is done for good gives what it gives.
    let _ = given(plan([made()]).build()).submitted().done("a").is("failed");
}

#[test]
fn what_silence_does_not_answer_is_as_it_should_be() {
    let never = || Expr::Literal(Value::Bool(false));
    let _ = pretends(
        step("a")
            .output("n", Type::Int, Some(printed()))
            .with(|it| it.expect = Some(Expr::Literal(Value::Bool(false))))
            .repeat(never(), 10, 3),
    )
    .quietly()
    .done("a")
    .then(&["a succeeded n=0, n invented", "job succeeded"]);
}

#[test]
fn what_a_mock_block_says_is_held_against_the_file() {
    let says = |name: &str, value: Value| {
        let map = Value::map(BTreeMap::from([(name.into(), value)]));
        Some(vec![("output".into(), Expr::Literal(map))])
    };
    let expects = step("a").with(|it| {
        it.mock = says("n", Value::Int(1));
        it.expect = Some(Expr::Literal(Value::Bool(false)));
    });
    let _ = pretends(expects).done("a").is("failed");
    let computes = step("a").output("n", Type::Int, Some(printed()));
    let _ = pretends(computes.with(|it| it.mock = says("m", Value::Int(1)))).done("a").is("failed");
}

#[test]
fn nobody_is_waited_for_and_no_model_is_asked() {
    let _ = pretends(step("a").listens("go", None).output("ticket", Type::Text, None)).then(&[
        "job created",
        "job started",
        "a waits for go",
        r#"a succeeded ticket="mock", ticket invented"#,
        "job succeeded",
    ]);
    let agent = Action::Agent { model: None, prompt: text("why?"), tools: None };
    let _ = pretends(step("a").action(agent.clone()).output("answer", Type::Text, None))
        .quietly()
        .done("a")
        .then(&[r#"a succeeded answer="mock", answer invented"#, "job succeeded"]);
    let _ = given(plan([step("a").action(agent)]).build()).submitted().refused("asks a model");
}

#[test]
fn to_agree_to_a_pretence_nothing_is_typed() {
    let critical = |it: &mut engine::plan::Step| it.risk = Risk::Critical;
    let asks = plan([step("a").asks(&["user:ann"], 1, None), step("b").needs(&["a"]).with(critical)]);
    let case = given(asks.build());
    let _ = case
        .submitted_with(|submit| submit.mock = true)
        .answer("a", "user:ann", true)
        .done("b")
        .is("succeeded");
    let asks = plan([step("a").asks(&["user:ann"], 1, None), step("b").needs(&["a"]).with(critical)]);
    let _ = given(asks.build()).submitted().answer("a", "user:ann", true).refused("type `a`");
}

//! Which step starts when: `needs`, `after`, `when`, `on_failure`, `fail_fast`.

use engine::{
    command::Command,
    expression::{Expr, Operator},
    testing::{given, output, plan, status, step, text},
    value::{Type, Value},
};

fn bool_of(value: bool) -> Expr {
    Expr::Literal(Value::Bool(value))
}

#[test]
fn steps_start_together_unless_one_needs_the_other() {
    let plan = plan([step("a"), step("b"), step("c").needs(&["a", "b"])]).build();
    let _ = given(plan)
        .submitted()
        .then(&["job created", "job started", "a started, attempt 1", "b started, attempt 1"])
        .waits(&["c: waits for a, b"])
        .done("a")
        .then(&["a succeeded"])
        .waits(&["c: waits for b"])
        .done("b")
        .then(&["b succeeded", "c started, attempt 1"])
        .done("c")
        .then(&["c succeeded", "job succeeded"])
        .owes(&[]);
}

#[test]
fn a_plan_without_steps_succeeds_at_once() {
    let _ = given(plan([]).build()).submitted().then(&["job created", "job started", "job succeeded"]);
}

#[test]
fn what_needs_a_failed_step_is_blocked_and_what_comes_after_it_starts() {
    let plan =
        plan([step("a"), step("b").needs(&["a"]), step("c").after(&["a"]), step("d").needs(&["b"])]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 3)
        .then(&[
            "a failed with exit:3: the program ended with exit code 3",
            "b blocked: step `a` failed: the program ended with exit code 3",
            "c started, attempt 1",
            "d blocked: step `a` failed: the program ended with exit code 3",
        ])
        .done("c")
        .then(&["c succeeded", "job failed: step `a` failed: the program ended with exit code 3"]);
}

#[test]
fn a_skipped_step_lets_those_start_that_need_it() {
    let plan = plan([step("a").when(bool_of(false)), step("b").needs(&["a"])]).build();
    let _ = given(plan).submitted().then(&[
        "job created",
        "job started",
        "a skipped: false",
        "b started, attempt 1",
    ]);
}

#[test]
fn only_direct_edges_count() {
    let plan = plan([step("a"), step("b").after(&["a"]).when(bool_of(false)), step("c").needs(&["b"])])
        .with(|it| it.fail_fast = false)
        .build();
    let _ = given(plan).submitted().quietly().exits("a", 1).then(&[
        "a failed with exit:1: the program ended with exit code 1",
        "b skipped: false",
        "c started, attempt 1",
    ]);
}

#[test]
fn a_failure_that_lets_go_on_counts_as_if_it_had_been_skipped() {
    let plan = plan([step("a").continues(), step("b").needs(&["a"])]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 1)
        .then(&["a failed with exit:1: the program ended with exit code 1", "b started, attempt 1"])
        .done("b")
        .then(&["b succeeded", "job succeeded"]);
}

#[test]
fn after_a_failure_what_runs_runs_on_and_nothing_else_starts() {
    let plan = plan([step("a"), step("b"), step("c").needs(&["b"])]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 1)
        .then(&["a failed with exit:1: the program ended with exit code 1"])
        .done("b")
        .then(&[
            "b succeeded",
            "c blocked: step `a` failed: the program ended with exit code 1",
            "job failed: step `a` failed: the program ended with exit code 1",
        ]);
}

#[test]
fn without_fail_fast_every_step_whose_needs_are_met_starts() {
    let plan = plan([step("a"), step("b"), step("c").needs(&["b"])]).with(|it| it.fail_fast = false).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 1)
        .quietly()
        .done("b")
        .then(&["b succeeded", "c started, attempt 1"])
        .done("c")
        .then(&["c succeeded", "job failed: step `a` failed: the program ended with exit code 1"]);
}

#[test]
fn when_is_asked_once_everything_it_waits_for_has_ended() {
    let failed = Expr::Binary(Operator::Equal, Box::new(status("a")), Box::new(text("failed")));
    let plan = plan([step("a"), step("b").after(&["a"]).when(failed)]).build();
    let _ = given(plan.clone())
        .submitted()
        .quietly()
        .exits("a", 1)
        .then(&["a failed with exit:1: the program ended with exit code 1", "b started, attempt 1"]);
    let _ = given(plan).submitted().quietly().done("a").then(&[
        "a succeeded",
        "b skipped: step.a.status == \"failed\"",
        "job succeeded",
    ]);
}

#[test]
fn what_a_skipped_step_would_give_is_missing() {
    let ty = Type::Optional(Type::Text.into());
    let made = output("a", "line");
    let fallback = Expr::Binary(Operator::Coalesce, Box::new(made), Box::new(text("none")));
    let plan = plan([
        step("a").when(bool_of(false)).output("line", Type::Text, Some(text("x"))),
        step("b").needs(&["a"]).output("line", ty, Some(fallback)),
    ])
    .build();
    let _ = given(plan).submitted().done("b").gave("b", "line", &Value::text("none")).is("succeeded");
}

#[test]
fn no_more_run_at_once_than_may() {
    let plan = plan([step("a"), step("b"), step("c")]).build();
    let _ = given(plan)
        .submitted_with(|it| it.max_parallel = 2)
        .then(&["job created", "job started", "a started, attempt 1", "b started, attempt 1"])
        .waits(&["c: waits for room: 2 run at once"])
        .done("b")
        .then(&["b succeeded", "c started, attempt 1"]);
}

#[test]
fn a_step_whose_values_cannot_be_told_fails() {
    let plan = plan([step("a").with(|it| it.workdir = Some(output("a", "nothing")))]).build();
    let mut case = given(plan).submitted();
    let news = case.news();
    assert!(news[2].starts_with("a failed with expression"), "{news:?}");
    let _ = case.is("failed");
}

#[test]
fn a_job_is_submitted_once_and_nothing_is_asked_of_one_that_is_not_there() {
    let _ = given(plan([step("a")]).build()).when(Command::Tick).refused("no such job");
    let _ = given(plan([step("a")]).build()).submitted().submitted().refused("such a job already");
}

#[test]
fn params_are_checked_before_there_is_a_job() {
    let plan = plan([step("a")]).param("n", Type::Int, Value::Int(3)).build();
    let _ = given(plan.clone()).submitted().then(&["job created n=3", "job started", "a started, attempt 1"]);
    let _ = given(plan.clone()).submitted_given(&[("n", Value::text("x"))]).refused("param `n`");
    let _ = given(plan).submitted_given(&[("m", Value::Int(1))]).refused("the workflow does not declare it");
}

#[test]
fn a_place_that_nobody_serves_is_told_before_anything_runs() {
    let plan = plan([step("a")]).build();
    let _ = given(plan).submitted_with(|it| it.kinds.clear()).refused("nothing here can do that");
}

#[test]
fn a_request_is_as_dangerous_as_its_method() {
    use engine::{
        event::Event,
        plan::{Action, Risk, action::Http},
    };
    for (method, risk) in [
        ("GET", Risk::Low),
        ("head", Risk::Low),
        ("POST", Risk::Medium),
        ("put", Risk::Medium),
        ("PATCH", Risk::Medium),
        ("DELETE", Risk::High),
    ] {
        let url = engine::testing::text("https://example.com/a");
        let (headers, query) = (Vec::new(), Vec::new());
        let http = Http { method: method.into(), url, headers, query, body: None, auth: None };
        let case = given(plan([step("a").action(Action::Http(http.into()))]).build()).submitted();
        let started = case.log.iter().find_map(|it| match &it.event {
            Event::StepStarted(started) => Some(started.risk),
            _ => None,
        });
        assert_eq!(started, Some(risk), "{method}");
        let lost = case.quietly().lost("a");
        let _ = lost.then(if risk == Risk::High {
            &["a unknown: the worker is gone"]
        } else {
            &["a lost", "a started, attempt 2"]
        });
    }
}

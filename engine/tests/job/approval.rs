//! `approve`, and the questions that the engine asks by itself.

use engine::{
    command::Command,
    event::Door,
    expression::Expr,
    plan::{Plan, Risk},
    testing::{each, given, param, plan, result, step, text, word},
    value::{Type, Value},
};

fn asks(quorum: i64, expires: Option<i64>) -> Plan {
    plan([
        step("a").asks(&["user:ann", "user:bob", "group:sre"], quorum, expires).output(
            "by",
            Type::Text,
            Some(result("by")),
        ),
        step("b").needs(&["a"]),
    ])
    .build()
}

#[test]
fn as_many_must_agree_as_the_quorum_says_and_each_once() {
    let _ = given(asks(2, None))
        .submitted()
        .then(&["job created", "job started", "a asks user:ann user:bob group:sre, low risk"])
        .waits(&["a: waits for 2 of user:ann, user:bob, group:sre to agree, low risk", "b: waits for a"])
        .answer("a", "user:ann", true)
        .then(&["a approved by user:ann"])
        .answer("a", "user:ann", true)
        .refused("you have agreed before; 1 more must")
        .answer("a", "user:bob", true)
        .then(&["a approved by user:bob", "a succeeded by=\"user:ann, user:bob\"", "b started, attempt 1"]);
}

#[test]
fn one_refusal_fails_the_step() {
    let _ = given(asks(2, None))
        .submitted()
        .answer("a", "user:ann", true)
        .quietly()
        .answer("a", "user:bob", false)
        .then(&[
            "a refused by user:bob",
            "a failed with approval: user:bob refused",
            "b blocked: step `a` failed: user:bob refused",
            "job failed: step `a` failed: user:bob refused",
        ]);
}

#[test]
fn a_question_that_is_closed_counts_as_refused() {
    let case = given(asks(1, Some(1000))).submitted().quietly();
    let late = case.answer_of("a", "user:ann", true);
    let _ = case
        .after(1000)
        .then(&[
            "a refused by nobody",
            "a failed with approval: nobody agreed in time",
            "b blocked: step `a` failed: nobody agreed in time",
            "job failed: step `a` failed: nobody agreed in time",
        ])
        .when(Command::DecideApproval(Box::new(late)))
        .refused("nothing is asked there any more");
}

#[test]
fn an_answer_after_the_time_is_too_late_even_if_no_clock_struck() {
    let mut case = given(asks(1, Some(1000))).submitted();
    case.now = 1000;
    let _ = case.answer("a", "user:ann", true).refused("nothing is asked there any more");
}

#[test]
fn only_those_who_are_named_may_answer() {
    let case = given(asks(1, None))
        .submitted()
        .answer("a", "user:mob", true)
        .refused("only user:ann, user:bob, group:sre");
    let mut member = case.answer_of("a", "user:eve", true);
    member.groups = vec!["group:sre".into()];
    let _ = case.when(Command::DecideApproval(Box::new(member))).is("running").quietly();
    let owner = |case: &engine::testing::Case| engine::command::Decide {
        is_owner: true,
        ..case.answer_of("a", "user:root", true)
    };
    let case = given(asks(1, None)).submitted();
    let answer = owner(&case);
    let _ = case.when(Command::DecideApproval(Box::new(answer))).quietly();
}

#[test]
fn an_answer_to_what_was_not_shown_is_refused() {
    let case = given(asks(1, None)).submitted();
    let mut answer = case.answer_of("a", "user:ann", true);
    answer.subject = engine::id::Digest::of(b"another");
    let _ = case.when(Command::DecideApproval(Box::new(answer))).refused("not what is asked now");
}

#[test]
fn what_is_critical_wants_its_name_typed() {
    let plan =
        plan([step("a").asks(&["user:ann"], 1, None), step("b").needs(&["a"]).risk(Risk::Critical)]).build();
    let _ = given(plan)
        .submitted()
        .then(&["job created", "job started", "a asks user:ann, critical risk"])
        .answer("a", "user:ann", true)
        .refused("to agree, type `a`")
        .answer("a", "user:ann a", true)
        .then(&["a approved by user:ann", "a succeeded", "b started, attempt 1"]);
}

#[test]
fn who_comes_from_outside_is_asked_from_medium_on() {
    let plan = plan([step("a").risk(Risk::Medium), step("b")]).build();
    let _ = given(plan.clone()).submitted_with(|it| it.door = Door::Http).then(&[
        "job created",
        "job started",
        "a asks group:operators, medium risk",
        "b started, attempt 1",
    ]);
    let _ = given(plan).submitted().then(&[
        "job created",
        "job started",
        "a started, attempt 1",
        "b started, attempt 1",
    ]);
}

#[test]
fn an_approval_above_covers_what_the_file_says_and_no_more() {
    let asked = |program: Expr| {
        plan([
            step("a").asks(&["user:ann"], 1, None),
            step("mid").needs(&["a"]),
            step("b").needs(&["mid"]).risk(Risk::Medium).runs("rm", program),
        ])
        .param("flag", Type::Text, Value::text("-rf"))
        .build()
    };
    let submitted = |plan| {
        let case = given(plan).submitted_with(|it| it.door = Door::Http).answer("a", "user:ann", true);
        case.done("mid").quietly()
    };
    let case = submitted(asked(text("x"))).quietly();
    assert!(case.job.step("b").unwrap().status.as_str() == "running");
    let _ = submitted(asked(param("flag"))).waits(&["b: waits for 1 of group:operators to agree, high risk"]);
}

#[test]
fn each_instance_is_agreed_to_by_itself() {
    let plan = plan([step("a").risk(Risk::Medium).for_each(word(&["x", "y"])).runs("true", each())]).build();
    let case = given(plan).submitted_with(|it| it.door = Door::Http).quietly();
    let other = case.answer_of("a[1]", "user:root", true).subject;
    let mut answer = case.answer_of("a", "user:root", true);
    answer.is_owner = true;
    let mut wrong = answer.clone();
    wrong.subject = other;
    let _ = case
        .when(Command::DecideApproval(Box::new(wrong)))
        .refused("not what is asked now")
        .when(Command::DecideApproval(Box::new(answer)))
        .then(&["a approved by user:root", "a started, attempt 1"])
        .waits(&["a[1]: waits for 1 of group:operators to agree, medium risk"]);
}

#[test]
fn a_question_cannot_be_skipped() {
    let skip = Command::SkipStep { at: engine::testing::at("a") };
    let _ = given(asks(1, None)).submitted().when(skip).refused("asks people");
}

#[test]
fn nobody_is_asked_once_the_job_is_being_stopped() {
    let plan = plan([step("a").asks(&["user:ann"], 1, None), step("b")]).build();
    let _ = given(plan)
        .submitted()
        .when(Command::CancelJob)
        .answer("a", "user:ann", true)
        .refused("nothing is asked there any more")
        .stopped("b")
        .is("cancelled");
}

//! Going on from an earlier execution.

use engine::{
    command::Command,
    fork::Reuse,
    id::Name,
    job::Job,
    plan::Plan,
    request::Outcome,
    testing::{Case, given, output, param, plan, step, text, went_well, word},
    value::{Type, Value},
};
use std::collections::BTreeMap;

fn chain(last: &str) -> Plan {
    let line = |value| (Type::Text, Some(value));
    let of = |name: &str, (ty, value)| step(name).output("line", ty, value);
    plan([
        of("a", line(text("1"))).runs("echo", param("who")),
        of("b", line(output("a", "line"))).needs(&["a"]).runs("echo", output("a", "line")),
        step("c").runs("echo", text(last)).needs(&["b"]),
    ])
    .param("who", Type::Text, Value::text("ann"))
    .with(|it| it.lets.push(("l".into(), text("let"))))
    .build()
}

fn failed() -> Case {
    given(chain("x")).submitted().all_done(&["a", "b"]).exits("c", 1).is("failed")
}

fn edits(edits: &[(&str, &str, Value)]) -> BTreeMap<(Name, Name), Value> {
    edits.iter().map(|(step, output, value)| (((*step).into(), (*output).into()), value.clone())).collect()
}

fn forked(plan: Plan, from: &Job, changes: &[(&str, &str, Value)]) -> Case {
    let reuse = Reuse::of(from, &edits(changes)).unwrap();
    given(plan).submitted_with(|it| {
        it.job = "second".into();
        it.fork = Some(Box::new(reuse));
    })
}

#[test]
fn steps_of_which_nothing_has_changed_are_taken_over() {
    let _ = forked(chain("y"), &failed().job, &[])
        .then(&[
            "job created who=\"ann\"",
            "a reused from job line=\"1\"",
            "b reused from job line=\"1\"",
            "job started",
            "c started, attempt 1",
        ])
        .done("c")
        .is("succeeded");
}

#[test]
fn a_param_that_is_another_lets_those_run_that_read_it_and_all_below() {
    let reuse = Reuse::of(&failed().job, &BTreeMap::new()).unwrap();
    let _ = given(chain("x"))
        .submitted_with(|it| {
            it.params = std::sync::Arc::new(BTreeMap::from([("who".into(), Value::text("bob"))]));
            it.fork = Some(Box::new(reuse));
        })
        .then(&["job created who=\"bob\"", "job started", "a started, attempt 1"]);
}

#[test]
fn an_output_that_was_edited_is_new_to_those_that_read_it() {
    let mut case = forked(chain("x"), &failed().job, &[("a", "line", Value::text("9"))]);
    assert_eq!(
        case.news(),
        ["job created who=\"ann\"", "a reused from job line=\"9\"", "job started", "b started, attempt 1"]
    );
    let both = [("a", "line", Value::text("9")), ("b", "line", Value::text("8"))];
    let mut case = forked(chain("x"), &failed().job, &both);
    assert_eq!(case.news()[2], "b reused from job line=\"8\"");
    let wrong = Reuse::of(&failed().job, &edits(&[("a", "line", Value::list(Vec::new()))]));
    assert!(wrong.unwrap_err().contains("output `line` of `a`"));
    assert!(
        Reuse::of(&failed().job, &edits(&[("c", "line", Value::Null)]))
            .unwrap_err()
            .contains("gave no output")
    );
}

#[test]
fn a_let_that_is_another_is_seen() {
    let reads = |value: &str| {
        let read = engine::expression::Expr::Read(engine::expression::Read::Let("l".into()));
        plan([step("a").runs("echo", read), step("b").needs(&["a"])])
            .with(|it| it.lets.push(("l".into(), text(value))))
            .build()
    };
    let first = given(reads("1")).submitted().done("a").exits("b", 1);
    let case = forked(reads("2"), &first.job, &[]);
    let plan = Reuse::of(&first.job, &BTreeMap::new()).unwrap().plan(&case.job);
    assert_eq!(plan[0].1, Err("it is written differently now".to_owned()));
}

#[test]
fn what_was_skipped_is_skipped_and_what_fanned_out_is_taken_over_whole() {
    let no = engine::expression::Expr::Literal(Value::Bool(false));
    let of = || {
        plan([
            step("a").when(no.clone()),
            step("b").needs(&["a"]).for_each(word(&["x", "y"])),
            step("c").needs(&["b"]),
        ])
        .build()
    };
    let first = given(of()).submitted().all_done(&["b", "b[1]"]).exits("c", 1);
    let _ = forked(of(), &first.job, &[]).then(&[
        "job created",
        "a skipped: false",
        "b fans out over [\"x\",\"y\"] as 0 1",
        "b reused from job",
        "b[1] reused from job",
        "job started",
        "c started, attempt 1",
    ]);
}

#[test]
fn what_people_agreed_to_holds_only_for_what_they_were_asked() {
    let of = |last: &str| {
        plan([step("a").asks(&["user:ann"], 1, None), step("b").needs(&["a"]).runs("echo", text(last))])
            .build()
    };
    let first = given(of("x")).submitted().answer("a", "user:ann", true).exits("b", 1);
    let mut same = forked(of("x"), &first.job, &[]);
    assert_eq!(same.news(), ["job created", "a reused from job", "job started", "b started, attempt 1"]);
    let mut other = forked(of("y"), &first.job, &[]);
    assert_eq!(other.news(), ["job created", "job started", "a asks user:ann, low risk"]);
}

#[test]
fn a_fork_queues_for_its_place_like_any_job_and_takes_nothing_back_of_the_first() {
    let of = || {
        let limit = engine::plan::Concurrency {
            group: text("g"),
            limit: Some(engine::testing::number(1)),
            when_busy: engine::plan::WhenBusy::Queue,
            rate: None,
            per: None,
        };
        plan([step("a").undo(false), step("b").needs(&["a"])]).with(|it| it.concurrency = Some(limit))
    };
    let grant = engine::command::Command::GrantSlot { at: None };
    let first = given(of().build()).submitted().when(grant.clone()).done("a").exits("b", 1);
    let _ = forked(of().undoes().build(), &first.job, &[])
        .then(&["job created", "a reused from job", "job queued for g"])
        .when(grant)
        .then(&["job has its place", "job started", "b started, attempt 1"])
        .exits("b", 1)
        .is("failed");
}

#[test]
fn what_was_taken_back_or_only_pretended_is_not_taken_over() {
    let undone = || plan([step("a"), step("b").needs(&["a"]).undo(false), step("c").needs(&["b"])]).build();
    let first = given(undone()).submitted().all_done(&["a", "b"]).exits("c", 1);
    let first = first.when(Command::UndoJob).undone("b", Outcome::Done(went_well("")));
    let _ = forked(undone(), &first.job, &[]).then(&[
        "job created",
        "a reused from job",
        "job started",
        "b started, attempt 1",
    ]);
    let pretended = given(undone()).submitted_with(|it| it.mock = true).all_done(&["a", "b", "c"]);
    let _ =
        forked(undone(), &pretended.job, &[]).then(&["job created", "job started", "a started, attempt 1"]);
}

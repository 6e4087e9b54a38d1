//! `for_each`: one instance for each item, and what they give together.

use engine::{
    expression::{Expr, Operator, Read},
    testing::{each, given, number, output, param, plan, result, step, text, word},
    value::{Type, Value},
};
use std::collections::BTreeMap;

fn words(words: &[&str]) -> Value {
    Value::list(words.iter().map(|word| Value::text(word)).collect())
}

fn map(entries: &[(&str, i64)]) -> Value {
    Value::map(
        entries.iter().map(|(key, value)| ((*key).into(), Value::Int(*value))).collect::<BTreeMap<_, _>>(),
    )
}

#[test]
fn a_list_gives_lists_in_the_order_of_its_items() {
    let plan = plan([step("a").for_each(word(&["x", "y"])).output("it", Type::Text, Some(each()))]).build();
    let _ = given(plan)
        .submitted()
        .then(&[
            "job created",
            "job started",
            "a fans out over [\"x\",\"y\"]",
            "a started, attempt 1",
            "a[1] started, attempt 1",
        ])
        .done("a[1]")
        .done("a")
        .then(&["a[1] succeeded it=\"y\"", "a succeeded it=\"x\"", "job succeeded"])
        .gave("a", "it", &words(&["x", "y"]));
}

#[test]
fn a_map_gives_maps_by_its_keys() {
    let plan = plan([step("a").for_each(param("m")).output("it", Type::Int, Some(each()))])
        .param("m", Type::Map(Type::Int.into()), map(&[("k", 1), ("l", 2)]))
        .build();
    let _ = given(plan).submitted().all_done(&["a", "a[1]"]).gave("a", "it", &map(&[("k", 1), ("l", 2)]));
}

#[test]
fn without_items_it_has_succeeded_and_the_lists_are_empty() {
    let plan =
        plan([step("a").for_each(word(&[])).output("it", Type::Text, Some(each())), step("b").needs(&["a"])]);
    let _ = given(plan.build())
        .submitted()
        .then(&["job created", "job started", "a fans out over []", "b started, attempt 1"])
        .gave("a", "it", &words(&[]));
}

#[test]
fn the_list_may_be_known_only_while_the_job_runs() {
    let list = Type::List(Type::Text.into());
    let plan = plan([
        step("a").output("list", list, Some(word(&["p", "q", "r"]))),
        step("b").needs(&["a"]).for_each(output("a", "list")).parallel(2),
    ])
    .build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .done("a")
        .then(&[
            "a succeeded list=[\"p\",\"q\",\"r\"]",
            "b fans out over [\"p\",\"q\",\"r\"]",
            "b started, attempt 1",
            "b[1] started, attempt 1",
        ])
        .waits(&["b[2]: waits for room: 2 run at once"])
        .done("b[1]")
        .then(&["b[1] succeeded", "b[2] started, attempt 1"]);
}

#[test]
fn instances_have_names_of_which_no_two_are_equal() {
    let named = |over: Expr| {
        plan([step("a").for_each(over).with(|it| it.fan_out.as_mut().unwrap().key = Some(each()))]).build()
    };
    let _ =
        given(named(word(&["x", "y"]))).submitted().all_done(&["a"]).exits("a[1]", 1).is("failed").then(&[
            "job created",
            "job started",
            "a fans out over [\"x\",\"y\"] as x y",
            "a started, attempt 1",
            "a[1] started, attempt 1",
            "a succeeded",
            "a[1] failed with exit:1: the program ended with exit code 1",
            "job failed: step `a[y]` failed: the program ended with exit code 1",
        ]);
    let _ = given(named(word(&["x", "x"]))).submitted().then(&[
        "job created",
        "job started",
        "a failed with expression: items 0 and 1 both have the key \"x\"",
        "job failed: step `a` failed: items 0 and 1 both have the key \"x\"",
    ]);
}

#[test]
fn more_items_than_may_be_are_a_failure() {
    let most = |it: &mut engine::plan::Step| it.fan_out.as_mut().unwrap().max_items = Some(number(1));
    let plan = plan([step("a").for_each(word(&["x", "y"])).with(most)]).build();
    let _ = given(plan).submitted().is("failed").then(&[
        "job created",
        "job started",
        "a failed with expression: `for_each` has 2 items, and `max_items` is 1",
        "job failed: step `a` failed: `for_each` has 2 items, and `max_items` is 1",
    ]);
}

#[test]
fn after_one_instance_has_failed_for_good_no_other_begins() {
    let plan = plan([step("a").for_each(word(&["x", "y", "z"])).parallel(2)]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 1)
        .then(&[
            "a failed with exit:1: the program ended with exit code 1",
            "a blocked: step `a[0]` failed: the program ended with exit code 1",
        ])
        .done("a[1]")
        .then(&["a[1] succeeded", "job failed: step `a[0]` failed: the program ended with exit code 1"]);
}

#[test]
fn a_step_has_failed_if_one_instance_has_and_without_fail_fast_the_others_run_to_their_end() {
    let plan = plan([step("a").for_each(word(&["x", "y", "z"])).parallel(1), step("b").needs(&["a"])])
        .with(|plan| plan.fail_fast = false)
        .build();
    let _ = given(plan)
        .submitted()
        .exits("a", 1)
        .quietly()
        .done("a[1]")
        .then(&["a[1] succeeded", "a[2] started, attempt 1"])
        .done("a[2]")
        .is("failed");
}

#[test]
fn where_failures_let_go_on_what_failed_gave_is_missing() {
    let plan =
        plan([step("a").for_each(word(&["x", "y"])).continues().output("it", Type::Text, Some(each()))])
            .build();
    let _ = given(plan).submitted().exits("a", 1).done("a[1]").is("succeeded").gave(
        "a",
        "it",
        &Value::list(vec![Value::Null, Value::text("y")]),
    );
}

#[test]
fn when_that_reads_each_is_asked_for_each() {
    let odd = Expr::Binary(Operator::NotEqual, Box::new(each()), Box::new(text("x")));
    let plan = plan([step("a").for_each(word(&["x", "y"])).when(odd).output("it", Type::Text, Some(each()))])
        .build();
    let _ = given(plan)
        .submitted()
        .then(&[
            "job created",
            "job started",
            "a fans out over [\"x\",\"y\"]",
            "a skipped: each.value != \"x\"",
            "a[1] started, attempt 1",
        ])
        .done("a[1]")
        .is("succeeded")
        .gave("a", "it", &Value::list(vec![Value::Null, Value::text("y")]));
}

#[test]
fn each_has_a_key_and_an_index() {
    let plan = plan([step("a")
        .for_each(word(&["x", "y"]))
        .output("key", Type::Text, Some(Expr::Read(Read::EachKey)))
        .output("index", Type::Int, Some(Expr::Read(Read::EachIndex)))
        .output("out", Type::Text, Some(result("stdout")))])
    .build();
    let _ = given(plan).submitted().all_done(&["a", "a[1]"]).gave("a", "key", &words(&["0", "1"])).gave(
        "a",
        "index",
        &Value::list(vec![Value::Int(0), Value::Int(1)]),
    );
}

#[test]
fn after_a_failure_instances_that_have_not_begun_are_blocked() {
    let plan = plan([step("a"), step("b").for_each(word(&["x", "y"])).parallel(1)]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 1)
        .then(&[
            "a failed with exit:1: the program ended with exit code 1",
            "b blocked: step `a` failed: the program ended with exit code 1",
        ])
        .done("b")
        .then(&["b succeeded", "job failed: step `a` failed: the program ended with exit code 1"]);
}

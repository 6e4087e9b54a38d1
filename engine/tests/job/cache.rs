//! `cache`: an earlier result instead of running.

use engine::{
    command::{CacheHit, Command},
    event::{Event, Values},
    plan::Plan,
    react::Owed,
    testing::{at, given, plan, result, step},
    value::{Type, Value},
};
use std::{collections::BTreeMap, sync::Arc};

fn cached(ttl: Option<i64>) -> Plan {
    plan([step("a").cached(ttl).output("line", Type::Text, Some(result("stdout")))]).build()
}

fn hit(made_at: i64) -> Command {
    let outputs: Values = Arc::new(BTreeMap::from([("line".into(), Value::text("old"))]));
    let hit = CacheHit { job: "other".into(), made_at, outputs, artifacts: Values::default() };
    Command::ReportCache { at: at("a"), found: Ok(hit) }
}

#[test]
fn an_earlier_result_serves_and_says_where_it_is_from() {
    let _ = given(cached(None))
        .submitted()
        .then(&["job created", "job started", "a asks the cache"])
        .waits(&["a: looks for an earlier result"])
        .owes(&[Owed::Cache(0, 0)])
        .when(hit(0))
        .then(&["a reused from other line=\"old\"", "job succeeded"])
        .gave("a", "line", &Value::text("old"));
}

#[test]
fn one_that_is_too_old_does_not_serve() {
    let mut case = given(cached(Some(1000))).submitted().quietly();
    case.now = 5000;
    let case = case.when(hit(1000)).then(&[
        "a missed the cache: the result of job other is 4s old, and `ttl` is 1s",
        "a started, attempt 1",
    ]);
    let _ = case.when(hit(5000)).refused("nothing is asked there");
}

#[test]
fn what_ran_in_vain_of_an_earlier_result_may_serve_later_under_the_key_that_was_asked() {
    let miss = Command::ReportCache { at: at("a"), found: Err("there is none".to_owned()) };
    let case = given(cached(None))
        .submitted()
        .quietly()
        .when(miss)
        .then(&["a missed the cache: there is none", "a started, attempt 1"])
        .done("a");
    let asked = case.log.iter().find_map(|it| match &it.event {
        Event::CacheAsked { key, .. } => Some(*key),
        _ => None,
    });
    let kept = case.log.iter().find_map(|it| match &it.event {
        Event::StepSucceeded(done) => Some(done.cache_key),
        _ => None,
    });
    assert!(asked.is_some());
    assert_eq!(kept, Some(asked));
}

#[test]
fn what_another_job_did_is_not_taken_back() {
    let plan = plan([step("a").cached(None).undo(false), step("b").needs(&["a"])]).undoes().build();
    let _ = given(plan).submitted().when(hit(0)).exits("b", 1).is("failed");
}

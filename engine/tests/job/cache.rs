//! `cache`: an earlier result instead of running.

use engine::{
    command::{CacheHit, Command},
    event::{Event, Values},
    plan::Plan,
    react::Owed,
    testing::{StepBuilder, at, given, param, plan, result, step},
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

#[test]
fn a_result_serves_only_who_makes_the_same_of_it_and_reads_the_same_for_that() {
    let key = |change: fn(StepBuilder) -> StepBuilder, given: &str| {
        let step = change(step("a").cached(None));
        let case = engine::testing::given(plan([step]).param("p", Type::Text, Value::text(given)).build())
            .submitted();
        case.log.iter().find_map(|it| match &it.event {
            Event::CacheAsked { key, .. } => Some(*key),
            _ => None,
        })
    };
    let line: fn(StepBuilder) -> StepBuilder = |it| it.output("line", Type::Text, Some(result("stdout")));
    let of_param: fn(StepBuilder) -> StepBuilder = |it| it.output("line", Type::Text, Some(param("p")));
    assert_eq!(key(line, "x"), key(line, "y"), "it does not read the param");
    assert_ne!(key(of_param, "x"), key(of_param, "y"));
    let others: [fn(StepBuilder) -> StepBuilder; 6] = [
        |it| it,
        |it| it.output("line", Type::Text, Some(result("stderr"))),
        |it| it.output("other", Type::Text, Some(result("stdout"))),
        |it| it.output("line", Type::Text.optional(), Some(result("stdout"))),
        |it| it.output("line", Type::Text, Some(result("stdout"))).artifact("log", "log.txt"),
        |it| {
            it.output("line", Type::Text, Some(result("stdout")))
                .with(|it| it.expect = Some(engine::expression::Expr::Literal(Value::Bool(true))))
        },
    ];
    for (at, other) in others.into_iter().enumerate() {
        assert_ne!(key(line, "x"), key(other, "x"), "{at}");
    }
}

//! `retry`, `repeat`, `expect` and `timeout`.

use engine::{
    event::Event,
    expression::{Expr, Operator},
    plan::{Backoff, RetryOn},
    request::{FailureClass, Outcome},
    testing::{given, millis, output, plan, result, step, text, went_well},
    value::{Type, Value},
};

fn says(left: Expr, right: &str) -> Expr {
    Expr::Binary(Operator::Equal, Box::new(left), Box::new(text(right)))
}

/// Returns the delays before the attempts after the first, as a step fails again and again.
fn delays(backoff: Backoff, max: Option<i64>, jitter: bool) -> Vec<i64> {
    let plan = plan([step("a").retry(5, backoff, 1000).with(|it| {
        let retry = it.retry.as_mut().unwrap();
        (retry.max, retry.jitter) = (max.map(millis), jitter);
    })]);
    let mut case = given(plan.build()).submitted();
    let mut delays = Vec::new();
    while case.job.state.as_str() == "running" {
        case = case.exits("a", 1);
        if let Some(Event::StepFailed { retry_at: Some(at), .. }) = case.log.last().map(|it| &it.event) {
            delays.push(at - case.now);
            case = case.after(delays[delays.len() - 1]);
        }
    }
    delays
}

#[test]
fn delays_stay_grow_or_double() {
    assert_eq!(delays(Backoff::Fixed, None, false), [1000, 1000, 1000, 1000]);
    assert_eq!(delays(Backoff::Linear, None, false), [1000, 2000, 3000, 4000]);
    assert_eq!(delays(Backoff::Exponential, None, false), [1000, 2000, 4000, 8000]);
    assert_eq!(delays(Backoff::Exponential, Some(3000), false), [1000, 2000, 3000, 3000]);
}

#[test]
fn jitter_takes_off_up_to_half_and_is_the_same_each_time() {
    let spread = delays(Backoff::Fixed, None, true);
    assert!(spread.iter().all(|delay| (500..=1000).contains(delay)), "{spread:?}");
    assert!(spread.windows(2).any(|two| two[0] != two[1]), "{spread:?}");
    assert_eq!(spread, delays(Backoff::Fixed, None, true));
}

#[test]
fn attempts_count_the_first_and_the_last_failure_is_the_steps() {
    let plan = plan([step("a").retry(2, Backoff::Fixed, 1000)]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .exits("a", 1)
        .then(&["a failed with exit:1, again at 1000"])
        .waits(&["a: is tried again after exit:1: the program ended with exit code 1"])
        .after(999)
        .then(&[])
        .after(1)
        .then(&["a is due", "a started, attempt 2"])
        .exits("a", 2)
        .then(&[
            "a failed with exit:2: the program ended with exit code 2",
            "job failed: step `a` failed: the program ended with exit code 2",
        ]);
}

#[test]
fn only_failures_that_are_worth_it_are_tried_again() {
    let on = |on: &[RetryOn]| plan([step("a").retry(9, Backoff::Fixed, 0).retry_on(on)]).build();
    let _ = given(on(&[RetryOn::Exit(75)])).submitted().exits("a", 1).is("failed");
    let _ = given(on(&[RetryOn::Exit(75)])).submitted().exits("a", 75).is("running");
    let _ = given(on(&[RetryOn::Timeout])).submitted().fails("a", FailureClass::Timeout).is("running");
    let _ = given(on(&[RetryOn::HttpClass(5)])).submitted().fails("a", FailureClass::Http(503)).is("running");
    let _ = given(on(&[RetryOn::HttpClass(5)])).submitted().fails("a", FailureClass::Http(404)).is("failed");
    let _ = given(on(&[RetryOn::Any])).submitted().fails("a", FailureClass::Provider).is("running");
    let _ = given(on(&[RetryOn::Any])).submitted().fails("a", FailureClass::Refused).is("failed");
}

#[test]
fn the_timeout_is_for_each_attempt_and_what_is_performed_beyond_it_is_not_lost() {
    let plan = plan([step("a").timeout(5000).retry(2, Backoff::Fixed, 1000)]).build();
    let _ = given(plan)
        .submitted()
        .then(&["job created", "job started", "a started, attempt 1 until 5000"])
        .fails("a", FailureClass::Timeout)
        .quietly()
        .after(1000)
        .then(&["a is due", "a started, attempt 2 until 6000"])
        .after(3_600_000)
        .then(&[])
        .owes(&[engine::react::Owed::Perform(0, 0, 2)])
        .done("a")
        .then(&["a succeeded", "job succeeded"]);
}

#[test]
fn what_is_stopped_after_its_time_took_too_long_and_is_not_lost() {
    let given = || given(plan([step("a").timeout(5000)]).build()).submitted().quietly().after(5000);
    let _ = given().stopped("a").then(&[
        "a failed with timeout: it took too long and was stopped",
        "job failed: step `a` failed: it took too long and was stopped",
    ]);
    let unconfirmed = engine::request::Stopped::Unconfirmed { why: "who knows".to_owned() };
    let _ = given()
        .reported("a", engine::request::Outcome::Cancelled(unconfirmed))
        .then(&["a lost", "a started, attempt 2 until 10000"]);
}

#[test]
fn a_job_whose_time_is_up_starts_nothing_more_and_stops_what_runs() {
    let plan = plan([step("a"), step("b").needs(&["a"])]).with(|it| it.timeout = Some(millis(1000))).build();
    let _ = given(plan)
        .submitted()
        .then(&["job created", "job started until 1000", "a started, attempt 1"])
        .after(1000)
        .then(&["job expired"])
        .owes(&[engine::react::Owed::Stop(0, 0, 1, engine::port::Stop::Gracefully)])
        .stopped("a")
        .then(&["a cancelled, stopped", "job timed out"])
        .is("timeout");
}

#[test]
fn repeat_goes_again_until_its_condition_holds() {
    let plan = plan([step("a").repeat(says(result("stdout"), "ready"), 500, 3)]).build();
    let said = |text| Outcome::Done(went_well(text));
    let _ = given(plan.clone())
        .submitted()
        .quietly()
        .reported("a", said("not yet"))
        .then(&["a round 1, next at 500"])
        .waits(&["a: goes again, 1 rounds done"])
        .after(500)
        .then(&["a is due", "a started, attempt 2"])
        .reported("a", said("ready"))
        .then(&["a succeeded", "job succeeded"]);
    let _ = given(plan)
        .submitted()
        .reported("a", said("no"))
        .after(500)
        .reported("a", said("no"))
        .after(500)
        .quietly()
        .reported("a", said("no"))
        .then(&[
            "a failed with rounds: after 3 rounds `result.stdout == \"ready\"` does not hold yet",
            "job failed: step `a` failed: after 3 rounds `result.stdout == \"ready\"` does not hold yet",
        ]);
}

#[test]
fn each_round_has_its_own_attempts() {
    let until = says(result("stdout"), "ready");
    let plan = plan([step("a").repeat(until, 0, 9).retry(2, Backoff::Fixed, 0)]).build();
    let _ = given(plan)
        .submitted()
        .exits("a", 1)
        .after(0)
        .done("a")
        .after(0)
        .quietly()
        .exits("a", 1)
        .then(&["a failed with exit:1, again at 0"])
        .after(0)
        .then(&["a is due", "a started, attempt 4"]);
}

#[test]
fn an_attempt_of_which_expect_is_false_has_failed() {
    let expects = |it: &mut engine::plan::Step| it.expect = Some(says(result("stdout"), "ok"));
    let plan = plan([step("a").with(expects).retry(2, Backoff::Fixed, 0)]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .done("a")
        .then(&["a failed with expect, again at 0"])
        .after(0)
        .quietly()
        .reported("a", Outcome::Done(went_well("ok")))
        .then(&["a succeeded", "job succeeded"]);
}

const FAILS: &str = "job failed: step `a` failed: the program ended with exit code 1";
const FAILED: &str = "a failed with exit:1: the program ended with exit code 1";

#[test]
fn once_the_job_fails_the_wait_for_a_retry_ends_at_once() {
    let plan = plan([step("a"), step("b").retry(2, Backoff::Fixed, 100)]).build();
    let _ = given(plan).submitted().exits("b", 75).quietly().exits("a", 1).then(&[
        FAILED,
        "b failed with exit:75: the program ended with exit code 75",
        FAILS,
    ]);
}

#[test]
fn once_the_job_fails_what_runs_may_end_and_is_not_tried_again() {
    let plan = plan([step("a"), step("b").retry(2, Backoff::Fixed, 100), step("c")]).build();
    let _ = given(plan)
        .submitted()
        .exits("a", 1)
        .quietly()
        .exits("b", 75)
        .then(&["b failed with exit:75: the program ended with exit code 75"])
        .done("c")
        .then(&["c succeeded", FAILS]);
}

#[test]
fn once_the_job_fails_no_round_begins() {
    let never = || Expr::Literal(Value::Bool(false));
    let repeats = |name| step(name).repeat(never(), 100, 9);
    let _ = given(plan([step("a"), repeats("b"), repeats("c")]).build())
        .submitted()
        .done("c")
        .quietly()
        .exits("a", 1)
        .then(&[FAILED, "c cancelled"])
        .done("b")
        .then(&["b cancelled, stopped", FAILS]);
}

#[test]
fn once_the_job_fails_no_instance_begins() {
    let over = engine::testing::word(&["x", "y", "z"]);
    let plan = plan([step("a"), step("b").for_each(over).retry(2, Backoff::Fixed, 0)]).build();
    let _ = given(plan)
        .submitted_with(|submit| submit.max_parallel = 2)
        .exits("b", 1)
        .quietly()
        .exits("a", 1)
        // The first waited for its retry, the second runs, the third had not begun.
        .then(&[
            FAILED,
            "b blocked: step `a` failed: the program ended with exit code 1",
            "b failed with exit:1: the program ended with exit code 1",
        ])
        .done("b[1]")
        .then(&["b[1] succeeded", FAILS]);
}

#[test]
fn what_tidies_up_has_its_retries_and_rounds_though_the_job_fails() {
    let plan = plan([step("a"), step("b").after(&["a"]).retry(2, Backoff::Fixed, 100)]).build();
    let _ = given(plan)
        .submitted()
        .exits("a", 1)
        .quietly()
        .exits("b", 75)
        .then(&["b failed with exit:75, again at 100"])
        .after(100)
        .lost("b")
        .then(&["b is due", "b started, attempt 2", "b lost", "b started, attempt 3"])
        .done("b")
        .then(&["b succeeded", FAILS]);
}

#[test]
fn without_fail_fast_all_goes_on() {
    let plan = plan([step("a"), step("b").retry(2, Backoff::Fixed, 100)]);
    let _ = given(plan.with(|it| it.fail_fast = false).build())
        .submitted()
        .exits("b", 1)
        .exits("a", 1)
        .quietly()
        .after(100)
        .then(&["b is due", "b started, attempt 2"])
        .done("b")
        .then(&["b succeeded", FAILS]);
}

#[test]
fn a_wait_that_fails_is_tried_as_often_as_it_may_and_no_more() {
    let plan = plan([step("a").listens("go", Some(10)).retry(2, Backoff::Fixed, 5)]).build();
    let _ = given(plan)
        .submitted()
        .quietly()
        .after(10)
        .then(&["a failed with signal, again at 15"])
        .after(5)
        .then(&["a is due", "a waits for go until 25"])
        .after(10)
        .is("failed");
}

#[test]
fn an_output_of_the_wrong_type_fails_the_attempt() {
    let plan = plan([step("a").output("n", Type::Int, None), step("b").needs(&["a"])])
        .with(|it| {
            let value = Some(output("a", "n"));
            it.outputs.push(engine::plan::Output { name: "n".into(), ty: Type::Int, value });
        })
        .build();
    let gave = |text: &str| {
        let mut done = went_well("");
        done.outputs.insert("n".into(), Value::text(text));
        Outcome::Done(done)
    };
    let _ = given(plan.clone()).submitted().reported("a", gave("many")).is("failed");
    let _ = given(plan)
        .submitted()
        .reported("a", gave("3\n"))
        .quietly()
        .done("b")
        .then(&["b succeeded", "job succeeded n=3"]);
}

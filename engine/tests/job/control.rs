//! What people do: pause, cancel, kill, retry, skip, settle.

use engine::{
    command::{Command, Settlement},
    plan::{Plan, Risk},
    request::Outcome,
    testing::{at, given, plan, step, went_well, word},
    value::{Type, Value},
};

fn two() -> Plan {
    plan([step("a"), step("b").needs(&["a"])]).build()
}

fn retry_step(step: &str) -> Command {
    Command::RetryStep { step: step.into() }
}

#[test]
fn a_job_that_is_held_starts_nothing_and_what_runs_runs_on() {
    let _ = given(two())
        .submitted()
        .quietly()
        .when(Command::PauseJob)
        .then(&["job paused"])
        .done("a")
        .then(&["a succeeded"])
        .waits(&["held by user:ann", "b: waits for room: 1000 run at once"])
        .when(Command::PauseJob)
        .then(&[])
        .when(Command::ResumeJob)
        .then(&["job resumed", "b started, attempt 1"]);
}

#[test]
fn a_held_job_can_be_cancelled() {
    let _ = given(two())
        .submitted()
        .when(Command::PauseJob)
        .when(Command::CancelJob)
        .stopped("a")
        .is("cancelled");
}

#[test]
fn what_waits_ends_with_a_cancelled_job_and_what_runs_is_heard_of_first() {
    let plan = plan([step("a"), step("b").sleeps(1000), step("c").needs(&["a"])]).build();
    let case =
        given(plan).submitted().quietly().when(Command::CancelJob).then(&["cancel requested"]).after(2000);
    let case = case.then(&[]).done("a").then(&["a succeeded", "job cancelled"]).owes(&[]);
    let statuses: Vec<_> = case.job.steps.iter().map(|step| step.status.as_str()).collect();
    assert_eq!(statuses, ["succeeded", "cancelled", "cancelled"]);
    let _ = case.when(Command::CancelJob).refused("the job has ended: cancelled");
}

#[test]
fn a_kill_follows_on_a_cancel() {
    let _ = given(two())
        .submitted()
        .when(Command::CancelJob)
        .quietly()
        .when(Command::CancelJob)
        .then(&[])
        .when(Command::KillJob)
        .then(&["kill requested"]);
}

#[test]
fn a_failed_job_goes_on_where_it_failed_with_attempts_of_new_numbers() {
    let _ = given(two())
        .submitted()
        .exits("a", 1)
        .is("failed")
        .quietly()
        .when(Command::RetryJob)
        .then(&["job retried: a b", "job started", "a started, attempt 2"])
        .reported_of("a", 1, Outcome::Done(went_well("")))
        .refused("attempt 1 is over; the present one is 2")
        .all_done(&["a", "b"])
        .is("succeeded");
}

#[test]
fn instances_that_went_well_are_not_run_again() {
    let plan = plan([step("a").for_each(word(&["x", "y", "z"])).output(
        "it",
        Type::Text,
        Some(engine::testing::each()),
    )]);
    let _ = given(plan.build())
        .submitted()
        .all_done(&["a", "a[2]"])
        .exits("a[1]", 1)
        .quietly()
        .when(Command::RetryJob)
        .then(&["job retried: a", "job started", "a[1] started, attempt 2"])
        .done("a[1]")
        .is("succeeded")
        .gave("a", "it", &Value::list(["x", "y", "z"].map(Value::text).to_vec()));
}

#[test]
fn neither_a_good_nor_a_cancelled_job_is_retried() {
    let _ = given(two())
        .submitted()
        .all_done(&["a", "b"])
        .when(Command::RetryJob)
        .refused("has ended: succeeded");
    let cancelled = given(two()).submitted().when(Command::CancelJob).stopped("a");
    let _ = cancelled.when(Command::RetryJob).refused("has ended: cancelled");
    let _ = given(two()).submitted().when(Command::RetryJob).refused("has not ended");
}

#[test]
fn one_step_is_run_again_with_all_that_saw_its_end() {
    let plan = plan([step("a"), step("b").needs(&["a"]), step("c")]).build();
    let _ = given(plan)
        .submitted()
        .all_done(&["a", "b"])
        .quietly()
        .when(retry_step("a"))
        .then(&["job retried: a b", "a started, attempt 2"])
        .waits(&["b: waits for a"])
        .done("a")
        .then(&["a succeeded", "b started, attempt 2"])
        .when(retry_step("a"))
        .refused("step `b`, which waits for `a`, has begun")
        .all_done(&["b", "c"])
        .is("succeeded");
}

#[test]
fn one_step_is_run_again_though_another_failed_too() {
    let plan = plan([step("a"), step("b"), step("c").needs(&["a"])]).build();
    let _ = given(plan)
        .submitted()
        .exits("a", 1)
        .exits("b", 2)
        .quietly()
        .when(retry_step("a"))
        .then(&["job retried: a c", "job started", "a started, attempt 2"])
        .done("a")
        .then(
            &["a succeeded", "c started, attempt 2"]
                .map(|it| if it.starts_with('c') { "c started, attempt 1" } else { it }),
        )
        .done("c")
        .then(&["c succeeded", "job failed: step `b` failed: the program ended with exit code 2"]);
}

#[test]
fn with_the_only_failure_mended_all_that_it_kept_from_starting_starts() {
    let plan = plan([step("a"), step("b"), step("c").needs(&["b"])]).build();
    let _ = given(plan)
        .submitted()
        .exits("a", 1)
        .done("b")
        .is("failed")
        .quietly()
        .when(retry_step("a"))
        .then(&["job retried: a c", "job started", "a started, attempt 2", "c started, attempt 1"])
        .all_done(&["a", "c"])
        .is("succeeded");
}

#[test]
fn a_step_that_has_not_ended_is_not_run_again() {
    let _ = given(two()).submitted().when(retry_step("b")).refused("has not ended");
    let _ = given(two()).submitted().when(retry_step("x")).refused("no step `x`");
}

#[test]
fn what_needs_a_step_that_a_person_skips_goes_on() {
    let _ =
        given(two()).submitted().when(Command::SkipStep { at: at("a") }).refused("cancel the job to stop it");
    let plan = plan([step("a").sleeps(1000), step("b").needs(&["a"])]).build();
    let _ = given(plan.clone())
        .submitted()
        .quietly()
        .when(Command::SkipStep { at: at("a") })
        .then(&["a skipped: a person skipped it", "b started, attempt 1"]);
    let skip_b = given(plan).submitted().quietly().when(Command::SkipStep { at: at("b[4]") });
    let _ = skip_b.then(&["b skipped: a person skipped it"]).after(1000).is("succeeded");
}

#[test]
fn an_instance_that_is_not_there_is_not_skipped() {
    let plan = plan([step("a").for_each(word(&["x"])).sleeps(1000)]).build();
    let _ = given(plan).submitted().when(Command::SkipStep { at: at("a[7]") }).refused("no step `a[7]`");
}

#[test]
fn a_person_says_what_came_of_an_attempt() {
    let unknown = || {
        let plan =
            plan([step("a").risk(Risk::High).output("n", Type::Optional(Type::Int.into()), None)]).build();
        given(plan)
            .submitted()
            .lost("a")
            .quietly()
            .waits(&["a: waits for a person to say what came of it: the worker is gone"])
    };
    let settle = |verdict| Command::SettleStep { at: at("a"), verdict };
    let _ = unknown().when(settle(Settlement::Done)).then(&["a succeeded n=null", "job succeeded"]);
    let _ = unknown().when(settle(Settlement::Failed)).is("failed");
    let _ = unknown().when(settle(Settlement::Retry)).then(&["a lost", "a started, attempt 2"]);
    let _ = given(two()).submitted().when(settle(Settlement::Done)).refused("nothing is asked there");
}

#[test]
fn what_took_effect_is_not_tried_again_though_what_it_gave_is_not_known() {
    let backoff = engine::plan::Backoff::Fixed;
    let plan = plan([step("a").risk(Risk::High).retry(5, backoff, 0).output("n", Type::Int, None)]).build();
    let settle = Command::SettleStep { at: at("a"), verdict: Settlement::Done };
    let _ = given(plan).submitted().lost("a").when(settle).is("failed");
}

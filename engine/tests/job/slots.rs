//! `concurrency`: places for jobs and for instances.

use engine::{
    command::Command,
    plan::{Concurrency, Plan, WhenBusy},
    react::Owed,
    testing::{at, given, number, plan, step, text, word},
};

fn grant(place: &str) -> Command {
    Command::GrantSlot { at: Some(at(place)) }
}

fn job_in_group() -> Plan {
    let when_busy = WhenBusy::Queue;
    let limit =
        Concurrency { group: text("deploy"), limit: Some(number(1)), when_busy, rate: None, per: None };
    plan([step("a")]).with(|it| it.concurrency = Some(limit)).build()
}

#[test]
fn a_job_waits_for_its_place() {
    let _ = given(job_in_group())
        .submitted()
        .then(&["job created", "job queued for deploy"])
        .is("queued")
        .waits(&["waits for one of 1 places in `deploy`"])
        .owes(&[Owed::JobSlot])
        .when(Command::GrantSlot { at: None })
        .then(&["job has its place", "job started", "a started, attempt 1"])
        .when(Command::GrantSlot { at: None })
        .refused("nothing is asked there");
}

#[test]
fn a_job_that_is_refused_its_place_or_waits_too_long_does_not_start() {
    let refuse = Command::RefuseSlot { at: None, why: "the group is busy".to_owned() };
    let _ = given(job_in_group()).submitted().quietly().when(refuse).then(&["job failed: the group is busy"]);
    let _ = given(job_in_group())
        .submitted_with(|it| it.queue_timeout = Some(1000))
        .quietly()
        .after(1000)
        .then(&["job failed: it waited too long for a place in its group"]);
}

#[test]
fn a_job_in_the_queue_is_cancelled_at_once() {
    let _ = given(job_in_group())
        .submitted()
        .quietly()
        .when(Command::CancelJob)
        .then(&["cancel requested", "job cancelled"])
        .owes(&[]);
}

#[test]
fn a_job_that_is_retried_queues_again() {
    let _ = given(job_in_group())
        .submitted()
        .when(Command::GrantSlot { at: None })
        .exits("a", 1)
        .quietly()
        .when(Command::RetryJob)
        .then(&["job retried: a", "job queued for deploy"])
        .when(Command::GrantSlot { at: None })
        .then(&["job has its place", "job started", "a started, attempt 2"]);
}

#[test]
fn an_instance_holds_its_place_until_its_end() {
    let plan = plan([step("a").for_each(word(&["x", "y"])).group("db", 1, WhenBusy::Queue)]).build();
    let case = given(plan)
        .submitted()
        .then(&[
            "job created",
            "job started",
            "a fans out over [\"x\",\"y\"]",
            "a asks for a place in db",
            "a[1] asks for a place in db",
        ])
        .owes(&[Owed::Slot(0, 0), Owed::Slot(0, 1)])
        .waits(&["a: waits for one of 1 places in `db`", "a[1]: waits for one of 1 places in `db`"])
        .when(grant("a"))
        .then(&["a has its place", "a started, attempt 1"]);
    assert!(case.job.step("a").unwrap().instances[0].has_slot);
    let case = case.done("a").when(grant("a[1]")).quietly();
    assert!(!case.job.step("a").unwrap().instances[0].has_slot);
    let _ = case.done("a[1]").is("succeeded");
}

#[test]
fn an_instance_that_is_refused_its_place_fails() {
    let plan = plan([step("a").group("db", 1, WhenBusy::Reject)]).build();
    let refuse = Command::RefuseSlot { at: Some(at("a")), why: "the group is busy".to_owned() };
    let _ = given(plan)
        .submitted()
        .quietly()
        .when(refuse)
        .then(&["a failed with busy: the group is busy", "job failed: step `a` failed: the group is busy"]);
}

#[test]
fn a_place_is_not_taken_by_a_job_that_is_being_stopped() {
    let plan = plan([step("a").group("db", 1, WhenBusy::Queue), step("b")]).build();
    let _ = given(plan)
        .submitted()
        .when(Command::CancelJob)
        .when(grant("a"))
        .refused("nothing is asked there")
        .stopped("b")
        .is("cancelled");
}

#[test]
fn an_instance_that_loses_its_place_is_stopped_and_fails() {
    let step = || step("a").group("db", 1, WhenBusy::CancelRunning).retry(9, engine::plan::Backoff::Fixed, 0);
    let evict = || Command::RefuseSlot { at: Some(at("a")), why: "another one took its place".to_owned() };
    let case = || given(plan([step()]).build()).submitted().when(grant("a")).quietly();
    let _ = case()
        .when(evict())
        .then(&["a loses its place: another one took its place"])
        .owes(&[Owed::Stop(0, 0, 1, engine::port::Stop::Gracefully)])
        .when(evict())
        .then(&[])
        .stopped("a")
        .then(&[
            "a failed with busy: another one took its place",
            "job failed: step `a` failed: another one took its place",
        ]);
    let _ = case().when(evict()).done("a").is("succeeded");
    // Between two attempts nothing has to be stopped.
    let _ = case().exits("a", 1).when(evict()).is("failed");
}

#[test]
fn no_more_instances_queue_than_may_run() {
    let limit = Concurrency {
        group: text("deploy"),
        limit: Some(number(1)),
        when_busy: WhenBusy::Queue,
        rate: None,
        per: None,
    };
    let step = step("a").for_each(word(&["x", "y", "z"])).with(|it| it.concurrency = Some(limit));
    let _ = given(plan([step]).build())
        .submitted_with(|submit| submit.max_parallel = 2)
        .owes(&[Owed::Slot(0, 0), Owed::Slot(0, 1)])
        .when(grant("a"))
        .owes(&[Owed::Perform(0, 0, 1), Owed::Slot(0, 1), Owed::Slot(0, 2)])
        .when(grant("a[1]"))
        .done("a")
        .owes(&[Owed::Perform(0, 1, 1), Owed::Slot(0, 2)]);
}

#[test]
fn a_group_has_one_place_if_the_file_does_not_say() {
    for rate in [None, Some(number(5))] {
        let unsaid = |it: &mut engine::plan::Step| {
            let limit = it.concurrency.as_mut().unwrap();
            (limit.limit, limit.rate) = (None, rate);
        };
        let _ = given(plan([step("a").group("db", 9, WhenBusy::Queue).with(unsaid)]).build())
            .submitted()
            .waits(&["a: waits for one of 1 places in `db`"]);
    }
}

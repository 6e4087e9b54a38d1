//! The verbs that look at jobs which the database keeps: `jobs`, `show`, `events`, `explain`, `replay`, `artifacts`,
//! `logs`, `audit`, and those that keep the database in order.

use crate::{
    kept::{Kept, wait},
    program::command,
};
use engine::{
    command::Command,
    id::AttemptKey,
    plan::{Output, Risk},
    port::{Logs as _, Stream},
    testing::{Case, at, number, output, plan, range, step, text},
    value::{Type, Value},
};
use insta::assert_snapshot;
use serde_json::Value as Json;
use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};
use store::postgres::PgLogs;

/// A job that failed: a build, a test that fails, and what waits for it.
fn failed(kept: &mut Kept) -> String {
    let built = step("build").output("version", Type::Text, Some(text("1.4.2")));
    let steps = [
        built,
        step("test").needs(&["build"]).runs("cargo", text("test")),
        step("deploy").needs(&["test"]),
        step("tidy").after(&["test"]),
    ];
    kept.add("ship", plan(steps).build(), |case| {
        let case = elapsed(case, 1_500).done("build");
        elapsed(elapsed(case, 61_000).exits("test", 101), 250).done("tidy")
    })
}

/// A job that waits for people, for a signal, for a time, and for what these wait for.
fn waiting(kept: &mut Kept) -> String {
    let steps = [
        step("ask").asks(&["user:ann", "user:bob"], 2, Some(3_600_000)),
        step("act").needs(&["ask"]),
        step("window").listens("open", None),
        step("pause").sleeps(60_000),
        step("each").for_each(range(3)).parallel(1),
        step("last").needs(&["each"]),
    ];
    kept.add("asks", plan(steps).build(), |case| case.answer("ask", "user:ann", true))
}

/// A job that was taken back in part: nobody knows what came of the rest.
fn in_doubt(kept: &mut Kept) -> String {
    let risky = |step: &mut engine::plan::Step| step.risk = Risk::High;
    let steps = [step("a").undo(false).with(risky), step("b").needs(&["a"])];
    kept.add("back", plan(steps).undoes().build(), |case| case.done("a").exits("b", 1).undo_lost("a"))
}

/// A job that went well, without an earlier result that served.
fn done(kept: &mut Kept) -> String {
    let cached = step("a").cached(None).output("answer", Type::Int, Some(number(42)));
    let answer = Output { name: "answer".into(), ty: Type::Int, value: Some(output("a", "answer")) };
    let plan = plan([cached]).param("count", Type::Int, Value::Int(3));
    kept.add("cached", plan.with(|plan| plan.outputs.push(answer)).build(), |case| {
        let miss = Command::ReportCache { at: at("a"), found: Err("there is none".to_owned()) };
        elapsed(case.when(miss), 2_000).done("a")
    })
}

fn elapsed(mut case: Case, ms: i64) -> Case {
    case.now += ms;
    case
}

#[test]
fn jobs_are_listed_and_chosen() {
    let mut kept = Kept::with(&[]);
    assert_snapshot!("look_no_jobs", kept.says("jobs"));
    for make in [failed, waiting, in_doubt, done] {
        make(&mut kept);
    }
    let mut text = String::new();
    for typed in [
        "jobs",
        "jobs --state failed --state succeeded",
        "jobs --workflow ship --limit 1",
        "jobs --waiting",
        "jobs --since 2026-01-02",
        "jobs --since 1h",
        "jobs --since 2026-01-01T00:00:00Z --limit 2",
        "jobs --since yesterday",
        "jobs --state done",
    ] {
        text += &kept.says(typed);
    }
    assert_snapshot!("look_jobs", text);
    let listed = kept.run("jobs --json").json();
    let states: Vec<_> =
        listed.as_array().unwrap().iter().map(|job| job["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["succeeded", "running", "running", "failed"]);
    assert_eq!(listed[3]["cause"], "step `test` failed: the program ended with exit code 101");
    assert_eq!(listed[0]["outputs"]["answer"], 42);
}

#[test]
fn a_job_is_shown_and_explained() {
    let mut kept = Kept::with(&[]);
    let mut text = String::new();
    for make in [failed, waiting, in_doubt, done] {
        let job = make(&mut kept);
        text += &kept.says(&format!("show {job}"));
        text += &kept.says(&format!("explain {job}"));
        let shown = kept.run(&format!("show {job} --json")).json();
        let explained = kept.run(&format!("explain {job} --json")).json();
        assert_eq!(shown["why"], explained);
        assert_eq!(shown["job"], explained["job"]);
    }
    assert_snapshot!("look_show", text);
    let whole = kept.says(&format!("show {}", kept.jobs[0].to_uppercase()));
    assert!(text.contains(whole.split_once('\n').unwrap().1), "a whole id will do, in letters of any size");
    let waits = kept.run(&format!("explain {} --json", kept.jobs[1])).json()["waits"].clone();
    assert!(
        waits.as_array().unwrap().iter().any(|it| it["at"] == "ask" && it["wait"]["missing"] == 1),
        "{waits}"
    );
}

#[test]
fn events_are_told_and_replayed() {
    let mut kept = Kept::with(&[]);
    let mut text = String::new();
    for make in [failed, waiting, in_doubt, done] {
        let job = make(&mut kept);
        text += &kept.says(&format!("events {job}"));
    }
    assert_snapshot!("look_events", text);
    let job = kept.jobs[0].clone();
    let lines = kept.run(&format!("events {job} --json")).stdout();
    let events: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.len() > 8 && (1..).zip(&events).all(|(seq, event)| event["seq"] == seq), "{lines}");

    let whole = kept.run(&format!("replay {job}")).stdout();
    assert_snapshot!("look_replay", kept.says(&format!("replay {job} --to 5")));
    let at = kept.run(&format!("replay {job} --at 2026-01-01T00:00:01.500Z")).stdout();
    assert!(whole.starts_with(&at) && at.lines().count() < whole.lines().count(), "{at}");
    assert!(at.contains("step build: succeeded") && !at.contains("step test: failed"), "{at}");
}

#[test]
fn what_names_no_job_is_told_what_there_is() {
    let mut kept = Kept::with(&[]);
    let mut text = kept.says("show 0123abc");
    for make in [failed, done] {
        make(&mut kept);
    }
    for typed in
        ["show 01", "show 0123abc", "events hello", "replay 0123abc", "explain 0123abc", "logs 0123abc/x"]
    {
        text += &kept.says(typed);
    }
    assert_snapshot!("look_unknown", text);
}

const FILES: &str = "\
skynet 1

workflow files {
  step make {
    script = <<SH
      echo one
      printf 'no end'
      echo made > report.txt
    SH
    artifact report = \"report.txt\"
  }

  step visit {
    needs    = [step.make]
    for_each = [\"berlin\", \"paris\"]
    args     = [each.value]
    script = <<SH
      echo \"in $1\"
      echo \"$1\" > city.txt
    SH
    artifact city = \"city.txt\"
  }
}
";

/// Runs the workflow with files, and returns what its job's id ends with.
fn ran(kept: &mut Kept) -> String {
    let run = kept.run("run files.skynet --parallel 1");
    assert_eq!(run.exit(), 0, "{run}");
    let job = kept.run("jobs --json").json()[0]["job"].as_str().unwrap().to_owned();
    kept.jobs.push(job.as_str().into());
    job.rsplit('-').next().unwrap().to_owned()
}

#[test]
fn what_steps_printed_and_left_behind_is_found() {
    let mut kept = Kept::with(&[("files.skynet", FILES)]);
    let job = ran(&mut kept);
    let mut text = String::new();
    for typed in [
        "logs JOB",
        "logs JOB/make",
        "logs JOB/visit -f",
        "logs JOB/visit/1",
        "logs JOB/nowhere",
        "artifacts JOB",
        "artifacts JOB get report",
        "artifacts JOB get visit[1]/city",
        "artifacts JOB get city",
        "artifacts JOB get nothing",
        "artifacts JOB get report -o nowhere/report.txt",
        "artifacts JOB get make/report -o got.txt",
    ] {
        text += &kept.says(&typed.replace("JOB", &job));
    }
    assert_snapshot!("look_files", text);
    assert_eq!(kept.folder.read("got.txt"), "made\n");
    let listed = kept.run(&format!("artifacts {job} --json")).json();
    assert_eq!((&listed[0]["name"], &listed[0]["bytes"]), (&Json::from("report"), &Json::from(5)));
    assert!(kept.run(&format!("show {job}")).stdout().contains("visit  succeeded  2 instances"));
}

#[test]
fn what_is_printed_is_followed_until_the_job_is_over() {
    let mut kept = Kept::with(&[]);
    let plan = || plan([step("talk"), step("end").needs(&["talk"])]).build();
    let job = kept.add("talks", plan(), |case| case);
    let attempt = AttemptKey { job: kept.jobs[0].clone(), step: "talk".into(), instance: 0, attempt: 1 };
    let mut following = command(&kept.folder.path(""), &format!("logs {job}/talk --follow"))
        .envs(kept.variables())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines().map(Result::unwrap);
    let print = async |words: &[u8]| {
        let logs = PgLogs::new(kept.open().await);
        logs.write(&attempt, Stream::Stdout, words).await;
        assert_eq!(logs.close().await, 0);
    };
    wait(print(b"first\nsec"));
    assert_eq!(lines.next().as_deref(), Some("first"), "while the job goes on");
    wait(async {
        print(b"ond\nlast").await;
        kept.go_on("talks", plan(), |case| case.all_done(&["talk", "end"])).await;
    });
    assert_eq!(lines.collect::<Vec<_>>(), ["second", "last"]);
    assert!(following.wait().unwrap().success());
}

#[test]
fn the_log_is_proved_and_what_was_done_to_it_is_found() {
    let mut kept = Kept::with(&[]);
    let job = failed(&mut kept);
    done(&mut kept);
    let mut text = String::new();
    for typed in
        ["replay JOB --verify", "audit verify", "audit verify JOB", "audit export JOB -o log.jsonl -q"]
    {
        text += &kept.says(&typed.replace("JOB", &job));
    }
    let exported = kept.folder.read("log.jsonl");
    assert_eq!(exported.lines().count(), kept.run(&format!("events {job} --json")).stdout().lines().count());
    assert_eq!(kept.run("audit export").stdout().lines().count(), exported.lines().count() + 7);
    let seal = kept.run("audit seal");
    kept.folder.write("seals.jsonl", seal.stdout());
    text += &kept.says("audit seal");
    text += &kept.says("audit verify --seals seals.jsonl");
    assert_eq!(kept.run("audit verify --json").json()["seals"], 1);

    kept.folder.write("harm.sql", HARM);
    assert_eq!(kept.run("db psql -AtX -f harm.sql").stderr(), "");
    for typed in ["replay JOB --verify", "audit verify --seals seals.jsonl"] {
        text += &kept.says(&typed.replace("JOB", &job));
    }
    kept.folder.write("seals.jsonl", "{}");
    text += &kept.says("audit verify --seals seals.jsonl");
    text += &kept.says("audit verify --seals nowhere.jsonl");
    assert_snapshot!("look_audit", text);
}

/// Somebody who may do anything changes what a step gave.
const HARM: &str = "SET session_replication_role = replica;
    UPDATE skynet.events SET body = convert_to(replace(convert_from(body, 'UTF8'), '1.4.2', '6.6.6'), 'UTF8');";

#[test]
fn what_is_shown_is_made_anew_and_old_weeks_go() {
    let mut kept = Kept::with(&[]);
    failed(&mut kept);
    kept.run("jobs");
    let mut text = kept.says("db rebuild");
    kept.folder.write("harm.sql", "UPDATE skynet.job_rows SET workflow = 'forged'");
    assert_eq!(kept.run("db psql -AtX -f harm.sql").stderr(), "");
    let anew = kept.run("db rebuild job");
    assert_eq!(anew.exit(), 1, "{anew}");
    assert!(
        anew.stdout().contains("it was otherwise before:\n  job_rows: ") && anew.stdout().contains("forged")
    );
    text += &kept.says("db rebuild job");
    text += &kept.says("db rebuild people");
    kept.folder.write("there.jsonl", "");
    text += &kept.says("db retain --older-than 1d --export there.jsonl");
    text += &kept.says("db retain --older-than soon");
    assert_snapshot!("look_upkeep", text);
    let dry = kept.run("db retain --older-than 90d --dry-run");
    assert!(dry.stdout().lines().all(|line| line.ends_with(": stays, as it is not old enough")), "{dry}");
    assert!(dry.stderr().contains("Nothing was dropped."), "{dry}");
    // A projection that has stopped is told of with all that is shown.
    kept.folder.write("harm.sql", "DROP TABLE skynet.job_rows_4");
    let dropped = kept.run("db psql -AtX -f harm.sql");
    assert_eq!(dropped.exit(), 0, "{dropped}");
    done(&mut kept);
    assert_snapshot!("look_stopped", kept.says("jobs"));
    assert_eq!(kept.run("db rebuild job").exit(), 0);
    assert_eq!(kept.run("jobs").stdout().lines().count(), 2);
}

#[test]
fn an_old_week_is_written_down_and_dropped() {
    let mut kept = Kept::with(&[]);
    kept.run("jobs");
    kept.folder.write("old.sql", "SELECT skynet.add_segment('old', '2025-01-06', '2025-01-13')");
    assert_eq!(kept.run("db psql -AtX -f old.sql").stderr(), "");
    let old = "01944200-0000-7000-8000-000000000001";
    kept.add_as(old.into(), "old", plan([step("a")]).build(), |case| case.done("a"));
    failed(&mut kept);
    let of_old = |text: &str| -> String {
        text.lines().filter(|line| !line.contains("not old enough")).map(|line| format!("{line}\n")).collect()
    };
    let mut text = of_old(&kept.says("db retain --older-than 0s --dry-run"));
    text += &of_old(&kept.says("db retain --older-than 0s --export old.jsonl"));
    text += &kept.says("audit verify");
    text += &kept.says("db rebuild job");
    text += &kept.says(&format!("events {old}"));
    assert_eq!(kept.run("jobs").stdout().lines().count(), 2, "what is known of its jobs stays");
    assert_snapshot!("look_dropped", text);
    let lines = kept.folder.read("old.jsonl");
    assert!(lines.lines().count() == 5 && lines.lines().all(|line| line.contains(old)), "{lines}");
}

//! The examples on this machine, as a newcomer runs them: real programs in an empty workspace, and with `--mock` those
//! that need more than any machine has.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{
    bench::{Bench, Ended},
    case::{CASES, Case, find},
    hands::Fault,
    harm::sound,
    line::lines,
};
use api::{
    app::{self, Stores},
    config::Config,
};
use engine::{
    id::AttemptKey,
    job::JobState,
    port::{Logs, Stream},
    value::to_json,
};
use futures_core::future::BoxFuture;
use std::{
    future::ready,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};
use store::MemoryLog;

/// How long one job may take; each needs a few seconds at most.
const LONGEST: Duration = Duration::from_secs(60);

/// Each case that this machine can do, with some of the outputs it must give, as JSON.
const REAL: &[(&str, &[(&str, &str)])] = &[
    ("hello", &[("message", r#""Hello, world!""#)]),
    ("cron_report", &[]),
    ("failure_and_cleanup", &[("measured", "false"), ("line", r#""It is 20.0 degrees.""#)]),
    ("failure_and_cleanup_unbroken", &[("measured", "true"), ("line", r#""It is 21.5 degrees.""#)]),
    ("fan_out_report", &[("total", "12"), ("missing", "1")]),
    ("matrix", &[("largest", "9.0")]),
    ("parallel_diamond", &[("line", r#""4 words: alpha bravo charlie delta""#)]),
    ("parallel_diamond_uncounted", &[("line", r#""4 words: alpha bravo charlie delta""#)]),
    ("params_and_types", &[("names", r#"["TOM","POLLY"]"#)]),
    ("params_and_types_quiet", &[("remark", r#""(quiet)""#)]),
    ("release_with_undo", &[("release", r#""release 1.1.0""#)]),
    ("release_with_undo_unhealthy", &[]),
    ("repeat_until_ready", &[]),
    ("retry_and_timeout", &[("attempts", "3")]),
    (
        "cache_and_files",
        &[("names", r#"["bundle/","bundle/README.txt","bundle/about.json","bundle/table.csv"]"#)],
    ),
    ("ship_with_notify", &[("told", r#""2 pages packed, verify succeeded""#)]),
    ("webhook_release", &[]),
    ("approval_and_signal", &[("line", r#""CHG-7: rotate the demo key, within 15 minutes""#)]),
];

/// Each case that says in its file what its steps give where they only pretend, with outputs it must give.
const PRETENDED: &[(&str, &[(&str, &str)])] = &[
    ("disk_full_db1", &[("free", "0.34")]),
    ("in_a_container", &[("smallest", "0"), ("largest", "37")]),
    ("nightly_features", &[("failed", "0")]),
    ("ship_staging", &[]),
    ("ship_prod", &[]),
    ("catalog_actions", &[("entries", "2"), ("clean", "false"), ("linted", "true")]),
];

#[test]
fn examples_run_on_this_machine() {
    run(REAL, false);
}

#[test]
fn every_example_pretends() {
    let outputs = |name| PRETENDED.iter().find(|(case, _)| *case == name).map_or(&[][..], |(_, it)| *it);
    let cases: Vec<_> = CASES.iter().map(|case| (case.name, outputs(case.name))).collect();
    run(&cases, true);
}

/// Runs cases side by side, each in a workspace of its own.
fn run(cases: &[(&str, &[(&str, &str)])], mock: bool) {
    thread::scope(|scope| {
        for (name, outputs) in cases {
            scope.spawn(move || check(find(name), outputs, mock));
        }
    });
}

fn check(case: Case, outputs: &[(&str, &str)], mock: bool) {
    let bench = Bench { mock, ..Bench::new(case).with(Fault::None) };
    let printed = Arc::new(Printed::default());
    let ended = on_this_machine(&bench, Arc::<Printed>::clone(&printed));
    let said = String::from_utf8_lossy(&printed.0.lock().unwrap()).into_owned();
    let log = format!("{}:\n{}\n{said}", case.name, lines(&ended.told));
    sound(&ended, &log);
    // Where all is a pretence, all is healthy.
    let fails = case.name.ends_with("_unhealthy") && !mock;
    assert_eq!(matches!(ended.job.state, JobState::Succeeded), !fails, "{log}");
    for (output, expected) in outputs {
        let value = ended.job.outputs.get(*output).map(|value| to_json(value).to_string());
        assert_eq!(value.as_deref(), Some(*expected), "output `{output}` of {log}");
    }
}

fn on_this_machine(bench: &Bench, logs: Arc<dyn Logs>) -> Ended {
    let (workspace, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, log) = (workspace.path().to_path_buf(), Arc::new(MemoryLog::default()));
    let mut world =
        app::world(&Config::read(), folder, scratch.path(), Stores::memory(scratch.path(), logs)).unwrap();
    world.log = Arc::<MemoryLog>::clone(&log);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(LONGEST, bench.drive(world, &*log)).await.unwrap() })
}

/// What attempts printed, for whoever must find out why one failed.
#[derive(Default)]
struct Printed(Mutex<Vec<u8>>);

impl Logs for Printed {
    fn write<'a>(&'a self, _: &'a AttemptKey, _: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Box::pin(ready(()))
    }
}

//! This machine.

use crate::support::Machine;
use engine::{
    plan::Interpreter,
    port::{Provider, Secrets, Sink, Stop, Stream},
    request::{FailureClass, Outcome, Request, Resolved, Sealed, Stopped},
    value::Value,
};
use futures_core::future::BoxFuture;
use providers::{
    Local,
    conformance::{self as suite, Fixture, Kept},
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

macro_rules! conforms {
    ($($name:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            suite::$name(&Machine::new()).await;
        }
    )*};
}

conforms!(
    outcomes_are_told_apart,
    output_is_capped,
    output_is_kept_byte_equal,
    stdin_never_blocks,
    stopping_ends_everybody,
    a_deadline_ends_everybody,
    a_success_leaves_nobody,
    a_stuck_sink_stops_no_stop,
    one_key_is_one_effect,
    unknown_keys_are_gone,
    hostile_strings_arrive_byte_equal,
    files_are_laid_out,
    outputs_are_read,
    artifacts_travel_whole,
    paths_lead_nowhere_else,
    secrets_appear_nowhere,
);

/// A worker that is started anew on the same scratch folder.
fn restarted(machine: &Machine) -> Local {
    Local::new(machine.config.clone())
}

fn script(machine: &Machine, body: &str) -> Request {
    let action = Resolved::Script { interpreter: Interpreter::Sh, body: body.into(), arguments: Vec::new() };
    suite::request(machine.place(), action)
}

/// Waits until a file is there and not empty, and returns what it says.
async fn said(path: &Path) -> String {
    let there = async {
        loop {
            match tokio::fs::read_to_string(path).await {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(suite::PATIENCE, there).await.unwrap()
}

#[tokio::test]
async fn what_came_of_a_key_outlives_the_worker() {
    let machine = Machine::new();
    let request = script(&machine, "echo once >> effect; cat effect");
    let first = machine.local.perform(&request, &Secrets::new(), &Kept::default()).await;
    let again = restarted(&machine).perform(&request, &Secrets::new(), &Kept::default()).await;
    assert!(matches!(first, Outcome::Done(_)), "{first:?}");
    assert_eq!(first, again);
}

#[tokio::test]
async fn a_job_that_came_with_a_folder_works_in_it() {
    let (machine, folder) = (Machine::new(), tempfile::tempdir().unwrap());
    let own = Some(folder.path().to_str().unwrap().into());
    let request = Request { workspace: own, ..script(&machine, "echo here > file") };
    let made = machine.local.perform(&request, &Secrets::new(), &Kept::default()).await;
    assert!(matches!(made, Outcome::Done(_)), "{made:?}");
    assert_eq!(std::fs::read_to_string(folder.path().join("file")).unwrap(), "here\n");

    drop(folder);
    let key = engine::id::AttemptKey { attempt: 2, ..request.key.clone() };
    let gone = machine.local.perform(&Request { key, ..request }, &Secrets::new(), &Kept::default()).await;
    let Outcome::Failed { message, .. } = gone else { panic!("{gone:?}") };
    assert!(message.contains("cannot be worked in"), "{message}");
}

/// Half of them leave somebody behind who could print, so that whoever could is looked for while others are started.
#[test]
fn programs_started_side_by_side_leave_each_other_alone() {
    let machine = Machine::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let machine = &machine;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                for number in 0..20_u32 {
                    let mut request = script(machine, if number % 2 == 0 { "sleep 100 &" } else { "true" });
                    request.key.step = format!("s{thread}").into();
                    request.key.attempt = number + 1;
                    let (secrets, kept) = (Secrets::new(), Kept::default());
                    let outcome = runtime.block_on(machine.local.perform(&request, &secrets, &kept));
                    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
                }
            });
        }
    });
}

/// The first worker is a thread with a runtime of its own that is torn down in the middle of an attempt, with the
/// program told to survive the end of its group.
#[test]
fn what_a_lost_worker_left_is_found_by_its_key() {
    let machine = Machine::new();
    let request = script(&machine, "setsid sh -c 'echo $$ > pid; exec sleep 1000' & sleep 1000");
    let file = machine.workspace(&request.key.job).join("pid");
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let first = runtime();
    let pid = first.block_on(async {
        let (secrets, kept) = (Secrets::new(), Kept::default());
        tokio::select! {
            outcome = machine.local.perform(&request, &secrets, &kept) => panic!("{outcome:?}"),
            pid = said(&file) => pid,
        }
    });
    // A worker that goes down in good order takes its programs along.
    drop(first);
    let (pid, begun) = (pid.parse().unwrap(), Instant::now());
    while machine.is_alive(pid) {
        assert!(begun.elapsed() < suite::PATIENCE, "{pid} lives on");
        std::thread::yield_now();
    }

    // One that does not is played by a program that has the mark of the attempt.
    let out = folder_of(&machine);
    let left = std::process::Command::new("sh")
        .args(["-c", "sleep 1000 >/dev/null 2>&1 & echo $!"])
        .env("SKYNET_OUT", &out)
        .output()
        .unwrap();
    let left = String::from_utf8(left.stdout).unwrap().trim().parse().unwrap();
    assert!(machine.is_alive(left));
    let second = restarted(&machine);
    runtime().block_on(async {
        let outcome = second.perform(&request, &Secrets::new(), &Kept::default()).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
        assert_eq!(restarted(&machine).cancel(&request.key, Stop::Gracefully).await, Stopped::Confirmed);
    });
    assert!(!machine.is_alive(left));
}

fn folder_of(machine: &Machine) -> PathBuf {
    let mut entries = std::fs::read_dir(&machine.config.scratch).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.is_dir()).unwrap()
}

#[tokio::test]
async fn only_allowed_variables_reach_a_program() {
    let machine = Machine::with(|config| config.variables = vec![("PATH".into(), "/usr/bin:/bin".into())]);
    let mut request = suite::request(machine.place(), Resolved::Run { argv: vec!["env".into()] });
    request.env = vec![("MINE".into(), Sealed::text("1")), ("SKYNET_JOB".into(), Sealed::text("forged"))];
    let outcome = machine.local.perform(&request, &Secrets::new(), &Kept::default()).await;
    let Outcome::Done(done) = outcome else { panic!("{outcome:?}") };
    let Some(Value::Text(text)) = done.result.get("stdout") else { panic!("{done:?}") };
    let mut names: Vec<_> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.sort_unstable();
    let expected =
        ["MINE", "PATH", "SKYNET_ATTEMPT", "SKYNET_INSTANCE", "SKYNET_JOB", "SKYNET_OUT", "SKYNET_STEP"];
    assert_eq!(names, expected);
    assert!(!text.contains("forged"));
}

#[tokio::test]
async fn a_workspace_outside_of_the_allowed_paths_is_refused() {
    let allowed = tempfile::tempdir().unwrap();
    let machine = Machine::with(|config| config.allowed_paths = vec![allowed.path().into()]);
    let outcome = machine.local.perform(&script(&machine, "true"), &Secrets::new(), &Kept::default()).await;
    let Outcome::Failed { class: FailureClass::Refused, message, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(message.contains("SKYNET_ALLOWED_PATHS"), "{message}");
}

/// In a cgroup nobody can hide, whatever they shed. Needs the right to mount one; elsewhere there is nothing to test.
#[tokio::test]
async fn nobody_escapes_from_a_cgroup() {
    let folder = tempfile::tempdir().unwrap();
    let mounted =
        std::process::Command::new("mount").args(["-t", "cgroup2", "none"]).arg(folder.path()).output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        return;
    }
    let root = folder.path().join(format!("skynet-test-{}", std::process::id()));
    std::fs::create_dir(&root).unwrap();
    let machine = Machine::with(|config| config.cgroup = Some(root.clone()));
    let hide = "setsid env -i /bin/sh -c 'echo $$ > pid; exec >/dev/null 2>&1 </dev/null; cd /; exec /bin/sleep 1000' &\n\
                while ! [ -s pid ]; do :; done; exit 4";
    let request = script(&machine, hide);
    let outcome = machine.local.perform(&request, &Secrets::new(), &Kept::default()).await;
    let Outcome::Done(done) = outcome else { panic!("{outcome:?}") };
    assert_eq!(done.result.get("exit_code"), Some(&Value::Int(4)));
    let pid = said(&machine.workspace(&request.key.job).join("pid")).await;
    assert!(!machine.is_alive(pid.parse().unwrap()));
    suite::outcomes_are_told_apart(&machine).await;
    suite::hostile_strings_arrive_byte_equal(&machine).await;
    suite::stopping_ends_everybody(&machine).await;
    assert_eq!(std::fs::read_dir(&root).unwrap().flatten().filter(|it| it.path().is_dir()).count(), 0);
    std::fs::remove_dir(&root).unwrap();
    assert!(std::process::Command::new("umount").arg(folder.path()).status().unwrap().success());
}

/// Whoever asked nicely may change their mind.
#[tokio::test]
async fn a_second_stop_cuts_the_grace_short() {
    let machine = Machine::with(|config| config.limits.grace = Duration::from_secs(86_400));
    let request = script(&machine, "trap 'echo no' TERM; echo up; while :; do sleep 0.01; done");
    let (secrets, kept) = (Secrets::new(), Kept::default());
    let stop = async {
        kept.lines(1).await;
        let impatient = async {
            kept.lines(2).await;
            machine.local.cancel(&request.key, Stop::Now).await
        };
        tokio::join!(machine.local.cancel(&request.key, Stop::Gracefully), impatient)
    };
    let both = async { tokio::join!(machine.local.perform(&request, &secrets, &kept), stop) };
    let (outcome, stopped) = tokio::time::timeout(suite::PATIENCE, both).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled(Stopped::Confirmed));
    assert_eq!(stopped, (Stopped::Confirmed, Stopped::Confirmed));
}

/// What a sink does not take waits in the program, not in the worker: there is room for far less than it would print.
#[tokio::test]
async fn a_slow_sink_holds_the_program_back() {
    struct Gate(tokio::sync::Semaphore, Kept);
    impl Sink for Gate {
        fn write<'a>(&'a self, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()> {
            Box::pin(async move {
                self.0.acquire().await.unwrap().forget();
                self.1.write(stream, bytes).await;
            })
        }
    }
    let machine = Machine::new();
    let body = "head -c 3000000 /dev/zero >&2; echo > printed";
    let request = script(&machine, body);
    let printed = machine.workspace(&request.key.job).join("printed");
    let (gate, secrets) = (Gate(tokio::sync::Semaphore::new(3), Kept::default()), Secrets::new());
    let open = async {
        // Three pieces passed, and the next one waits.
        while gate.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(!printed.exists());
        gate.0.add_permits(1_000_000);
    };
    let (outcome, ()) = tokio::join!(machine.local.perform(&request, &secrets, &gate), open);
    // More than `result` takes, and yet all of it has passed.
    let Outcome::Failed { class: FailureClass::Output, done: Some(done), .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(done.log.unwrap().bytes, 3_000_000);
    assert!(printed.exists());
}

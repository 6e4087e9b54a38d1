//! Jobs that outlive the program that began them: driven by workers, told things, gone on with by others.

use crate::{
    program::{Folder, HELLO, Run, command},
    run::wait_for,
};
use std::process::{Child, Command, Stdio};
use store::testing::server::{Database, database};

/// A database of its own, and a folder to work in.
struct House {
    folder: Folder,
    database: Database,
}

/// A worker, which ends with this.
struct Worker(Child);

impl House {
    fn with(files: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let house = Self { folder: Folder::with(files), database: runtime.block_on(database()) };
        // The first to come makes the tables.
        assert_eq!(house.run("cancel nobody").exit(), 2);
        house
    }

    fn run(&self, typed: &str) -> Run {
        let home = self.folder.path("home").display().to_string();
        let variables = [("DATABASE_URL", self.database.url()), ("SKYNET_HOME", &home), ("USER", "ann")];
        self.folder.run_with(typed, &variables, b"")
    }

    /// Begins a job and returns its id.
    fn begin(&self, typed: &str) -> String {
        let run = self.run(&format!("run --detach {typed}"));
        assert_eq!(run.exit(), 0, "{run}");
        run.stdout().trim().to_owned()
    }

    /// Starts a worker, and returns once it is one.
    fn worker(&self) -> Worker {
        let before = self.query("SELECT count(*) FROM skynet.workers");
        let mut worker = command(&self.folder.path(""), "worker");
        worker.env("DATABASE_URL", self.database.url()).env("PATH", std::env::var_os("PATH").unwrap());
        let worker = worker.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for("a worker", || self.query("SELECT count(*) FROM skynet.workers") != before);
        Worker(worker)
    }

    fn query(&self, statement: &str) -> String {
        // What only our client understands.
        let url = self.database.url().split_once("statement-cache-capacity").map_or_else(
            || self.database.url().to_owned(),
            |(before, after)| {
                before.to_owned()
                    + after
                        .trim_start_matches(|it: char| it == '=' || it.is_ascii_digit())
                        .trim_start_matches('&')
            },
        );
        let url = url.trim_end_matches(['&', '?']);
        let output = Command::new("psql").args([url, "-Atc", statement]).output().unwrap();
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Returns the kinds of a job's events, in order.
    fn events(&self, job: &str) -> Vec<String> {
        let statement = format!(
            "SELECT k.name FROM skynet.events e JOIN skynet.event_kinds k USING (kind) WHERE e.job_id = '{job}' ORDER BY e.seq"
        );
        self.query(&statement).lines().map(str::to_owned).collect()
    }

    fn wait_for(&self, job: &str, event: &str) {
        wait_for(event, || self.events(job).iter().any(|it| it == event));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

#[test]
fn a_detached_job_is_driven_by_a_worker() {
    let house = House::with(&[("hello.skynet", HELLO)]);
    let _worker = house.worker();
    let job = house.begin("hello.skynet --param name=Ada --key one");
    house.wait_for(&job, "job_succeeded");
    assert_eq!(
        house.events(&job),
        ["job_created", "job_started", "step_started", "step_succeeded", "job_succeeded"]
    );
    assert_eq!(house.begin("hello.skynet --key one"), job, "the same key begins nothing");
    assert_ne!(house.begin("hello.skynet --key two"), job);
    let refused = house.run("run --detach hello.skynet --param nme=Ada");
    assert_eq!(refused.exit(), 2, "{refused}");
}

const LONG: &str = "\
skynet 1

workflow long {
  step first { run = [\"sleep\", \"4\"] }
  step second {
    needs = [step.first]
    run   = [\"echo\", \"there\"]
  }
}
";

#[test]
fn a_job_whose_worker_was_killed_is_gone_on_with_by_another() {
    let house = House::with(&[("long.skynet", LONG)]);
    let worker = house.worker();
    let job = house.begin("long.skynet");
    house.wait_for(&job, "step_started");
    // As by `kill -9`.
    drop(worker);
    let _other = house.worker();
    house.wait_for(&job, "job_succeeded");
    let events = house.events(&job);
    let count = |kind: &str| events.iter().filter(|it| *it == kind).count();
    assert_eq!((count("step_lost"), count("step_started"), count("step_succeeded")), (1, 3, 2), "{events:?}");
}

const ASKS: &str = "\
skynet 1

workflow asks {
  param code: int = 3

  step ok {
    approve {
      message   = \"Go?\"
      approvers = [\"user:ann\"]
      quorum    = 1
      expires   = 1h
    }
  }

  step window {
    needs = [step.ok]
    wait { signal = \"go\" }
  }

  step act {
    needs = [step.window]
    run   = [\"sh\", \"-c\", \"exit $0\", \"${param.code}\"]
  }
}
";

#[test]
fn a_job_is_told_what_people_say() {
    let house = House::with(&[("asks.skynet", ASKS)]);
    let _worker = house.worker();
    let job = house.begin("asks.skynet");
    house.wait_for(&job, "approval_requested");
    let part = &job[28..];
    let said = |typed: &str| {
        let run = house.run(typed);
        format!("{run}").replace(part, "PART").replace(&job, "JOB")
    };
    let wrong = said(&format!("approve {part} --subject 0000"));
    assert!(wrong.contains("what is asked is not what you name") && wrong.ends_with("[exit 2]"), "{wrong}");
    let shown = [
        said(&format!("signal {part} go=}}")),
        said(&format!("skip {part} nowhere")),
        said(&format!("approve {part}")),
        said(&format!("approve {part}")),
        said(&format!("signal {part} go={{\"minutes\":5}}")),
    ];
    house.wait_for(&job, "job_failed");
    let shown = [&shown[..], &[said(&format!("undo {part}")), said(&format!("cancel {part}"))]].concat();
    insta::assert_snapshot!(shown.join("\n\n"));
    assert!(house.run(&format!("retry {part}")).exit() == 0);
    wait_for("a second failure", || house.events(&job).iter().filter(|it| *it == "job_failed").count() == 2);
}

#[test]
fn a_fork_takes_over_what_need_not_run_again() {
    let house = House::with(&[("asks.skynet", &ASKS.replace("approve {", "approve {\n      # told"))]);
    let _worker = house.worker();
    let job = house.begin("asks.skynet");
    house.wait_for(&job, "approval_requested");
    assert_eq!(house.run(&format!("approve {job}")).exit(), 0);
    assert_eq!(house.run(&format!("signal {job} go")).exit(), 0);
    house.wait_for(&job, "job_failed");
    let plan = house.run(&format!("fork {job} --param code=0 --dry-run"));
    insta::assert_snapshot!(plan.to_string().replace(&job, "JOB"));
    let fork = house.run(&format!("fork {job} --param code=0 --output window.nothing=1"));
    assert_eq!(fork.exit(), 2, "{fork}");
    let fork = house.run(&format!("fork {job} --quiet"));
    let fork = fork.stdout().trim().to_owned();
    house.wait_for(&fork, "job_failed");
    assert!(
        house.events(&fork).starts_with(&["job_created".into(), "step_reused".into()]),
        "{:?}",
        house.events(&fork)
    );
    assert!(!house.events(&fork).iter().any(|it| it == "approval_requested"));
}

#[test]
fn a_job_that_is_run_at_the_terminal_is_in_the_log() {
    let house = House::with(&[("hello.skynet", HELLO)]);
    assert_eq!(house.run("run hello.skynet --quiet").stdout(), "message = Hello, world!\n");
    assert_eq!(house.run("run hello.skynet --quiet --memory").stdout(), "message = Hello, world!\n");
    assert_eq!(house.query("SELECT count(*), sum(seq), bool_and(done) FROM skynet.heads"), "1|5|t");
    assert_eq!(house.query("SELECT count(*) FROM skynet.workers"), "0", "nobody stays behind");
}

//! `skynet run` and `skynet replay`, as a person at a shell or a program in a pipe sees them.

use crate::program::{Folder, HELLO, Run, command};
use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Shows a run without what differs from run to run: ids, digests and times.
pub(crate) fn shown(run: &Run) -> String {
    let mut text = String::new();
    for line in run.to_string().lines() {
        let line = match line.split_once("job 0") {
            Some((before, after)) => {
                let rest = after.trim_start_matches(|it: char| it.is_ascii_hexdigit() || it == '-');
                format!("{before}job ID{rest}")
            }
            None => line.to_owned(),
        };
        let timed = line.trim_start().split_once("s  ").filter(|(time, _)| time.parse::<f64>().is_ok());
        text += &timed.map_or_else(|| line.clone(), |(_, rest)| format!("   TIME   {rest}"));
        text.push('\n');
    }
    text
}

const FAILS: &str = "\
skynet 1

workflow fails {
  step good { run = [\"echo\", \"fine\"] }

  step bad {
    needs = [step.good]
    script = <<SH
      echo working
      exit 3
    SH
  }

  step later {
    needs = [step.bad]
    run   = [\"echo\", \"never\"]
  }

  step tidy {
    after = [step.bad]
    run   = [\"echo\", step.bad.status]
  }
}
";

#[test]
fn a_job_runs_and_gives_its_outputs() {
    let folder = Folder::with(&[("hello.skynet", HELLO)]);
    let run = folder.run("run --memory hello.skynet --param name=Ada");
    insta::assert_snapshot!(shown(&run));
    assert_eq!(
        folder.run("run --memory hello.skynet --quiet").to_string(),
        "$ skynet run --memory hello.skynet --quiet\nmessage = Hello, world!\n[exit 0]"
    );
}

#[test]
fn a_failure_says_what_ran_how_it_ended_and_how_to_go_on() {
    let folder = Folder::with(&[("fails.skynet", FAILS)]);
    insta::assert_snapshot!(shown(&folder.run("run --memory fails.skynet")));
}

#[test]
fn what_cannot_run_here_is_refused_before_it_starts() {
    let cases = [
        ("param", "param n: int", "run = [\"touch\", \"started\"]"),
        (
            "check",
            "param n: int = 3 { check = param.n > 5 }",
            "run = [\"touch\", \"started\", \"${param.n}\"]",
        ),
        (
            "ssh",
            "target far: ssh { host = \"far\" user = \"u\" host_key = \"ssh-ed25519 AAAA\" }",
            "on = target.far timeout = 1m run = [\"true\"]",
        ),
        ("model", "", "timeout = 1m agent { prompt = \"why?\" } output answer: string"),
    ];
    let mut text = String::new();
    for (name, declared, action) in cases {
        let source =
            format!("skynet 1\n\nworkflow {name}_case {{\n  {declared}\n  step s {{ {action} }}\n}}\n");
        let folder = Folder::with(&[("a.skynet", &source)]);
        let run = folder.run("run --memory a.skynet");
        assert_eq!(run.exit(), 2, "{run}");
        assert!(!folder.path("started").exists(), "nothing has started");
        text += &shown(&run);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_program_gets_each_event_as_a_line_of_json() {
    let folder = Folder::with(&[("hello.skynet", HELLO)]);
    let run = folder.run("run --memory hello.skynet --json");
    let types: Vec<String> = run
        .stdout()
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["event"]["type"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(types, ["job_created", "job_started", "step_started", "step_succeeded", "job_succeeded"]);
}

#[test]
fn a_file_of_events_is_replayed_and_verified() {
    let folder = Folder::with(&[("fails.skynet", FAILS)]);
    assert_eq!(folder.run("run --memory fails.skynet --events e.jsonl").exit(), 1);
    let to_five = folder.run("replay e.jsonl --to 5");
    let lines: Vec<String> = to_five
        .stdout()
        .lines()
        .filter(|line| line.starts_with(' '))
        .map(str::trim)
        .map(str::to_owned)
        .collect();
    assert!(lines.iter().any(|line| line == "step bad: running"), "{to_five}");
    assert!(!lines.iter().any(|line| line.starts_with('6')), "{to_five}");
    let verified = folder.run("replay e.jsonl --verify");
    assert_eq!(verified.exit(), 0, "{verified}");
    // A job begins once, and a line says nothing that is not known.
    let whole = folder.read("e.jsonl");
    let (first, rest) = whole.split_once('\n').unwrap();
    let plan = rest.lines().next().unwrap();
    let twice = [
        (format!("{first}\n{plan}\n{rest}"), "a job begins once"),
        (format!("{first}\n{rest}{rest}"), "a job begins once"),
        (whole.replacen("{\"job\"", "{\"more\":1,\"job\"", 1), "unknown field `more`"),
    ];
    for (text, why) in twice {
        folder.write("twice.jsonl", text);
        let verified = folder.run("replay twice.jsonl --verify");
        assert_eq!(verified.exit(), 2, "{verified}");
        assert!(verified.stderr().contains(why), "{verified}");
    }
    // An event that says otherwise is found.
    let tampered = folder.read("e.jsonl").replace("\"exit\":3", "\"exit\":4");
    folder.write("tampered.jsonl", tampered);
    let verified = folder.run("replay tampered.jsonl --verify");
    assert_eq!(verified.exit(), 1, "{verified}");
    assert!(verified.stderr().contains("decides otherwise at event"), "{verified}");
}

#[test]
fn a_file_of_events_whose_last_line_is_cut_is_read_up_to_there() {
    let source = "skynet 1\n\nworkflow each {\n  step s {\n    for_each = [\"a\", \"b\"]\n    key      = each.value\n    run      = [\"echo\", each.value]\n  }\n}\n";
    let folder = Folder::with(&[("a.skynet", source)]);
    assert_eq!(folder.run("run --memory a.skynet --parallel 1 --events e.jsonl").exit(), 0);
    let whole = folder.read("e.jsonl");
    folder.write("cut.jsonl", whole.get(..whole.len() - 20).unwrap());
    let run = folder.run("replay cut.jsonl");
    assert_eq!(run.exit(), 0, "{run}");
    assert!(run.stderr().contains("the last, is cut"), "{run}");
    assert!(run.stdout().contains("instance: s[b]"), "{run}");
    assert_eq!(folder.run("replay cut.jsonl --verify").exit(), 0);
    // Not the last: that is another damage.
    folder.write("torn.jsonl", format!("{}\n{whole}", whole.get(..whole.len() - 20).unwrap()));
    assert_eq!(folder.run("replay torn.jsonl").exit(), 2);
}

#[test]
fn a_file_that_is_none_of_events_is_refused() {
    let folder =
        Folder::with(&[("empty", ""), ("hello.skynet", HELLO), ("newer", "{\"skynet-events\":2}\n")]);
    let mut text = String::new();
    for file in ["empty", "hello.skynet", "newer", "missing"] {
        let run = folder.run(&format!("replay {file}"));
        assert_eq!(run.exit(), 2, "{run}");
        text += &format!("{run}\n");
    }
    insta::assert_snapshot!(text);
}

const ASKS: &str = "\
skynet 1

workflow asks {
  step ask {
    approve {
      message   = \"Go on?\"
      approvers = [\"group:ops\"]
      expires   = 1h
    }
  }

  step act {
    needs = [step.ask]
    run   = [\"echo\", \"acted\"]
  }
}
";

#[test]
fn an_approval_is_given_with_yes_and_ends_the_job_where_nobody_can_answer() {
    let folder = Folder::with(&[("asks.skynet", ASKS)]);
    insta::assert_snapshot!(format!(
        "{}{}",
        shown(&folder.run("run --memory asks.skynet --yes")),
        shown(&folder.run("run --memory asks.skynet"))
    ));
    assert_eq!(folder.run("run --memory asks.skynet").exit(), 3);
}

#[test]
fn a_secret_is_not_seen() {
    let source = "skynet 1\n\nworkflow s {\n  secret token { from = \"env:TOKEN\" }\n  step show {\n    env { T = secret.token }\n    script = <<SH\n      printf '%s\\n' \"$T\"\n      printf '%s' \"$T\" | base64\n    SH\n    output seen: string = result.stdout\n  }\n  output seen: string = step.show.output.seen\n}\n";
    let folder = Folder::with(&[("s.skynet", source)]);
    let run = folder.run_with("run --memory s.skynet --events e.jsonl", &[("TOKEN", "hunter2-hunter2")], b"");
    assert_eq!(run.exit(), 0, "{run}");
    for text in [run.to_string(), folder.read("e.jsonl")] {
        assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMi1odW50ZXIy"), "{text}");
    }
    assert!(run.stdout().contains("[secret]"), "{run}");
    let missing = folder.run("run --memory s.skynet");
    assert_eq!(missing.exit(), 2, "before it begins: {missing}");
    assert!(missing.stderr().contains("the variable TOKEN is not set"), "{missing}");
}

/// Waits until something holds, and gives up after a time that only a hang reaches.
pub(crate) fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::yield_now();
    }
}

/// Returns whether a process of this machine has this word in its arguments.
fn runs(word: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        std::fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(word))
    })
}

#[test]
fn ctrl_c_and_its_like_leave_no_process_behind() {
    for signal in ["INT", "TERM", "HUP"] {
        let mark = format!("31536000.{}{}", signal.len(), std::process::id());
        let source = format!(
            "skynet 1\n\nworkflow long {{\n  step sleep {{\n    timeout = 1h\n    args = [\"{mark}\"]\n    script = <<SH\n      trap '' TERM INT\n      sleep \"$1\" &\n      setsid sleep \"$1\" &\n      sleep \"$1\"\n    SH\n  }}\n}}\n"
        );
        let folder = Folder::with(&[("long.skynet", &source)]);
        let child = command(&folder.path(""), "run --memory long.skynet")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for("the step", || runs(&format!("sleep\0{mark}")));
        // The second kills: two signals of one kind at once would count as one.
        for signal in [signal, "INT"] {
            let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
            assert!(sent.unwrap().success());
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(!runs(&mark), "nothing of it runs");
    }
}

const CLEANS: &str = "\
skynet 1

workflow cleans {
  step look {
    run = [\"df\"]
    output free: size
    output disks: list(string) = lines(result.stdout)
  }

  step think {
    agent { prompt = \"What is on ${join(step.look.output.disks, \", \")}?\" }
    output worth: enum(\"keep\", \"drop\")
  }

  step window {
    wait { signal = \"window_open\" }
    output ticket: string
  }

  step clean {
    needs        = [step.window]
    for_each     = step.look.output.disks
    run          = [\"rm\", \"-r\", each.value]
    reason       = \"the disk is full\"
    irreversible = true
    expect       = result.stdout == \"gone\"
  }

  output worth: string = step.think.output.worth
}
";

#[test]
fn a_mock_run_says_what_it_invents() {
    let folder = Folder::with(&[("cleans.skynet", CLEANS)]);
    insta::assert_snapshot!(shown(&folder.run("run --memory cleans.skynet --mock --yes")));
}

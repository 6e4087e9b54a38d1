//! The program itself: its help, its version, its answers to what it does not know, and the pipes it writes to.

use crate::program::{Folder, HELLO, command};
use insta::assert_snapshot;
use std::process::Stdio;

const VERBS: &[&str] = &[
    "check",
    "fmt",
    "graph",
    "plan",
    "jobs",
    "show",
    "events",
    "logs",
    "artifacts",
    "replay",
    "audit",
    "db",
    "doctor",
    "explain",
    "convert",
    "schema",
    "completions",
];

#[test]
fn help_and_version() {
    let folder = Folder::with(&[]);
    assert_snapshot!("help", folder.run("--help"));
    for verb in VERBS {
        assert_snapshot!(format!("help_{verb}"), folder.run(&format!("{verb} -h")));
    }
    assert_eq!(folder.run("-V").stdout(), format!("skynet {}\n", env!("CARGO_PKG_VERSION")));
    let bare = folder.run("");
    assert_eq!((bare.exit(), bare.stdout().as_str()), (2, ""));
    assert_eq!(bare.stderr(), folder.run("-h").stdout());
}

#[test]
fn what_is_not_known_is_refused_with_a_suggestion() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    assert_snapshot!("usage_verb", folder.run("chekc a.skynet"));
    assert_snapshot!("usage_flag", folder.run("check --fixx a.skynet"));
    assert_snapshot!("usage_value", folder.run("check --format yaml a.skynet"));
    assert_snapshot!("usage_missing", folder.run("check"));
}

#[test]
fn completions_name_every_verb() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.run(&format!("completions {shell}")).stdout();
        for verb in VERBS {
            assert!(script.contains(verb), "{shell}: {verb}");
        }
    }
}

/// The reader hangs up before the first byte; the writer says nothing and still tells the shell what it found.
#[cfg(unix)]
#[test]
fn a_reader_that_hangs_up_is_no_error() {
    let folder = Folder::with(&[]);
    folder.write(
        "many.skynet",
        format!("skynet 1\nworkflow a {{\n{}}}\n", "  step x { rum = [] }\n".repeat(1_000)),
    );
    for (typed, exit) in
        [("check many.skynet", 2), ("check --format json many.skynet", 2), ("completions bash", 0)]
    {
        let mut child =
            command(&folder.path(""), typed).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{typed}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{typed}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    let to_full = |typed: &str| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(&folder.path(""), typed).stdout(full).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_snapshot!("full_disk", to_full("check a.skynet").1);
    for typed in [
        "check a.skynet",
        "graph a.skynet",
        "plan a.skynet",
        "convert a.skynet",
        "explain",
        "schema",
        "completions bash",
        "run --mock a.skynet",
        "run --mock --json a.skynet",
        "run --mock --quiet a.skynet",
    ] {
        assert_eq!(to_full(typed), to_full("check a.skynet"), "{typed}");
    }
    for typed in ["--help", "check --help", "--version"] {
        assert_eq!(to_full(typed).0, Some(2), "{typed}");
    }
    // Events that nobody can keep are told, whatever else is quiet.
    let run = folder.run("run --mock --quiet --events /dev/full a.skynet");
    assert!(run.exit() == 2 && run.stderr().contains("to `/dev/full`: the disk is full"), "{run}");
}

#[test]
fn standard_input_and_output_by_name() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    for verb in ["check", "fmt", "fmt --check", "check --fix"] {
        let run = folder.run_with(&format!("{verb} - a.skynet -"), &[], HELLO.as_bytes());
        assert!(run.exit() == 2 && run.stderr().starts_with("error: `-` is named twice\nhelp: "), "{run}");
    }
    for verb in ["graph", "convert"] {
        let (named, unnamed) = (format!("{verb} a.skynet -o -"), format!("{verb} a.skynet"));
        assert_eq!(folder.run(&named).stdout(), folder.run(&unnamed).stdout());
    }
    assert!(!folder.path("-").exists());
    assert_eq!(folder.run("run --mock --events a.jsonl a.skynet").exit(), 0);
    let replayed = folder.run_with("replay -", &[], folder.read("a.jsonl").as_bytes());
    assert_eq!(replayed.stdout(), folder.run("replay a.jsonl").stdout());
}

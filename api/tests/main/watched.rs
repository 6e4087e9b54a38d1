//! What a person sees of a run that goes wrong: on a terminal, in a pipe, and where they want results only.

use crate::{
    program::{Folder, Run},
    run::shown,
};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

const UNDOES: &str = "\
skynet 1

workflow release {
  policy { undo_on = \"failure\" }

  step one {
    run = [\"true\"]
    undo { run = [\"true\"] }
  }

  step two {
    needs = [step.one]
    run   = [\"true\"]
    undo { run = [\"TWO\"] }
  }

  step three {
    needs    = [step.two]
    for_each = [\"a\", \"b\"]
    run      = [\"test\", each.value, \"=\", \"a\"]
    undo { run = [\"true\"] }
  }
}
";

/// Returns the last that a terminal shows: the tree as it is at the end, and what is below it.
fn last(run: &Run) -> String {
    let stdout = run.stdout();
    let (_, last) = stdout.rsplit_once("\x1b[J").unwrap_or_default();
    let mut text = String::new();
    let mut rest = last;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        text += before;
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    text += rest;
    // Times differ from run to run.
    let word = |word: &str| match word.trim_end_matches(':').strip_suffix('s').map(str::parse::<f64>) {
        Some(Ok(_)) => word.replace(|it: char| it.is_ascii_digit(), "0"),
        Some(Err(_)) | None => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_taken_back_is_seen_and_what_is_not() {
    let mut text = String::new();
    for undo in ["true", "false"] {
        let folder = Folder::with(&[("release.skynet", &UNDOES.replace("TWO", undo))]);
        text += &shown(&folder.run("run --memory release.skynet --parallel 1"));
        let seen = folder.run("run --memory release.skynet --parallel 1 --color always");
        text += &format!("on a terminal, at the end:\n{}\n", last(&seen));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn who_wants_errors_only_gets_them() {
    let folder = Folder::with(&[
        ("release.skynet", &UNDOES.replace("TWO", "false")),
        (
            "timeout.skynet",
            "skynet 1\n\nworkflow slow {\n  timeout = 10ms\n  step s { run = [\"sleep\", \"60\"] }\n}\n",
        ),
    ]);
    let mut text = String::new();
    for file in ["release", "timeout"] {
        let run = folder.run(&format!("run --memory {file}.skynet --quiet --parallel 1"));
        assert_eq!(run.exit(), 1, "{run}");
        assert_eq!(run.stdout(), "", "results only");
        text += &shown(&run);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn each_failure_says_how_to_go_on_after_it() {
    let cases = [
        ("program", "run = [\"no-such-program\"]"),
        ("killed", "script = <<SH\n      kill -9 $$\n    SH"),
        ("timeout", "timeout = 50ms run = [\"sleep\", \"60\"]"),
        ("expect", "run = [\"true\"] expect = result.stdout == \"x\""),
        ("number", "run = [\"echo\", \"abc\"] output n: int = int(result.stdout)"),
        ("file", "script = <<SH\n      echo abc > \"$SKYNET_OUT/n\"\n    SH\n    output n: int"),
        ("server", "timeout = 5s http { url = \"http://127.0.0.1:1/\" }"),
        ("signal", "wait { signal = \"go\" expires = 1ms }"),
    ];
    let mut text = String::new();
    for (name, action) in cases {
        let source = format!("skynet 1\n\nworkflow {name} {{\n  step s {{\n    {action}\n  }}\n}}\n");
        let folder = Folder::with(&[("a.skynet", &source)]);
        let run = folder.run("run --memory a.skynet --quiet");
        text += &format!("{name}\n{}", shown(&run));
    }
    insta::assert_snapshot!(text);
}

/// Answers one request with a page; returns the address.
fn page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _request = stream.read(&mut [0; 4096]).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>")
            .unwrap();
    });
    address
}

#[test]
fn an_answer_that_is_not_json_is_called_that() {
    let source = format!(
        "skynet 1\n\nworkflow a {{\n  step s {{\n    timeout = 5s\n    http {{ url = \"{}\" }}\n    output first: json = result.json.items[0]\n  }}\n}}\n",
        page()
    );
    let folder = Folder::with(&[("a.skynet", &source)]);
    let run = folder.run("run --memory a.skynet");
    assert_eq!(run.exit(), 1, "{run}");
    assert!(run.stdout().contains("the body of the answer is not JSON"), "{run}");
}

#[test]
fn colours_of_a_step_leave_no_rest() {
    let source = "skynet 1\n\nworkflow a {\n  step s { script = <<SH\n    printf '\\033[31mred\\033[0m \\033]0;title\\007end\\n'\n  SH\n  }\n}\n";
    let folder = Folder::with(&[("a.skynet", source)]);
    let run = folder.run("run --memory a.skynet");
    assert!(run.stdout().contains("s | red end\n"), "{run}");
}

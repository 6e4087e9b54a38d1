//! Runs that ask somebody, and what is said before a job begins that cannot end well.

use crate::{program::Folder, run::shown};

fn asks(settings: &str) -> String {
    format!(
        "skynet 1\n\nworkflow asks {{\n  param careful: bool = true\n\n  step first {{ run = [\"touch\", \"started\"] }}\n\n  step ask {{\n    needs = [step.first]\n    {settings}\n  }}\n}}\n"
    )
}

#[test]
fn what_nobody_can_answer_is_refused_before_anything_runs() {
    let cases = [
        ("a question", "approve { approvers = [\"group:ops\"] }", ""),
        ("two people", "approve { approvers = [\"group:ops\"] quorum = 2 }", " --yes"),
    ];
    let mut text = String::new();
    for (name, settings, flags) in cases {
        let folder = Folder::with(&[("asks.skynet", &asks(settings))]);
        let run = folder.run(&format!("run --memory asks.skynet{flags}"));
        assert_eq!(run.exit(), 3, "{run}");
        assert!(!folder.path("started").exists(), "nothing has started: {run}");
        text += &format!("{name}\n{}", shown(&run));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_shows_only_while_it_runs_that_nobody_can_answer_it_is_said_once() {
    let cases = [
        (
            "a question that may be skipped",
            "when = step.first.status == \"succeeded\" approve { message = \"Go on?\" approvers = [\"group:ops\"] }",
            "",
        ),
        (
            "two people",
            "when = step.first.status == \"succeeded\" approve { approvers = [\"group:ops\"] quorum = 2 }",
            " --yes",
        ),
    ];
    let mut text = String::new();
    for (name, settings, flags) in cases {
        let folder = Folder::with(&[("asks.skynet", &asks(settings))]);
        for quiet in ["", " --quiet"] {
            let run = folder.run(&format!("run --memory asks.skynet{flags}{quiet}"));
            assert_eq!(run.exit(), 3, "{run}");
            text += &format!("{name}\n{}", shown(&run));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn who_only_pretends_agrees_for_everybody() {
    let folder =
        Folder::with(&[("asks.skynet", &asks("approve { approvers = [\"group:ops\"] quorum = 3 }"))]);
    let run = folder.run("run --memory asks.skynet --yes --mock");
    assert_eq!(run.exit(), 0, "{run}");
}

#[test]
fn a_signal_that_no_step_waits_for_is_refused_with_the_names_that_are_near() {
    let folder = Folder::with(&[("asks.skynet", &asks("wait { signal = \"go\" }"))]);
    let near = folder.run("run --memory asks.skynet --signal gooo=1");
    let far = folder.run("run --memory asks.skynet --signal permission");
    assert_eq!((near.exit(), far.exit()), (2, 2));
    assert!(!folder.path("started").exists(), "nothing has started");
    insta::assert_snapshot!(format!("{near}\n{far}"));
    assert_eq!(folder.run("run --memory asks.skynet --signal go=1").exit(), 0);
}

#[test]
fn a_file_of_events_is_not_overwritten() {
    let folder = Folder::with(&[
        ("a.skynet", "skynet 1\n\nworkflow a {\n  step s { run = [\"touch\", \"started\"] }\n}\n"),
        ("mine.txt", "mine"),
        ("empty", ""),
    ]);
    let run = folder.run("run --memory a.skynet --events mine.txt");
    assert_eq!(run.exit(), 2);
    assert_eq!(folder.read("mine.txt"), "mine");
    assert!(!folder.path("started").exists(), "nothing has started");
    insta::assert_snapshot!(run.to_string());
    for target in ["empty", "/dev/null", "new"] {
        assert_eq!(folder.run(&format!("run --memory a.skynet --events {target}")).exit(), 0, "{target}");
    }
}

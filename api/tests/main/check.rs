//! `check`: what is found, in which form, and what the shell is told.

use crate::program::{Folder, HELLO};
use insta::assert_snapshot;

/// An error with a fix in the main file, and another in the file that it imports.
const WRONG: &[(&str, &str)] = &[
    (
        "ship.skynet",
        "skynet 1

import \"./lib/notify.skynet\" as notify

workflow ship {
  step build {
    run = [\"make\"]
  }
  step announce {
    needs = [step.biuld]
    call notify.post {
      text = \"done\"
    }
  }
}
",
    ),
    (
        "lib/notify.skynet",
        "skynet 1

workflow post {
  param text: string
  step send {
    run     = [\"notify\", param.text]
    timout  = 10s
  }
}
",
    ),
];

/// A file with a warning only: the param is not used.
const DOUBTFUL: &str = "skynet 1

workflow hello {
  param name: string = \"world\"

  step greet {
    run = [\"echo\", \"hello\"]
  }
}
";

#[test]
fn a_file_without_mistakes() {
    let folder = Folder::with(&[("hello.skynet", HELLO), ("more/hello.skynet", HELLO)]);
    assert_snapshot!("check_ok", folder.run("check hello.skynet"));
    assert_snapshot!("check_ok_two_files", folder.run("check hello.skynet more/hello.skynet"));
    assert_snapshot!("check_ok_quiet", folder.run("check --quiet hello.skynet"));
}

#[test]
fn two_workflows_in_one_file() {
    let folder = Folder::with(&[]);
    folder.write("two.skynet", format!("{HELLO}\nworkflow other {{\n  step a {{ run = [\"true\"] }}\n}}\n"));
    assert_snapshot!("check_two_workflows", folder.run("check two.skynet"));
}

#[test]
fn mistakes_are_drawn_with_their_places() {
    let folder = Folder::with(WRONG);
    assert_snapshot!("check_wrong", folder.run("check ship.skynet"));
}

/// A file that is named and imported is reported once.
#[test]
fn findings_of_an_import_are_not_repeated() {
    let folder = Folder::with(WRONG);
    let both = folder.run("check ship.skynet lib/notify.skynet").stdout();
    assert_eq!(both.matches("error[E0101]").count(), 1, "{both}");
    let other_order = folder.run("check ./lib/../lib/notify.skynet ship.skynet").stdout();
    assert_eq!(other_order.matches("error[E0101]").count(), 1, "{other_order}");
}

#[test]
fn warnings_decide_the_exit_code_when_denied() {
    let folder = Folder::with(&[("a.skynet", DOUBTFUL)]);
    assert_snapshot!("check_warning", folder.run("check a.skynet"));
    assert_eq!(folder.run("check --deny warnings a.skynet").exit(), 1);
    folder.write("b.skynet", DOUBTFUL.replace("run", "rum"));
    assert_eq!(folder.run("check --deny warnings a.skynet b.skynet").exit(), 2);
}

#[test]
fn standard_input() {
    let folder = Folder::with(WRONG);
    assert_snapshot!("check_stdin", folder.run_with("check -", &[], HELLO.as_bytes()));
    let wrong = HELLO.replace("trim", "trimm");
    assert_snapshot!("check_stdin_wrong", folder.run_with("check -", &[], wrong.as_bytes()));
    let imports = folder.read("ship.skynet");
    let run = folder.run_with("check - --format json", &[], imports.as_bytes());
    assert_eq!(run.json()["files"], serde_json::json!(["<stdin>", "lib/notify.skynet"]));
}

#[test]
fn json_has_every_part_of_a_finding() {
    let folder = Folder::with(WRONG);
    assert_snapshot!("check_json", folder.run("check --format json ship.skynet"));
    assert_snapshot!(
        "check_json_ok",
        Folder::with(&[("a.skynet", HELLO)]).run("check --format json a.skynet")
    );
}

/// The bytes that JSON names are the bytes of the file, whatever letters stand before them.
#[test]
fn json_counts_bytes_from_the_start_of_the_file() {
    let text = HELLO.replace("Hello, ", "Grüße, 🎉").replace("trim(result", "trimm(result");
    let folder = Folder::with(&[("a.skynet", &text)]);
    let json = folder.run("check --format json a.skynet").json();
    let found = &json["diagnostics"][0];
    assert_eq!(found["code"], "E0205");
    let byte = |name: &str| usize::try_from(found["span"][name].as_u64().unwrap()).unwrap();
    assert_eq!(&text[byte("start")..byte("end")], "trimm");
    assert_eq!(text.lines().nth(byte("line") - 1).unwrap().chars().nth(byte("column") - 1), Some('t'));
    let edit = &found["fix"]["edits"][0];
    assert_eq!((&edit["start"], &edit["text"]), (&found["span"]["start"], &"trim".into()));
}

#[test]
fn sarif_names_rules_places_and_fixes() {
    let folder = Folder::with(WRONG);
    let run = folder.run("check --format sarif ship.skynet");
    assert_eq!(run.exit(), 2);
    let mut sarif = run.json();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
    for rule in rules {
        let page = rule["help"]["markdown"].as_str().unwrap().to_owned();
        assert!(page.starts_with(&format!("# {}", rule["id"].as_str().unwrap())), "{page}");
        assert_eq!(rule["help"]["text"], page);
        rule["help"] = "[the page]".into();
    }
    assert_snapshot!("check_sarif", format!("{sarif:#}"));
}

#[test]
fn sarif_writes_names_as_addresses() {
    let folder = Folder::with(&[("my flow #1.skynet", "x")]);
    folder.write("list", "");
    let output = crate::program::command(&folder.path(""), "check --format sarif")
        .arg("my flow #1.skynet")
        .output()
        .unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["artifacts"][0]["location"]["uri"], "my%20flow%20%231.skynet");
}

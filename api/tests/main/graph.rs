//! `graph`: pictures, also of what does not compile.

use crate::program::{Folder, HELLO};
use insta::assert_snapshot;

const CYCLE: &str = "skynet 1

workflow ring {
  step a {
    needs = [step.b]
    run   = [\"true\"]
  }
  step b {
    needs = [step.a]
    run   = [\"true\"]
  }
}
";

#[test]
fn text_is_for_a_terminal() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    assert_snapshot!("graph_text", folder.run("graph a.skynet"));
}

#[test]
fn every_form_is_drawn() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    let starts =
        [("mermaid", "flowchart"), ("dot", "digraph"), ("svg", "<svg"), ("json", "{"), ("text", "hello")];
    for (form, start) in starts {
        let run = folder.run(&format!("graph --format {form} a.skynet"));
        assert!(run.stdout().contains(start) && run.exit() == 0, "{run}");
        assert!(run.stdout().ends_with('\n'), "{run}");
    }
}

#[test]
fn the_name_of_the_output_says_the_form() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    for (name, start) in [("a.svg", "<svg"), ("a.dot", "digraph"), ("a.mmd", "flowchart"), ("a.txt", "hello")]
    {
        let run = folder.run(&format!("graph a.skynet -o {name}"));
        assert_eq!((run.exit(), run.stdout().as_str(), run.stderr().as_str()), (0, "", ""));
        assert!(folder.read(name).contains(start), "{name}");
    }
}

#[test]
fn a_name_that_says_something_else() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    assert_snapshot!("graph_against_name", folder.run("graph a.skynet --format mermaid -o a.svg"));
    assert_snapshot!("graph_no_such_form", folder.run("graph a.skynet -o a.png"));
    assert!(!folder.path("a.svg").exists() && !folder.path("a.png").exists());
    assert_eq!(folder.run("graph a.skynet --format mermaid -o a.md").exit(), 0);
}

#[test]
fn a_circle_is_drawn_and_then_reported() {
    let folder = Folder::with(&[("ring.skynet", CYCLE)]);
    assert_snapshot!("graph_cycle", folder.run("graph ring.skynet"));
}

#[test]
fn a_workflow_can_be_chosen() {
    let folder = Folder::with(&[]);
    folder.write("two.skynet", format!("{HELLO}\nworkflow other {{\n  step a {{ run = [\"true\"] }}\n}}\n"));
    assert_snapshot!("graph_other", folder.run("graph two.skynet --workflow other"));
    assert_snapshot!("graph_unknown_workflow", folder.run("graph two.skynet --workflow othr"));
}

#[test]
fn a_picture_that_cannot_be_written() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    assert_snapshot!("graph_no_folder", folder.run("graph a.skynet -o nowhere/a.svg"));
    std::fs::create_dir(folder.path("dir.svg")).unwrap();
    assert_snapshot!("graph_into_folder", folder.run("graph a.skynet -o dir.svg"));
}

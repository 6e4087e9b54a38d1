//! `fmt`: files in one layout, and what it leaves alone.

use crate::program::{Folder, HELLO};
use insta::assert_snapshot;

/// Says what `hello` says, in a layout of its own.
fn untidy() -> String {
    HELLO.replace("  step greet", "\n\n\n\n      step   greet").replace("run = ", "run=")
}

#[test]
fn files_are_formatted_in_place() {
    let folder = Folder::with(&[("a.skynet", &untidy()), ("b.skynet", HELLO)]);
    assert_snapshot!("fmt_two", folder.run("fmt a.skynet b.skynet"));
    assert_eq!(folder.read("a.skynet"), folder.read("b.skynet"));
    assert_snapshot!("fmt_again", folder.run("fmt a.skynet b.skynet"));
    assert_eq!(folder.run("fmt --quiet a.skynet").stderr(), "");
}

#[test]
fn check_changes_nothing_and_shows_the_difference() {
    let folder = Folder::with(&[("a.skynet", &untidy()), ("b.skynet", HELLO)]);
    assert_snapshot!("fmt_check", folder.run("fmt --check a.skynet b.skynet"));
    assert_eq!(folder.read("a.skynet"), untidy());
    assert_eq!(folder.run("fmt --check b.skynet").exit(), 0);
}

#[test]
fn a_long_difference_is_cut() {
    let steps: String = (0..40).map(|n| format!("  step s{n} {{run=[\"true\"]}}\n\n\n\n")).collect();
    let folder = Folder::with(&[("a.skynet", &format!("skynet 1\nworkflow a {{\n{steps}}}\n"))]);
    let shown = folder.run("fmt --check a.skynet").stdout();
    assert!(shown.lines().count() <= 42 && shown.contains(" more lines of differences"), "{shown}");
}

#[test]
fn standard_input_goes_formatted_to_standard_output() {
    let folder = Folder::with(&[]);
    let run = folder.run_with("fmt -", &[], untidy().as_bytes());
    assert_eq!((run.stdout().as_str(), run.stderr().as_str(), run.exit()), (HELLO, "", 0));
    assert_eq!(folder.run_with("fmt --check -", &[], untidy().as_bytes()).exit(), 1);
}

#[test]
fn a_file_with_mistakes_of_syntax_is_refused() {
    let wrong = untidy().replace("\"world\"", "'world'");
    let folder = Folder::with(&[("a.skynet", &wrong), ("b.skynet", &untidy())]);
    assert_snapshot!("fmt_refused", folder.run("fmt a.skynet b.skynet"));
    assert_eq!(folder.read("a.skynet"), wrong);
    assert_eq!(folder.read("b.skynet"), HELLO);
    assert_eq!(folder.run("fmt --fix a.skynet").exit(), 0);
    assert_eq!(folder.read("a.skynet"), HELLO);
}

/// Formatting is about layout: what a file means, or fails to mean, is `check`'s business.
#[test]
fn a_file_that_does_not_compile_is_formatted() {
    let folder = Folder::with(&[("a.skynet", &untidy().replace("trim(", "trimm("))]);
    assert_eq!(folder.run("fmt a.skynet").exit(), 0);
    assert_eq!(folder.read("a.skynet"), HELLO.replace("trim(", "trimm("));
}

//! Colours: on a terminal, never in a pipe, unless the user says otherwise.

use crate::program::{Folder, HELLO};

const ESCAPE: char = '\u{1b}';

#[test]
fn a_pipe_gets_no_colours() {
    let folder = Folder::with(&[("a.skynet", &HELLO.replace("trim(", "trimm("))]);
    for typed in ["check a.skynet", "check nope.skynet", "explain E0401", "plan a.skynet", "--help", "chekc"]
    {
        let run = folder.run(typed);
        assert!(!run.stdout().contains(ESCAPE) && !run.stderr().contains(ESCAPE), "{run}");
    }
}

#[test]
fn the_user_decides() {
    let folder = Folder::with(&[("a.skynet", &HELLO.replace("trim(", "trimm("))]);
    let has_colours = |typed: &str, variables: &[(&str, &str)]| {
        let run = folder.run_with(typed, variables, b"");
        run.stdout().contains(ESCAPE) || run.stderr().contains(ESCAPE)
    };
    let force: &[_] = &[("CLICOLOR_FORCE", "1")];
    assert!(has_colours("check a.skynet --color always", &[]));
    assert!(has_colours("--color=always check a.skynet", &[("NO_COLOR", "1")]));
    assert!(has_colours("check a.skynet", force));
    assert!(has_colours("explain E0401", force));
    assert!(has_colours("explain nope", force));
    assert!(has_colours("chekc --color always", &[]));
    assert!(!has_colours("check a.skynet --color never", force));
    assert!(!has_colours("chekc --color never", force));
    assert!(!has_colours("check a.skynet", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

/// What programs read is never coloured, whatever the user wants to see.
#[test]
fn data_has_no_colours() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    for typed in [
        "check --format json a.skynet",
        "check --format sarif a.skynet",
        "plan --format json a.skynet",
        "graph --format svg a.skynet",
        "completions bash",
    ] {
        let run = folder.run_with(typed, &[("CLICOLOR_FORCE", "1")], b"");
        assert_eq!(run.exit(), 0, "{run}");
        assert!(!run.stdout().contains(ESCAPE), "{run}");
    }
}

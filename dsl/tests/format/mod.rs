//! The formatter: what its layout looks like, and that it changes nothing but layout.

mod align;
mod brackets;
mod comments;
mod compare;
mod files;
mod large;
mod lines;
mod mutate;
pub(crate) mod program;
mod property;
mod text;

use compare::{comments, dump, spelling};
use dsl::format::format;
use grammar::{FileId, Tree};

/// Checks what the body of a step looks like when it is formatted.
#[track_caller]
fn check(before: &str, after: &str) {
    let indented: String = after
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") })
        .collect();
    let wanted = format!("skynet 1\n\nworkflow w {{\n  step s {{\n{indented}  }}\n}}\n");
    check_file(&format!("skynet 1\nworkflow w {{ step s {{\n{before}\n}} }}"), &wanted);
}

/// Checks what a file looks like when it is formatted.
#[track_caller]
fn check_file(before: &str, after: &str) {
    assert_eq!(formatted(before), after);
}

/// Formats a text, and checks what holds of every text.
#[track_caller]
fn formatted(text: &str) -> String {
    let before = tree(text);
    let out = format(text).unwrap();
    let after = tree(&out);
    assert_eq!(dump(&before), dump(&after), "it says something else:\n{out}");
    assert_eq!(comments(&before), comments(&after), "the comments are others:\n{out}");
    assert_eq!(spelling(&before), spelling(&after), "it is spelled otherwise:\n{out}");
    assert_eq!(format(&out).as_ref(), Ok(&out), "formatting it again changes it");
    assert!(out.is_empty() || (out.ends_with('\n') && !out.ends_with("\n\n")), "{out:?} does not end well");
    assert!(!out.contains(['\r', '\u{FEFF}']), "{out:?}");
    out
}

#[track_caller]
fn tree(text: &str) -> Tree {
    let parsed = grammar::parse(FileId(0), text);
    assert_eq!(parsed.diagnostics, [], "in:\n{text}");
    parsed.tree
}

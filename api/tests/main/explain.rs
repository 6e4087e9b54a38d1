//! `explain`: the pages about the codes.

use crate::program::Folder;
use insta::assert_snapshot;

#[test]
fn a_page_goes_into_a_pipe_as_it_is() {
    let folder = Folder::with(&[]);
    let page = include_str!("../../../docs/codes/E0401.md");
    assert_eq!(folder.run("explain E0401").stdout(), page);
    assert_eq!(folder.run("explain e0401").stdout(), page);
}

#[test]
fn a_page_is_drawn_for_a_terminal() {
    let drawn = Folder::with(&[]).run("--color always explain E0401").stdout();
    assert!(drawn.starts_with("\u{1b}[1mE0401: "), "{drawn}");
    assert!(!drawn.contains("```"), "{drawn}");
}

#[test]
fn without_a_code_all_are_listed() {
    let list = Folder::with(&[]).run("explain").stdout();
    assert_eq!(list.lines().count(), grammar::Code::ALL.len());
    assert!(list.starts_with("E0001  a quote is missing\n"), "{list}");
}

#[test]
fn an_unknown_code_is_told_what_is_near() {
    let folder = Folder::with(&[]);
    assert_snapshot!("explain_near", folder.run("explain E0410"));
    assert_snapshot!("explain_far", folder.run("explain timeout"));
}

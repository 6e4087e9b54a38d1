//! The index of the codes and their pages belong together. That each page tells the truth about its code is tested in
//! `dsl`, which can ask the compiler.

use crate::tree::{files, read};
use grammar::Code;

#[test]
fn the_index_lists_every_code() {
    let index = read("docs/codes/README.md");
    for code in Code::ALL {
        let line = format!("| {code} | [{}]({code}.md) |", code.title());
        assert!(index.contains(&line), "docs/codes/README.md has no line `{line}`");
    }
}

#[test]
fn every_page_is_of_a_code() {
    for file in files() {
        let page = file.path.strip_prefix("docs/codes/").and_then(|name| name.strip_suffix(".md"));
        let is_known = page.is_none_or(|name| name == "README" || name.parse::<Code>().is_ok());
        assert!(is_known, "{}: no such code", file.path);
    }
}

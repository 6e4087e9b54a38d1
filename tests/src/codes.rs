//! Every diagnostic has a page, and every page a diagnostic: `skynet explain CODE` prints them.

use crate::tree::{files, read};
use grammar::Code;

#[test]
fn every_code_has_a_page_and_a_line_in_the_index() {
    let index = read("docs/codes/README.md");
    for code in Code::ALL {
        let page = read(&format!("docs/codes/{code}.md"));
        let heading = page.lines().next().unwrap_or_default();
        assert!(
            heading.starts_with('#') && heading.contains(code.as_str()),
            "docs/codes/{code}.md: `{heading}`"
        );
        assert!(index.contains(&format!("{code}.md")), "docs/codes/README.md does not list {code}");
    }
}

#[test]
fn every_page_is_of_a_code() {
    for file in files() {
        let Some(name) = file.path.strip_prefix("docs/codes/").and_then(|name| name.strip_suffix(".md"))
        else {
            continue;
        };
        assert!(name == "README" || name.parse::<Code>().is_ok(), "{}: no such code", file.path);
    }
}

//! Every file of the project is formatted.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

use super::formatted;
use crate::project::files;
use std::fs;

#[test]
fn the_examples() {
    let paths = files("examples", "skynet");
    assert!(paths.len() > 15, "{paths:?}");
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(formatted(&text), text, "{} is not formatted", path.display());
    }
}

#[test]
fn the_documents() {
    let mut count = 0;
    for path in [files("docs", "md"), files("grammar", "md"), files("examples", "md")].concat() {
        let page = fs::read_to_string(&path).unwrap();
        for block in blocks(&page) {
            // A part of a file is shown without its first line.
            let part = !block.contains("skynet 1");
            let text = if part { format!("skynet 1\n\n{block}") } else { block };
            // Some pages show what cannot be read.
            if dsl::format::format(&text).is_ok() {
                assert_eq!(formatted(&text), text, "a block of {} is not formatted", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 100, "only {count} blocks were found");
}

/// Returns the blocks of the language in a page.
fn blocks(page: &str) -> Vec<String> {
    let parts = page.split("```skynet\n").skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

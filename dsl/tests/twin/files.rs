//! The files of the project, there and back.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

use super::{is_readable, round_trip};
use crate::project::files;
use grammar::Code;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn the_examples() {
    let examples = examples();
    assert!(examples.len() > 15, "only {} examples", examples.len());
    for (_, text) in examples {
        round_trip(&text);
    }
}

#[test]
fn the_documents() {
    let mut count = 0;
    for text in blocks().iter().filter(|text| is_readable(text)) {
        let twin = round_trip(text);
        let back = dsl::twin::to_text(&twin.to_string()).unwrap();
        assert_eq!(codes(&back), codes(text), "the compiler says something else of:\n{back}");
        count += 1;
    }
    assert!(count > 100, "only {count} blocks can be read");
}

/// Returns what the compiler says of a file that stands alone.
fn codes(text: &str) -> Vec<Code> {
    let compiled = dsl::compile("main.skynet", text, &dsl::NoImports);
    compiled.diagnostics.iter().map(|it| it.code).collect()
}

/// Returns the name and the text of each example.
pub(super) fn examples() -> Vec<(String, String)> {
    let paths = files("examples", "skynet").into_iter();
    paths.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

/// Returns the blocks of the language in the documents, as files.
pub(super) fn blocks() -> Vec<String> {
    let pages = [files("docs", "md"), files("grammar", "md"), files("examples", "md")].concat();
    let blocks = |path: &PathBuf| {
        let page = fs::read_to_string(path).unwrap();
        let parts = page
            .split("```skynet")
            .skip(1)
            .filter_map(|part| Some(part.split_once('\n')?.1.split("```").next()?.to_owned()));
        // A part of a file is shown without its first line.
        parts
            .map(|block| if block.contains("skynet 1") { block } else { format!("skynet 1\n{block}") })
            .collect::<Vec<_>>()
    };
    pages.iter().flat_map(blocks).collect()
}

/// Returns the twins that the language reference shows.
pub(super) fn samples() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grammar/LANGUAGE.md");
    let page = fs::read_to_string(path).unwrap();
    page.split("```json\n").skip(1).map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

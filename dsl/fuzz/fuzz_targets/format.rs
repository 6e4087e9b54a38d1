//! Any text that can be read is formatted: it says the same, has the same comments, and formatting it again changes
//! nothing. A text that cannot be read is refused, never with a panic.
//!
//! `just fuzz` runs it, beginning with the examples.

#![no_main]

// What must not change is told once, by the property tests.
#[path = "../../tests/format/compare.rs"]
mod compare;

use compare::{comments, dump, spelling};
use dsl::format::{format, format_tree};
use grammar::{Diagnostic, FileId};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|text: &str| -> Corpus {
    let before = grammar::parse(FileId(0), text);
    let readable = !before.diagnostics.iter().any(Diagnostic::is_error);
    let printed = format_tree(&before.tree);
    let Ok(out) = format(text) else {
        assert!(!readable, "a readable text was refused");
        // Changes of a text that cannot be read can hardly be read either: the search goes on from others.
        return Corpus::Reject;
    };
    assert_eq!(out, printed);
    let after = grammar::parse(FileId(0), &out);
    assert!(!after.diagnostics.iter().any(Diagnostic::is_error), "it cannot be read any more:\n{out}");
    assert_eq!(dump(&before.tree), dump(&after.tree), "it says something else:\n{out}");
    assert_eq!(comments(&before.tree), comments(&after.tree), "the comments are others:\n{out}");
    assert_eq!(spelling(&before.tree), spelling(&after.tree), "it is spelled otherwise:\n{out}");
    assert_eq!(format(&out).as_ref(), Ok(&out), "formatting it again changes it");
    Corpus::Keep
});

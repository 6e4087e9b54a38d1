//! Any text parses: no panic, tokens without a gap, and the tree prints the text back.
//!
//! `just fuzz` runs it, beginning with the examples.

#![no_main]

use grammar::{FileId, Style};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = grammar::parse(FileId(0), text);
    let mut end = 0;
    for token in parsed.tree.tokens() {
        assert_eq!(token.span.start, end);
        assert!(token.span.end > end);
        end = token.span.end;
    }
    assert_eq!(end as usize, text.len());
    assert_eq!(parsed.tree.print(), text);
    for diagnostic in parsed.diagnostics.iter().take(3) {
        assert!(!grammar::render(diagnostic, &|_| Some(("fuzz.skynet", text)), Style::Plain).is_empty());
    }
});

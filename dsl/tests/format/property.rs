//! What holds of every file: it says the same, its comments are the same, and formatting it again changes nothing.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

use super::{
    formatted,
    mutate::{any_changes, mutate},
    program::any_program,
};
use dsl::format::{format, format_tree};
use grammar::FileId;
use proptest::prelude::*;
use std::{fs, path::Path};

/// The examples with the most of the language in them.
const EXAMPLES: [&str; 6] =
    ["hello", "params_and_types", "cache_and_files", "nightly_features", "disk_full_db1", "ship"];

fn any_example() -> impl Strategy<Value = String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let texts = EXAMPLES.map(|name| fs::read_to_string(folder.join(format!("{name}.skynet"))).unwrap());
    prop::sample::select(texts.to_vec())
}

fn is_readable(text: &str) -> bool {
    !grammar::parse(FileId(0), text).diagnostics.iter().any(grammar::Diagnostic::is_error)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn examples_in_any_layout(text in any_example(), changes in any_changes()) {
        let text = mutate(&text, &changes);
        prop_assume!(is_readable(&text));
        formatted(&text);
    }

    #[test]
    fn programs_in_any_layout(text in any_program(), changes in any_changes()) {
        let text = mutate(&text, &changes);
        prop_assume!(is_readable(&text));
        formatted(&text);
    }

    #[test]
    fn any_text_at_all(text in "(skynet 1\n)?[ \na-c0-9\"$#<SH={}()\\[\\].,:?!&|\\\\/'-]{0,80}") {
        let _ = format(&text);
        let _ = format_tree(&grammar::parse(FileId(0), &text).tree);
    }

    #[test]
    fn examples_with_a_hole(text in any_example(), from in 0_usize..6000, len in 1_usize..40) {
        let cut: String = text.chars().enumerate().filter(|(at, _)| *at < from || *at >= from + len).map(|(_, it)| it).collect();
        let _ = format_tree(&grammar::parse(FileId(0), &cut).tree);
        if let Ok(out) = format(&cut) {
            prop_assert_eq!(format(&out), Ok(out));
        }
    }
}

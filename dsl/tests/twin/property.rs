//! What holds of every file.

use super::{is_readable, round_trip};
use crate::format::program as layout;
use grammar::FileId;
use proptest::prelude::*;

// The generators of the parser's and of the formatter's tests: the first makes odd structures, the second odd layouts.
#[path = "../../../grammar/tests/main/programs.rs"]
mod structure;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn odd_structures(text in structure::valid()) {
        prop_assume!(is_readable(&text));
        round_trip(&text);
    }

    #[test]
    fn odd_layouts(text in layout::any_program()) {
        prop_assume!(is_readable(&text));
        round_trip(&text);
    }

    #[test]
    fn damaged_files_are_refused_or_taken_whole(text in prop_oneof![structure::damaged(), structure::soup()]) {
        let parsed = grammar::parse(FileId(0), &text);
        if is_readable(&text) {
            round_trip(&text);
        } else if let Ok(twin) = dsl::twin::to_json(&parsed.tree) {
            let _ = dsl::twin::to_text(&dsl::json::print(&twin));
        }
    }

    #[test]
    fn any_json_is_text_or_refused(json in any_json(), text in "\\PC{0,60}") {
        let _ = dsl::twin::to_text(&text);
        if let Ok(text) = dsl::twin::to_text(&json.to_string()) {
            let _ = grammar::parse(FileId(0), &text);
        }
    }
}

/// JSON made of the keys of the form, mostly in wrong places.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let words = ["skynet", "x", "a.b", "+", "1h", "1.5", "SH", "a\n}", "${", "\"", "in", "SH\n", "# x", ""];
    let leaf = prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!({ "ref": "a.b" })),
    ];
    let keys = [
        "setting",
        "value",
        "declare",
        "name",
        "body",
        "block",
        "type",
        "field",
        "import",
        "as",
        "#",
        "#end",
        "op",
        "call",
        "if",
        "for",
        "in",
        "index",
        "member",
        "text",
        "block_text",
        "heredoc",
        "tag",
        "lines",
        "object",
        "group",
        "not",
        "negate",
        "spread",
        "float",
        "duration",
        "optional",
        "apply",
        "quoted",
        "skynet",
        "int",
        "size",
    ];
    let value = leaf.prop_recursive(6, 40, 4, move |inner| {
        let entries = prop::collection::vec((prop::sample::select(keys.to_vec()), inner.clone()), 1..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            entries.prop_map(|entries| entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Value>()),
        ]
    });
    prop::collection::vec(value, 0..4).prop_map(|file| json!({ "file": file }))
}

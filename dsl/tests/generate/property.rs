//! Whatever a model says, the steps of the file are those of its list.

use super::{HOSTILE, steps, workflow};
use dsl::generate::from_generation;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

/// Pieces of text that mean something to the parser, in any order.
fn any_piece() -> impl Strategy<Value = String> {
    let parts = [
        "A",
        " = ",
        "1",
        "\"",
        "\"\"\"",
        "${",
        "}",
        "{",
        "[",
        "]",
        "(",
        ")",
        "<<SH\n",
        "\nSH\n",
        "\n",
        "#",
        " step x ",
        "run = ",
        "...",
        ",",
        "\\",
        "param.x",
        "output y: int",
        "artifact z = ",
        " ",
        "?",
        ":",
        "SH",
    ];
    prop_oneof![
        3 => vec(select(parts.to_vec()), 0..9).prop_map(|parts| parts.concat()),
        1 => select(HOSTILE.to_vec()).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn pieces_stay_where_they_are(
        key in select(vec!["env", "outputs", "undo", "block", "run", "script_lines", "when", "reason", "timeout"]),
        pieces in vec(any_piece(), 1..3),
    ) {
        let action = match key {
            "run" => "run",
            "script_lines" => "script",
            _ => "http",
        };
        let value = if matches!(key, "when" | "reason" | "timeout") { json!(pieces[0]) } else { json!(pieces) };
        let mut step = json!({ "action": action });
        step[key] = value;
        if let Ok(text) = from_generation(&workflow(step).to_string()) {
            prop_assert_eq!(steps(&text), ["image"], "{}", text);
        }
    }

    #[test]
    fn arguments_are_one_each(items in vec(any_piece(), 1..4)) {
        let written = from_generation(&workflow(json!({ "action": "run", "run": items })).to_string());
        if let Ok(text) = written {
            let twin = dsl::twin::to_json(&grammar::parse(grammar::FileId(0), &text).tree).unwrap();
            let run = &twin["file"][1]["body"][1]["body"][0];
            prop_assert_eq!(&run["setting"], "run");
            let arguments = run["value"].as_array().unwrap().iter().filter(|item| item.get("#").is_none()).count();
            prop_assert_eq!(arguments, items.len(), "{}", text);
        }
    }

    #[test]
    fn prose_says_what_it_says(text in "\\PC{0,40}", more in any_piece()) {
        let text = text + &more;
        prop_assume!(!text.is_empty());
        let whole = workflow(json!({ "reason": text }));
        let written = from_generation(&whole.to_string()).unwrap();
        let twin = dsl::twin::to_json(&grammar::parse(grammar::FileId(0), &written).tree).unwrap();
        prop_assert_eq!(&twin["file"][1]["body"][1]["body"][0]["value"], &json!(text));
    }
}

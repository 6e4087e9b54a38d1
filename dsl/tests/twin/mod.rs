//! The JSON twin: what it looks like, and that nothing but layout is lost on the way there and back.

mod compare;
mod files;
mod form;
mod handmade;
mod property;
mod schema;

use compare::{comments, dump};
use grammar::{Diagnostic, FileId, Tree};
use serde_json::Value;

/// Takes a text to JSON and back, and checks that both ends say the same.
#[track_caller]
fn round_trip(text: &str) -> Value {
    let before = tree(text);
    let twin = dsl::twin::to_json(&before).unwrap_or_else(|refused| panic!("{refused} in:\n{text}"));
    let json = dsl::json::print(&twin);
    let back = dsl::twin::to_text(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    let after = tree(&back);
    assert_eq!(dump(&before), dump(&after), "it says something else:\n{text}\n--- {json}\n---\n{back}");
    assert_eq!(
        comments(&before),
        comments(&after),
        "the comments are others:\n{text}\n---{json}\n---\n{back}"
    );
    let again = dsl::twin::to_json(&after).unwrap();
    assert_eq!(twin, again, "the JSON is another:\n{text}\n---\n{back}");
    twin
}

#[track_caller]
fn tree(text: &str) -> Tree {
    let parsed = grammar::parse(FileId(0), text);
    let errors: Vec<&Diagnostic> = parsed.diagnostics.iter().filter(|it| it.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?} in:\n{text}");
    parsed.tree
}

fn is_readable(text: &str) -> bool {
    !grammar::parse(FileId(0), text).diagnostics.iter().any(Diagnostic::is_error)
}

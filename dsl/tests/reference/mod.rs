//! The files that are made from the compiler's tables are what would be made now.
//!
//! `INSTA_UPDATE=always cargo test -p dsl reference` makes them anew, as it does with the snapshots of other tests.

#![expect(clippy::disallowed_methods, reason = "a test reads and blesses files")]

use dsl::{editor, json, json_schema, reference};
use std::{env, fs, path::Path};

#[test]
fn the_tables_of_the_language_reference() {
    let path = "grammar/LANGUAGE.md";
    let text = with_region(&read(path), "schema", &reference::schema_tables());
    let text = with_region(&text, "functions", &reference::functions_table());
    whole(path, &with_region(&text, "catalog", &reference::catalog_table()));
}

#[test]
fn the_programs_that_read_code() {
    let path = "docs/codes/E0502.md";
    whole(path, &with_region(&read(path), "programs", &reference::code_tables()));
}

#[test]
fn the_schema_of_the_twin() {
    whole("schemas/skynet.schema.json", &json::print(&json_schema::twin_schema()));
}

#[test]
fn the_schema_of_the_generation_form() {
    whole("schemas/skynet.gen.json", &json::print(&json_schema::generation_schema()));
}

#[test]
fn the_words_of_the_editor() {
    let path = "grammar/editors/vscode/syntaxes/skynet.tmLanguage.json";
    whole(path, &editor::with_keywords(&read(path)).expect("the patterns are marked by their comments"));
}

/// Puts a text between the two comments that mark its place.
fn with_region(text: &str, name: &str, inner: &str) -> String {
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{inner}{end}{after}")
}

fn whole(path: &str, expected: &str) {
    if read(path) == expected {
        return;
    }
    if env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        fs::write(root().join(path), expected).unwrap();
        return;
    }
    panic!(
        "{path} is not what the compiler's tables say; `INSTA_UPDATE=always cargo test -p dsl reference` makes it anew"
    );
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

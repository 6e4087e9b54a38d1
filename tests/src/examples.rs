//! The examples: all of them are listed, compile without a word, and look in the README as they are drawn.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use crate::{
    folder::Folder,
    tree::{files, read, root},
};
use dsl::draw;
use examples::EXAMPLES;
use std::{collections::BTreeSet, env, fs};

#[test]
fn every_file_is_listed() {
    let files = files();
    let in_folder: BTreeSet<_> = files
        .iter()
        .filter_map(|file| file.path.strip_prefix("examples/"))
        .filter(|path| path.ends_with(".skynet"))
        .collect();
    let in_list: BTreeSet<_> = EXAMPLES.iter().map(|(path, _)| *path).collect();
    assert_eq!(in_list, in_folder);
    let readme = read("examples/README.md");
    for path in in_folder {
        assert!(readme.contains(&format!("({path})")), "examples/README.md does not name {path}");
    }
}

#[test]
fn every_example_compiles_without_a_word() {
    let folder = folder();
    let mut said = String::new();
    for (path, _) in EXAMPLES {
        let compiled = folder.compile(path).unwrap_or_else(|code| panic!("{path}: {code}"));
        for it in &compiled.diagnostics {
            said += &format!("{path}: {}: {}\n", it.code, it.message);
        }
        let without: Vec<_> = compiled.workflows.iter().filter(|workflow| workflow.plan.is_none()).collect();
        assert!(without.is_empty() || compiled.has_errors(), "{path}: no plan and no reason: {without:?}");
    }
    assert!(said.is_empty(), "{said}");
}

/// What a visitor sees is what the program draws today. `INSTA_UPDATE=always` draws it anew.
#[test]
fn the_readme_shows_the_drawing_of_ship() {
    let compiled = folder().compile("ship.skynet").unwrap_or_else(|code| panic!("{code}"));
    let drawn: String = compiled.workflows.iter().map(|workflow| draw::text(&workflow.drawing)).collect();
    let readme = read("README.md");
    let (head, section) = readme.split_once("\n## A larger one\n").unwrap();
    let (text, rest) = section.split_once("```text\n").unwrap();
    let before = format!("{head}\n## A larger one\n{text}");
    let (shown, after) = rest.split_once("```\n").unwrap();
    if shown != drawn && env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        fs::write(root().join("README.md"), format!("{before}```text\n{drawn}```\n{after}")).unwrap();
    } else {
        assert_eq!(shown, drawn);
    }
}

fn folder() -> Folder {
    Folder(EXAMPLES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
}

//! The README shows what really comes out.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::{examples, folder::Folder, tree::read};
use dsl::draw;
use grammar::{Style, render};

#[test]
fn the_drawing_is_the_one_of_the_example() {
    let compiled = examples::folder().compile("ship.skynet").unwrap();
    let drawn = draw::text(&compiled.workflows.first().unwrap().drawing);
    assert_eq!(fences(&read("README.md"), "text").first(), Some(&drawn));
}

/// The last line of the report, which counts the findings, is the command line's own.
#[test]
fn the_messages_are_those_of_the_file_above_them() {
    let readme = read("README.md");
    let source = fences(&readme, "skynet").into_iter().next().unwrap();
    let folder = Folder(vec![("release.skynet".to_owned(), source.into_bytes())]);
    let compiled = folder.compile("release.skynet").unwrap();
    let draw = |it| format!("{}\n\n", render(it, &|file| compiled.file(file), Style::Plain).trim_end());
    let messages: String = compiled.diagnostics.iter().map(draw).collect();
    let count = compiled.diagnostics.len();
    let report = format!("$ skynet check release.skynet\n{messages}{count} errors in 1 file\n");
    assert_eq!(fences(&readme, "text").get(1), Some(&report));
}

/// Returns what stands in the fences with this word behind the opening ticks.
fn fences(page: &str, word: &str) -> Vec<String> {
    let opening = format!("\n```{word}\n");
    page.split(&opening)
        .skip(1)
        .filter_map(|rest| Some(format!("{}\n", rest.split_once("\n```\n")?.0)))
        .collect()
}

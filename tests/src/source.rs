//! Rules of the house that can be read off the text.

use crate::tree::{File, files};

/// How long a file may be before its module doc has to say why.
const LONG: usize = 500;

#[test]
fn every_file_says_why_it_exists() {
    let silent = rust(|text| !text.starts_with("//! "));
    assert!(silent.is_empty(), "these do not begin with a module doc: {silent:?}");
}

#[test]
fn long_files_say_why_they_are_long() {
    let long = rust(|text| {
        let mut doc = text.lines().take_while(|line| line.starts_with("//!"));
        text.lines().count() > LONG && !doc.any(|line| line.contains("long because"))
    });
    assert!(long.is_empty(), "these have over {LONG} lines and no reason: {long:?}");
}

/// The words are put together here, so that this file does not hold them.
#[test]
fn nothing_is_left_for_later() {
    let words =
        [["TO", "DO"], ["FIX", "ME"], ["HA", "CK"], ["unimple", "mented"]].map(|halves| halves.concat());
    for File { path, text } in files() {
        if !matches!(path.rsplit('.').next(), Some("rs" | "pest" | "md" | "skynet" | "toml")) {
            continue;
        }
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            assert!(!words.iter().any(|it| it == word), "{path} holds `{word}`");
        }
    }
}

#[test]
fn no_path_of_one_machine_is_written_down() {
    let folders = ["root", "work", "farm"].map(|folder| format!("/{folder}/"));
    for File { path, text } in files() {
        for folder in &folders {
            assert!(!text.contains(folder), "{path} holds a path under {folder}");
        }
    }
}

/// Returns the paths of the Rust files of which something is true.
fn rust(is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let rust = files().into_iter().filter(|file| file.path.ends_with(".rs"));
    rust.filter(|file| is_wrong(&file.text)).map(|file| file.path).collect()
}

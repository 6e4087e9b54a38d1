//! Rules of the house that can be read off the text.

use crate::tree::{File, files};

/// How long a file may be before its module doc has to say why.
const LONG: usize = 500;

#[test]
fn every_file_says_why_it_exists() {
    for File { path, text } in rust() {
        assert!(text.starts_with("//! "), "{path} does not begin with a module doc");
    }
}

#[test]
fn long_files_say_why_they_are_long() {
    for File { path, text } in rust() {
        let lines = text.lines().count();
        let mut doc = text.lines().take_while(|line| line.starts_with("//!"));
        assert!(lines <= LONG || doc.any(|line| line.contains("long because")), "{path} has {lines} lines");
    }
}

/// The words are put together here, so that this file does not hold them.
#[test]
fn nothing_is_left_for_later() {
    let words = [["TO", "DO"], ["FIX", "ME"], ["HA", "CK"], ["unimple", "mented"]].map(|word| word.concat());
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

fn rust() -> impl Iterator<Item = File> {
    files().into_iter().filter(|file| file.path.ends_with(".rs"))
}

//! The files of the project, as cases.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Returns the files with an ending in a folder of the project, and in the folders in it.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

//! The source tree under test: where it is, and the text files in it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A text file of the project.
pub(crate) struct File {
    /// Its path from the top, with `/`.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

/// Returns the top folder of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Reads a file by its path from the top.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns every text file of the project in order of path; what is built or fetched is left out.
pub(crate) fn files() -> Vec<File> {
    let mut found = Vec::new();
    collect(&root(), "", &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the tree is larger than {} files", found.len());
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        // In a second working tree `.git` is a file.
        if name == ".git" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            let ours = !matches!(name.as_str(), "target" | "node_modules")
                && !path.ends_with("/fuzz/corpus")
                && !path.ends_with("/fuzz/artifacts");
            if ours {
                collect(&entry.path(), &format!("{path}/"), found);
            }
        } else if name != ".git"
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            // In a tree beside the main one `.git` is a file, and names a folder of the machine.
            found.push(File { path, text });
        }
    }
}

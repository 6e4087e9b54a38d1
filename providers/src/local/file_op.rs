//! File operations of the catalog, done by the worker itself.
//!
//! They end as a program would: with a text, a complaint and a code. Only what is not allowed is a failure.

use super::path::Place;
use crate::{
    action::{FileOp, MOST_WRITTEN},
    failure::Failure,
};
use std::{
    fmt::Write as _,
    fs,
    io::{self, Read as _},
    path::Path,
};

/// How deep a folder is listed, and how many entries of each folder.
const DEPTH: usize = 3;
const ENTRIES: usize = 500;

/// What a file operation printed: the text, or the complaint.
pub(super) type Ended = Result<Vec<u8>, String>;

/// Does it. What it reads is at most `most` bytes.
pub(super) fn perform(op: &FileOp, place: &Place, most: usize) -> Result<Ended, Failure> {
    match op {
        FileOp::Read { file } => match place.open(file)? {
            None => Ok(Err(format!("there is no file {file:?}\n"))),
            Some(opened) => {
                let mut bytes = Vec::new();
                // One byte more, so that it shows if there is more.
                Ok(opened.take(most as u64 + 1).read_to_end(&mut bytes).map(|_| bytes).map_err(told(file)))
            }
        },
        FileOp::List { directory, is_recursive } => {
            let real = place.resolve(directory)?;
            let mut text = String::new();
            let depth = if *is_recursive { DEPTH } else { 1 };
            Ok(list(&real, "", depth, &mut text).map(|()| text.into_bytes()).map_err(told(directory)))
        }
        FileOp::Write { file, content } => {
            if content.len() > MOST_WRITTEN {
                return Err(Failure::refused(format!(
                    "{file:?} would have {} bytes, more than the {MOST_WRITTEN} that `file_write` writes; use `files`",
                    content.len()
                )));
            }
            let target = place.make_parents(file)?;
            Ok(fs::write(&target, content.as_bytes()).map(|()| Vec::new()).map_err(told(file)))
        }
        FileOp::MakeDirectory { directory } => {
            let real = place.resolve(directory)?;
            Ok(fs::create_dir_all(&real).map(|()| Vec::new()).map_err(told(directory)))
        }
    }
}

fn told(path: &str) -> impl Fn(io::Error) -> String {
    move |error| format!("{path:?}: {error}\n")
}

/// Lists a folder, in order: `[DIR] name/` or the name and the size in bytes.
fn list(folder: &Path, prefix: &str, depth: usize, text: &mut String) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_unstable_by_key(fs::DirEntry::file_name);
    let left_out = entries.len().saturating_sub(ENTRIES);
    for entry in entries.iter().take(ENTRIES) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        // A link is listed as what it is and not followed.
        let about = entry.metadata()?;
        if about.is_dir() {
            let _ = writeln!(text, "[DIR] {name}/");
            if depth > 1 {
                list(&entry.path(), &format!("{name}/"), depth - 1, text)?;
            }
        } else {
            let _ = writeln!(text, "{name} {}", about.len());
        }
    }
    if left_out > 0 {
        let _ = writeln!(text, "[{left_out} more entries are left out]");
    }
    Ok(())
}

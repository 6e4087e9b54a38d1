//! Names close to one that does not exist: files beside a wrong path, words beside a wrong word.

use std::{fs, path::Path};

const MAX_ENTRIES: usize = 10_000;
const MAX_OFFERS: usize = 3;

/// Returns the files of a folder whose names are close to a wanted one, best first.
#[must_use]
pub fn files(folder: &Path, wanted: &str) -> Vec<String> {
    words(wanted, names_in(folder).iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}

/// Returns the first few `.skynet` files of a folder, in order of their names.
#[must_use]
pub fn sources(folder: &Path) -> Vec<String> {
    let mut names = names_in(folder);
    names.retain(|name| name.ends_with(".skynet"));
    names.sort();
    names.truncate(MAX_OFFERS);
    names.into_iter().map(|name| folder.join(name).to_string_lossy().into_owned()).collect()
}

/// Returns the words that are close to a wanted one, best first: a few letters apart, or one the start of the other.
#[must_use]
pub fn words<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let reach = (wanted.chars().count() / 4).clamp(1, 3);
    let distance = |word: &str| {
        let word = word.to_lowercase();
        let is_start =
            wanted.len().min(word.len()) >= 3 && (word.starts_with(&wanted) || wanted.starts_with(&word));
        let distance = strsim::osa_distance(&wanted, &word);
        if is_start { distance.min(reach) } else { distance }
    };
    let mut close: Vec<_> = known
        .into_iter()
        .map(|word| (distance(word), word))
        .filter(|(distance, _)| *distance <= reach)
        .collect();
    close.sort_unstable();
    close.dedup();
    close.into_iter().take(MAX_OFFERS).map(|(_, word)| word).collect()
}

/// Writes names as a list in quotes: `a`, `b`.
#[must_use]
pub fn list(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

fn names_in(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .take(MAX_ENTRIES)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let is_file = !entry.file_type().ok()?.is_dir();
            is_file.then(|| entry.file_name().into_string().ok()).flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_come_best_first() {
        assert_eq!(words("biuld", ["test", "build", "builds"]), ["build"]);
        assert_eq!(words("vers", ["version", "env"]), ["version"]);
        assert_eq!(words("E041", ["E0401", "E0411", "W0901"]), ["E0401", "E0411"]);
        assert!(words("zebra", ["test", "build"]).is_empty());
        assert!(words("", ["test"]).is_empty());
    }

    #[test]
    fn a_list_is_quoted() {
        assert_eq!(list(&["a", "b"]), "`a`, `b`");
    }
}

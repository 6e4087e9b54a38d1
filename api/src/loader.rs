//! Where imports come from: files beside the importing file, and pinned files from the network.
//!
//! A file goes by the name under which it was met first, relative to the current directory as the user typed it.
//! Two spellings of one path are one file.

pub(crate) mod remote;

use crate::{
    file::{self, Place},
    nearby,
};
use dsl::{LoadError, Loaded};
use grammar::limit::{MAX_FILE_BYTES, MAX_NETWORK_BYTES};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::ErrorKind,
    path::{Component, Path, PathBuf},
    time::Duration,
};

/// How long an import may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Loads imports from disk and network.
#[derive(Debug, Default)]
pub struct Files {
    names: RefCell<BTreeMap<PathBuf, String>>,
    fetched: RefCell<BTreeMap<String, Result<Vec<u8>, LoadError>>>,
}

impl Files {
    /// Starts from the files that the user named, so that an import of one is known to be the same file.
    #[must_use]
    pub fn around(named: &[Place]) -> Self {
        let mut names = BTreeMap::new();
        for place in named {
            if let Place::File(path) = place
                && let Ok(real) = fs::canonicalize(path)
            {
                names.entry(real).or_insert_with(|| place.name());
            }
        }
        Self { names: RefCell::new(names), fetched: RefCell::default() }
    }

    fn load_file(&self, importer: &str, path: &str) -> Result<Loaded, LoadError> {
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let whole = folder.join(path);
        let real = fs::canonicalize(&whole).map_err(|error| match error.kind() {
            ErrorKind::NotFound => LoadError::NotFound { similar: similar(&whole, path) },
            _ => LoadError::Failed(file::reason(&error)),
        })?;
        // Anything but a regular file may block for ever or never end.
        if !real.is_file() {
            let what = if real.is_dir() { "it is a directory" } else { "it is not a regular file" };
            return Err(LoadError::Refused(what.to_owned()));
        }
        let bytes = file::read_file(&real).map_err(|error| LoadError::Failed(file::reason(&error)))?;
        if bytes.len() > MAX_FILE_BYTES {
            return Err(LoadError::Refused(format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20)));
        }
        let mut names = self.names.borrow_mut();
        let name = names.entry(real).or_insert_with_key(|real| shown(&whole, real)).clone();
        Ok(Loaded { name, bytes })
    }
}

impl dsl::Loader for Files {
    fn load(&self, importer: &str, path: &str) -> Result<Loaded, LoadError> {
        if path.contains("://") {
            let mut fetched = self.fetched.borrow_mut();
            let bytes = fetched
                .entry(path.to_owned())
                .or_insert_with(|| remote::fetch(path, MAX_NETWORK_BYTES, TIMEOUT))
                .clone()?;
            Ok(Loaded { name: path.to_owned(), bytes })
        } else if importer.contains("://") {
            let what =
                "a file from the network cannot import from this machine; it may import `https://` addresses";
            Err(LoadError::Refused(what.to_owned()))
        } else {
            self.load_file(importer, path)
        }
    }
}

/// Takes `.` and `x/..` out of a path, as long as it still leads to the same file.
fn shown(path: &Path, real: &Path) -> String {
    let mut short = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(short.components().next_back(), Some(Component::Normal(_))) => {
                short.pop();
            }
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                short.push(part);
            }
        }
    }
    let is_same = fs::canonicalize(&short).is_ok_and(|found| found == real);
    let path = if is_same { &short } else { path };
    path.to_string_lossy().into_owned()
}

/// Returns what the import could have said instead, written the way it is written.
fn similar(whole: &Path, written: &str) -> Vec<String> {
    let (Some(folder), Some(wanted)) = (whole.parent(), whole.file_name().and_then(OsStr::to_str)) else {
        return Vec::new();
    };
    let head = written.strip_suffix(wanted).unwrap_or_default();
    nearby::files(folder, wanted).into_iter().map(|name| format!("{head}{name}")).collect()
}

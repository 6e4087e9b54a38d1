//! Which attempts this machine has begun and ended, also before the worker was started anew.
//!
//! An attempt has a folder of its own, named by the digest of its key, and making it is what begins the attempt: it can
//! be made once. When the attempt is over, all that stays of the folder is what came of it.

use crate::failure::Failure;
use engine::{
    id::{AttemptKey, Digest},
    request::Outcome,
};
use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// How many outcomes are kept, and how many more there may be until the oldest are taken away.
const KEPT: usize = 1024;
const SLACK: usize = 128;

/// The name of the file with what came of an attempt.
const OUTCOME: &str = "outcome.json";

/// What the scratch folder says about a key.
pub(super) enum Begun {
    /// Nothing: this is the first time.
    Now(Scratch),
    /// It is over, and this came of it.
    Before(Box<Outcome>),
    /// It was begun and never ended.
    Lost,
}

/// The folder of an attempt.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    pub(super) folder: PathBuf,
}

/// Returns the folder of a key.
pub(super) fn folder(root: &Path, key: &AttemptKey) -> PathBuf {
    let name = Digest::of(key.to_string().as_bytes()).to_string();
    root.join(name.get(..32).unwrap_or(&name))
}

/// Begins an attempt, unless it was begun before.
pub(super) fn begin(root: &Path, key: &AttemptKey) -> Result<Begun, Failure> {
    let failed = |error: io::Error| {
        Failure::provider(format!(
            "the worker cannot make a folder in {}: {error}; give it a scratch folder it can write",
            root.display()
        ))
    };
    let folder = folder(root, key);
    let mut private = fs::DirBuilder::new();
    private.mode(0o700);
    let made = private.create(&folder).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => fs::create_dir_all(root).and_then(|()| private.create(&folder)),
        _ => Err(error),
    });
    match made {
        Ok(()) => {
            private.create(folder.join("out")).map_err(failed)?;
            Ok(Begun::Now(Scratch { folder }))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let outcome = fs::read(folder.join(OUTCOME)).ok();
            let outcome = outcome.and_then(|json| serde_json::from_slice(&json).ok());
            Ok(outcome.map_or(Begun::Lost, Begun::Before))
        }
        Err(error) => Err(failed(error)),
    }
}

impl Scratch {
    /// The folder that is `$SKYNET_OUT`.
    pub(super) fn out(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// Writes a file that only the worker's user can read, and returns where it is.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> io::Result<PathBuf> {
        let path = self.folder.join(name);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(content)?;
        Ok(path)
    }

    /// Keeps what came of the attempt and takes the rest away. What cannot be kept is lost only to a worker that is
    /// started anew, so that is no failure of the attempt; half an outcome cannot be read, and counts as none.
    pub(super) fn finish(&self, outcome: &Outcome) {
        let json = serde_json::to_vec(outcome).unwrap_or_default();
        if self.write(OUTCOME, &json).is_err() {
            let _ = fs::remove_file(self.folder.join(OUTCOME));
        }
        if fs::remove_dir(self.out()).is_err() {
            let _ = fs::remove_dir_all(self.out());
        }
        let _ = fs::remove_file(self.folder.join("script"));
    }
}

/// Takes away the oldest outcomes if there are too many. Attempts that have none stay: they run, or nobody knows.
pub(super) fn prune(root: &Path) {
    let Ok(entries) = fs::read_dir(root) else { return };
    let when = |path: &Path| fs::metadata(path.join(OUTCOME)).and_then(|file| file.modified()).ok();
    let mut over: Vec<(SystemTime, PathBuf)> =
        entries.flatten().filter_map(|entry| Some((when(&entry.path())?, entry.path()))).collect();
    if over.len() <= KEPT + SLACK {
        return;
    }
    over.sort_unstable();
    for (_, folder) in over.iter().rev().skip(KEPT) {
        let _ = fs::remove_dir_all(folder);
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use engine::request::Done;

    #[test]
    fn a_key_begins_once_and_its_end_is_remembered() {
        let root = tempfile::tempdir().unwrap();
        let key = AttemptKey { job: "j".into(), step: "s".into(), instance: 0, attempt: 1 };
        let Ok(Begun::Now(scratch)) = begin(root.path(), &key) else { panic!("not begun") };
        assert!(matches!(begin(root.path(), &key), Ok(Begun::Lost)));
        let outcome = Outcome::Done(Done::default());
        scratch.finish(&outcome);
        assert!(matches!(begin(root.path(), &key), Ok(Begun::Before(before)) if *before == outcome));
        assert!(!scratch.out().exists());
        let whole = fs::read(scratch.folder.join(OUTCOME)).unwrap();
        fs::write(scratch.folder.join(OUTCOME), &whole[..whole.len() - 1]).unwrap();
        assert!(matches!(begin(root.path(), &key), Ok(Begun::Lost)), "cut off in the middle of its end");
    }
}

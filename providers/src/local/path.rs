//! Which files an attempt may touch.
//!
//! A path is text of a workflow. It is looked at as text first, and then, with all links followed, as the place it
//! really is. What is opened for reading is asked once more where it is, so a link that is laid in between is noticed.

use crate::failure::Failure;
use rustix::fs::{Mode, OFlags};
use std::{
    fs::File,
    io,
    os::fd::AsRawFd,
    path::{Component, Path, PathBuf},
};

/// The folders that files may be under, with all links followed.
#[derive(Clone, Debug)]
pub(super) struct Jail {
    roots: Vec<PathBuf>,
}

/// The working directory of an attempt, and what is allowed.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) jail: Jail,
    pub(super) workdir: PathBuf,
}

/// Returns why a path cannot be one below the working directory; nothing if it can.
pub(super) fn check_text(path: &str) -> Result<(), Failure> {
    let problem = if path.is_empty() {
        "is empty"
    } else if path.contains('\0') {
        "holds a NUL character"
    } else if Path::new(path).is_absolute() {
        "is absolute"
    } else if Path::new(path).components().any(|part| part == Component::ParentDir) {
        "leads out with `..`"
    } else {
        return Ok(());
    };
    Err(Failure::refused(format!("the path {path:?} {problem}; write one relative to the working directory")))
}

impl Jail {
    /// Follows the links of the roots; the workspace is one if there are no others.
    fn new(allowed: &[PathBuf], workspace: &Path) -> Result<Self, Failure> {
        let roots = if allowed.is_empty() { &[workspace.to_owned()][..] } else { allowed };
        // A root that is not there allows nothing.
        let roots: Vec<_> = roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
        if roots.is_empty() {
            return Err(Failure::provider(
                "none of the folders in SKYNET_ALLOWED_PATHS is there; make one of them, or correct the list",
            ));
        }
        Ok(Self { roots })
    }

    /// Checks a place that has no links any more.
    fn check(&self, real: &Path, shown: &str) -> Result<(), Failure> {
        if self.roots.iter().any(|root| real.starts_with(root)) {
            return Ok(());
        }
        Err(Failure::refused(format!(
            "the path {shown:?} is really {}, which is under no allowed folder; add its folder to \
             SKYNET_ALLOWED_PATHS, or keep the file in the workspace",
            real.display()
        )))
    }
}

impl Place {
    /// Finds the working directory.
    pub(super) fn new(allowed: &[PathBuf], workspace: &Path, workdir: Option<&str>) -> Result<Self, Failure> {
        let missing = |folder: &Path, error: &io::Error| {
            let hint = "make it in a step before this one, or correct `workdir`";
            Failure::provider(format!("the folder {} cannot be worked in: {error}; {hint}", folder.display()))
        };
        let real = workspace.canonicalize().map_err(|error| missing(workspace, &error))?;
        let jail = Jail::new(allowed, &real)?;
        jail.check(&real, &workspace.to_string_lossy())?;
        let Some(below) = workdir else { return Ok(Self { jail, workdir: real }) };
        check_text(below)?;
        let folder = real.join(below);
        let workdir = folder.canonicalize().map_err(|error| missing(&folder, &error))?;
        jail.check(&workdir, below)?;
        if !workdir.is_dir() {
            return Err(missing(&folder, &io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self { jail, workdir })
    }

    /// Returns where a path really is, as far as it exists.
    pub(super) fn resolve(&self, path: &str) -> Result<PathBuf, Failure> {
        check_text(path)?;
        let full = self.workdir.join(path);
        let mut there = full.as_path();
        loop {
            match there.canonicalize() {
                Ok(real) => {
                    self.jail.check(&real, path)?;
                    let rest = full.strip_prefix(there).unwrap_or(Path::new(""));
                    return Ok(if rest.as_os_str().is_empty() { real } else { real.join(rest) });
                }
                // A link to what is not there would be followed by whoever writes through it.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !there.is_symlink() => {
                    there = there.parent().unwrap_or(&self.workdir);
                }
                Err(error) => {
                    return Err(Failure::refused(format!(
                        "the path {path:?} cannot be followed: {error}; choose another one"
                    )));
                }
            }
        }
    }

    /// Opens a file for reading. None if there is nothing.
    pub(super) fn open(&self, path: &str) -> Result<Option<File>, Failure> {
        let real = self.resolve(path)?;
        let Some(file) = open_regular(&real)
            .map_err(|error| Failure::output(format!("the file {path:?} cannot be read: {error}")))?
        else {
            return Ok(None);
        };
        let now = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap_or(real);
        self.jail.check(&now, path)?;
        Ok(Some(file))
    }

    /// Makes the folders above a file and returns where the file is.
    pub(super) fn make_parents(&self, path: &str) -> Result<PathBuf, Failure> {
        let real = self.resolve(path)?;
        let parent = real.parent().unwrap_or(&self.workdir);
        let failed = |error: io::Error| {
            Failure::provider(format!("the folder of {path:?} cannot be made: {error}; choose another path"))
        };
        std::fs::create_dir_all(parent).map_err(failed)?;
        let parent = parent.canonicalize().map_err(failed)?;
        self.jail.check(&parent, path)?;
        let Some(name) = real.file_name() else {
            return Err(Failure::refused(format!("the path {path:?} names no file; write one")));
        };
        Ok(parent.join(name))
    }
}

/// Opens a file that is really one, not a folder, nor a pipe that never ends. None if there is nothing.
pub(super) fn open_regular(path: &Path) -> io::Result<Option<File>> {
    // A pipe without a writer would block, and a link is not followed: links were followed before.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(rustix::io::Errno::LOOP) => return Err(io::Error::other("it is a link that leads on")),
        Err(error) => return Err(error.into()),
    };
    if file.metadata()?.is_file() {
        return Ok(Some(file));
    }
    Err(io::Error::other("it is no ordinary file; pack a folder into one, or name a file in it"))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_path_leads_nowhere_else_by_text_or_by_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (inside, outside) = (root.join("in"), root.join("out"));
        std::fs::create_dir_all(inside.join("sub")).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(outside.join("secret"), "x").unwrap();
        symlink(&outside, inside.join("door")).unwrap();
        symlink(outside.join("new"), inside.join("dangling")).unwrap();
        symlink("sub", inside.join("alias")).unwrap();
        let place = Place::new(&[], &inside, None).unwrap();
        for bad in
            ["", "/etc/passwd", "../out/secret", "sub/../../out", "a\0b", "door/secret", "door", "dangling"]
        {
            assert!(place.open(bad).is_err(), "{bad:?}");
            assert!(place.make_parents(bad).is_err(), "{bad:?}");
        }
        assert!(Place::new(&[], &inside, Some("door")).is_err());
        assert!(Place::new(std::slice::from_ref(&outside), &inside, None).is_err());
        assert_eq!(place.make_parents("alias/deep/x").unwrap(), inside.join("sub/deep/x"));
        assert!(place.open("alias/deep/x").unwrap().is_none());
        let wide = Place::new(&[root], &inside, None).unwrap();
        assert!(wide.open("door/secret").unwrap().is_some());
        assert!(wide.open("sub").is_err());
    }
}

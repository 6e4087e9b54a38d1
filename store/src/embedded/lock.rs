//! Locks that the system takes away from who dies.
//!
//! A lock belongs to the opened file and not to the process, so a child that inherits the file holds it too.

use super::{Error, PAUSE};
use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};
use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Instant,
};

/// A file that can be locked. Its lock goes with it.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Opens the file, not locked yet; makes it if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
        let file = file.map_err(|error| Error::io("the lock cannot be opened", path, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Waits until nobody else holds it.
    pub(super) async fn exclusive(path: &Path, deadline: Instant) -> Result<Self, Error> {
        let lock = Self::open(path)?;
        while !lock.try_exclusive()? {
            if Instant::now() >= deadline {
                return Err(Error::new(
                    format!(
                        "another program has been starting or stopping the database for too long; it holds {}",
                        path.display()
                    ),
                    "see what that program (`skynet …`) waits for, end it, and try again",
                ));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(lock)
    }

    /// Takes it alone, if nobody else holds it. If somebody does, a share that was held is given up.
    pub(super) fn try_exclusive(&self) -> Result<bool, Error> {
        self.take(FlockOperation::NonBlockingLockExclusive)
    }

    /// Takes a share of it, if nobody holds it alone.
    pub(super) fn try_shared(&self) -> Result<bool, Error> {
        self.take(FlockOperation::NonBlockingLockShared)
    }

    /// The file, for a child to inherit together with the lock.
    pub(super) fn into_file(self) -> File {
        self.file
    }

    fn take(&self, how: FlockOperation) -> Result<bool, Error> {
        loop {
            return match flock(&self.file, how) {
                Ok(()) => Ok(true),
                Err(Errno::INTR) => continue,
                Err(Errno::WOULDBLOCK) => Ok(false),
                Err(error) => Err(Error::io("the file cannot be locked", &self.path, &error.into())),
            };
        }
    }
}

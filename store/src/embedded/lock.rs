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
        Ok(Self { file: open(path)?, path: path.to_owned() })
    }

    /// Waits until nobody else holds it.
    pub(super) async fn exclusive(path: &Path, deadline: Instant) -> Result<Self, Error> {
        Self::open(path)?.wait(FlockOperation::NonBlockingLockExclusive, deadline).await
    }

    /// Waits until nobody holds it alone.
    pub(super) async fn shared(path: &Path, deadline: Instant) -> Result<Self, Error> {
        Self::open(path)?.wait(FlockOperation::NonBlockingLockShared, deadline).await
    }

    /// Takes it alone, if nobody else holds it. If somebody does, a share that was held is given up.
    pub(super) fn try_exclusive(&self) -> Result<bool, Error> {
        take(&self.file, &self.path, FlockOperation::NonBlockingLockExclusive)
    }

    async fn wait(self, how: FlockOperation, deadline: Instant) -> Result<Self, Error> {
        while !take(&self.file, &self.path, how)? {
            if Instant::now() >= deadline {
                return Err(Error::new(
                    format!(
                        "another program has been starting or stopping the database for too long; it holds {}",
                        self.path.display()
                    ),
                    "see what that program (`skynet …`) waits for, end it, and try again",
                ));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(self)
    }
}

/// Closing the file would not be enough: a program that is just being started may hold it open for another moment.
impl Drop for Lock {
    fn drop(&mut self) {
        // What could go wrong goes away with the file.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Opens a file with a share of its lock, to be inherited: the lock goes when nobody has the file open any more.
pub(super) fn inherited(path: &Path) -> Result<File, Error> {
    let file = open(path)?;
    take(&file, path, FlockOperation::NonBlockingLockShared)?;
    Ok(file)
}

fn open(path: &Path) -> Result<File, Error> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
    file.map_err(|error| Error::io("the lock cannot be opened", path, &error))
}

fn take(file: &File, path: &Path, how: FlockOperation) -> Result<bool, Error> {
    loop {
        return match flock(file, how) {
            Ok(()) => Ok(true),
            Err(Errno::INTR) => continue,
            Err(Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(Error::io("the file cannot be locked", path, &error.into())),
        };
    }
}

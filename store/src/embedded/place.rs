//! Which folders and files there are, and where.

use super::{Config, Error, account::Account};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _},
    },
    path::{Path, PathBuf},
};

/// The database user that owns everything.
pub(super) const USER: &str = "skynet";

/// How long the path of a socket may be in the system that allows least, with the zero at its end.
const SOCKET_PATH: usize = 104;

/// The longest name that the server gives a socket in its folder.
const SOCKET_NAME: usize = "/.s.PGSQL.65535.lock".len();

/// Everything about one server, under `postgres` in the home.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) root: PathBuf,
}

impl Place {
    pub(super) fn of(home: &Path) -> Self {
        Self { root: home.join("postgres") }
    }

    /// What the server keeps.
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// What the server says, since its last start.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    /// What it said before that.
    pub(super) fn old_log(&self) -> PathBuf {
        self.root.join("server.old.log")
    }

    /// Held by who starts or stops it.
    pub(super) fn door(&self) -> PathBuf {
        self.root.join("door.lock")
    }

    /// Held by who uses it.
    pub(super) fn users(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    /// What programs tell each other about it.
    pub(super) fn note(&self) -> PathBuf {
        self.root.join("note")
    }

    /// Where an archive of Postgres may be unpacked.
    pub(super) fn unpacked(&self) -> PathBuf {
        self.root.join("programs")
    }
}

/// Returns the folder for what Skynet keeps: the one that is given, else the platform's place for data of users, which is
/// under `xdg` if that is given and else under the user's own folder. Root's is not under root's own folder, because the
/// server runs as another account, which may not enter there.
#[must_use]
pub fn home(given: Option<PathBuf>, xdg: Option<PathBuf>, user: Option<PathBuf>) -> Option<PathBuf> {
    let is_root = rustix::process::geteuid().is_root();
    let is_mac = cfg!(target_os = "macos");
    let of_system = || {
        is_root.then(|| {
            PathBuf::from(if is_mac { "/Library/Application Support/skynet" } else { "/var/lib/skynet" })
        })
    };
    let of_user = || match user {
        Some(user) if is_mac => Some(user.join("Library/Application Support/skynet")),
        user => xdg.map(|xdg| xdg.join("skynet")).or_else(|| Some(user?.join(".local/share/skynet"))),
    };
    given.or_else(of_system).or_else(of_user)
}

/// Makes the folders, if they are not there.
pub(super) fn prepare(home: &Path) -> Result<Place, Error> {
    let home = std::path::absolute(home)
        .map_err(|error| Error::io("the folder for data cannot be found", home, &error))?;
    let place = Place::of(&home);
    // Root's must be passable for the account of the server. It cannot be listed all the same.
    let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(&place.root)
        .map_err(|error| Error::io("the folder for the database cannot be made", &place.root, &error))?;
    Ok(place)
}

/// Returns how much room is left where this path is, in bytes.
pub(super) fn free_bytes(home: &Path) -> Result<u64, Error> {
    let stat = rustix::fs::statvfs(home)
        .map_err(|error| Error::io("the free room cannot be read", home, &error.into()))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Makes the folder of the socket, which nobody but the server's account may enter. Beside the data if its path is short
/// enough, else in a folder for what is temporary, under a name that follows from the path.
pub(super) fn socket_folder(
    config: &Config,
    place: &Place,
    account: Option<&Account>,
) -> Result<PathBuf, Error> {
    let digest = Sha256::digest(place.root.as_os_str().as_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("skynet-{name}");
    let beside = place.root.join("socket");
    // A folder of root's own for the time it is logged in would not let the server's account pass.
    let runtime = config.runtime.as_ref().filter(|_| account.is_none()).map(|folder| folder.join(&name));
    let candidates = [Some(beside), runtime, Some(Path::new("/tmp").join(&name))];
    let fits = |folder: &PathBuf| folder.as_os_str().len() + SOCKET_NAME < SOCKET_PATH;
    let Some(folder) = candidates.into_iter().flatten().find(fits) else {
        return Err(Error::new("no path for the socket of the database is short enough", "set SKYNET_HOME"));
    };
    let failed = |error: io::Error| Error::io("the folder of the socket cannot be made", &folder, &error);
    match DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {
            if let Some(account) = account {
                account.give(&folder)?;
            }
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    // Others can write in /tmp, so somebody may have been there before us.
    let found = fs::symlink_metadata(&folder).map_err(failed)?;
    let owner = account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
    if found.is_dir() && found.uid() == owner && found.mode() & 0o077 == 0 {
        return Ok(folder);
    }
    // Root was stopped before it could give the folder away.
    if let Some(account) = account
        && found.is_dir()
        && found.uid() == 0
        && found.mode() & 0o077 == 0
    {
        account.give(&folder)?;
        return Ok(folder);
    }
    Err(Error::new(
        format!(
            "the folder {} for the socket of the database is not private to its server",
            folder.display()
        ),
        "remove that folder if you know whose it is, or set SKYNET_HOME to another one",
    ))
}

/// A folder as it stands in a list of the server's settings.
pub(super) fn quoted(folder: &Path) -> String {
    format!("\"{}\"", folder.to_string_lossy().replace('"', "\"\""))
}

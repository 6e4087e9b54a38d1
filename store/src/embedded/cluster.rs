//! The data of the server: which version made it, and how it is made.

use super::{
    Config, Error,
    account::Account,
    binaries::Binaries,
    error::of_output,
    place::{Place, USER},
};
use std::{fs, io, path::Path, process::Stdio};

/// What folders are called while something is being made in them.
pub(super) const UNFINISHED: &str = "new-";

/// Returns the major version that made the data, or none if there is no data yet.
pub(super) fn major(place: &Place) -> Result<Option<u32>, Error> {
    let data = place.data();
    let version = data.join("PG_VERSION");
    match fs::read_to_string(&version) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| {
            Error::new(
                format!("{} holds no version that we know: `{}`", version.display(), text.trim()),
                format!("move {} away to begin anew, or put back a copy of it", data.display()),
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !data.exists() => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::new(
            format!("{} is no database: the file PG_VERSION is missing", data.display()),
            "move that folder away to begin anew, or put back a copy of it",
        )),
        Err(error) => Err(Error::io("the version of the database cannot be read", &version, &error)),
    }
}

/// Makes the data. It gets its name when it is whole and on the disk, so what a crash leaves half made is never used.
pub(super) async fn make(
    config: &Config,
    place: &Place,
    binaries: &Binaries,
    account: Option<&Account>,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::io("the database cannot be made", &place.root, &error);
    remove_unfinished(place).map_err(failed)?;
    let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&place.root).map_err(failed)?;
    if let Some(account) = account {
        account.give(folder.path())?;
    }
    let program = binaries.folder.join("initdb");
    let mut command = std::process::Command::new(&program);
    command.arg("-D").arg(folder.path());
    command.args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]);
    command.args(["--data-checksums", "--no-instructions"]);
    if !config.is_durable || CAN_SYNC_AT_ONCE {
        command.arg("--no-sync");
    }
    command.env_clear().env("LC_ALL", "C").env("PATH", &binaries.folder);
    command.current_dir("/").stdin(Stdio::null());
    if let Some(account) = account {
        account.dress(&mut command);
    }
    let output =
        tokio::process::Command::from(command).kill_on_drop(true).output().await.map_err(|error| {
            Error::io("the program that makes a database cannot be run", &program, &error)
        })?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let help = "mend what it says, then try again; nothing is left behind";
        return Err(of_output("the database could not be made", &String::from_utf8_lossy(&said), help));
    }
    if config.is_durable {
        sync(folder.path()).map_err(failed)?;
    }
    fs::rename(folder.keep(), place.data()).map_err(failed)?;
    fs::File::open(&place.root).and_then(|root| root.sync_all()).map_err(failed)
}

/// The program syncs a thousand files one by one, which takes seconds where others write too. Linux can sync them at once.
const CAN_SYNC_AT_ONCE: bool = cfg!(target_os = "linux");

#[cfg(target_os = "linux")]
fn sync(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn remove_unfinished(place: &Place) -> io::Result<()> {
    for entry in fs::read_dir(&place.root)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // If a program whose starter was killed still writes there, the rest goes another time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

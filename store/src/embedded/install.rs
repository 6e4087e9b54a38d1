//! Postgres from an archive, for machines without a package of it.

use super::{Binaries, Error, binaries, cluster::UNFINISHED, error::of_output, place::Place};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::Command;

/// Unpacks it beside, tries it, and gives it its name. The door must be held.
pub(super) async fn install(place: &Place, archive: &Path) -> Result<Binaries, Error> {
    let failed = |error: io::Error| Error::io("the archive cannot be unpacked", &place.root, &error);
    let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&place.root).map_err(failed)?;
    unpack(archive, folder.path()).await?;
    let Some(found) = roots(folder.path()).find(|root| binaries::is_complete(&root.join("bin"))) else {
        return Err(Error::new(
            format!("{} holds no programs `postgres` and `initdb` in a folder `bin`", archive.display()),
            "take an archive of the whole of Postgres, for this kind of machine",
        ));
    };
    let mut unpacked = binaries::ask(&found.join("bin")).await?;
    binaries::check_age(&unpacked)?;
    let home = place.unpacked().join(&unpacked.version);
    if home.exists() {
        return Err(Error::new(
            format!("version {} is already there: {}", unpacked.version, home.display()),
            "nothing has to be done; to unpack it anew, remove that folder first",
        ));
    }
    // Root's server runs as another account.
    fs::set_permissions(&found, fs::Permissions::from_mode(0o755)).map_err(failed)?;
    fs::create_dir_all(place.unpacked()).map_err(failed)?;
    fs::rename(&found, &home).map_err(failed)?;
    unpacked.folder = home.join("bin");
    Ok(unpacked)
}

/// The folder itself, and those in it: most archives have one folder around everything.
fn roots(folder: &Path) -> impl Iterator<Item = PathBuf> {
    [folder.to_owned()].into_iter().chain(binaries::children(folder))
}

async fn unpack(archive: &Path, folder: &Path) -> Result<(), Error> {
    let mut command = Command::new("tar");
    command.arg("-xf").arg(archive).arg("-C").arg(folder).arg("--no-same-owner").stdin(Stdio::null());
    let output = command.kill_on_drop(true).output().await.map_err(|error| {
        Error::new(format!("the program `tar` cannot be run: {error}"), "install it, then try again")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let help =
        "see whether the file is a tar archive, and whether the program that it is packed with is here";
    Err(of_output("the archive cannot be unpacked", &String::from_utf8_lossy(&output.stderr), help))
}

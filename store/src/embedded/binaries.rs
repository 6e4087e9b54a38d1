//! Where the programs of Postgres are, and whether they fit.

use super::{Config, Error, place::Place};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::Command;

/// The oldest version that will do.
const OLDEST: u32 = 15;

/// The folders of installations, with a number in the place of `*`.
const INSTALLED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
];

/// The programs of one Postgres.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// The folder they are in.
    pub folder: PathBuf,
    /// The version, as the program says it.
    pub version: String,
    major: u32,
}

/// Finds programs that fit the data, or any that will do if there is none yet.
pub(super) async fn find(config: &Config, place: &Place, made_by: Option<u32>) -> Result<Binaries, Error> {
    let folders = match &config.binaries {
        Some(folder) => vec![folder.clone()],
        None => folders(config, place),
    };
    let (mut unfit, mut broken) = (Vec::new(), None);
    for folder in folders.iter().filter(|folder| is_complete(folder)) {
        let fits =
            |found: &Binaries| found.major >= OLDEST && made_by.is_none_or(|made_by| made_by == found.major);
        match ask(folder).await {
            Ok(found) if fits(&found) => return Ok(found),
            Ok(found) => unfit.push(format!("{} in {}", found.version, found.folder.display())),
            Err(error) => broken = broken.or(Some(error)),
        }
    }
    if let (Some(error), true) = (broken, unfit.is_empty()) {
        return Err(error);
    }
    Err(match (made_by, &config.binaries) {
        (_, Some(folder)) if unfit.is_empty() => Error::new(
            format!(
                "there are no programs `postgres` and `initdb` in {}, which SKYNET_PG_BIN names",
                folder.display()
            ),
            "set it to the folder `bin` of a Postgres, or leave it unset",
        ),
        (None, _) if unfit.is_empty() => {
            Error::new("there is no Postgres on this machine that Skynet could start", package())
        }
        (None, _) => Error::new(
            format!("Postgres is too old: {}; version {OLDEST} or later is needed", unfit.join(", ")),
            package(),
        ),
        (Some(made_by), _) => Error::new(
            format!(
                "the database in {} was made by Postgres {made_by}, and no Postgres {made_by} is here, but {}",
                place.data().display(),
                if unfit.is_empty() { "none at all".to_owned() } else { unfit.join(", ") }
            ),
            format!(
                "install version {made_by} again (SKYNET_PG_BIN may name its folder). To go to a newer one: with \
                 the old one run `skynet db psql` and `pg_dump`, move the folder away, and load the dump"
            ),
        ),
    })
}

/// Refuses what is too old.
pub(super) fn check_age(found: &Binaries) -> Result<(), Error> {
    if found.major >= OLDEST {
        return Ok(());
    }
    Err(Error::new(
        format!("Postgres {} is too old", found.version),
        format!("version {OLDEST} or later is needed"),
    ))
}

/// Every folder that may hold them, the best first.
fn folders(config: &Config, place: &Place) -> Vec<PathBuf> {
    let installed = INSTALLED.iter().flat_map(|(root, prefix, rest)| numbered(Path::new(root), prefix, rest));
    let unpacked = place.unpacked();
    let unpacked = [unpacked.join("bin")].into_iter().chain(children(&unpacked).map(|it| it.join("bin")));
    config
        .search
        .iter()
        .filter(|folder| folder.is_absolute())
        .cloned()
        .chain(installed)
        .chain(unpacked)
        .collect()
}

/// The folders `root/prefix*/rest`, the highest number first.
fn numbered(root: &Path, prefix: &str, rest: &str) -> Vec<PathBuf> {
    let number = |folder: &PathBuf| folder.file_name()?.to_str()?.strip_prefix(prefix)?.parse::<u32>().ok();
    let mut found: Vec<_> = children(root).filter_map(|folder| Some((number(&folder)?, folder))).collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, folder)| folder.join(rest)).collect()
}

pub(super) fn children(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// A client alone has `psql` and not these.
pub(super) fn is_complete(folder: &Path) -> bool {
    ["postgres", "initdb"].iter().all(|program| folder.join(program).is_file())
}

/// Asks the program for its version.
pub(super) async fn ask(folder: &Path) -> Result<Binaries, Error> {
    let program = folder.join("postgres");
    let asked =
        Command::new(&program).arg("--version").stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output =
        asked.map_err(|error| Error::io("Postgres cannot be asked for its version", &program, &error))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version =
        said.split_whitespace().skip_while(|word| *word != "(PostgreSQL)").nth(1).unwrap_or_default();
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    let major = digits.parse().map_err(|_| {
        Error::new(
            format!("{} does not say its version, but `{said}`", program.display()),
            "see what it says to `--version`; SKYNET_PG_BIN can name the folder of another one",
        )
    })?;
    Ok(Binaries { folder: folder.to_owned(), version: version.to_owned(), major })
}

/// Which package to install.
const fn package() -> &'static str {
    if cfg!(target_os = "macos") {
        "install it with `brew install postgresql@17`, or run `skynet db install`"
    } else {
        "install the package `postgresql` (Debian, Ubuntu, Alpine, Arch) or `postgresql-server` (Fedora, SUSE), \
         or run `skynet db install`, or name the folder of its programs in SKYNET_PG_BIN"
    }
}

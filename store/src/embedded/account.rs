//! Who the server runs as. Postgres refuses to be root, so for root it is somebody else.

use super::{Error, place::Place};
use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

/// The accounts that root's server may run as; the first that this machine has.
const ACCOUNTS: &[&str] = &["postgres", "_postgres", "nobody"];

/// An account that is not ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    name: String,
    pub(super) uid: u32,
    gid: u32,
}

/// Returns whom the server has to run as, or none if that is who we are. Data that is there decides.
pub(super) fn choose(place: &Place) -> Result<Option<Account>, Error> {
    let own = rustix::process::geteuid().as_raw();
    let owner = fs::metadata(place.data()).ok().map(|data| (data.uid(), data.gid()));
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    match owner {
        Some((uid, _)) if own != 0 && uid != own => Err(Error::new(
            format!("the database in {} belongs to another user, number {uid}", place.data().display()),
            "run as that user, or set SKYNET_HOME to a folder of your own",
        )),
        _ if own != 0 => Ok(None),
        Some((0, _)) => Err(Error::new(
            format!("the database in {} belongs to root, and Postgres refuses to be root", place.data().display()),
            format!("give it to another account: `chown -R nobody {}`", place.data().display()),
        )),
        Some((uid, gid)) => Ok(Some(Account { name: format!("number {uid}"), uid, gid })),
        None => ACCOUNTS.iter().find_map(|name| find(&accounts, name)).map(Some).ok_or_else(|| {
            Error::new(
                "Postgres refuses to be root, and this machine has neither an account `postgres` nor `nobody`",
                "add one of them, or run as another user",
            )
        }),
    }
}

impl Account {
    /// Lets a program run as it, and with none of our groups.
    pub(super) fn dress(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives it a folder.
    pub(super) fn give(&self, folder: &Path) -> Result<(), Error> {
        chown(folder, Some(self.uid), Some(self.gid))
            .map_err(|error| Error::io("the folder cannot be given to the server's account", folder, &error))
    }

    /// Checks that it may pass every folder on the way to a file.
    pub(super) fn check_way(&self, to: &Path) -> Result<(), Error> {
        let to = fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
        let blocked = to.ancestors().skip(1).find(|folder| {
            fs::metadata(folder).is_ok_and(|it| {
                let bit = match (it.uid() == self.uid, it.gid() == self.gid) {
                    (true, _) => 0o100,
                    (false, true) => 0o010,
                    (false, false) => 0o001,
                };
                it.mode() & bit == 0
            })
        });
        let Some(folder) = blocked else { return Ok(()) };
        Err(Error::new(
            format!(
                "for root the database server runs as another account ({}), which may not pass {} on its way to {}",
                self.name,
                folder.display(),
                to.display()
            ),
            "leave SKYNET_HOME unset or set it to a folder that everybody may pass, such as /var/lib/skynet; \
             the same goes for SKYNET_PG_BIN",
        ))
    }
}

fn find(accounts: &str, name: &str) -> Option<Account> {
    let mut lines = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
    lines.find_map(|fields| match fields.as_slice() {
        [known, _, uid, gid, ..] if *known == name => {
            Some(Account { name: name.to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? })
        }
        _ => None,
    })
}

//! Why the server is not there, and how to go on.

use super::place::Place;
use std::{fmt, fs, io, path::Path};

/// How many lines of the log are shown.
const LINES: usize = 8;

/// What went wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    what: String,
    help: String,
}

/// What the log or a program may say, and what helps then. The first that fits counts.
const HELPS: &[(&str, &str)] = &[
    ("No space left on device", "the disk is full: make room, then try again"),
    ("Disk quota exceeded", "your quota is used up: make room, then try again"),
    (
        "shared memory",
        "the system does not give it shared memory: let /dev/shm have 64 MiB (`--shm-size` of a container), then try again",
    ),
    (
        "could not create semaphores",
        "the system has no semaphores left: raise `kernel.sem`, or end programs that hold many, then try again",
    ),
    ("Unix-domain socket path", "the path of its socket is too long: set SKYNET_HOME to a shorter one"),
    ("could not bind Unix", "its socket cannot be made: see who else uses the folder that the log names"),
    ("invalid locale", "the system lacks the locale `C`: mend its locales (package `libc-bin` on Debian)"),
    (
        "could not look up effective user ID",
        "your user number has no name on this machine: add it to /etc/passwd, or set DATABASE_URL to another Postgres",
    ),
    ("incompatible with server", "take the Postgres that made the data; SKYNET_PG_BIN names its folder"),
    ("unrecognized configuration parameter", "this Postgres is not one we know: take version 15 or later"),
    ("Read-only file system", "set SKYNET_HOME to a folder on a disk that can be written"),
    (
        "Permission denied",
        "let your user own and write what the message names, or set SKYNET_HOME to another folder",
    ),
    ("Cannot allocate memory", "the machine has no memory left: end other programs, then try again"),
    (
        "could not locate a valid checkpoint record",
        "the data is damaged: put back a copy of it, or move it away to begin anew",
    ),
];

impl Error {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }

    /// Something about a file or folder failed.
    pub(super) fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        let what = format!("{what}: {}: {error}", path.display());
        let help = known_help(&what).unwrap_or("mend what the message names, then try again");
        Self::new(what, help)
    }

    /// What is wrong.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// How to go on.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.what, self.help)
    }
}

impl std::error::Error for Error {}

/// The server failed, and its log says why.
pub(super) fn of_log(what: &str, place: &Place) -> Error {
    let log = fs::read(place.log()).unwrap_or_default();
    let more = format!("mend what the log says and try again; all of it is in {}", place.log().display());
    of_output(what, &String::from_utf8_lossy(&log), &more)
}

/// A program failed, and its last lines say why.
pub(super) fn of_output(what: &str, output: &str, help: &str) -> Error {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    let what = match last {
        [] => format!("{what}, and said nothing"),
        last => format!("{what}; its last words:\n  {}", last.join("\n  ")),
    };
    let help = known_help(&what).unwrap_or(help).to_owned();
    Error::new(what, help)
}

fn known_help(text: &str) -> Option<&'static str> {
    HELPS.iter().find(|(said, _)| text.contains(said)).map(|(_, help)| *help)
}

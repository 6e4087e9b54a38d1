//! The server as a process: whether it lives, how it is started, and how it is asked to stop.
//!
//! All its processes inherit its log, opened and locked by who starts it. So as long as one of them lives, nobody else
//! can lock the log. That holds where its process number does not: after a crash the number is wrong, or another's.

use super::{
    Config, Error,
    account::Account,
    binaries::Binaries,
    lock::{self, Lock},
    place::{Place, USER},
    settings,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs, io,
    os::unix::{net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What the server is at.
#[derive(Debug)]
pub(super) enum State {
    /// It takes connections.
    Ready(Instance),
    /// It lives and is ready, but somebody took its socket away, as those do who clean up folders for what is temporary.
    Lost(Instance),
    /// It starts, or stops, or lost its head and will soon be gone.
    Busy,
    /// None of its processes lives.
    Gone,
}

/// One start of the server, as it writes it down itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    pid: i32,
    started: String,
    port: String,
    socket: PathBuf,
    is_ready: bool,
}

/// What programs tell each other about an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// It runs on when the last one leaves.
    Keep,
    /// It was asked to stop, and takes connections only for a moment.
    Stop,
}

impl Instance {
    fn read(place: &Place) -> Option<Self> {
        let text = fs::read_to_string(place.data().join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let [pid, _data, started, port, socket, rest @ ..] = lines.as_slice() else { return None };
        Some(Self {
            pid: pid.parse().ok()?,
            started: (*started).to_owned(),
            port: (*port).to_owned(),
            socket: PathBuf::from(socket),
            is_ready: rest.last() == Some(&"ready"),
        })
    }

    pub(super) fn url(&self) -> String {
        let host = self.socket.to_string_lossy();
        let host = utf8_percent_encode(&host, NON_ALPHANUMERIC);
        format!("postgresql:///postgres?host={host}&port={}&user={USER}&sslmode=disable", self.port)
    }

    fn socket(&self) -> PathBuf {
        self.socket.join(format!(".s.PGSQL.{}", self.port))
    }

    /// The kernel answers for a server that has not got round to it yet, but not for one that is gone.
    fn answers(&self) -> bool {
        UnixStream::connect(self.socket()).is_ok()
    }
}

/// Looks at the server. The door must be held.
pub(super) fn look(place: &Place) -> Result<State, Error> {
    let instance = Instance::read(place);
    let answers = instance.as_ref().is_some_and(Instance::answers);
    let log = place.log();
    if !answers && (!log.exists() || Lock::open(&log)?.try_exclusive()?) {
        return Ok(State::Gone);
    }
    // One that was killed leaves its socket behind, and one that stops is ready no more.
    Ok(match instance {
        Some(instance) if !instance.is_ready || is_noted(place, &instance, Note::Stop) => State::Busy,
        Some(instance) if answers => State::Ready(instance),
        Some(instance) if !instance.socket().exists() => State::Lost(instance),
        Some(_) | None => State::Busy,
    })
}

/// Starts it in a process group of its own, so that Ctrl-C at the terminal is not meant for it. None may live.
pub(super) fn start(
    config: &Config,
    place: &Place,
    binaries: &Binaries,
    account: Option<&Account>,
    socket: &Path,
) -> Result<Child, Error> {
    // Left by a crash. The number in them may be somebody's by now, and the server would take that for another server.
    remove(&place.data().join("postmaster.pid"))?;
    clear(socket)?;
    if place.log().exists() {
        fs::rename(place.log(), place.old_log())
            .map_err(|error| Error::io("the log cannot be put aside", &place.log(), &error))?;
    }
    let log = lock::inherited(&place.log())?;
    let failed = |error: io::Error| {
        Error::io("the database server cannot be started", &binaries.folder.join("postgres"), &error)
    };
    let mut command = Command::new(binaries.folder.join("postgres"));
    command.arg("-D").arg(place.data()).args(settings::arguments(config, socket));
    command.env_clear().env("LC_ALL", "C").env("PATH", &binaries.folder);
    command.current_dir(place.data()).process_group(0);
    command.stdin(Stdio::null()).stdout(log.try_clone().map_err(failed)?).stderr(log);
    if let Some(account) = account {
        account.dress(&mut command);
    }
    command.spawn().map_err(failed)
}

/// Asks it to drop its connections and end. The door must be held.
pub(super) fn ask_to_stop(place: &Place, instance: &Instance) -> Result<(), Error> {
    note(place, instance, Note::Stop)?;
    let Some(pid) = Pid::from_raw(instance.pid) else { return Ok(()) };
    match kill_process(pid, Signal::INT) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(Error::new(
            format!("the database server (process {}) cannot be stopped: {error}", instance.pid),
            "stop it as the user who started it",
        )),
    }
}

/// Notes something down about this instance, and nothing about a later one.
pub(super) fn note(place: &Place, instance: &Instance, note: Note) -> Result<(), Error> {
    fs::write(place.note(), said(instance, note))
        .map_err(|error| Error::io("the note cannot be written", &place.note(), &error))
}

/// Whether this is what is noted about this instance.
pub(super) fn is_noted(place: &Place, instance: &Instance, note: Note) -> bool {
    fs::read_to_string(place.note()).is_ok_and(|text| text == said(instance, note))
}

fn said(instance: &Instance, note: Note) -> String {
    format!("{note:?} {} {}\n", instance.pid, instance.started)
}

/// Empties the folder of the socket, which holds nothing else.
fn clear(socket: &Path) -> Result<(), Error> {
    let failed = |error: io::Error| Error::io("the folder of the socket cannot be read", socket, &error);
    for entry in fs::read_dir(socket).map_err(failed)? {
        remove(&entry.map_err(failed)?.path())?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("what a crash left behind cannot be removed", path, &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

//! A private Postgres that needs no set-up: made on first use, started by the first program that opens it, stopped by
//! the last one that leaves.
//!
//! Two locks keep the programs of a user apart. Whoever starts or stops the server, or looks whether it runs, holds the
//! *door* alone. Whoever uses the server holds a share of *users*, and who gets that alone is the last one. The system
//! takes locks away from a program that dies, so nothing has to be cleaned up behind it. Whether a server lives is asked
//! of a lock as well: its processes inherit one on their log (see `server`).
//!
//! A server whose last user was killed goes on, and the next program takes it over.

mod account;
mod binaries;
mod cluster;
mod error;
mod inspect;
mod install;
mod lock;
mod place;
mod server;
mod settings;

pub use binaries::Binaries;
pub use error::Error;
pub use inspect::{Inspection, inspect};
pub use place::home;

use lock::Lock;
use place::Place;
use server::{Instance, Note, State};
use std::{
    path::{Path, PathBuf},
    process::Child,
    time::{Duration, Instant},
};

/// How often a lock or a server is looked at while it is waited for.
const PAUSE: Duration = Duration::from_millis(5);

/// How long one who leaves waits for the door. Who holds it longer is starting the server and will use it.
const LEAVE: Duration = Duration::from_secs(1);

/// Where the server is, and what it is made of.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that all of it is under; [`home`] says which it is if the user does not.
    pub home: PathBuf,
    /// The folder of the programs `postgres` and `initdb`, where the user names one.
    pub binaries: Option<PathBuf>,
    /// The folders that programs are looked for in, as in `PATH`.
    pub search: Vec<PathBuf>,
    /// A folder of this user that goes when the machine stops, as in `XDG_RUNTIME_DIR`.
    pub runtime: Option<PathBuf>,
    /// Settings of the server beside our own, which they overrule.
    pub settings: Vec<(String, String)>,
    /// Whether the server waits for the disk before it says that something is kept. Only tests may do without.
    pub is_durable: bool,
    /// How long a start or a stop may take.
    pub patience: Duration,
}

impl Config {
    /// Everything under this folder, and the rest as usual.
    #[must_use]
    pub const fn new(home: PathBuf) -> Self {
        Self {
            home,
            binaries: None,
            search: Vec::new(),
            runtime: None,
            settings: Vec::new(),
            is_durable: true,
            patience: Duration::from_secs(60),
        }
    }

    /// Makes the folder of the server, if it is not there, and returns it.
    ///
    /// # Errors
    /// If it cannot be made or written.
    pub fn prepare(&self) -> Result<PathBuf, Error> {
        let place = place::prepare(&self.home)?;
        Lock::open(&place.door())?;
        Ok(place.root)
    }

    /// Unpacks an archive of Postgres, a tar, to where its programs are looked for last. Its digest has been checked.
    ///
    /// # Errors
    /// If that cannot be done, or it holds no Postgres that can be used here.
    pub async fn install(&self, archive: &Path) -> Result<Binaries, Error> {
        let place = place::prepare(&self.home)?;
        let _door = Lock::exclusive(&place.door(), Instant::now() + self.patience).await?;
        install::install(&place, archive).await
    }

    /// Returns how much room is left where the data is, in bytes.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn free_bytes(&self) -> Result<u64, Error> {
        place::free_bytes(&self.home)
    }

    /// Finds the programs that would be started.
    ///
    /// # Errors
    /// If there are none that fit.
    pub async fn find_binaries(&self) -> Result<Binaries, Error> {
        let place = Place::of(&self.home);
        binaries::find(self, &place, cluster::major(&place)?).await
    }
}

/// A use of the server. The server runs at least until this is closed.
#[derive(Debug)]
pub struct Embedded {
    place: Place,
    /// None once it has left.
    users: Option<Lock>,
    instance: Instance,
    /// Kept so that the system tells it apart from a child that nobody asks about; it outlives us.
    child: Option<Child>,
}

impl Embedded {
    /// Opens the server, and starts it if it does not run; the first time, its data is made.
    ///
    /// # Errors
    /// If there is no Postgres to start, or it does not come up.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let place = place::prepare(&config.home)?;
        let deadline = Instant::now() + config.patience;
        let _door = Lock::exclusive(&place.door(), deadline).await?;
        let users = Lock::shared(&place.users(), deadline).await?;
        let (instance, child) = run(config, &place, deadline).await?;
        Ok(Self { place, users: Some(users), instance, child })
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.instance.url()
    }

    /// Whether this call of `open` started it.
    #[must_use]
    pub const fn is_started_here(&self) -> bool {
        self.child.is_some()
    }

    /// Lets the server run on when the last one leaves, until [`stop`] or the end of the machine.
    ///
    /// # Errors
    /// If that cannot be noted down.
    pub fn keep(&self) -> Result<(), Error> {
        server::note(&self.place, &self.instance, Note::Keep)
    }

    /// Leaves it. The last one to leave asks the server to stop and does not wait for that; the next one to open does.
    ///
    /// # Errors
    /// If the server cannot be told. It is then left to the next program.
    pub async fn close(mut self) -> Result<(), Error> {
        let deadline = Instant::now() + LEAVE;
        while !self.leave()? && Instant::now() < deadline {
            tokio::time::sleep(PAUSE).await;
        }
        self.users = None;
        Ok(())
    }

    /// Returns false if somebody is at the door.
    fn leave(&mut self) -> Result<bool, Error> {
        let door = Lock::open(&self.place.door())?;
        if !door.try_exclusive()? {
            return Ok(false);
        }
        // It goes before the door does, so that the next at the door gets its share.
        let Some(users) = self.users.take() else { return Ok(true) };
        if users.try_exclusive()?
            && let State::Ready(instance) | State::Lost(instance) = server::look(&self.place)?
            && !server::is_noted(&self.place, &instance, Note::Keep)
        {
            server::ask_to_stop(&self.place, &instance)?;
        }
        if let Some(child) = &mut self.child {
            // Most often it still runs; it is the system's to bury once we are gone.
            let _ = child.try_wait();
        }
        Ok(true)
    }
}

/// Not closed but dropped, as after a panic: tries once, and otherwise leaves the server to the next program.
impl Drop for Embedded {
    fn drop(&mut self) {
        if self.users.is_some() {
            let _ = self.leave();
        }
    }
}

/// What came of [`stop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It ran and does not any more.
    Yes,
    /// It did not run.
    NotRunning,
    /// Somebody uses it, so it was left alone.
    InUse,
}

/// Stops the server and waits for its end; one that is in use only by force.
///
/// # Errors
/// If it does not end.
pub async fn stop(config: &Config, by_force: bool) -> Result<Stopped, Error> {
    let place = place::prepare(&config.home)?;
    let deadline = Instant::now() + config.patience;
    let _door = Lock::exclusive(&place.door(), deadline).await?;
    let users = Lock::open(&place.users())?;
    let is_free = users.try_exclusive()?;
    let mut came = Stopped::NotRunning;
    loop {
        match server::look(&place)? {
            State::Gone => return Ok(came),
            State::Ready(_) | State::Lost(_) if !is_free && !by_force => return Ok(Stopped::InUse),
            State::Ready(instance) | State::Lost(instance) => server::ask_to_stop(&place, &instance)?,
            State::Busy => {}
        }
        came = Stopped::Yes;
        pause(&place, deadline, "the database server does not stop").await?;
    }
}

/// Waits until the server is ready. One that is on its way up or down is waited for; where none is, one is started, once.
async fn run(config: &Config, place: &Place, deadline: Instant) -> Result<(Instance, Option<Child>), Error> {
    let mut child = None;
    loop {
        match server::look(place)? {
            State::Ready(instance) => return Ok((instance, child)),
            State::Lost(instance) => server::ask_to_stop(place, &instance)?,
            State::Busy => {}
            State::Gone if child.is_some() => {
                return Err(error::of_log("the database server ended while it started", place));
            }
            State::Gone => child = Some(start(config, place).await?),
        }
        pause(place, deadline, "the database server does not get ready").await?;
    }
}

async fn start(config: &Config, place: &Place) -> Result<Child, Error> {
    let major = cluster::major(place)?;
    let binaries = binaries::find(config, place, major).await?;
    let account = account::choose(place)?;
    if let Some(account) = &account {
        account.check_way(&place.data())?;
        account.check_way(&binaries.folder.join("postgres"))?;
    }
    if major.is_none() {
        cluster::make(config, place, &binaries, account.as_ref()).await?;
    }
    let socket = place::socket_folder(config, place, account.as_ref())?;
    server::start(config, place, &binaries, account.as_ref(), &socket)
}

async fn pause(place: &Place, deadline: Instant, what: &str) -> Result<(), Error> {
    if Instant::now() >= deadline {
        return Err(error::of_log(what, place));
    }
    tokio::time::sleep(PAUSE).await;
    Ok(())
}

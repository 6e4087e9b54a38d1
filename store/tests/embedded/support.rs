//! A home for a server, and other programs that use it.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sqlx::{Connection as _, PgConnection};
use std::{
    env, fs,
    io::{BufRead as _, BufReader, Lines, Write as _},
    os::unix::{
        fs::{PermissionsExt as _, chown},
        net::UnixStream,
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};
use store::{
    embedded::{self, Config, Embedded},
    testing::server::Guardian,
};

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(60);

/// A folder for one server, which is gone with it whatever the test came to.
pub(crate) struct Home {
    folder: Guardian,
    /// Where in it the server is to be.
    pub(crate) path: PathBuf,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::called("home")
    }

    /// Root's server must be able to pass the folder.
    pub(crate) fn called(name: &str) -> Self {
        let folder = Guardian::watch(tempfile::tempdir().unwrap()).unwrap();
        let path = folder.home().join(name);
        Self { folder, path }
    }

    pub(crate) fn outside(&self) -> &Path {
        self.folder.home()
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            binaries: env::var_os("SKYNET_PG_BIN").map(PathBuf::from),
            search: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap(),
            is_durable: false,
            patience: DEADLINE,
            ..Config::new(self.path.clone())
        }
    }

    pub(crate) async fn open(&self) -> Embedded {
        Embedded::open(&self.config()).await.unwrap()
    }

    pub(crate) fn inside(&self, name: &str) -> PathBuf {
        self.path.join("postgres").join(name)
    }

    /// The number of the server's process, as it writes it down.
    pub(crate) fn pid(&self) -> Option<i32> {
        let text = fs::read_to_string(self.inside("data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// The folder of the server's socket, as it writes it down.
    pub(crate) fn socket(&self) -> PathBuf {
        let text = fs::read_to_string(self.inside("data/postmaster.pid")).unwrap();
        PathBuf::from(text.lines().nth(4).unwrap())
    }

    /// Kills the server's first process, and waits until it is dead. The others may live on for a moment.
    pub(crate) async fn kill(&self) {
        kill_process(Pid::from_raw(self.pid().unwrap()).unwrap(), Signal::KILL).unwrap();
        let socket = self.socket().join(".s.PGSQL.5432");
        until("the server dies", || UnixStream::connect(&socket).is_err()).await;
    }

    /// Waits until the server has ended in good order.
    pub(crate) async fn ended(&self) {
        until("the server ends", || self.pid().is_none()).await;
        // Its last processes may take a moment longer.
        assert_ne!(embedded::stop(&self.config(), false).await.unwrap(), embedded::Stopped::InUse);
    }
}

/// A Postgres that can do nothing but say its version.
pub(crate) fn pretend(home: &Home, says: &str) -> PathBuf {
    let folder = home.outside().join(format!("bin of {says}"));
    fs::create_dir(&folder).unwrap();
    for program in ["postgres", "initdb"] {
        fs::write(folder.join(program), format!("#!/bin/sh\necho 'postgres (PostgreSQL) {says}'\n")).unwrap();
        fs::set_permissions(folder.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "{what}: that took too long");
        looks.tick().await;
    }
}

/// Does something in the database, and leaves it.
pub(crate) async fn execute(url: &str, statement: &'static str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

pub(crate) async fn answers(url: &str) -> bool {
    embedded::inspect(url).await.is_ok()
}

/// Another program that uses the server.
pub(crate) struct Program {
    child: Child,
    /// It ends badly if nobody is there to read.
    _printed: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
    pub(crate) is_starter: bool,
}

impl Program {
    /// Returns when it has opened the server.
    pub(crate) fn start(home: &Home) -> Self {
        Self::start_as(home, None)
    }

    /// Runs it as another account, which root can.
    pub(crate) fn start_as(home: &Home, account: Option<u32>) -> Self {
        let mut command = Self::command(home);
        if let Some(account) = account {
            // The account need not be able to come to where this program is. It is copied by another process: a child
            // of another test could inherit the open file, and a file that somebody writes is not run.
            let program = home.outside().join("program");
            let mut copy = Command::new("cp");
            copy.arg("-n").arg(env::current_exe().unwrap()).arg(&program);
            assert!(copy.status().unwrap().success());
            chown(home.outside(), Some(account), Some(account)).unwrap();
            command = Self::program(&program, home);
            command.uid(account).gid(account);
        }
        let mut child = command.spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<String> =
            printed.by_ref().map(Result::unwrap).take_while(|line| line != "ready").collect();
        let word = |name: &str| {
            let found = said.iter().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_else(|| panic!("the other program said {said:?}")).to_owned()
        };
        Self { url: word("url "), is_starter: word("starter ") == "true", child, _printed: printed }
    }

    pub(crate) fn command(home: &Home) -> Command {
        Self::program(&env::current_exe().unwrap(), home)
    }

    fn program(program: &Path, home: &Home) -> Command {
        let mut command = Command::new(program);
        command.args(["--ignored", "--exact", "support::holds_until_its_input_ends", "--nocapture"]);
        command.env("SKYNET_TEST_HOME", &home.path).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.current_dir("/").process_group(0);
        command
    }

    /// Lets it come to its end.
    pub(crate) fn leave(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What the terminal does when somebody types Ctrl-C.
    pub(crate) fn interrupt_group(mut self) {
        let group = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process_group(group, Signal::INT).unwrap();
        assert!(!self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other program. It prints to the real output, past what a test captures.
#[tokio::test]
#[ignore = "other tests start it as a program of its own"]
async fn holds_until_its_input_ends() {
    let config = Config {
        binaries: env::var_os("SKYNET_PG_BIN").map(PathBuf::from),
        search: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap(),
        is_durable: false,
        ..Config::new(PathBuf::from(env::var_os("SKYNET_TEST_HOME").unwrap()))
    };
    let embedded = Embedded::open(&config).await.unwrap();
    let (url, is_starter) = (embedded.url(), embedded.is_started_here());
    writeln!(std::io::stdout(), "\nurl {url}\nstarter {is_starter}\nready").unwrap();
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    embedded.close().await.unwrap();
}

//! A server to test against, and a database of its own for each test.
//!
//! The server is the one that `SKYNET_TEST_DATABASE_URL` names, or a private one, started at the first use. It is stopped
//! by a shell that waits for the end of this process, however that comes.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use std::{
    env, fs,
    future::Future,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    str::FromStr as _,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use store::postgres::{Database, Lease, Member, Owned, PgLog, Settings, Who, migrate};
use tokio::{runtime, sync::watch, time::timeout};

/// Has the schema, and a segment for the ids of tests; each database is copied from it.
const TEMPLATE: &str = "skynet_test_template";

/// Adds the segment in which the ids of tests are.
const SEGMENT: &str = "SELECT skynet.add_segment('t', '2025-09-01', '2025-12-31')";

/// A server that belongs to this process.
pub(crate) struct Server {
    bin: PathBuf,
    home: PathBuf,
    user: Option<(u32, u32)>,
    /// Holds the pipe at whose end the keeper waits.
    _keeper: Child,
}

impl Server {
    pub(crate) fn start() -> Self {
        let home = tempfile::Builder::new().prefix("skynet-test-").tempdir().unwrap().keep();
        // Postgres refuses to run as root.
        let is_root = fs::metadata(&home).unwrap().uid() == 0;
        let user = is_root.then(unprivileged);
        if let Some((uid, gid)) = user {
            chown(&home, Some(uid), Some(gid)).unwrap();
        }
        let bin = programs();
        let keeper = "read -r end; \"$1\" -D \"$2/data\" -m immediate stop; rm -rf \"$2\"";
        let mut keep = command("sh".into(), user);
        keep.args(["-c", keeper, "keeper"]).arg(bin.join("pg_ctl")).arg(&home);
        let keeper = keep.stdin(Stdio::piped()).process_group(0).spawn().unwrap();
        let server = Self { bin, home, user, _keeper: keeper };
        server.run("initdb", &["-A", "trust", "-U", "skynet", "-N", "-E", "UTF8", "--locale=C"]);
        let socket = server.home.display();
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{socket}'\nmax_connections = 300\nfsync = off\n"
        );
        let file = server.home.join("data/postgresql.conf");
        fs::write(&file, fs::read_to_string(&file).unwrap() + &settings).unwrap();
        server.up();
        server
    }

    pub(crate) fn up(&self) {
        let log = self.home.join("log");
        self.run("pg_ctl", &["-w", "-t", "60", "-l", log.to_str().unwrap(), "start"]);
    }

    /// Stops as if the power had failed.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://skynet@localhost/{database}?host={}", self.home.display())
    }

    /// Prepares the one database of a server that only one test uses: with the schema, a segment for the ids of tests,
    /// and all shards owned by worker 1 in epoch 1.
    pub(crate) async fn prepared(&self) -> String {
        let url = self.url("postgres");
        let mut admin = connect(&url).await;
        migrate::forward(&mut admin).await.unwrap();
        execute(&mut admin, SEGMENT).await;
        execute(&mut admin, "UPDATE skynet.shards SET owner = 1, epoch = 1").await;
        url
    }

    /// Returns the folder of the socket.
    pub(crate) fn socket(&self) -> &Path {
        &self.home
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = command(self.bin.join(program), self.user);
        let ended = command.arg("-D").arg(self.home.join("data")).args(arguments).status().unwrap();
        assert!(ended.success(), "{program} {arguments:?}: {ended}");
    }
}

fn command(program: PathBuf, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// Returns the newest programs there are.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let packaged =
        versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    let newest =
        packaged.max_by_key(|bin| bin.iter().nth_back(1).and_then(|it| it.to_str()?.parse::<u32>().ok()));
    let in_path = || env::split_paths(&env::var_os("PATH").unwrap()).find(|bin| bin.join("initdb").exists());
    newest.or_else(in_path).expect("the tests need the programs of PostgreSQL 15 or later")
}

fn unprivileged() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let of = |name| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|field| field.parse().unwrap());
        fields.next().zip(fields.next())
    };
    of("postgres").or_else(|| of("nobody")).unwrap()
}

/// Returns the address of a database of the server that all tests share.
fn url(database: &str) -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let Ok(given) = env::var("SKYNET_TEST_DATABASE_URL") else {
        return SERVER.get_or_init(Server::start).url(database);
    };
    let (server, options) = given.split_once('?').unwrap_or((&given, ""));
    let (server, _) = server.rsplit_once('/').expect("an address that ends with a database");
    format!("{server}/{database}?{options}")
}

pub(crate) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect_with(&PgConnectOptions::from_str(url).unwrap()).await.unwrap()
}

pub(crate) async fn execute(connection: &mut PgConnection, sql: impl Into<String>) {
    let sql = sql.into();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Returns the one value that a query has, as text.
pub(crate) async fn text(connection: &mut PgConnection, sql: impl Into<String>) -> String {
    let sql = sql.into();
    let whole = format!("SELECT it::text FROM ({sql}) one (it)");
    let found: Result<Option<Option<String>>, _> =
        sqlx::query_scalar(AssertSqlSafe(whole)).fetch_optional(connection).await;
    found.unwrap_or_else(|error| panic!("{sql}: {error}")).flatten().unwrap_or_default()
}

/// A database that goes when this does.
pub(crate) struct Place {
    name: String,
}

impl Place {
    /// Makes one with the schema, and with a segment for the ids of tests.
    pub(crate) async fn new() -> Self {
        static TEMPLATE_MADE: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
        TEMPLATE_MADE
            .get_or_init(|| async {
                let mut admin = connect(&url("postgres")).await;
                execute(&mut admin, format!("DROP DATABASE IF EXISTS {TEMPLATE}")).await;
                execute(&mut admin, format!("CREATE DATABASE {TEMPLATE}")).await;
                let mut made = connect(&url(TEMPLATE)).await;
                migrate::forward(&mut made).await.unwrap();
                execute(&mut made, SEGMENT).await;
                made.close().await.unwrap();
            })
            .await;
        Self::made_of(TEMPLATE).await
    }

    /// Makes an empty one.
    pub(crate) async fn empty() -> Self {
        Self::made_of("template0").await
    }

    async fn made_of(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("skynet_test_{}_{number}", std::process::id());
        let mut admin = connect(&url("postgres")).await;
        // The last session of the template may still be about to end.
        eventually("a copy of the template", async || {
            let make = format!("CREATE DATABASE {name} TEMPLATE {template}");
            sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut admin).await.is_ok()
        })
        .await;
        Self { name }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self) -> String {
        url(&self.name)
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        connect(&self.url()).await
    }

    pub(crate) async fn database(&self, settings: Settings) -> Database {
        Database::connect(&self.url(), settings).await.unwrap()
    }

    /// Opens the log for a process that owns all shards.
    pub(crate) async fn log(&self, settings: Settings) -> OwnedLog {
        let database = self.database(settings).await;
        let member = Member::join(&database, &Who::default(), Lease::default()).await.unwrap();
        let log = PgLog::open(&database, member.owned()).await.unwrap();
        OwnedLog { log, member }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let name = self.name.clone();
        let dropped = std::thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut admin = connect(&url("postgres")).await;
                execute(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        });
        // A test that failed says more than a database that stayed.
        let _ = dropped.join();
    }
}

/// A log, and the membership it writes by.
pub(crate) struct OwnedLog {
    pub(crate) log: PgLog,
    pub(crate) member: Member,
}

/// All shards, as the database of [`Server::prepared`] has them.
pub(crate) fn all_shards() -> watch::Receiver<Owned> {
    owned(1, (0..=u8::MAX).map(|shard| (shard, 1)))
}

/// Returns a set of shards that is not that of a member.
pub(crate) fn owned(worker: i64, epochs: impl IntoIterator<Item = (u8, i64)>) -> watch::Receiver<Owned> {
    watch::Sender::new(Owned { worker, epochs: epochs.into_iter().collect() }).subscribe()
}

/// Waits for a condition.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = timeout(Duration::from_secs(60), async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "this did not come: {what}");
}

/// Runs something on another connection until a statement of it waits for a lock, which `then` gives free.
pub(crate) async fn while_it_waits<T: Send + 'static>(
    watcher: &mut PgConnection,
    waits: impl Future<Output = T> + Send + 'static,
    then: impl Future<Output = ()>,
) -> T {
    let waiting = tokio::spawn(waits);
    eventually("a statement that waits for a lock", async || {
        let locked = "SELECT count(*) FROM pg_stat_activity \
                      WHERE datname = current_database() AND wait_event_type = 'Lock'";
        text(watcher, locked).await != "0"
    })
    .await;
    then.await;
    waiting.await.unwrap()
}

//! A Postgres for tests: one for each test process, and a database of its own for each test.
//!
//! ```no_run
//! # async fn test() {
//! let database = store::testing::server::database().await;
//! store::embedded::inspect(database.url()).await.unwrap();
//! # }
//! ```
//!
//! Where `SKYNET_TEST_DATABASE_URL` names a server, that one is taken; its user must be allowed to make databases.
//! Otherwise a private one is started, which ends with the test process, however that ends: a guardian waits for the end
//! of a pipe that only the test process holds. [`Own`] is a server that a test can do to what it likes.

#![expect(clippy::panic, reason = "a test may panic")]

mod guardian;
mod own;

use crate::embedded::{Config, Embedded};
pub use guardian::Guardian;
pub use own::Own;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _, postgres::PgConnectOptions};
use std::{
    collections::BTreeMap,
    env,
    future::Future,
    path::PathBuf,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::Mutex;

/// What all our databases are called by, so that what a killed process left behind is known.
const PREFIX: &str = "skynet_test_";

static FAST: LazyLock<Server> = LazyLock::new(|| Server::start(false));
static DURABLE: LazyLock<Server> = LazyLock::new(|| Server::start(true));

/// Returns an empty database of the server that is fast and forgets in a crash.
pub async fn database() -> Database {
    FAST.database("template1")
}

/// Returns an empty database of a server that keeps what it says it keeps.
pub async fn durable_database() -> Database {
    DURABLE.database("template1")
}

/// Returns a copy of a database that `prepare` fills. It is filled once for each name, given its address; `prepare` has
/// to close its connections.
pub async fn copy_of<F: Future<Output = ()>>(name: &str, prepare: impl FnOnce(String) -> F) -> Database {
    let server = &*FAST;
    let mut templates = server.templates.lock().await;
    if !templates.contains_key(name) {
        let template = server.database("template1");
        prepare(template.url.clone()).await;
        templates.insert(name.to_owned(), template);
    }
    let template = templates.get(name).map_or("template1", |template| &template.name);
    server.database(template)
}

/// A database that is dropped with this.
#[derive(Debug)]
pub struct Database {
    server: &'static Server,
    name: String,
    url: String,
}

impl Database {
    /// What it is called by the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Whoever is still connected is thrown out.
impl Drop for Database {
    fn drop(&mut self) {
        // A test that fails has more to say than that its database could not be dropped.
        let _ = self.server.tell(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// A server, and the thread that speaks to it: tests have a runtime each, and a connection outlives none.
#[derive(Debug)]
struct Server {
    options: PgConnectOptions,
    tag: String,
    count: AtomicU32,
    orders: mpsc::Sender<Order>,
    templates: Mutex<BTreeMap<String, Database>>,
}

/// A statement, and where to say what came of it.
type Order = (String, mpsc::Sender<Result<(), String>>);

impl Server {
    fn start(is_durable: bool) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let tag = format!("{PREFIX}{since}_{}", std::process::id());
        let (orders, received) = mpsc::channel();
        let (ready, started) = mpsc::channel();
        let own = tag.clone();
        thread::spawn(move || serve(is_durable, &own, &ready, &received));
        let options = match started.recv() {
            Ok(Ok(options)) => options,
            Ok(Err(why)) => panic!("there is no database server for tests: {why}"),
            Err(_) => panic!("the thread of the database server for tests ended"),
        };
        Self { options, tag, count: AtomicU32::new(0), orders, templates: Mutex::default() }
    }

    fn database(&'static self, template: &str) -> Database {
        let name = format!("{}_{}", self.tag, self.count.fetch_add(1, Ordering::Relaxed));
        let made = self.tell(format!("CREATE DATABASE {name} TEMPLATE {template}"));
        if let Err(why) = made {
            panic!("a database for a test cannot be made: {why}");
        }
        let mut url = self.options.clone().database(&name).to_url_lossy();
        // The address is for psql as well, which does not know this word of sqlx.
        let known = url.query_pairs().into_owned().filter(|(word, _)| word != "statement-cache-capacity");
        let known: Vec<_> = known.collect();
        url.query_pairs_mut().clear().extend_pairs(known);
        Database { server: self, name, url: url.to_string() }
    }

    fn tell(&self, statement: String) -> Result<(), String> {
        let (reply, answer) = mpsc::channel();
        self.orders.send((statement, reply)).map_err(|error| error.to_string())?;
        answer.recv().map_err(|error| error.to_string())?
    }
}

/// Starts or finds the server, then does as it is told until the process ends.
fn serve(
    is_durable: bool,
    tag: &str,
    ready: &mpsc::Sender<Result<PgConnectOptions, String>>,
    orders: &mpsc::Receiver<Order>,
) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let opened = runtime.block_on(open(is_durable, tag));
    // The server is used for as long as this thread lives.
    let (_used, options, mut connection) = match opened {
        Ok(opened) => opened,
        Err(why) => {
            let _ = ready.send(Err(why));
            return;
        }
    };
    let _ = ready.send(Ok(options));
    for (statement, reply) in orders {
        let done = runtime.block_on(sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection));
        let _ = reply.send(done.map(drop).map_err(|error| error.to_string()));
    }
}

type Opened = (Option<(Embedded, Guardian)>, PgConnectOptions, PgConnection);

async fn open(is_durable: bool, tag: &str) -> Result<Opened, String> {
    let given = env::var("SKYNET_TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
    let (url, used) = match given {
        Some(url) => (url, None),
        None => {
            let (embedded, guardian) = private(is_durable).await?;
            (embedded.url(), Some((embedded, guardian)))
        }
    };
    let failed = |error: sqlx::Error| error.to_string();
    let options: PgConnectOptions = url.parse().map_err(failed)?;
    // By this name others know that this process lives.
    let mut connection =
        PgConnection::connect_with(&options.clone().application_name(tag)).await.map_err(failed)?;
    if used.is_none() {
        sweep(&mut connection).await.map_err(failed)?;
    }
    Ok((used, options, connection))
}

async fn private(is_durable: bool) -> Result<(Embedded, Guardian), String> {
    let (guardian, config) = guarded(is_durable, Vec::new())?;
    let embedded = Embedded::open(&config).await.map_err(|error| error.to_string())?;
    Ok((embedded, guardian))
}

/// Makes a folder for a server that goes as this process does, and says how the server is to be.
fn guarded(is_durable: bool, settings: Vec<(String, String)>) -> Result<(Guardian, Config), String> {
    let home =
        tempfile::Builder::new().prefix("skynet-test-").tempdir().map_err(|error| error.to_string())?;
    let guardian = Guardian::watch(home).map_err(|error| format!("no guardian: {error}"))?;
    let connections = ("max_connections".to_owned(), "300".to_owned());
    let config = Config {
        binaries: env::var_os("SKYNET_PG_BIN").map(PathBuf::from),
        search: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
        settings: std::iter::once(connections).chain(settings).collect(),
        is_durable,
        ..Config::new(guardian.home().to_owned())
    };
    Ok((guardian, config))
}

/// Drops what processes left behind that are gone.
async fn sweep(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let left = "SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND NOT EXISTS \
         (SELECT FROM pg_stat_activity WHERE starts_with(datname, application_name || '_') \
          AND starts_with(application_name, $1))";
    for row in sqlx::query(left).bind(PREFIX).fetch_all(&mut *connection).await? {
        let name: String = row.try_get(0)?;
        let drop = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut *connection).await?;
    }
    Ok(())
}

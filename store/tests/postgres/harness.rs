//! A database of its own for each test, and what is asked of one.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use std::{future::Future, str::FromStr as _, time::Duration};
pub(crate) use store::testing::server::Own as Server;
use store::{
    postgres::{Database, Lease, Member, Owned, PgLog, Settings, Who, migrate},
    testing::server,
};
use tokio::{sync::watch, time::timeout};

/// Adds the segment in which the ids of tests are.
const SEGMENT: &str = "SELECT skynet.add_segment('t', '2025-09-01', '2025-12-31')";

/// Prepares the one database of a server that only one test uses: with the schema, a segment for the ids of tests, and
/// all shards owned by worker 1 in epoch 1.
pub(crate) async fn prepare(server: &Server) -> String {
    let url = server.url();
    let mut admin = connect(&url).await;
    migrate::forward(&mut admin).await.unwrap();
    execute(&mut admin, SEGMENT).await;
    execute(&mut admin, "UPDATE skynet.shards SET owner = 1, epoch = 1").await;
    url
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
    database: server::Database,
}

impl Place {
    /// Makes one with the schema, and with a segment for the ids of tests.
    pub(crate) async fn new() -> Self {
        let database = server::copy_of("log", async |url| {
            let mut made = connect(&url).await;
            migrate::forward(&mut made).await.unwrap();
            execute(&mut made, SEGMENT).await;
            made.close().await.unwrap();
        });
        Self { database: database.await }
    }

    /// Makes an empty one.
    pub(crate) async fn empty() -> Self {
        Self { database: server::database().await }
    }

    pub(crate) fn name(&self) -> &str {
        self.database.name()
    }

    pub(crate) fn url(&self) -> String {
        self.database.url().to_owned()
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

/// A log, and the membership it writes by.
pub(crate) struct OwnedLog {
    pub(crate) log: PgLog,
    pub(crate) member: Member,
}

/// All shards, as a database that was [`prepare`]d has them.
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

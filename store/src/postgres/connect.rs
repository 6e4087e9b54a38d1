//! Connecting: the schema brought forward, the server looked at, sessions set up.

use super::{
    error::{silent, words},
    guard::{self, Guard},
    migrate,
    patience::ask,
};
use engine::port::LogError;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Error, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{future::Future, str::FromStr as _, time::Duration};
use tokio::time::timeout;

/// How much of the database is used, and how long it is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many connections append.
    pub writers: usize,
    /// How many connections read, at most.
    pub readers: u32,
    /// How long a statement may take.
    pub statement: Duration,
    /// How long a database that is away is waited for.
    pub patience: Duration,
    /// How often who waits at the end of the feed looks for what other processes appended.
    pub poll: Duration,
    /// How many weeks of segments are made ahead.
    pub weeks_ahead: i32,
}

impl Settings {
    /// Those of a process that drives many jobs.
    pub const USUAL: Self = Self {
        writers: 4,
        readers: 8,
        statement: Duration::from_secs(10),
        patience: Duration::from_secs(30),
        poll: Duration::from_millis(200),
        weeks_ahead: 2,
    };
}

impl Default for Settings {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Whether a session waits until what it commits is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commit {
    /// It does.
    Durable,
    /// A crash of the server may take the last moment: for what is repeated anyway.
    Lazy,
}

/// A database whose schema is what this program knows.
#[derive(Clone, Debug)]
pub struct Database {
    options: PgConnectOptions,
    pool: PgPool,
    guard: Guard,
    settings: Settings,
}

impl Database {
    /// Connects, brings the schema forward, and makes the segments of the weeks to come.
    ///
    /// # Errors
    /// If there is no database, or one that this program must not use: what, and how to go on.
    pub async fn connect(url: &str, settings: Settings) -> Result<Self, LogError> {
        let options = PgConnectOptions::from_str(url).map_err(|error| words(&error))?;
        let options = options.application_name("skynet").disable_statement_logging();
        let told = |error: Error| words(&error);
        let mut setup =
            in_time(settings.statement, PgConnection::connect_with(&options)).await.map_err(told)?;
        migrate::forward(&mut setup).await?;
        guard::xids(&mut setup).await?;
        let guard = Guard::of(&mut setup).await;
        setup.close().await.map_err(told)?;

        let session = session_text(guard, &settings, Commit::Durable);
        let pool = PgPoolOptions::new()
            .max_connections(settings.readers)
            .acquire_timeout(settings.statement)
            .after_connect(move |connection, _| {
                let session = session.clone();
                Box::pin(async move { set_up(connection, session).await })
            })
            .connect_lazy_with(options.clone());
        let database = Self { options, pool, guard, settings };
        database.ensure_segments().await?;
        Ok(database)
    }

    /// Returns what keeps events from being changed.
    #[must_use]
    pub const fn guard(&self) -> Guard {
        self.guard
    }

    /// Makes the segments of the weeks to come that are missing, and returns their names. To be called once a day.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ensure_segments(&self) -> Result<Vec<String>, LogError> {
        let make = || {
            sqlx::query_scalar(include_str!("sql/ensure_segments.sql"))
                .bind(self.settings.weeks_ahead)
                .fetch_all(&self.pool)
        };
        ask(self.settings.patience, make).await.map_err(|error| words(&error))
    }

    /// Returns the settings.
    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the connections for reading, and for what is rare.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Opens a session that belongs to the caller alone.
    pub(crate) async fn session(&self, commit: Commit) -> Result<PgConnection, Error> {
        let text = session_text(self.guard, &self.settings, commit);
        in_time(self.settings.statement, async {
            let mut connection = PgConnection::connect_with(&self.options).await?;
            set_up(&mut connection, text).await?;
            Ok(connection)
        })
        .await
    }

    /// Waits for a statement a little longer than the server lets it run. After a failure the connection is of no use.
    pub(crate) async fn answer<T>(
        &self,
        statement: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        in_time(self.settings.statement + Duration::from_secs(2), statement).await
    }
}

async fn in_time<T>(length: Duration, asked: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(length, asked).await.unwrap_or_else(|_| Err(silent()))
}

async fn set_up(connection: &mut PgConnection, text: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop)
}

/// Generic plans, because each statement is sent thousands of times with arrays of any length.
fn session_text(guard: Guard, settings: &Settings, commit: Commit) -> String {
    let commit = match commit {
        Commit::Durable => "on",
        Commit::Lazy => "off",
    };
    let role = match guard {
        Guard::Roles => "SET ROLE skynet_engine;",
        Guard::Triggers => "",
    };
    let millis = settings.statement.as_millis();
    format!(
        "SET synchronous_commit = {commit}; SET statement_timeout = {millis}; \
         SET idle_in_transaction_session_timeout = '5s'; SET jit = off; \
         SET plan_cache_mode = force_generic_plan; {role}"
    )
}

//! A server that one test has for itself, because what it does to it would hurt others.

use super::{Guardian, guarded};
use crate::embedded::{Config, Embedded};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use std::{
    fs, io,
    path::PathBuf,
    time::{Duration, Instant},
};

/// It keeps what it says it keeps as long as the machine does not crash, and ends as the process does.
#[derive(Debug)]
pub struct Own {
    config: Config,
    embedded: Embedded,
    _guardian: Guardian,
}

impl Own {
    /// Starts one, with settings that overrule the usual ones.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let all = [("fsync", "off")].iter().chain(settings);
        let all = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (guardian, config) = match guarded(true, all) {
            Ok(made) => made,
            Err(why) => panic!("there is no database server for this test: {why}"),
        };
        let embedded = open(&config).await;
        Self { config, embedded, _guardian: guardian }
    }

    /// Its address; a start after a crash does not change it.
    #[must_use]
    pub fn url(&self) -> String {
        self.embedded.url()
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        let options = self.url().parse::<PgConnectOptions>().ok();
        options.and_then(|options| Some(options.get_socket()?.clone())).unwrap_or_default()
    }

    /// Stops it as if the power had failed, and waits until it is away.
    pub async fn crash(&self) {
        let file = self.config.home.join("postgres/data/postmaster.pid");
        let deadline = Instant::now() + self.config.patience;
        let pid = fs::read_to_string(&file).ok().and_then(|text| text.lines().next()?.parse().ok());
        let sent = pid.and_then(Pid::from_raw).map(|pid| kill_process(pid, Signal::QUIT));
        assert!(matches!(sent, Some(Ok(()))), "the server cannot be made to crash: {sent:?}");
        while !matches!(fs::metadata(&file), Err(error) if error.kind() == io::ErrorKind::NotFound) {
            assert!(Instant::now() < deadline, "the server does not crash");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts it again.
    pub async fn up(&mut self) {
        self.embedded = open(&self.config).await;
    }
}

async fn open(config: &Config) -> Embedded {
    match Embedded::open(config).await {
        Ok(embedded) => embedded,
        Err(why) => panic!("there is no database server for this test: {why}"),
    }
}

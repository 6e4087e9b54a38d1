//! The one place that names concrete stores and providers.

use crate::{config::Config, failure::Failure};
use engine::{
    id::Name,
    port::{Blobs, Clock, EventLog, HousePolicy, Logs, Provider, Results, Secret},
    runtime::World,
};
use futures_core::future::BoxFuture;
use providers::{
    Mock,
    http::{Http, HttpConfig},
    local::{Limits, Local, LocalConfig, Ollama, allowed_variables},
    secret::{Store, VaultConfig},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use store::{FolderBlobs, MemoryLog, MemoryResults, embedded};

/// The kinds of places that a world has providers for.
const KINDS: [&str; 3] = ["http", "local", "mock"];

/// Where a process keeps what happens.
#[derive(Clone)]
pub struct Stores {
    /// Events.
    pub log: Arc<dyn EventLog>,
    /// Content.
    pub blobs: Arc<dyn Blobs>,
    /// Results that may serve again.
    pub results: Arc<dyn Results>,
    /// What attempts print.
    pub logs: Arc<dyn Logs>,
}

impl Stores {
    /// Keeps everything as long as the process lives; content is in a folder.
    #[must_use]
    pub fn memory(folder: &Path, logs: Arc<dyn Logs>) -> Self {
        Self {
            log: Arc::new(MemoryLog::default()),
            blobs: Arc::new(FolderBlobs::new(folder.join("blobs"))),
            results: Arc::new(MemoryResults::default()),
            logs,
        }
    }
}

/// Builds a world of this machine, with a workspace for jobs that come without one.
///
/// `scratch` is a folder that no other process uses, and that goes when this one is over.
///
/// # Errors
/// If a setting is not usable.
pub fn world(config: &Config, workspace: PathBuf, scratch: &Path, stores: Stores) -> Result<World, Failure> {
    let failed = |why: String| Failure::new(why, "change the setting and run again");
    let mut ollama = Ollama::default();
    if let Some(url) = &config.ollama.0 {
        ollama.url = if url.contains("://") { url.clone() } else { format!("http://{url}") };
    }
    ollama.model = config.ollama.1.clone();
    let local = Local::new(LocalConfig {
        workspace_of: Arc::new(move |_| Ok(workspace.clone())),
        scratch: scratch.join("attempts"),
        allowed_paths: config.allowed_paths.clone(),
        variables: allowed_variables(config.variables.iter().cloned()),
        cgroup: config.cgroup.clone(),
        ollama,
        limits: Limits::default(),
        blobs: stores.blobs,
    });
    let http =
        Http::new(&HttpConfig { proxy: config.proxy.clone(), ..HttpConfig::default() }).map_err(failed)?;
    let all: [Arc<dyn Provider>; 3] = [Arc::new(local), Arc::new(http), Arc::new(Mock::new())];
    let variables = config.variables.clone();
    let lookup =
        move |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let vault = config.vault.clone().map(|(address, token, namespace)| VaultConfig {
        address,
        token: Secret::new(token),
        namespace,
    });
    Ok(World {
        log: stores.log,
        clock: Arc::new(SystemClock),
        secrets: Arc::new(Store::new(Arc::new(lookup), vault).map_err(failed)?),
        providers: all.into_iter().map(|provider| (Name::from(provider.kind()), provider)).collect(),
        policy: Arc::new(HousePolicy),
        results: stores.results,
        logs: stores.logs,
    })
}

/// Says where the private database is.
///
/// # Errors
/// If this machine has no place for it.
pub fn private_database(config: &Config) -> Result<embedded::Config, Failure> {
    let [named, data, user] = config.homes.clone();
    let home = embedded::home(named, data, user).ok_or_else(|| {
        Failure::new(
            "there is no folder for the database: neither SKYNET_HOME nor HOME is set",
            "set SKYNET_HOME to a folder of yours",
        )
    })?;
    Ok(embedded::Config {
        binaries: config.postgres_programs.clone(),
        search: config.path.clone(),
        runtime: config.runtime_folder.clone(),
        ..embedded::Config::new(home)
    })
}

/// Returns the kinds of places that a worker of this program performs steps in.
#[must_use]
pub fn kinds() -> BTreeSet<Name> {
    KINDS.iter().map(|kind| Name::from(*kind)).collect()
}

/// The time of this machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn sleep_until(&self, time: i64) -> BoxFuture<'_, ()> {
        let left = u64::try_from(time.saturating_sub(self.now())).unwrap_or(0);
        Box::pin(tokio::time::sleep(Duration::from_millis(left)))
    }
}

//! What the tests share.

use engine::{
    port::{Blobs, Provider},
    request::Place,
};
use providers::{
    Local,
    conformance::{Fixture, LOG_BYTES, Memory, RESULT_BYTES},
    local::{Limits, LocalConfig, Ollama, allowed_variables},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;

/// A local provider with a workspace for each job, all gone afterwards.
pub(crate) struct Machine {
    pub(crate) config: LocalConfig,
    pub(crate) local: Arc<Local>,
    pub(crate) blobs: Arc<Memory>,
    pub(crate) folder: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut LocalConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Arc::new(Memory::default());
        let workspaces = folder.path().join("workspaces");
        let mut config = LocalConfig {
            workspace_of: Arc::new(move |job| {
                let workspace = workspaces.join(job);
                std::fs::create_dir_all(&workspace).map_err(|error| error.to_string())?;
                Ok(workspace)
            }),
            scratch: folder.path().join("scratch"),
            allowed_paths: Vec::new(),
            variables: allowed_variables(std::env::vars()),
            cgroup: None,
            ollama: Ollama::default(),
            limits: Limits {
                grace: Duration::from_millis(500),
                result_bytes: RESULT_BYTES,
                log_bytes: LOG_BYTES,
                ..Limits::default()
            },
            blobs: blobs.clone(),
        };
        change(&mut config);
        let local = Arc::new(Local::new(config.clone()));
        Self { config, local, blobs, folder }
    }

    pub(crate) fn workspace(&self, job: &str) -> PathBuf {
        (self.config.workspace_of)(job).unwrap()
    }
}

impl Fixture for Machine {
    fn provider(&self) -> Arc<dyn Provider> {
        self.local.clone()
    }

    fn place(&self) -> Place {
        place("local")
    }

    fn blobs(&self) -> Arc<dyn Blobs> {
        self.blobs.clone()
    }
}

pub(crate) fn place(kind: &str) -> Place {
    Place { target: None, kind: kind.into(), settings: std::collections::BTreeMap::new() }
}

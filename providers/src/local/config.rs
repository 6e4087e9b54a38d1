//! What a [`Local`](super::Local) is told when it is made. It reads no variable of the environment by itself.

use engine::port::Blobs;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Gives a workspace to a job that came without one, by its id: an existing folder, or the reason why there is none.
pub type WorkspaceOf = Arc<dyn Fn(&str) -> Result<PathBuf, String> + Send + Sync>;

/// How steps run on this machine.
#[derive(Clone)]
pub struct LocalConfig {
    /// Gives a workspace to a job that came without one.
    pub workspace_of: WorkspaceOf,
    /// A folder of the worker's own, made if it is not there. Attempts have their scripts and `$SKYNET_OUT` below it,
    /// and what came of them is remembered there across restarts. Two workers must not share one.
    pub scratch: PathBuf,
    /// The folders that files may be under, `SKYNET_ALLOWED_PATHS`. Where there are none, that is the workspace.
    pub allowed_paths: Vec<PathBuf>,
    /// The variables each step gets; see [`allowed_variables`].
    pub variables: Vec<(String, String)>,
    /// A writable folder of cgroup v2 with no process of its own. Where there is one, each attempt runs in a group below
    /// it, so that not even a process that hides everything else about itself can outlive it.
    pub cgroup: Option<PathBuf>,
    /// The address of Ollama, and the model it is asked for where a step names none.
    pub ollama: Ollama,
    /// Limits.
    pub limits: Limits,
    /// Where artifacts are kept.
    pub blobs: Arc<dyn Blobs>,
}

/// Where the model of the machine is.
#[derive(Clone, Debug)]
pub struct Ollama {
    /// Its address, without a path.
    pub url: String,
    /// The model where a step names none.
    pub model: Option<String>,
}

impl Default for Ollama {
    fn default() -> Self {
        Self { url: "http://127.0.0.1:11434".into(), model: None }
    }
}

/// Limits of one attempt.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a program that is asked to end may take until it is made to.
    pub grace: Duration,
    /// How much of standard output and of standard error `result` takes, in bytes each. A program that prints more runs
    /// to its end and has then failed: half of its output must not be taken for all of it.
    pub result_bytes: usize,
    /// How much it may print in all, in bytes. A program that prints more is stopped.
    pub log_bytes: u64,
    /// How large one file in `$SKYNET_OUT` may be, in bytes.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(5),
            result_bytes: 1 << 20,
            log_bytes: 256 << 20,
            output_bytes: 1 << 20,
        }
    }
}

/// Variables of the worker without which programs do not find their files, their language or the time of day.
/// `TERM` is not one of them: nothing that a step prints goes to a terminal.
const ALLOWED: &[&str] = &["PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "LOGNAME", "SHELL"];

/// Picks from the worker's own variables those that reach a step. There is always a `PATH`.
#[must_use]
pub fn allowed_variables(all: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let is_allowed = |name: &str| ALLOWED.contains(&name) || name.starts_with("LC_");
    let mut picked: Vec<_> = all.into_iter().filter(|(name, _)| is_allowed(name)).collect();
    if !picked.iter().any(|(name, value)| name == "PATH" && !value.is_empty()) {
        picked.retain(|(name, _)| name != "PATH");
        picked.push(("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into()));
    }
    picked
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::allowed_variables;

    #[test]
    fn only_a_few_variables_pass_and_there_is_always_a_path() {
        let all = [("HOME", "/h"), ("LC_ALL", "C"), ("AWS_SECRET_ACCESS_KEY", "x"), ("LD_PRELOAD", "y")];
        let passed = allowed_variables(all.map(|(name, value)| (name.into(), value.into())));
        let names: Vec<_> = passed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["HOME", "LC_ALL", "PATH"]);
    }
}

//! The closed lists of words that settings take.

/// Values of `risk`.
pub const RISK: &[&str] = &["low", "medium", "high", "critical"];
/// Values of `approve_at`.
pub const RISK_OR_NEVER: &[&str] = &["low", "medium", "high", "critical", "never"];
/// Values of `on_failure`.
pub const ON_FAILURE: &[&str] = &["stop", "continue"];
/// Values of `backoff`.
pub const BACKOFF: &[&str] = &["fixed", "linear", "exponential"];
/// Values of `when_busy`.
pub const WHEN_BUSY: &[&str] = &["queue", "replace_queued", "cancel_running", "reject"];
/// Values of `overlap`.
pub const OVERLAP: &[&str] = &["skip", "queue", "cancel_running"];
/// Values of `undo_on`.
pub const UNDO_ON: &[&str] = &["failure", "manual"];
/// Values of `on_expire`.
pub const ON_EXPIRE: &[&str] = &["reject"];
/// Values of `pull`.
pub const PULL: &[&str] = &["never", "missing", "always"];
/// Values of `network`.
pub const NETWORK: &[&str] = &["none", "bridge", "host"];
/// Values of `workspace` of an ssh target.
pub const WORKSPACE: &[&str] = &["none", "copy"];
/// Values of `workspace` of a docker target.
pub const WORKSPACE_DOCKER: &[&str] = &["none", "copy", "bind"];
/// Values of `method`.
pub const METHOD: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Kinds of targets.
pub const TARGETS: &[&str] = &["local", "docker", "ssh", "gateway", "mock"];
/// Kinds of triggers.
pub const TRIGGERS: &[&str] = &["manual", "schedule", "webhook", "event"];
/// The final states of a step, as `.status` gives them.
pub const STATUS: &[&str] = &["succeeded", "failed", "skipped", "blocked", "cancelled"];
/// Roots of references.
pub const ROOTS: &[&str] = &["param", "secret", "let", "step", "each", "self", "result", "job", "event"];
/// Types that need no declaration.
pub const TYPES: &[&str] = &[
    "string", "int", "float", "bool", "duration", "size", "time", "json", "artifact", "list", "map", "enum",
];
/// The actions of a step, in the order messages name them.
pub const ACTIONS: &[&str] = &["run", "script", "do", "http", "agent", "call", "approve", "wait"];
/// The tags of scripts.
pub const TAGS: &[&str] = &["SH", "BASH", "PY"];

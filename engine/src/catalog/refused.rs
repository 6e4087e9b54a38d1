//! Names that are not actions and never will be, each with what to write instead.
//!
//! The predecessor knew them. Some ran any command under a harmless name, some were forbidden to everyone.

/// What the predecessor refused to everyone; so do we, whatever a policy says.
const BLOCKED: &[&str] = &[
    "download_exec",
    "eval_code",
    "firewall_change",
    "format_disk",
    "manage_users",
    "modify_registry",
    "shell_exec",
];

/// Names that other systems have as actions, with what to write instead.
const REFUSED: &[(&str, &str)] = &[
    ("deploy_prod", "write the steps of the deployment, with an `approve` step before them"),
    ("deploy_staging", "write the steps of the deployment, or `call` a workflow that has them"),
    ("docker_exec", "give the step `on = target.x` with a docker target, and use `run` or `script`"),
    ("docker_run", "give the step `on = target.x` with a docker target, and use `run` or `script`"),
    ("exec", "use `run` with one list element per argument, or `script`"),
    ("execute_command", "use `run` with one list element per argument, or `script`"),
    ("run_command", "use `run` with one list element per argument, or `script`"),
    ("ssh_execute", "give the step `on = target.x` with an ssh target, and use `run` or `script`"),
    ("ssh_exec", "give the step `on = target.x` with an ssh target, and use `run` or `script`"),
];

/// Params of the predecessor's actions that no action has, with what to write instead.
const REFUSED_PARAMS: &[(&str, &str)] = &[
    ("build_command", "an action never takes a command; name a `build_tool`, or use `run`"),
    ("command", "an action never takes a command; use `run` or `script`"),
    ("project_dir", "the step's own `workdir` says where it works"),
    ("test_command", "an action never takes a command; name a `runner`, or use `run`"),
    ("timeout", "the step's own `timeout` says how long it may take"),
    ("working_dir", "the step's own `workdir` says where it works"),
];

/// Returns whether nobody may ever do this, under any policy. The whole name counts, not a part of it.
#[must_use]
pub fn is_blocked(name: &str) -> bool {
    BLOCKED.contains(&name)
}

/// Returns what to write instead of an action that there is not.
#[must_use]
pub fn refused(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(refused, _)| *refused == name).map(|(_, hint)| *hint)
}

/// Returns what to write instead of a param that no action has.
#[must_use]
pub fn refused_param(name: &str) -> Option<&'static str> {
    REFUSED_PARAMS.iter().find(|(refused, _)| *refused == name).map(|(_, hint)| *hint)
}

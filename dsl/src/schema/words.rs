//! The closed lists of words that settings take, and the words of other tools.

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

/// A word of another tool, whose it is, and the word here; none where nothing replaces it one to one.
pub struct Foreign {
    /// The word.
    pub word: &'static str,
    /// Whose word it is.
    pub tool: &'static str,
    /// The word here.
    pub here: Option<&'static str>,
    /// How to go on.
    pub help: &'static str,
}

/// The words of other tools that people and models bring along.
pub const FOREIGN: &[Foreign] = &[
    Foreign { word: "if", tool: "GitHub Actions", here: Some("when"), help: "here it is `when`" },
    Foreign { word: "depends_on", tool: "Terraform", here: Some("needs"), help: "here it is `needs`" },
    Foreign { word: "depends", tool: "Argo", here: Some("needs"), help: "here it is `needs`" },
    Foreign { word: "dependencies", tool: "Argo", here: Some("needs"), help: "here it is `needs`" },
    Foreign {
        word: "uses",
        tool: "GitHub Actions",
        here: None,
        help: "here a workflow is reused with `call`",
    },
    Foreign {
        word: "runs_on",
        tool: "GitHub Actions",
        here: Some("on"),
        help: "here it is `on = target.NAME`",
    },
    Foreign {
        word: "with",
        tool: "GitHub Actions",
        here: None,
        help: "here params stand inside `call x { … }`",
    },
    Foreign { word: "with_items", tool: "Argo", here: Some("for_each"), help: "here it is `for_each`" },
    Foreign {
        word: "matrix",
        tool: "GitHub Actions",
        here: None,
        help: "here it is `for_each = product({ … })`",
    },
    Foreign {
        word: "strategy",
        tool: "GitHub Actions",
        here: None,
        help: "here it is `for_each` with `parallel`",
    },
    Foreign { word: "foreach", tool: "other tools", here: Some("for_each"), help: "here it is `for_each`" },
    Foreign {
        word: "steps",
        tool: "GitHub Actions",
        here: None,
        help: "here each one is declared: `step NAME { … }`",
    },
    Foreign {
        word: "jobs",
        tool: "GitHub Actions",
        here: None,
        help: "here each one is declared: `step NAME { … }`",
    },
    Foreign { word: "task", tool: "other tools", here: Some("step"), help: "here it is `step`" },
    Foreign {
        word: "tasks",
        tool: "Kestra",
        here: None,
        help: "here each one is declared: `step NAME { … }`",
    },
    Foreign {
        word: "variable",
        tool: "Terraform",
        here: Some("param"),
        help: "here it is `param NAME: TYPE`",
    },
    Foreign {
        word: "locals",
        tool: "Terraform",
        here: None,
        help: "here each one is declared: `let NAME = …`",
    },
    Foreign {
        word: "inputs",
        tool: "GitHub Actions",
        here: None,
        help: "here each one is declared: `param NAME: TYPE`",
    },
    Foreign {
        word: "outputs",
        tool: "GitHub Actions",
        here: None,
        help: "here each one is declared: `output NAME: TYPE`",
    },
    Foreign { word: "environment", tool: "Compose", here: Some("env"), help: "here it is `env { … }`" },
    Foreign {
        word: "command",
        tool: "other tools",
        here: Some("run"),
        help: "here it is `run = [\"program\", \"argument\"]`",
    },
    Foreign {
        word: "cmd",
        tool: "other tools",
        here: Some("run"),
        help: "here it is `run = [\"program\", \"argument\"]`",
    },
    Foreign { word: "shell", tool: "other tools", here: None, help: "here it is `script = <<SH`" },
    Foreign { word: "retries", tool: "Airflow", here: None, help: "here it is `retry { attempts = … }`" },
    Foreign {
        word: "timeout_minutes",
        tool: "GitHub Actions",
        here: None,
        help: "here it is `timeout = 10m`",
    },
    Foreign {
        word: "continue_on_error",
        tool: "GitHub Actions",
        here: None,
        help: "here it is `on_failure = \"continue\"`",
    },
    Foreign { word: "cwd", tool: "other tools", here: Some("workdir"), help: "here it is `workdir`" },
    Foreign {
        word: "working_directory",
        tool: "GitHub Actions",
        here: Some("workdir"),
        help: "here it is `workdir`",
    },
    Foreign {
        word: "schedule",
        tool: "other tools",
        here: None,
        help: "here it is `trigger NAME: schedule { cron = … }`",
    },
];

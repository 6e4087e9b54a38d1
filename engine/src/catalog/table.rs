//! The table itself, by topic.
//!
//! Names, params and limits are those of the predecessor where it had them, so its clients and agents go on working;
//! an agent behind a gateway can do what it could do then. A longer time wins where it knew two. Risk follows one rule:
//! what only looks is low, what changes the workspace is medium, what others can see or depend on is high.

use super::{
    ActionSpec, FieldSpec, FieldType, ParamSpec, ParamType, Presence,
    TargetKind::{self, Docker, Gateway, Local, Mock, Ssh},
};
use crate::plan::Risk::{High, Low, Medium};
use ParamType::{Bool, Float, Int, Json, OneOf, Path, Text, Word};
use Presence::{Optional, Required};

/// What every action leaves behind.
const PROCESS: &[FieldSpec] = &[
    field("stdout", FieldType::Text, "What it printed."),
    field("stderr", FieldType::Text, "What it complained about."),
    field("exit_code", FieldType::Int, "Zero if it went well."),
];

const ANYWHERE: &[TargetKind] = &[Local, Docker, Ssh, Gateway, Mock];
/// What the predecessor's agent was never taught.
const NOT_BY_AGENT: &[TargetKind] = &[Local, Docker, Ssh, Mock];
/// What needs the daemon or the account of a machine, which a container must not have.
const ON_A_MACHINE: &[TargetKind] = &[Local, Ssh, Gateway, Mock];
/// What needs a program or a service of the machine that a person sits at.
const AT_A_DESK: &[TargetKind] = &[Local, Gateway, Mock];
/// What leaves a process behind or ends one that no step started: a worker's own machine is not the place.
const BY_AGENT: &[TargetKind] = &[Gateway, Mock];

/// Characters of a branch, a tag or the name of a remote, beside letters and digits.
const REFERENCE: &str = "._/-";

/// Every action there is.
pub const ACTIONS: &[ActionSpec] = &[
    // git, reading
    action("git_status", "git", Low, "Lists what is changed in the repository.", &[], 30, ANYWHERE),
    action(
        "git_diff",
        "git",
        Low,
        "Shows what is changed, line by line.",
        &[param(
            "staged",
            Bool,
            Presence::Bool(false),
            "Whether to show what is staged instead of what is not.",
        )],
        30,
        NOT_BY_AGENT,
    ),
    action(
        "git_log",
        "git",
        Low,
        "Lists the latest commits, one per line.",
        &[param("limit", Int(1, 10_000), Presence::Int(10), "How many at most.")],
        30,
        NOT_BY_AGENT,
    ),
    // git, writing
    action(
        "git_init",
        "git",
        Medium,
        "Makes the workspace a repository with the branch main.",
        &[],
        120,
        ANYWHERE,
    ),
    action(
        "git_add_all",
        "git",
        Medium,
        "Stages everything that is changed, new or gone.",
        &[],
        120,
        ANYWHERE,
    ),
    action(
        "git_commit",
        "git",
        Medium,
        "Commits what is changed in files that git knows.",
        &[param("message", Text, Required, "The message of the commit.")],
        120,
        ANYWHERE,
    ),
    action(
        "git_clone",
        "git",
        Medium,
        "Copies a repository into the workspace.",
        &[
            param("url", Word(":/@._~+%-"), Required, "Where the repository is."),
            param(
                "directory",
                Path,
                Optional,
                "The folder to put it in; one of its own name if none is given.",
            ),
            param(
                "branch",
                Word(REFERENCE),
                Optional,
                "The branch to check out; its default if none is given.",
            ),
        ],
        300,
        NOT_BY_AGENT,
    ),
    action(
        "git_pull",
        "git",
        Medium,
        "Fetches new commits and merges them into the current branch.",
        &[],
        180,
        NOT_BY_AGENT,
    ),
    action(
        "git_push",
        "git",
        High,
        "Sends commits to a remote, where others see them.",
        &[
            param("remote", Word(REFERENCE), Presence::Text("origin"), "The name of the remote."),
            param("branch", Word(REFERENCE), Presence::Text("main"), "The branch to send."),
        ],
        180,
        ANYWHERE,
    ),
    action(
        "gh_create_repo",
        "github",
        High,
        "Makes a repository on GitHub and pushes the workspace to it.",
        &[
            param("repo_name", Word("._-"), Required, "Its name."),
            param("description", Text, Optional, "What it is for, in one sentence."),
            // The predecessor made it public unless told otherwise; what is published cannot be called back.
            param("private", Bool, Presence::Bool(true), "Whether only its owner sees it."),
        ],
        60,
        AT_A_DESK,
    ),
    // files
    ActionSpec {
        aliases: &["list_files"],
        ..action(
            "list_directory",
            "files",
            Low,
            "Lists the files of a folder.",
            &[
                alias(param("directory", Path, Presence::Text("."), "The folder."), &["path"]),
                param(
                    "recursive",
                    Bool,
                    Presence::Bool(false),
                    "Whether to look into folders of the folder too.",
                ),
            ],
            10,
            ANYWHERE,
        )
    },
    ActionSpec {
        aliases: &["read_file"],
        ..action(
            "file_read",
            "files",
            Low,
            "Prints a file.",
            &[alias(param("file", Path, Required, "The file."), &["file_path", "path"])],
            30,
            ANYWHERE,
        )
    },
    ActionSpec {
        aliases: &["write_file"],
        ..action(
            "file_write",
            "files",
            Medium,
            "Writes a file of at most 1 MiB, in place of what is there.",
            &[
                alias(
                    param("file", Path, Required, "The file; folders above it are made."),
                    &["file_path", "path"],
                ),
                param("content", Text, Required, "All it will hold."),
            ],
            30,
            ANYWHERE,
        )
    },
    action(
        "create_directory",
        "files",
        Medium,
        "Makes a folder, and those above it.",
        &[alias(param("directory", Path, Required, "The folder."), &["path"])],
        30,
        ANYWHERE,
    ),
    action(
        "zip_project",
        "files",
        Medium,
        "Packs the workspace into an archive of at most 10 MiB, without what can be built or installed again.",
        &[],
        300,
        AT_A_DESK,
    ),
    // building and testing
    action(
        "run_tests",
        "tests",
        Low,
        "Runs the tests of the workspace.",
        &[param(
            "runner",
            OneOf { words: &["pytest", "npm", "cargo", "go"], gateway: &["pytest", "npm"] },
            Presence::Text("pytest"),
            "Who runs them.",
        )],
        600,
        ANYWHERE,
    ),
    ActionSpec {
        aliases: &["lint"],
        ..action(
            "lint_project",
            "tests",
            Low,
            "Looks for mistakes in the source of the workspace, and changes nothing.",
            &[param(
                "linter",
                OneOf { words: &["ruff", "eslint", "clippy"], gateway: &["ruff", "eslint"] },
                Presence::Text("ruff"),
                "Who looks.",
            )],
            180,
            ANYWHERE,
        )
    },
    ActionSpec {
        aliases: &["build"],
        ..action(
            "build_project",
            "build",
            Medium,
            "Builds the workspace.",
            &[param(
                "build_tool",
                OneOf { words: &["npm", "python", "cargo", "go", "make"], gateway: &["npm", "python"] },
                Presence::Text("npm"),
                "Who builds it.",
            )],
            600,
            ANYWHERE,
        )
    },
    ActionSpec {
        aliases: &["install_deps"],
        ..action(
            "install_dependencies",
            "build",
            Medium,
            "Installs what the workspace depends on; that may run code of other people.",
            &[param(
                "manager",
                OneOf { words: &["pip", "npm", "cargo"], gateway: &["pip", "npm"] },
                Presence::Text("pip"),
                "Who installs it.",
            )],
            480,
            ANYWHERE,
        )
    },
    action(
        "start_dev_server",
        "server",
        Low,
        "Starts the development server of the workspace and leaves it running.",
        &[
            param(
                "framework",
                OneOf { words: &["npm", "uvicorn"], gateway: &["npm", "uvicorn"] },
                Presence::Text("npm"),
                "Whose server it is.",
            ),
            param("app_module", Word("._:"), Presence::Text("main:app"), "What uvicorn serves."),
        ],
        120,
        BY_AGENT,
    ),
    // containers
    action(
        "docker_build",
        "docker",
        Medium,
        "Builds a container image from the workspace.",
        &[param("tag", Word("._/:@-"), Presence::Text("skynet-build:latest"), "The name of the image.")],
        900,
        ON_A_MACHINE,
    ),
    action(
        "docker_compose_up",
        "docker",
        High,
        "Starts the services of the workspace's compose file, in place of those that run.",
        &[],
        600,
        ON_A_MACHINE,
    ),
    // the machine
    action("check_disk_space", "system", Low, "Says how full the disks are.", &[], 30, NOT_BY_AGENT),
    action("check_memory", "system", Low, "Says how much memory is in use.", &[], 30, NOT_BY_AGENT),
    action(
        "open_in_vscode",
        "desktop",
        Medium,
        "Opens a file or a folder in the editor of the person at the machine.",
        &[param("path", Path, Required, "The file or folder.")],
        120,
        AT_A_DESK,
    ),
    action(
        "close_app",
        "desktop",
        High,
        "Ends a program of the person at the machine, with what is not saved in it.",
        &[param("app", OneOf { words: APPS, gateway: APPS }, Required, "The program.")],
        120,
        BY_AGENT,
    ),
    // models
    ActionSpec {
        result: &[
            field("stdout", FieldType::Text, "The whole answer as JSON."),
            field("stderr", FieldType::Text, "What it complained about."),
            field("exit_code", FieldType::Int, "Zero if it went well."),
            field("text", FieldType::Text, "What the model said."),
            field("tool_calls", FieldType::Json, "The tools it wants called: a list of id, name and input."),
            field("stop_reason", FieldType::Text, "Why it stopped."),
            field("input_tokens", FieldType::Int, "How many tokens it read."),
            field("output_tokens", FieldType::Int, "How many tokens it wrote."),
            field("model", FieldType::Text, "Which model it was."),
            field("provider_name", FieldType::Text, "Who ran it."),
        ],
        ..action(
            "ollama_chat",
            "model",
            Low,
            "Asks a model that Ollama runs on the machine itself.",
            &[
                param("messages", Json, Required, "The conversation: a list of role and content."),
                param(
                    "model",
                    Word("._/:-"),
                    Optional,
                    "Which model; the machine's default if none is given.",
                ),
                param("system", Text, Optional, "What the model is told before the conversation."),
                param("tools", Json, Optional, "Tools it may ask for, as Ollama describes them."),
                param("max_tokens", Int(1, 1_000_000), Presence::Int(4096), "How much it may write."),
                param(
                    "temperature",
                    Float(0.0, 2.0),
                    Presence::Float(0.0),
                    "How freely it chooses its words.",
                ),
            ],
            300,
            AT_A_DESK,
        )
    },
];

/// Programs that may be closed.
const APPS: &[&str] =
    &["chrome", "firefox", "edge", "notepad", "code", "explorer", "slack", "discord", "spotify", "teams"];

const fn action(
    name: &'static str,
    capability: &'static str,
    risk: crate::plan::Risk,
    doc: &'static str,
    params: &'static [ParamSpec],
    timeout_seconds: u32,
    targets: &'static [TargetKind],
) -> ActionSpec {
    ActionSpec {
        name,
        aliases: &[],
        doc,
        risk,
        capability,
        params,
        timeout_seconds,
        targets,
        result: PROCESS,
    }
}

const fn param(name: &'static str, ty: ParamType, presence: Presence, doc: &'static str) -> ParamSpec {
    ParamSpec { name, aliases: &[], ty, presence, doc }
}

const fn alias(param: ParamSpec, aliases: &'static [&'static str]) -> ParamSpec {
    ParamSpec { aliases, ..param }
}

const fn field(name: &'static str, ty: FieldType, doc: &'static str) -> FieldSpec {
    FieldSpec { name, ty, doc }
}

//! The programs and the places where they read code, as rows. The page of E0502 shows them.

use super::{
    Operands::{At, From},
    Tool,
};

const TOOL: Tool = Tool {
    program: "",
    verbs: "",
    code: "",
    long_code: &[],
    settings: "",
    long_settings: &[],
    keys: &[],
    valued: "",
    long_valued: &[],
    operands: super::Operands::None,
    unless: "",
    long_unless: &[],
    until: &[],
    last: usize::MAX,
};

const SSH: Tool = Tool {
    settings: "o",
    keys: &["proxycommand", "localcommand", "knownhostscommand", "remotecommand"],
    valued: "BbcDEeFIiJLlmOPpQRSWw",
    ..TOOL
};

const GIT_KEYS: &[&str] = &[
    "alias.",
    "core.askpass",
    "core.editor",
    "core.fsmonitor",
    "core.gitproxy",
    "core.pager",
    "core.sshcommand",
    "credential.helper",
    "diff.external",
    "difftool.",
    "filter.",
    "gpg.program",
    "mergetool.",
    "pager.",
    "sequence.editor",
];

const TMUX: Tool = Tool { program: "tmux", ..TOOL };

pub(in crate::safety) const TOOLS: &[Tool] = &[
    Tool { program: "ansible", code: "a", long_code: &["--args"], valued: "BefiIlMmPtTu", ..TOOL },
    Tool {
        program: "awk|gawk|mawk|nawk",
        code: "e",
        long_code: &["--source"],
        valued: "fFvEil",
        long_valued: &["--file", "--field-separator", "--assign", "--exec", "--include", "--load"],
        operands: At(0),
        unless: "fEe",
        long_unless: &["--file", "--exec", "--source"],
        last: 0,
        ..TOOL
    },
    Tool { program: "az", verbs: "run-command", long_code: &["--scripts"], ..TOOL },
    Tool { program: "clickhouse-client", code: "q", long_code: &["--query"], ..TOOL },
    Tool { program: "cockroach", verbs: "sql", code: "e", long_code: &["--execute"], ..TOOL },
    Tool { program: "deno", verbs: "eval", operands: At(0), last: 0, ..TOOL },
    Tool { program: "duckdb", long_code: &["-c", "-s", "-cmd"], operands: From(1), ..TOOL },
    Tool {
        program: "emacs",
        long_code: &["--eval", "-eval", "--execute", "-execute"],
        long_valued: &["-l", "--load", "-f", "--funcall"],
        ..TOOL
    },
    Tool { program: "eval", operands: From(0), last: 0, ..TOOL },
    Tool { program: "expect", code: "c", valued: "f", last: 0, ..TOOL },
    Tool {
        program: "flock",
        code: "c",
        long_code: &["--command"],
        valued: "wE",
        long_valued: &["--timeout", "--wait", "--conflict-exit-code"],
        last: 1,
        ..TOOL
    },
    Tool {
        program: "fly|flyctl",
        verbs: "ssh console",
        code: "C",
        long_code: &["--command"],
        valued: "agrs",
        ..TOOL
    },
    Tool { program: "gcloud", verbs: "compute ssh", long_code: &["--command"], ..TOOL },
    Tool { program: "gcloud", verbs: "compute ssh --", operands: From(0), ..TOOL },
    Tool { program: "gdb", long_code: &["-ex", "-iex", "--ex", "--iex", "--eval-command"], ..TOOL },
    Tool {
        program: "git",
        settings: "c",
        long_settings: &["--config-env"],
        keys: GIT_KEYS,
        valued: "C",
        long_valued: &["--git-dir", "--work-tree", "--namespace"],
        last: 0,
        ..TOOL
    },
    Tool { program: "git", verbs: "rebase", code: "x", long_code: &["--exec"], valued: "sXC", ..TOOL },
    Tool { program: "git", verbs: "submodule foreach", operands: From(0), ..TOOL },
    Tool {
        program: "git",
        verbs: "clone|fetch|pull|ls-remote|push",
        long_code: &["--upload-pack", "--receive-pack", "--exec"],
        ..TOOL
    },
    Tool {
        program: "git",
        verbs: "clone",
        settings: "c",
        long_settings: &["--config"],
        keys: GIT_KEYS,
        ..TOOL
    },
    Tool { program: "git", verbs: "clone|fetch-pack", code: "u", ..TOOL },
    Tool { program: "make|gmake", code: "E", long_code: &["--eval"], valued: "CfIjloW", ..TOOL },
    Tool { program: "mongo|mongosh", long_code: &["--eval"], ..TOOL },
    Tool {
        program: "mysql|mariadb",
        code: "e",
        long_code: &["--execute", "--init-command"],
        valued: "DhPuS",
        long_valued: &["--database", "--host", "--port", "--user", "--socket"],
        ..TOOL
    },
    Tool { program: "nix-shell", long_code: &["--run", "--command"], ..TOOL },
    Tool {
        program: "parallel|sem",
        valued: "aCdEIjLnNPsS",
        long_valued: &[
            "--arg-file",
            "--arg-sep",
            "--colsep",
            "--delay",
            "--delimiter",
            "--halt",
            "--jobs",
            "--joblog",
            "--max-args",
            "--max-procs",
            "--memfree",
            "--nice",
            "--id",
            "--results",
            "--retries",
            "--sshlogin",
            "--sshloginfile",
            "--tmpdir",
            "--timeout",
            "--workdir",
        ],
        operands: From(0),
        until: &[":::", ":::+", "::::", "::::+"],
        last: 0,
        ..TOOL
    },
    Tool {
        program: "psql",
        code: "c",
        long_code: &["--command"],
        valued: "dfFhLopPRTUv",
        long_valued: &[
            "--dbname",
            "--file",
            "--field-separator",
            "--host",
            "--log-file",
            "--output",
            "--port",
            "--pset",
            "--record-separator",
            "--set",
            "--table-attr",
            "--username",
            "--variable",
        ],
        ..TOOL
    },
    Tool { program: "rsync", code: "e", long_code: &["--rsh", "--rsync-path"], valued: "BfMT", ..TOOL },
    Tool { program: "screen", verbs: "-X", valued: "pS", operands: From(0), ..TOOL },
    Tool {
        program: "script",
        code: "c",
        long_code: &["--command"],
        valued: "BEImoOT",
        long_valued: &[
            "--log-io",
            "--log-out",
            "--log-in",
            "--log-timing",
            "--echo",
            "--logging-format",
            "--output-limit",
        ],
        ..TOOL
    },
    Tool {
        program: "sed|gsed",
        code: "e",
        long_code: &["--expression"],
        valued: "fl",
        long_valued: &["--file", "--line-length"],
        operands: At(0),
        unless: "ef",
        long_unless: &["--expression", "--file"],
        ..TOOL
    },
    Tool { program: "sqlcmd", code: "qQ", ..TOOL },
    Tool {
        program: "sqlite|sqlite3",
        long_code: &["-cmd", "--cmd"],
        long_valued: &[
            "-init",
            "-separator",
            "-newline",
            "-nullvalue",
            "-vfs",
            "-maxsize",
            "-mmap",
            "-key",
            "-hexkey",
            "-textkey",
            "-lookaside",
            "-pagecache",
            "-heap",
        ],
        operands: From(1),
        ..TOOL
    },
    Tool { program: "scp|sftp", code: "DS", valued: "BbcFiJlPRsX", ..SSH },
    Tool { program: "ssh", last: 0, ..SSH },
    Tool {
        program: "tar|gtar|bsdtar",
        code: "FI",
        long_code: &[
            "--use-compress-program",
            "--to-command",
            "--rsh-command",
            "--rmt-command",
            "--info-script",
            "--new-volume-script",
        ],
        long_settings: &["--checkpoint-action"],
        keys: &["exec"],
        valued: "bCfgHKLNTVX",
        ..TOOL
    },
    Tool { code: "c", valued: "LSfT", last: 0, ..TMUX },
    Tool { verbs: "new|new-session", valued: "ceFfnstxy", operands: From(0), ..TMUX },
    Tool { verbs: "neww|new-window", valued: "ceFnt", operands: From(0), ..TMUX },
    Tool {
        verbs: "respawn-pane|respawnp|respawn-window|respawnw|split-window|splitw",
        valued: "ceFlpt",
        operands: From(0),
        ..TMUX
    },
    Tool { verbs: "send|send-keys", valued: "Nt", operands: From(0), ..TMUX },
    Tool { verbs: "if|if-shell|pipe-pane|pipep", valued: "t", operands: From(0), ..TMUX },
    Tool { verbs: "display-popup|popup", valued: "bcdehsStTwxy", operands: From(0), ..TMUX },
    Tool { verbs: "run|run-shell", valued: "cdt", operands: From(0), ..TMUX },
    Tool { program: "vagrant", verbs: "ssh", code: "c", long_code: &["--command"], ..TOOL },
    Tool { program: "vim|vi|nvim|ex", code: "c", long_code: &["--cmd"], valued: "iPqrsStTuUwW", ..TOOL },
    Tool {
        program: "watch",
        valued: "nq",
        long_valued: &["--interval", "--equexit"],
        operands: From(0),
        unless: "x",
        long_unless: &["--exec"],
        last: 0,
        ..TOOL
    },
];

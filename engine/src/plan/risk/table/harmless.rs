//! Programs that only look or only compute. Where one of them has a use that does more, a row elsewhere says so.

/// The programs by why they are here; each list is sorted.
#[rustfmt::skip]
pub(super) const GROUPS: &[&[&str]] = &[
    // words of the shell that change nothing outside it
    &[
        ":", "[", "[[", "bg", "break", "cd", "continue", "declare", "dirs", "exit", "export", "false", "fg",
        "for", "getopts", "hash", "jobs", "let", "local", "mapfile", "popd", "pushd", "read", "readarray",
        "readonly", "return", "select", "set", "shift", "shopt", "test", "times", "true", "type", "typeset",
        "ulimit", "umask", "unset", "wait",
    ],
    // prints what it is given, or text it makes up
    &["cal", "echo", "printf", "seq", "tee", "yes"],
    // reads files and prints what it finds
    &[
        "cat", "cksum", "cmp", "column", "comm", "cut", "diff", "du", "expand", "file", "find", "fmt", "fold",
        "grep", "head", "hexdump", "jq", "less", "ls", "md5sum", "more", "nl", "od", "paste", "pr", "readlink",
        "realpath", "rev", "rg", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "sort", "stat",
        "strings", "tac", "tail", "tr", "tree", "unexpand", "uniq", "wc", "xxd", "yq", "zcat", "zgrep",
    ],
    // computes from its arguments or its input
    &["awk", "base32", "base64", "basename", "dirname", "expr", "factor", "json.tool", "numfmt", "tsort"],
    // says how the machine is
    &[
        "arch", "blkid", "date", "df", "env", "findmnt", "free", "getconf", "getent", "groups", "hostid",
        "hostname", "id", "iostat", "last", "locale", "logname", "lsblk", "lscpu", "lsmod", "lsof", "lspci",
        "lsusb", "mpstat", "netstat", "nproc", "pgrep", "pidof", "pmap", "printenv", "ps", "pstree", "pwd", "sar",
        "ss", "tty", "uname", "uptime", "users", "vmstat", "w", "whereis", "which", "who", "whoami",
    ],
    // asks the network a question that changes nothing
    &["curl", "dig", "host", "nslookup", "ping", "tracepath", "traceroute", "whois"],
    // lets time pass
    &["sleep"],
    // checks or tests source, and leaves at most what the next run leaves again
    &[
        "clippy-driver", "eslint", "flake8", "golangci-lint", "hadolint", "jest", "mypy", "phpunit", "pylint",
        "pyright", "pytest", "rspec", "ruff", "shellcheck", "tflint", "unittest", "vitest", "yamllint",
    ],
];

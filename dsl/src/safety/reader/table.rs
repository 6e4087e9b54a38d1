//! The interpreters and their options, as rows. The page of E0502 shows them.

use super::{Reader, Style};

const SHELL: Reader = Reader {
    program: "sh",
    style: Style::Switch,
    code: "c",
    long_code: &[],
    valued: "oO",
    long_valued: &["--rcfile", "--init-file"],
    joined: "",
};

const PWSH: Reader = Reader {
    program: "pwsh",
    style: Style::Rest,
    code: "",
    long_code: &["-c", "-Command", "-command", "-EncodedCommand"],
    valued: "",
    long_valued: &["-ExecutionPolicy", "-WorkingDirectory", "-OutputFormat", "-InputFormat", "-Version"],
    ..SHELL
};

pub(in crate::safety) const READERS: &[Reader] = &[
    SHELL,
    Reader { program: "bash", ..SHELL },
    Reader { program: "dash", ..SHELL },
    Reader { program: "ash", ..SHELL },
    Reader { program: "zsh", ..SHELL },
    Reader { program: "ksh", ..SHELL },
    Reader { program: "mksh", ..SHELL },
    Reader { program: "rbash", ..SHELL },
    Reader { program: "yash", ..SHELL },
    Reader { program: "csh", ..SHELL },
    Reader { program: "tcsh", ..SHELL },
    Reader { program: "elvish", ..SHELL },
    Reader {
        program: "fish",
        style: Style::Repeats,
        code: "cC",
        long_code: &["--command", "--init-command"],
        valued: "dfDo",
        ..SHELL
    },
    Reader {
        program: "su",
        style: Style::Anywhere,
        long_code: &["--command", "--session-command"],
        valued: "sgGwT",
        long_valued: &["--shell", "--group", "--supp-group", "--whitelist-environment"],
        ..SHELL
    },
    Reader {
        program: "runuser",
        style: Style::Anywhere,
        long_code: &["--command", "--session-command"],
        valued: "sgGuwT",
        long_valued: &["--shell", "--group", "--supp-group", "--user", "--whitelist-environment"],
        ..SHELL
    },
    Reader { program: "entr", code: "s", valued: "", ..SHELL },
    Reader { program: "nu", style: Style::Repeats, long_code: &["--commands"], valued: "mI", ..SHELL },
    Reader { program: "python", style: Style::Ends, valued: "WXmQ", ..SHELL },
    Reader { program: "ipython", style: Style::Ends, valued: "m", ..SHELL },
    Reader { program: "xonsh", style: Style::Ends, valued: "", ..SHELL },
    Reader { program: "pypy", style: Style::Ends, valued: "WXmQ", ..SHELL },
    Reader { program: "perl", style: Style::Repeats, code: "eE", valued: "", joined: "CDFIMimVx", ..SHELL },
    Reader { program: "ruby", style: Style::Repeats, code: "e", valued: "CEIr", joined: "FKTWix", ..SHELL },
    Reader {
        program: "node",
        style: Style::Repeats,
        code: "ep",
        long_code: &["--eval", "--print"],
        valued: "rC",
        long_valued: &["--require", "--import", "--conditions", "--loader"],
        ..SHELL
    },
    Reader { program: "bun", style: Style::Repeats, code: "ep", long_code: &["--eval", "--print"], ..SHELL },
    Reader {
        program: "php",
        style: Style::Repeats,
        code: "rBRE",
        long_code: &["--run", "--process-begin", "--process-code", "--process-end"],
        valued: "cdfFtSz",
        ..SHELL
    },
    Reader { program: "lua", style: Style::Repeats, code: "e", valued: "l", ..SHELL },
    Reader { program: "luajit", style: Style::Repeats, code: "e", valued: "lj", ..SHELL },
    Reader { program: "Rscript", style: Style::Repeats, code: "e", valued: "", ..SHELL },
    Reader { program: "R", style: Style::Repeats, code: "e", valued: "fgd", ..SHELL },
    Reader {
        program: "julia",
        style: Style::Repeats,
        code: "eE",
        long_code: &["--eval", "--print"],
        valued: "CHJLpt",
        ..SHELL
    },
    Reader {
        program: "elixir",
        style: Style::Repeats,
        code: "e",
        long_code: &["--eval", "--rpc-eval"],
        valued: "rS",
        ..SHELL
    },
    Reader { program: "groovy", style: Style::Repeats, code: "e", valued: "", ..SHELL },
    Reader { program: "osascript", style: Style::Repeats, code: "e", valued: "ls", ..SHELL },
    PWSH,
    Reader { program: "powershell", ..PWSH },
    Reader {
        program: "ssh",
        style: Style::Rest,
        code: "",
        valued: "BbcDEeFIiJLlmOopQRSWw",
        long_valued: &[],
        ..SHELL
    },
];

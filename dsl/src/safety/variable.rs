//! Variables of the environment by which a value becomes code.

/// What is run, loaded or sourced because a variable says so, or whom a program talks to.
const NAMES: &[&str] = &[
    // What a shell reads, and where it looks for programs.
    "BASHOPTS",
    "BASH_ENV",
    "CDPATH",
    "ENV",
    "GLOBIGNORE",
    "HOME",
    "IFS",
    "PATH",
    "PROMPT_COMMAND",
    "PS0",
    "PS1",
    "PS2",
    "PS4",
    "SHELL",
    "SHELLOPTS",
    "ZDOTDIR",
    // Programs that other programs start.
    "BROWSER",
    "EDITOR",
    "FCEDIT",
    "LESSCLOSE",
    "LESSOPEN",
    "MANPAGER",
    "PAGER",
    "PSQL_EDITOR",
    "PSQL_PAGER",
    "RSYNC_RSH",
    "SSH_ASKPASS",
    "SUDO_ASKPASS",
    "SUDO_EDITOR",
    "SYSTEMD_EDITOR",
    "SYSTEMD_PAGER",
    "TAR_OPTIONS",
    "VISUAL",
    // Compilers and the tools that start them.
    "AR",
    "AS",
    "CC",
    "CFLAGS",
    "CPP",
    "CXX",
    "CXXFLAGS",
    "FC",
    "GNUMAKEFLAGS",
    "GOENV",
    "GOFLAGS",
    "GOPROXY",
    "GOTOOLCHAIN",
    "LD",
    "LDFLAGS",
    "MAKEFILES",
    "MAKEFLAGS",
    "MFLAGS",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTFLAGS",
    // Options of an interpreter, and where it looks for libraries.
    "CLASSPATH",
    "GCONV_PATH",
    "GEM_HOME",
    "GEM_PATH",
    "JAVA_HOME",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "LUA_CPATH",
    "LUA_INIT",
    "LUA_PATH",
    "MAVEN_OPTS",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PERL5DB",
    "PERL5LIB",
    "PERL5OPT",
    "PERLLIB",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "RUBYLIB",
    "RUBYOPT",
    "R_PROFILE",
    "R_PROFILE_USER",
    "_JAVA_OPTIONS",
    // Whom a program talks to.
    "ALL_PROXY",
    "DOCKER_HOST",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "KUBECONFIG",
    "NO_PROXY",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// How the names of whole families begin.
const PREFIXES: &[&str] = &[
    "BASH_FUNC_",
    "CARGO_BUILD_",
    "CARGO_TARGET_",
    "DYLD_",
    "GIT_ASKPASS",
    "GIT_CONFIG",
    "GIT_EDITOR",
    "GIT_EXEC",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_PROXY_COMMAND",
    "GIT_SEQUENCE_EDITOR",
    "GIT_SSH",
    "GIT_TEMPLATE_DIR",
    "LD_",
    "NPM_CONFIG_",
    "PYTHON",
    "npm_config_",
];

/// Programs that take variables for another one, or for its rules, as `NAME=value`.
const ASSIGNERS: &[&str] = &[
    "docker",
    "docker-compose",
    "env",
    "export",
    "gmake",
    "make",
    "nerdctl",
    "podman",
    "ssh",
    "sudo",
    "systemd-run",
];

/// Returns whether a variable may not hold what an outsider wrote.
pub(crate) fn is_dangerous(name: &str) -> bool {
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Returns the dangerous variable that an argument sets, if it begins so and a program before it takes variables.
pub(crate) fn assigned<'a>(mut before: impl Iterator<Item = &'a str>, begin: &'a str) -> Option<&'a str> {
    let (names, _) = begin.rsplit_once('=')?;
    // `--env=NAME=…` and `SetEnv=NAME=…` hold the name behind another one, `-eNAME=…` behind a letter.
    let found = names.split('=').find_map(|name| {
        let joined = name.strip_prefix("-e").or_else(|| name.strip_prefix("-E"));
        [Some(name), joined].into_iter().flatten().find(|name| is_dangerous(name))
    })?;
    before.any(|program| ASSIGNERS.contains(&super::code::base(program))).then_some(found)
}

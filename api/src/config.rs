//! What the environment says. It is read here and nowhere else.
//!
//! | variable | what it is for |
//! |---|---|
//! | `SKYNET_ALLOWED_PATHS` | the folders that files of steps may be under, with `:` between; the workspace where it is not set |
//! | `DATABASE_URL` | the Postgres to use; where it is not set, a private one is |
//! | `SKYNET_HOME` | the folder of the private one; where it is not set, the platform's place for data of users |
//! | `XDG_DATA_HOME`, `HOME` | that place |
//! | `XDG_RUNTIME_DIR` | where its socket is, if the path of `SKYNET_HOME` is too long for one |
//! | `SKYNET_PG_BIN`, `PATH` | where the programs of Postgres are |
//! | `VAULT_ADDR`, `VAULT_TOKEN`, `VAULT_NAMESPACE` | the Vault that `vault:…` secrets are in |
//! | `SKYNET_CGROUP` | a writable folder of cgroup v2 for the attempts of local steps |
//! | `OLLAMA_HOST`, `OLLAMA_MODEL` | the model that `do ollama_…` asks |
//! | `HTTPS_PROXY`, `HTTP_PROXY` | the proxy of `http` steps |
//! | `USER`, `LOGNAME` | who answers questions at the terminal; where neither is set, the name of the account |

use std::{env, path::PathBuf};

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folders that files may be under.
    pub allowed_paths: Vec<PathBuf>,
    /// The Postgres to use.
    pub database_url: Option<String>,
    /// The folder for what Skynet keeps: the one that is named, that for data of users, and the user's own.
    pub homes: [Option<PathBuf>; 3],
    /// A folder of the user that goes when the machine stops.
    pub runtime_folder: Option<PathBuf>,
    /// The folder of the programs of Postgres.
    pub postgres_programs: Option<PathBuf>,
    /// The folders of programs.
    pub path: Vec<PathBuf>,
    /// The address, token and namespace of a Vault.
    pub vault: Option<(String, String, Option<String>)>,
    /// A writable folder of cgroup v2.
    pub cgroup: Option<PathBuf>,
    /// The address of Ollama, and its model.
    pub ollama: (Option<String>, Option<String>),
    /// The proxy of requests.
    pub proxy: Option<String>,
    /// Who is at the shell.
    pub user: String,
    /// Every variable; the local provider picks from it what steps get.
    pub variables: Vec<(String, String)>,
}

impl Config {
    /// Reads the environment.
    #[must_use]
    pub fn read() -> Self {
        let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let vault = text("VAULT_ADDR").zip(text("VAULT_TOKEN"));
        Self {
            allowed_paths: env::var_os("SKYNET_ALLOWED_PATHS")
                .map(|paths| env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()).collect())
                .unwrap_or_default(),
            database_url: text("DATABASE_URL"),
            homes: ["SKYNET_HOME", "XDG_DATA_HOME", "HOME"].map(path),
            runtime_folder: path("XDG_RUNTIME_DIR"),
            postgres_programs: path("SKYNET_PG_BIN"),
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            vault: vault.map(|(address, token)| (address, token, text("VAULT_NAMESPACE"))),
            cgroup: text("SKYNET_CGROUP").map(PathBuf::from),
            ollama: (text("OLLAMA_HOST"), text("OLLAMA_MODEL")),
            proxy: text("HTTPS_PROXY").or_else(|| text("HTTP_PROXY")),
            user: text("USER").or_else(|| text("LOGNAME")).unwrap_or_else(account),
            variables: env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        }
    }
}

/// Returns the name of the account that the program runs as; its number where it has no name on this machine.
fn account() -> String {
    let number = rustix::process::getuid().as_raw().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    name.filter(|name| !name.is_empty()).unwrap_or(number)
}

//! What the environment says. It is read here and nowhere else.
//!
//! | variable | what it is for |
//! |---|---|
//! | `SKYNET_ALLOWED_PATHS` | the folders that files of steps may be under, with `:` between; the workspace where it is not set |
//! | `VAULT_ADDR`, `VAULT_TOKEN`, `VAULT_NAMESPACE` | the Vault that `vault:…` secrets are in |
//! | `SKYNET_CGROUP` | a writable folder of cgroup v2 for the attempts of local steps |
//! | `OLLAMA_HOST`, `OLLAMA_MODEL` | the model that `do ollama_…` asks |
//! | `HTTPS_PROXY`, `HTTP_PROXY` | the proxy of `http` steps |
//! | `USER`, `LOGNAME` | who answers questions at the terminal |

use std::{env, path::PathBuf};

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folders that files may be under.
    pub allowed_paths: Vec<PathBuf>,
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
        let vault = text("VAULT_ADDR").zip(text("VAULT_TOKEN"));
        Self {
            allowed_paths: env::var_os("SKYNET_ALLOWED_PATHS")
                .map(|paths| env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()).collect())
                .unwrap_or_default(),
            vault: vault.map(|(address, token)| (address, token, text("VAULT_NAMESPACE"))),
            cgroup: text("SKYNET_CGROUP").map(PathBuf::from),
            ollama: (text("OLLAMA_HOST"), text("OLLAMA_MODEL")),
            proxy: text("HTTPS_PROXY").or_else(|| text("HTTP_PROXY")),
            user: text("USER").or_else(|| text("LOGNAME")).unwrap_or_else(|| "somebody".to_owned()),
            variables: env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        }
    }
}

//! Where secrets come from: `env:NAME`, `file:PATH`, `vault:PATH#FIELD`.

mod vault;

use engine::port::{Secret, SecretError, SecretStore};
use futures_core::future::BoxFuture;
use std::{io, os::unix::fs::PermissionsExt as _, sync::Arc};
pub use vault::VaultConfig;

/// The largest file that is read as a secret, in bytes.
const MOST: u64 = 64 << 10;

/// Looks up a variable of the worker's environment.
pub type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Finds secrets in the environment, in files, and in a Vault.
pub struct Store {
    lookup: Lookup,
    vault: Option<vault::Vault>,
}

impl Store {
    /// Makes one. Without a Vault, secrets that are said to be in one are not found.
    ///
    /// # Errors
    /// If the Vault's settings are not usable. The text says how to go on.
    pub fn new(lookup: Lookup, vault: Option<VaultConfig>) -> Result<Self, String> {
        let vault = vault.map(vault::Vault::new).transpose()?;
        Ok(Self { lookup, vault })
    }

    async fn look(&self, from: &str) -> Result<Secret, SecretError> {
        let (kind, rest) = from.split_once(':').unwrap_or((from, ""));
        let value = match kind {
            "env" => (self.lookup)(rest).ok_or_else(|| {
                never(format!(
                    "the variable {rest} is not set where the worker runs; set it and start the worker again"
                ))
            })?,
            "file" => read(rest).await?,
            "vault" => {
                let vault = self.vault.as_ref().ok_or_else(|| {
                    never(format!(
                        "`{from}` is in a Vault, and this worker has none; set its address and token"
                    ))
                })?;
                vault.find(rest).await?
            }
            _ => {
                let known = "`env:NAME`, `file:PATH` or `vault:PATH#FIELD`";
                return Err(never(format!("`{from}` says no place that secrets come from; write {known}")));
            }
        };
        if value.is_empty() {
            return Err(never(format!("the secret at `{from}` is empty; put its value there")));
        }
        Ok(Secret::new(value))
    }
}

impl SecretStore for Store {
    fn find<'a>(&'a self, from: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        Box::pin(self.look(from))
    }
}

/// Reads a secret from a file, without the line break at its end.
///
/// Others may read the file, since that is how containers are given secrets. That others may write it is refused: they
/// would choose what the worker signs in with.
async fn read(path: &str) -> Result<String, SecretError> {
    let unread = |error: &io::Error| SecretError {
        message: format!(
            "the secret file {path:?} cannot be read: {error}; make it readable to the worker's user"
        ),
        may_retry: !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied),
    };
    let about = tokio::fs::metadata(path).await.map_err(|error| unread(&error))?;
    if !about.is_file() {
        return Err(never(format!("the secret file {path:?} is no file; name one")));
    }
    if about.permissions().mode() & 0o002 != 0 {
        return Err(never(format!(
            "everybody may write the secret file {path:?}; take that away with chmod o-w"
        )));
    }
    if about.len() > MOST {
        return Err(never(format!(
            "the secret file {path:?} has more than {MOST} bytes; put only the secret there"
        )));
    }
    let bytes = tokio::fs::read(path).await.map_err(|error| unread(&error))?;
    let mut text = String::from_utf8(bytes)
        .map_err(|_| never(format!("the secret file {path:?} is no UTF-8 text; encode it")))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// What trying again does not help.
fn never(message: String) -> SecretError {
    SecretError { message, may_retry: false }
}

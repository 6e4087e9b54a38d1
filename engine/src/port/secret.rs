//! Secrets: values that never print.

use crate::id::Name;
use futures_core::future::BoxFuture;
use std::{collections::BTreeMap, fmt};

/// A store of secrets.
pub trait SecretStore: Send + Sync {
    /// Finds a secret by where the file says it is: `env:…`, `file:…`, `vault:…`.
    fn find<'a>(&'a self, from: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>>;
}

/// The value of a secret. It prints as `[secret]`, and its memory is not shared.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The secrets that an attempt needs, by name.
pub type Secrets = BTreeMap<Name, Secret>;

/// Why a secret is not to be had. Says where it was looked for, never what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError {
    /// What went wrong, and how to go on.
    pub message: String,
    /// Whether trying again may help.
    pub may_retry: bool,
}

impl Secret {
    /// Takes the value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// Returns the value, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl std::error::Error for SecretError {}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

//! Secrets in HashiCorp Vault, or in what speaks like it: the KV engine, version 2.

use super::never;
use crate::http::{client, read, reason, secret_header};
use engine::port::{Secret, SecretError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Url, header::HeaderValue};
use serde_json::Value as Json;
use std::time::Duration;

/// What stays as it is in a part of a path.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How long the Vault may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// Where a Vault is, and who asks.
#[derive(Clone, Debug)]
pub struct VaultConfig {
    /// Its address, without `/v1`.
    pub address: String,
    /// The token.
    pub token: Secret,
    /// The namespace, where the Vault has such.
    pub namespace: Option<String>,
}

pub(super) struct Vault {
    address: String,
    token: HeaderValue,
    namespace: Option<HeaderValue>,
    client: Client,
}

impl Vault {
    pub(super) fn new(config: VaultConfig) -> Result<Self, String> {
        let address = config.address.trim_end_matches('/').to_owned();
        if !Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(format!(
                "the address of the Vault, {address:?}, is none; write one like https://vault:8200"
            ));
        }
        let token = secret_header(&config.token)
            .ok_or("the token of the Vault holds a line break or another control character; correct it")?;
        let namespace = config.namespace.map(|namespace| HeaderValue::from_str(&namespace));
        let namespace = namespace
            .transpose()
            .map_err(|_| "the namespace of the Vault holds a control character; correct it".to_owned())?;
        let client = client().map_err(|failure| failure.message)?;
        Ok(Self { address, token, namespace, client })
    }

    /// Finds `MOUNT/PATH#FIELD`; the mount is the part before the first slash.
    pub(super) async fn find(&self, place: &str) -> Result<String, SecretError> {
        let parts = place.split_once('#').and_then(|(path, field)| Some((path.split_once('/')?, field)));
        let Some(((mount, path), field)) = parts else {
            return Err(never(format!("`vault:{place}` is not complete; write `vault:MOUNT/PATH#FIELD`")));
        };
        let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
        if !is_part(mount) || field.is_empty() || !path.split('/').all(is_part) {
            return Err(never(format!("`vault:{place}` has an empty part; write `vault:MOUNT/PATH#FIELD`")));
        }
        let encode = |part: &str| utf8_percent_encode(part, UNRESERVED).to_string();
        let path: Vec<_> = path.split('/').map(encode).collect();
        let url = format!("{}/v1/{}/data/{}", self.address, encode(mount), path.join("/"));
        let mut request = self
            .client
            .get(url)
            .header("X-Vault-Token", self.token.clone())
            .header("X-Vault-Request", "true");
        if let Some(namespace) = &self.namespace {
            request = request.header("X-Vault-Namespace", namespace.clone());
        }
        let unreached = |why: String| SecretError {
            message: format!("the Vault at {} gave no answer: {why}; see whether it is up", self.address),
            may_retry: true,
        };
        let answer = request.timeout(PATIENCE).send().await.map_err(|error| unreached(reason(&error)))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(refusal(place, status));
        }
        let body = read(answer, LONGEST).await.map_err(|failure| unreached(failure.message))?;
        let body: Json = serde_json::from_slice(&body).unwrap_or_default();
        let found = body.pointer("/data/data").and_then(|data| data.get(field));
        match found {
            Some(Json::String(text)) => Ok(text.clone()),
            Some(Json::Null) | None => Err(never(format!(
                "`vault:{place}` has no field of that name; add it, or name another behind the #"
            ))),
            Some(Json::Number(number)) => Ok(number.to_string()),
            Some(Json::Bool(_) | Json::Array(_) | Json::Object(_)) => {
                Err(never(format!("the field at `vault:{place}` is no text; store it as text")))
            }
        }
    }
}

fn refusal(place: &str, status: u16) -> SecretError {
    let (what, may_retry) = match status {
        301 | 302 | 307 | 308 => {
            ("the Vault sends us to another address; set the address of the active one".to_owned(), false)
        }
        401 | 403 => (
            "the Vault does not let this token read it; renew the token or give it a policy that does".into(),
            false,
        ),
        404 => (
            "there is nothing, or its latest version is deleted; write it, or correct the path".into(),
            false,
        ),
        429 | 472 | 473 => ("the Vault is busy or on standby; try again".into(), true),
        503 => ("the Vault is sealed or in maintenance; unseal it".into(), true),
        _ => (format!("the Vault answered with the status {status}; see its log"), status >= 500),
    };
    SecretError { message: format!("`vault:{place}`: {what}"), may_retry }
}

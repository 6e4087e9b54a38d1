//! Files from the network: `https` only, no larger than expected, and soon or not at all.
//!
//! Who asks for one compares what comes with a digest, so nothing here decides whether it is good.

use dsl::LoadError;
use std::{net::IpAddr, time::Duration};
use ureq::{
    Error,
    http::{StatusCode, Uri},
};

const MAX_REDIRECTS: u32 = 5;

/// Fetches a file of at most so many bytes. Plain `http` is taken from this machine only.
pub(crate) fn fetch(url: &str, bytes: usize, timeout: Duration) -> Result<Vec<u8>, LoadError> {
    let address = url.parse::<Uri>().map_err(|_| refused("it is not a valid address"))?;
    if address.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(refused("an address may not carry a user name or a password"));
    }
    let is_local = is_loopback(&address);
    match address.scheme_str() {
        Some("https") => {}
        Some("http") if is_local => {}
        Some("http") => return Err(refused("`http` can be read and changed on its way; use `https`")),
        Some(_) | None => return Err(refused("imports come from files or from `https://` addresses")),
    }
    let mut config = ureq::Agent::config_builder()
        .https_only(address.scheme_str() == Some("https"))
        .max_redirects(if is_local { 0 } else { MAX_REDIRECTS })
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(timeout))
        .user_agent(concat!("skynet/", env!("CARGO_PKG_VERSION")));
    if is_local {
        config = config.proxy(None);
    }
    let agent = config.build().new_agent();
    let failed = |error: &Error| failed(error, bytes, timeout);
    let mut answer = agent.get(address).call().map_err(|error| failed(&error))?;
    if answer.status() != StatusCode::OK {
        return Err(LoadError::Failed(format!("the server answered {}", answer.status())));
    }
    let limit = u64::try_from(bytes).unwrap_or(u64::MAX);
    answer.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| failed(&error))
}

fn is_loopback(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn refused(why: &str) -> LoadError {
    LoadError::Refused(why.to_owned())
}

fn failed(error: &Error, bytes: usize, timeout: Duration) -> LoadError {
    LoadError::Failed(match error {
        Error::BodyExceedsLimit(_) => {
            return refused(&format!("it is larger than {} MiB", bytes >> 20));
        }
        Error::RequireHttpsOnly(_) => {
            return refused("the server leads on to an address that is not `https`");
        }
        Error::Timeout(_) => format!("no complete answer within {} s", timeout.as_secs()),
        Error::HostNotFound => "there is no such host".to_owned(),
        Error::ConnectionFailed => "the server cannot be reached".to_owned(),
        Error::Io(error) => crate::file::reason(error),
        other => other.to_string(),
    })
}

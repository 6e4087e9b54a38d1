//! The kind `http`: requests, sent as they are and answered with whatever comes back.
//!
//! A status is no failure here: the engine says what it means. A request that was sent and never answered is one of two
//! things. If its method only asks, nothing is lost, and it has failed. If it may have changed something, nobody knows.

mod answer;
mod redirect;

use crate::{
    attempts::{Attempts, Control, stopped},
    failure::{Failure, open},
    scrub::Scrub,
};
pub(crate) use answer::read;
use engine::{
    id::AttemptKey,
    port::{Provider, Secret, Secrets, Sink, Stop},
    request::{Body, FailureClass, Outcome, Request, Resolved, Stopped},
    value::to_json,
};
use futures_core::future::BoxFuture;
use redirect::Step;
use reqwest::{
    Certificate, Client, ClientBuilder, Method, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT},
};
use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How requests are sent.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// How long an answer may be, in bytes.
    pub response_bytes: usize,
    /// The proxy that all requests go through, as an address; none if they go straight.
    pub proxy: Option<String>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { response_bytes: 8 << 20, proxy: None }
    }
}

/// Sends requests.
pub struct Http {
    client: Client,
    most: usize,
    attempts: Arc<Attempts>,
}

/// A request with all that belongs to it.
struct Sending {
    method: Method,
    url: Url,
    headers: HeaderMap,
    /// Names of the headers in which there are secrets.
    secret: Vec<HeaderName>,
    body: Option<Vec<u8>>,
}

impl Http {
    /// Makes one.
    ///
    /// # Errors
    /// If the proxy is no address, or the certificates of the machine cannot be read. The text says how to go on.
    pub fn new(config: &HttpConfig) -> Result<Self, String> {
        let client = build(config.proxy.as_deref()).map_err(|failure| failure.message)?;
        Ok(Self { client, most: config.response_bytes, attempts: Arc::default() })
    }
}

impl Provider for Http {
    fn kind(&self) -> &'static str {
        "http"
    }

    fn check(&self, request: &Request) -> Result<(), String> {
        let Resolved::Http { method, url, query, .. } = &request.action else {
            return Err("only `http` steps are requests; give this step another target".into());
        };
        address(url, query).map_err(|failure| failure.message)?;
        Method::from_bytes(method.as_bytes())
            .map_err(|_| format!("{method:?} is no method of HTTP; use GET or POST"))?;
        Ok(())
    }

    fn perform<'a>(
        &'a self,
        request: &'a Request,
        secrets: &'a Secrets,
        sink: &'a dyn Sink,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let start =
                |control| run(self.client.clone(), self.most, request.clone(), secrets.clone(), control);
            self.attempts.perform(&request.key, sink, start).await
        })
    }

    fn cancel<'a>(&'a self, key: &'a AttemptKey, how: Stop) -> BoxFuture<'a, Stopped> {
        Box::pin(async move { self.attempts.cancel(key, how).await.unwrap_or(Stopped::Confirmed) })
    }
}

async fn run(
    client: Client,
    most: usize,
    request: Request,
    secrets: Secrets,
    mut control: Control,
) -> Outcome {
    let scrub = match Scrub::new(&secrets) {
        Ok(scrub) => scrub,
        Err(message) => return Outcome::Failed { class: FailureClass::Refused, message, done: None },
    };
    let sending = match prepare(&request, &secrets) {
        Ok(sending) => sending,
        Err(failure) => return failure.into_outcome(&scrub),
    };
    let asks_only = sending.method.is_safe();
    let limit = request.timeout.map_or(Duration::MAX, |ms| Duration::from_millis(ms.try_into().unwrap_or(0)));
    let is_sent = AtomicBool::new(false);
    // Nobody knows what a server does with a request once it has it.
    let may_have_changed = || !asks_only && is_sent.load(Ordering::Relaxed);
    let cut = "the server may have acted on the request before it was cut off; see whether it did";
    tokio::select! {
        biased;
        _ = stopped(&mut control.stop) => Outcome::Cancelled(if may_have_changed() {
            Stopped::Unconfirmed { why: cut.into() }
        } else {
            Stopped::Confirmed
        }),
        outcome = redirect::follow(&client, sending, most, &scrub, &is_sent) => match outcome {
            Ok(done) => Outcome::Done(done),
            Err(Step::Failed(failure)) => failure.into_outcome(&scrub),
            Err(Step::Unanswered(why)) if may_have_changed() => Outcome::Unknown {
                why: scrub.text(&format!("{why}, and the server may have acted on the request; see whether it did")),
            },
            Err(Step::Unanswered(why)) => {
                Failure::provider(format!("{why}; see whether the server is up, or try again")).into_outcome(&scrub)
            }
        },
        () = tokio::time::sleep(limit) => if may_have_changed() {
            Outcome::Unknown { why: format!("there was no answer in time, and {cut}") }
        } else {
            let message = format!("there was no answer within {} ms; give it a longer `timeout`", limit.as_millis());
            Failure { class: FailureClass::Timeout, message }.into_outcome(&scrub)
        },
    }
}

fn prepare(request: &Request, secrets: &Secrets) -> Result<Sending, Failure> {
    let Resolved::Http { method, url, headers: given, query, body, auth } = &request.action else {
        return Err(Failure::refused("only `http` steps are requests; give this step another target"));
    };
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Failure::refused(format!("{method:?} is no method of HTTP; use GET or POST")))?;
    let mut headers = HeaderMap::new();
    let mut secret = Vec::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("skynet/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    let body = body.as_ref().map(|body| {
        let (kind, bytes) = match body {
            Body::Text(text) => ("text/plain; charset=utf-8", text.clone().into_bytes()),
            Body::Json(value) => ("application/json", to_json(value).to_string().into_bytes()),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        bytes
    });
    for (name, value) in given {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
            Failure::refused(format!("{name:?} cannot be the name of a header; use letters, digits and -"))
        })?;
        let is_secret = value.secrets().next().is_some();
        headers.insert(key.clone(), header(name, &open(value, secrets)?, is_secret)?);
        if is_secret {
            secret.push(key);
        }
    }
    if let Some(auth) = auth {
        let value = open(auth, secrets)?;
        // What has a scheme is sent as it is.
        let value = if value.trim().contains(' ') { value } else { format!("Bearer {}", value.trim()) };
        headers.insert(AUTHORIZATION, header("Authorization", &value, true)?);
    }
    secret.push(AUTHORIZATION);
    Ok(Sending { method, url: address(url, query)?, headers, secret, body })
}

fn header(name: &str, value: &str, is_secret: bool) -> Result<HeaderValue, Failure> {
    let mut header = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        Failure::refused(format!(
            "the header `{name}` holds a line break or another control character; leave it out"
        ))
    })?;
    header.set_sensitive(is_secret);
    Ok(header)
}

/// Reads an address and puts the query behind it, encoded.
fn address(url: &str, query: &[(Arc<str>, String)]) -> Result<Url, Failure> {
    let mut address = Url::parse(url).map_err(|error| {
        Failure::refused(format!("{url:?} is no address: {error}; write one like https://host/path"))
    })?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(Failure::refused(format!(
            "{url:?} is no address of HTTP; begin it with https:// or http://"
        )));
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err(Failure::refused(
            "a name or password stands in the address; use `auth` or `headers` with a secret",
        ));
    }
    if !query.is_empty() {
        address.query_pairs_mut().extend_pairs(query.iter().map(|(name, value)| (&**name, value.as_str())));
    }
    Ok(address)
}

/// Makes a client that follows nothing by itself and reads no proxy from the environment.
pub(crate) fn client() -> Result<Client, Failure> {
    build(None)
}

fn build(proxy: Option<&str>) -> Result<Client, Failure> {
    // One for the whole process, and the first one holds; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The certificates of the machine are its owner's choice. One that has none, such as a small container, gets those
    // that browsers trust.
    let client = configure(proxy)?.build();
    client.or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        let roots = roots.filter_map(|root| Certificate::from_der(root).ok());
        configure(proxy)?.tls_certs_only(roots).build().map_err(|error| {
            Failure::provider(format!(
                "no secure connections can be made: {}; install the certificates of this machine",
                reason(&error)
            ))
        })
    })
}

fn configure(proxy: Option<&str>) -> Result<ClientBuilder, Failure> {
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // A connection that is used again may be closed by the server just when a request is on its way, and then nobody
        // knows whether it was read. A new one costs less than that.
        .pool_max_idle_per_host(0)
        .no_proxy()
        .connect_timeout(Duration::from_secs(30));
    let Some(proxy) = proxy else { return Ok(builder) };
    let proxy = reqwest::Proxy::all(proxy).map_err(|error| {
        Failure::refused(format!(
            "the proxy is no address: {}; write one like http://host:3128",
            reason(&error)
        ))
    })?;
    Ok(builder.proxy(proxy))
}

/// Returns the innermost reason: the outer ones repeat the address.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// Returns a header that holds a secret and never prints.
pub(crate) fn secret_header(secret: &Secret) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_bytes(secret.expose().as_bytes()).ok()?;
    header.set_sensitive(true);
    Some(header)
}

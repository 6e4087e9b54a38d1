//! Sends a request and goes where the answer says, up to a point.

use super::{Sending, answer, reason};
use crate::{failure::Failure, scrub::Scrub};
use engine::request::{Done, FailureClass};
use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, LOCATION},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// How often an answer may lead elsewhere.
const MOST: usize = 5;

/// Why there is no answer.
pub(super) enum Step {
    /// It has failed.
    Failed(Failure),
    /// It was sent, or is being sent, and the connection broke: what happened, without the end of the sentence.
    Unanswered(String),
}

/// Sends a request until there is an answer that leads nowhere else.
pub(super) async fn follow(
    client: &Client,
    mut sending: Sending,
    most: usize,
    scrub: &Scrub,
    is_sent: &AtomicBool,
) -> Result<Done, Step> {
    let mut has_acted = false;
    for _ in 0..=MOST {
        let step = match send(client, &sending, is_sent).await {
            Ok(answer) => advance(answer, sending, most, scrub).await,
            Err(why) => Err(why),
        };
        match step {
            Ok(Advanced::There(done)) => return Ok(done),
            Ok(Advanced::Onward(next, acted)) => {
                has_acted |= acted;
                sending = next;
            }
            // The server did what it was asked, and only its answer is not to be had.
            Err(Step::Failed(failure)) if has_acted && failure.class == FailureClass::Provider => {
                is_sent.store(true, Ordering::Relaxed);
                return Err(Step::Unanswered(failure.message));
            }
            Err(why) => return Err(why),
        }
    }
    let message = format!("the answers lead from one address to the next, more than {MOST} times");
    if has_acted {
        return Err(Step::Unanswered(message));
    }
    Err(Step::Failed(Failure::provider(format!("{message}; use the last address as the `url`"))))
}

/// How an answer goes on.
enum Advanced {
    /// It is the last.
    There(Done),
    /// It leads to another request; whether the server has acted on this one.
    Onward(Sending, bool),
}

async fn advance(answer: Answer, sending: Sending, most: usize, scrub: &Scrub) -> Result<Advanced, Step> {
    if let Some(target) = target(&answer, &sending.url) {
        let method = sending.method.clone();
        let next = onward(sending, answer.status, target).map_err(Step::Failed)?;
        // Whoever sends a changing request on as one that asks has taken it.
        let has_acted = !method.is_safe() && next.method != method;
        return Ok(Advanced::Onward(next, has_acted));
    }
    match answer::read(answer.response, most).await {
        Ok(body) => Ok(Advanced::There(answer::done(answer.status, &answer.headers, &body, scrub))),
        Err(failure) if failure.class == FailureClass::Provider => Err(Step::Unanswered(failure.message)),
        Err(failure) => Err(Step::Failed(failure)),
    }
}

struct Answer {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    response: Response,
}

async fn send(client: &Client, sending: &Sending, is_sent: &AtomicBool) -> Result<Answer, Step> {
    let mut request =
        client.request(sending.method.clone(), sending.url.clone()).headers(sending.headers.clone());
    if let Some(body) = &sending.body {
        request = request.body(body.clone());
    }
    // Only a connection that was never made is sure to have carried nothing.
    is_sent.store(true, Ordering::Relaxed);
    let host = sending.url.host_str().unwrap_or_default();
    match request.send().await {
        Ok(response) => {
            Ok(Answer { status: response.status(), headers: response.headers().clone(), response })
        }
        Err(error) if error.is_connect() => {
            is_sent.store(false, Ordering::Relaxed);
            let message = format!(
                "the server {host} cannot be reached: {}; see whether it is up and is who it says",
                reason(&error)
            );
            Err(Step::Failed(Failure::provider(message)))
        }
        Err(error) if error.is_builder() => Err(Step::Failed(Failure::refused(format!(
            "the request cannot be sent: {}; correct the step",
            reason(&error)
        )))),
        Err(error) => Err(Step::Unanswered(format!("the server {host} gave no answer ({})", reason(&error)))),
    }
}

/// Returns where an answer leads, if it does.
fn target(answer: &Answer, from: &Url) -> Option<Url> {
    if !matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let url = from.join(answer.headers.get(LOCATION)?.to_str().ok()?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Makes the request that goes on. What is secret stays with the host it was meant for.
fn onward(mut sending: Sending, status: StatusCode, target: Url) -> Result<Sending, Failure> {
    let is_same = sending.url.origin() == target.origin();
    let becomes_get = match status.as_u16() {
        303 => sending.method != Method::HEAD,
        301 | 302 => sending.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        sending.method = Method::GET;
        sending.body = None;
        sending.headers.remove(CONTENT_TYPE);
        sending.headers.remove(CONTENT_LENGTH);
    } else if !is_same && sending.body.is_some() {
        return Err(Failure::refused(format!(
            "the answer leads to another host, {}, and would take the body there; use that address as the `url`",
            target.host_str().unwrap_or_default()
        )));
    }
    if !is_same {
        for name in &sending.secret {
            sending.headers.remove(name);
        }
        sending.headers.remove(COOKIE);
    }
    sending.url = target;
    Ok(sending)
}

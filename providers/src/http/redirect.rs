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
    for _ in 0..=MOST {
        let answer = send(client, &sending, is_sent).await?;
        let Some(target) = target(&answer, &sending.url) else {
            return match answer::read(answer.response, most).await {
                Ok(body) => Ok(answer::done(answer.status, &answer.headers, &body, scrub)),
                Err(failure) if failure.class == FailureClass::Provider => {
                    Err(Step::Unanswered(failure.message))
                }
                Err(failure) => Err(Step::Failed(failure)),
            };
        };
        sending = onward(sending, answer.status, target).map_err(Step::Failed)?;
    }
    Err(Step::Failed(Failure::provider(format!(
        "the answers lead from one address to the next, more than {MOST} times; use the last address as the `url`"
    ))))
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
            let message =
                format!("the server {host} cannot be reached: {}; see whether it is up", reason(&error));
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

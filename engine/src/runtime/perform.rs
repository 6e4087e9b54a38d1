//! One effect each: an attempt, and its end.

use super::{Report, World};
use crate::{
    command::Command,
    event::At,
    id::{AttemptKey, JobId, Name},
    job::Shape,
    port::{Logs, Provider, Secrets, Sink, Stop, Stream},
    react::Perform,
    request::{FailureClass, Outcome, Request, Stopped},
};
use futures_core::future::BoxFuture;
use futures_util::future::{Either, select};
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What came of asking a provider to stop an attempt.
pub(super) struct StopReport {
    pub(super) key: AttemptKey,
    stopped: Stopped,
}

impl StopReport {
    /// Returns what to report: nothing if the provider will say itself how the attempt ended.
    pub(super) fn command(self, is_performed: bool) -> Option<(JobId, Command)> {
        if is_performed && self.stopped == Stopped::Confirmed {
            return None;
        }
        let AttemptKey { job, step, instance, attempt } = self.key;
        let outcome = Box::new(Outcome::Cancelled(self.stopped));
        Some((job, Command::ReportOutcome { at: At::new(step, instance), attempt, outcome }))
    }
}

/// Performs an attempt.
pub(super) async fn perform(
    world: World,
    shape: Arc<Shape>,
    perform: Perform,
    is_stopped: Arc<AtomicBool>,
) -> Report {
    let Perform { key, request, subject } = perform;
    let outcome = match request {
        Err(why) => failed(FailureClass::Expression, why),
        // The last look before anything happens: is this what the log, and whoever approved it, means?
        Ok(request) if subject.is_some_and(|subject| subject != request.subject(shape.digest)) => failed(
            FailureClass::Refused,
            "what is about to be done is not what was decided and approved, so it is not done".to_owned(),
        ),
        Ok(request) => attempt(&world, &shape, &request, &is_stopped).await,
    };
    let at = At::new(Arc::clone(&key.step), key.instance);
    let command = Command::ReportOutcome { at, attempt: key.attempt, outcome: Box::new(outcome) };
    Report::Command(key.job, Box::new(command))
}

async fn attempt(world: &World, shape: &Shape, request: &Request, is_stopped: &AtomicBool) -> Outcome {
    let Some(provider) = world.providers.get(&request.place.kind) else {
        return failed(
            FailureClass::Provider,
            format!("nothing here performs steps on {}", request.place.kind),
        );
    };
    // A provider keeps the time of what it has; until then nobody else does.
    let until = request.timeout.map(|timeout| world.clock.now().saturating_add(timeout));
    let secrets = match (pin!(find_secrets(world, shape, request)), until) {
        (found, None) => found.await,
        (found, Some(until)) => match select(found, world.clock.sleep_until(until)).await {
            Either::Left((found, _)) => found,
            Either::Right(_) => {
                return failed(FailureClass::Timeout, "its secrets were not found in time".to_owned());
            }
        },
    };
    let secrets = match secrets {
        Ok(secrets) => secrets,
        Err(why) => return failed(FailureClass::Provider, why),
    };
    if is_stopped.load(Ordering::SeqCst) {
        return Outcome::Cancelled(Stopped::Confirmed);
    }
    let sink = Labelled { key: &request.key, logs: &*world.logs };
    provider.perform(request, &secrets, &sink).await
}

async fn find_secrets(world: &World, shape: &Shape, request: &Request) -> Result<Secrets, String> {
    let mut secrets = Secrets::new();
    for name in request.secrets() {
        let Some(declared) = shape.plan.secrets.iter().find(|secret| secret.name == *name) else {
            return Err(format!("the plan declares no secret `{name}`"));
        };
        match world.secrets.find(&declared.from).await {
            Ok(value) => secrets.insert(Arc::clone(name), value),
            Err(error) => return Err(format!("secret `{name}`: {error}")),
        };
    }
    Ok(secrets)
}

/// A sink that knows whose output it takes.
struct Labelled<'a> {
    key: &'a AttemptKey,
    logs: &'a dyn Logs,
}

impl Sink for Labelled<'_> {
    fn write<'a>(&'a self, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()> {
        self.logs.write(self.key, stream, bytes)
    }
}

fn failed(class: FailureClass, message: String) -> Outcome {
    Outcome::Failed { class, message, done: None }
}

/// Asks a provider to stop an attempt; every provider if it is not known which has it.
pub(super) async fn stop(
    providers: BTreeMap<Name, Arc<dyn Provider>>,
    kind: Option<Name>,
    key: AttemptKey,
    how: Stop,
) -> Report {
    let mut stopped = Stopped::Confirmed;
    for (_, provider) in providers.iter().filter(|(name, _)| kind.as_ref().is_none_or(|kind| kind == *name)) {
        if let unconfirmed @ Stopped::Unconfirmed { .. } = provider.cancel(&key, how).await {
            stopped = unconfirmed;
        }
    }
    Report::Stopped(StopReport { key, stopped })
}

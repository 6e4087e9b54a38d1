//! A provider of every kind whose behaviour is scripted: what it answers, how long that takes, and what goes wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{answers, clock::SimClock};
use engine::{
    id::AttemptKey,
    port::{Clock as _, Provider, Secrets, Sink, Stop, Stream},
    request::{Outcome, Request, Stopped},
};
use futures_core::future::BoxFuture;
use futures_util::future::{Either, select};
use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
};

/// How long an attempt takes, in milliseconds.
const TAKES: i64 = 1000;

/// What goes wrong at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Every attempt of the step fails.
    Fails(String),
    /// Taking the step back fails.
    UndoFails(String),
    /// Nobody knows what came of the first attempt to take the step back.
    UndoUnknown(String),
    /// Nobody knows what came of the first attempt of each instance.
    Unknown(String),
    /// Whoever performs the first attempt of each instance is gone.
    Lost(String),
    /// Nobody agrees to the step.
    Refused(String),
    /// The signal does not come.
    Unsent(String),
}

/// The provider.
pub(crate) struct Hands {
    kind: &'static str,
    clock: Arc<SimClock>,
    fault: Fault,
    known: Arc<Mutex<BTreeMap<AttemptKey, Known>>>,
}

#[derive(Debug, Default)]
struct Known {
    is_cancelled: bool,
    waker: Option<Waker>,
    performed: u32,
}

impl Hands {
    pub(crate) fn new(kind: &'static str, clock: Arc<SimClock>, fault: Fault) -> Self {
        Self { kind, clock, fault, known: Arc::default() }
    }

    fn fault_at(&self, request: &Request) -> Option<Outcome> {
        let (key, step) = (&request.key, &*request.key.step);
        match &self.fault {
            Fault::Fails(at) if at == step && !request.is_undo => Some(answers::failure()),
            Fault::UndoFails(at) if at == step && request.is_undo => Some(answers::failure()),
            Fault::UndoUnknown(at) if at == step && request.is_undo && key.attempt == 2 => {
                Some(Outcome::Unknown { why: "the line went dead".to_owned() })
            }
            Fault::Unknown(at) if at == step && key.attempt == 1 => {
                Some(Outcome::Unknown { why: "the line went dead".to_owned() })
            }
            _ => None,
        }
    }

    fn hangs(&self, key: &AttemptKey) -> bool {
        matches!(&self.fault, Fault::Lost(at) if *at == *key.step) && key.attempt == 1
    }

    async fn cancelled(&self, key: &AttemptKey) {
        poll_fn(|context| {
            let mut known = self.known.lock().unwrap();
            let own = known.entry(key.clone()).or_default();
            own.waker = Some(context.waker().clone());
            if own.is_cancelled { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Provider for Hands {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn check(&self, _: &Request) -> Result<(), String> {
        Ok(())
    }

    fn perform<'a>(
        &'a self,
        request: &'a Request,
        secrets: &'a Secrets,
        sink: &'a dyn Sink,
    ) -> BoxFuture<'a, Outcome> {
        let key = &request.key;
        Box::pin(async move {
            let performed = {
                let mut known = self.known.lock().unwrap();
                let own = known.entry(key.clone()).or_default();
                own.performed += 1;
                own.performed
            };
            assert_eq!(performed, 1, "{key} is performed twice at once");
            for name in request.secrets() {
                assert!(secrets.contains_key(name), "{key} has no secret `{name}`");
            }
            sink.write(Stream::Stdout, b"at work\n").await;
            if self.hangs(key) {
                self.cancelled(key).await;
                return Outcome::Cancelled(Stopped::Confirmed);
            }
            let until = self.clock.now() + TAKES;
            match select(self.clock.sleep_until(until), Box::pin(self.cancelled(key))).await {
                Either::Left(_) => self.fault_at(request).unwrap_or_else(|| answers::answer(request)),
                Either::Right(_) => Outcome::Cancelled(Stopped::Confirmed),
            }
        })
    }

    fn cancel<'a>(&'a self, key: &'a AttemptKey, _: Stop) -> BoxFuture<'a, Stopped> {
        let mut known = self.known.lock().unwrap();
        let own = known.entry(key.clone()).or_default();
        own.is_cancelled = true;
        if let Some(waker) = own.waker.take() {
            waker.wake();
        }
        Box::pin(std::future::ready(Stopped::Confirmed))
    }
}

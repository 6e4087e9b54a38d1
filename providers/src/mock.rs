//! The kind `mock`: what the step's `mock` block says, and nothing else happens.

use crate::attempts::{Attempts, Control, stopped};
use engine::{
    id::AttemptKey,
    port::{Provider, Secrets, Sink, Stop},
    request::{Done, FailureClass, Outcome, Request, Resolved, Stopped},
};
use futures_core::future::BoxFuture;
use std::{sync::Arc, time::Duration};

/// Gives the results that a request brings along. Needs a tokio runtime.
#[derive(Default)]
pub struct Mock {
    attempts: Arc<Attempts>,
}

impl Mock {
    /// Makes one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Provider for Mock {
    fn kind(&self) -> &'static str {
        "mock"
    }

    fn check(&self, request: &Request) -> Result<(), String> {
        match request.action {
            Resolved::Mock { .. } => Ok(()),
            Resolved::Run { .. }
            | Resolved::Script { .. }
            | Resolved::Do { .. }
            | Resolved::Http { .. }
            | Resolved::Agent { .. } => Err(
                "a mock target does nothing by itself; give the step a `mock` block that says what it gives"
                    .into(),
            ),
        }
    }

    fn perform<'a>(
        &'a self,
        request: &'a Request,
        _: &'a Secrets,
        sink: &'a dyn Sink,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let checked = self.check(request);
            let start = |control| answer(request.clone(), checked, control);
            self.attempts.perform(&request.key, sink, start).await
        })
    }

    fn cancel<'a>(&'a self, key: &'a AttemptKey, how: Stop) -> BoxFuture<'a, Stopped> {
        Box::pin(async move { self.attempts.cancel(key, how).await.unwrap_or(Stopped::Confirmed) })
    }
}

async fn answer(request: Request, checked: Result<(), String>, mut control: Control) -> Outcome {
    if let Err(message) = checked {
        return Outcome::Failed { class: FailureClass::Refused, message, done: None };
    }
    let Resolved::Mock { result, outputs, delay } = request.action else {
        return Outcome::Done(Done::default());
    };
    let timeout = request.timeout.unwrap_or(i64::MAX);
    let takes = Duration::from_millis(delay.min(timeout).try_into().unwrap_or(0));
    let wait = async {
        // A timer never fires at once.
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
    };
    tokio::select! {
        biased;
        () = wait => {}
        _ = stopped(&mut control.stop) => return Outcome::Cancelled(Stopped::Confirmed),
    }
    if delay > timeout {
        let message =
            format!("its `delay` is longer than the {timeout} ms it may take; make one of them fit");
        return Outcome::Failed { class: FailureClass::Timeout, message, done: None };
    }
    Outcome::Done(Done { result, outputs, ..Done::default() })
}

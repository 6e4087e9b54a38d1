//! One key, one effect: what runs now and what ran lately, by key.
//!
//! An attempt is a task of its own, so that it neither ends nor begins again when whoever waits for it goes away. What
//! it prints flows through a short channel to the first caller's sink, which so holds it back when it is slow.

use engine::{
    id::AttemptKey,
    port::{Sink, Stop, Stream},
    request::{Outcome, Stopped},
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{mpsc, watch};

/// How many outcomes are remembered. Whoever asks again does so soon after a lost connection; older keys are answered
/// by the engine's own log.
const REMEMBERED: usize = 64;

/// How many pieces of output wait for the sink.
const QUEUED: usize = 4;

/// How long a sink may take for what is left of an attempt that was stopped.
const PATIENCE: Duration = Duration::from_secs(1);

/// All attempts of a provider.
#[derive(Default)]
pub(crate) struct Attempts {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: BTreeMap<AttemptKey, Attempt>,
    /// The keys of those that are over, the oldest first.
    over: VecDeque<AttemptKey>,
}

#[derive(Clone)]
struct Attempt {
    outcome: watch::Receiver<Option<Outcome>>,
    stop: watch::Sender<Option<Stop>>,
}

/// What an attempt has of the outside.
pub(crate) struct Control {
    /// How it is to stop, once somebody asked for it.
    pub(crate) stop: watch::Receiver<Option<Stop>>,
    /// Where its output goes.
    pub(crate) output: Output,
}

/// What an attempt prints, for its first caller.
type Printed = mpsc::Receiver<(Stream, Vec<u8>)>;

/// Where the output of an attempt goes.
pub(crate) type Output = mpsc::Sender<(Stream, Vec<u8>)>;

impl Attempts {
    /// Starts an attempt unless there is one of this key, and waits for what comes of it.
    pub(crate) async fn perform<F>(
        self: &Arc<Self>,
        key: &AttemptKey,
        sink: &dyn Sink,
        start: impl FnOnce(Control) -> F + Send,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let (attempt, output) = self.enter(key, start);
        let Attempt { mut outcome, stop } = attempt;
        if let Some(mut output) = output {
            let passing = async {
                while let Some((stream, bytes)) = output.recv().await {
                    sink.write(stream, &bytes).await;
                }
            };
            tokio::select! {
                biased;
                () = passing => {}
                // A sink that takes nothing must not keep what is known to be over.
                () = given_up(outcome.clone(), stop.subscribe()) => {}
            }
        }
        wait(&mut outcome).await
    }

    /// Stops an attempt and waits until it is over. None if there is none of this key.
    pub(crate) async fn cancel(&self, key: &AttemptKey, how: Stop) -> Option<Stopped> {
        let mut attempt = self.lock().all.get(key).cloned()?;
        attempt.stop.send_if_modified(|asked| {
            let is_more = *asked < Some(how);
            if is_more {
                *asked = Some(how);
            }
            is_more
        });
        Some(match wait(&mut attempt.outcome).await {
            Outcome::Cancelled(stopped) => stopped,
            Outcome::Unknown { why } => Stopped::Unconfirmed { why },
            Outcome::Done(_) | Outcome::Failed { .. } => Stopped::Confirmed,
        })
    }

    fn enter<F>(
        self: &Arc<Self>,
        key: &AttemptKey,
        start: impl FnOnce(Control) -> F,
    ) -> (Attempt, Option<Printed>)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut state = self.lock();
        if let Some(attempt) = state.all.get(key) {
            return (attempt.clone(), None);
        }
        let (tell, outcome) = watch::channel(None);
        let (stop, is_stopped) = watch::channel(None);
        let (output, printed) = mpsc::channel(QUEUED);
        let entered = Attempt { outcome, stop };
        state.all.insert(key.clone(), entered.clone());
        drop(state);
        let attempt = start(Control { stop: is_stopped, output });
        let (attempts, key) = (Arc::clone(self), key.clone());
        tokio::spawn(async move {
            let outcome = attempt.await;
            attempts.forget_oldest(key);
            tell.send_replace(Some(outcome));
        });
        (entered, Some(printed))
    }

    fn forget_oldest(&self, key: AttemptKey) {
        let mut state = self.lock();
        state.over.push_back(key);
        if state.over.len() > REMEMBERED
            && let Some(oldest) = state.over.pop_front()
        {
            state.all.remove(&oldest);
        }
    }

    /// Nothing that holds the lock can stop half way, so what a panic left behind is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a while after an attempt that was stopped, or cut off, is over.
async fn given_up(mut outcome: watch::Receiver<Option<Outcome>>, mut stop: watch::Receiver<Option<Stop>>) {
    if let Outcome::Done(_) = wait(&mut outcome).await {
        stopped(&mut stop).await;
    }
    tokio::time::sleep(PATIENCE).await;
}

/// Waits for what comes of an attempt.
async fn wait(outcome: &mut watch::Receiver<Option<Outcome>>) -> Outcome {
    match outcome.wait_for(Option::is_some).await.map(|outcome| outcome.clone()) {
        Ok(Some(outcome)) => outcome,
        Ok(None) | Err(_) => Outcome::Unknown { why: "the worker ended the attempt in the middle".into() },
    }
}

/// Returns when somebody asks the attempt to stop; never if nobody can any more.
pub(crate) async fn stopped(stop: &mut watch::Receiver<Option<Stop>>) -> Stop {
    match stop.wait_for(Option::is_some).await.map(|how| *how) {
        Ok(Some(how)) => how,
        Ok(None) | Err(_) => std::future::pending().await,
    }
}

/// Returns when somebody asks it to stop at once.
pub(crate) async fn stopped_now(stop: &mut watch::Receiver<Option<Stop>>) {
    if stop.wait_for(|how| *how == Some(Stop::Now)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

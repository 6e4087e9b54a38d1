//! What every provider must do, as a suite: bring a [`Fixture`] and call the functions, each from a test of its own.
//!
//! A function panics at the first promise that is broken. Nothing here waits for a time to pass: it waits for what must
//! happen, and gives up when that takes far too long.

#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a suite is a test")]

mod blobs;
mod files;
pub mod hostile;
mod keys;
mod programs;
mod secrets;
mod stops;

pub use blobs::Memory;
use engine::{
    id::{AttemptKey, Name},
    plan::{Interpreter, Risk},
    port::{Blobs, Provider, Secrets, Sink, Stream},
    request::{Done, FailureClass, Outcome, Place, Request, Resolved, Sealed},
    value::Value,
};
pub use files::{artifacts_travel_whole, files_are_laid_out, outputs_are_read, paths_lead_nowhere_else};
use futures_core::future::BoxFuture;
pub use hostile::hostile_strings_arrive_byte_equal;
pub use keys::{one_key_is_one_effect, unknown_keys_are_gone};
pub use programs::{
    outcomes_are_told_apart, output_is_capped, output_is_kept_byte_equal, stdin_never_blocks,
};
pub use secrets::secrets_appear_nowhere;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
pub use stops::{
    a_deadline_ends_everybody, a_stuck_sink_stops_no_stop, a_success_leaves_nobody, stopping_ends_everybody,
};
use tokio::sync::watch;

/// How long something may take that takes a moment.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A provider, set up to be tried.
pub trait Fixture: Send + Sync {
    /// The provider. Its limits must be [`RESULT_BYTES`] and [`LOG_BYTES`], and its grace short.
    fn provider(&self) -> Arc<dyn Provider>;

    /// The place that requests name.
    fn place(&self) -> Place;

    /// The store of artifacts that it uses.
    fn blobs(&self) -> Arc<dyn Blobs>;

    /// Returns whether a process that told its own number still runs.
    fn is_alive(&self, pid: i32) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
    }
}

/// How much of each stream `result` takes in the fixture, in bytes.
pub const RESULT_BYTES: usize = 1 << 20;

/// How much an attempt may print in all in the fixture, in bytes.
pub const LOG_BYTES: u64 = 4 << 20;

/// Keeps what an attempt prints.
#[derive(Default)]
pub struct Kept {
    printed: Mutex<[Vec<u8>; 2]>,
    all: Mutex<Vec<u8>>,
    told: watch::Sender<()>,
}

impl Kept {
    fn get(&self, stream: Stream) -> Vec<u8> {
        self.printed.lock().unwrap()[usize::from(stream == Stream::Stderr)].clone()
    }

    fn all(&self) -> Vec<u8> {
        self.all.lock().unwrap().clone()
    }

    /// Waits until as many lines are on standard output, and returns them.
    ///
    /// # Panics
    /// If they do not come within [`PATIENCE`].
    pub async fn lines(&self, count: usize) -> Vec<String> {
        let mut told = self.told.subscribe();
        let seen = async {
            loop {
                let text = String::from_utf8_lossy(&self.get(Stream::Stdout)).into_owned();
                if text.matches('\n').count() >= count {
                    return text.lines().map(str::to_owned).collect();
                }
                told.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{count} lines never came"))
    }
}

impl Sink for Kept {
    fn write<'a>(&'a self, stream: Stream, bytes: &'a [u8]) -> BoxFuture<'a, ()> {
        self.printed.lock().unwrap()[usize::from(stream == Stream::Stderr)].extend_from_slice(bytes);
        self.all.lock().unwrap().extend_from_slice(bytes);
        self.told.send_replace(());
        Box::pin(std::future::ready(()))
    }
}

/// Makes a key that nobody has used.
#[must_use]
pub fn fresh_key() -> AttemptKey {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let job = format!("job-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    AttemptKey { job: job.into(), step: "step".into(), instance: 0, attempt: 1 }
}

/// Makes a request that nothing belongs to but its action.
#[must_use]
pub fn request(place: Place, action: Resolved) -> Request {
    Request {
        key: fresh_key(),
        is_undo: false,
        action,
        place,
        workspace: None,
        workdir: None,
        env: Vec::new(),
        stdin: None,
        files: Vec::new(),
        outputs: Vec::new(),
        artifacts: Vec::new(),
        timeout: None,
        risk: Risk::Low,
    }
}

fn run(fixture: &dyn Fixture, argv: &[&str]) -> Request {
    let argv = argv.iter().map(|&word| word.to_owned()).collect();
    request(fixture.place(), Resolved::Run { argv })
}

fn script(fixture: &dyn Fixture, body: &str, arguments: &[&str]) -> Request {
    let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
    request(fixture.place(), Resolved::Script { interpreter: Interpreter::Sh, body: body.into(), arguments })
}

fn text(value: &str) -> Sealed {
    Sealed::text(value)
}

async fn perform(fixture: &dyn Fixture, request: &Request, secrets: &Secrets) -> (Outcome, Kept) {
    let kept = Kept::default();
    let provider = fixture.provider();
    let outcome = tokio::time::timeout(PATIENCE, provider.perform(request, secrets, &kept)).await;
    (outcome.unwrap_or_else(|_| panic!("{} never ended", request.key)), kept)
}

/// Performs a request that must be done.
async fn done(fixture: &dyn Fixture, request: &Request) -> (Done, Kept) {
    match perform(fixture, request, &Secrets::new()).await {
        (Outcome::Done(done), kept) => (done, kept),
        (other, _) => panic!("{:?} came of {:?}", other, request.action),
    }
}

/// Performs a request that must fail, and returns how.
async fn failed(fixture: &dyn Fixture, request: &Request) -> (FailureClass, String) {
    match perform(fixture, request, &Secrets::new()).await {
        (Outcome::Failed { class, message, .. }, _) => (class, message),
        (other, _) => panic!("{:?} came of {:?}", other, request.action),
    }
}

fn stdout(done: &Done) -> &str {
    field(done, "stdout")
}

fn field<'a>(done: &'a Done, name: &str) -> &'a str {
    match done.result.get(name) {
        Some(Value::Text(text)) => text,
        other => panic!("`{name}` is {other:?}"),
    }
}

fn code(done: &Done) -> i64 {
    match done.result.get("exit_code") {
        Some(Value::Int(code)) => *code,
        other => panic!("`exit_code` is {other:?}"),
    }
}

fn name(name: &str) -> Name {
    name.into()
}

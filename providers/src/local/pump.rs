//! Takes what a program prints: to the sink, to the result, and into the seal.

use super::config::Limits;
use super::program::Printed;
use crate::{
    attempts::Output,
    scrub::{Scrub, Scrubber},
};
use engine::{id::Digest, port::Stream, request::LogSeal};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    sync::{Notify, watch},
};

/// How long a pipe may stay silent once the program is gone, until somebody else is taken to hold it open.
const SILENCE: Duration = Duration::from_millis(100);

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// The program runs.
    Running,
    /// It is gone: what it printed is still taken, and held back by a slow sink as before.
    Draining,
    /// Somebody wants it over: a sink that takes nothing loses the rest.
    Hurrying,
}

/// Takes what one attempt prints.
pub(super) struct Pump {
    stdout: Pipe<tokio::process::ChildStdout>,
    stderr: Pipe<tokio::process::ChildStderr>,
    out: Out,
}

/// What was printed.
pub(super) struct Captured {
    pub(super) stdout: Kept,
    pub(super) stderr: Kept,
    pub(super) seal: LogSeal,
    /// Whether there was more of it than may be.
    pub(super) is_too_much: bool,
}

struct Pipe<R> {
    reader: Option<R>,
    scrubber: Scrubber,
    kept: Kept,
    buffer: Vec<u8>,
}

/// The end of a stream: of what failed, the end says why.
pub(super) struct Kept {
    limit: usize,
    bytes: Vec<u8>,
    cut: u64,
}

struct Out {
    sink: Option<Output>,
    digest: Sha256,
    bytes: u64,
    limit: u64,
    /// Told when there is more than the limit.
    too_much: Arc<Notify>,
    is_too_much: bool,
    patience: Duration,
}

impl Pump {
    pub(super) fn new(
        printed: Printed,
        scrub: &Scrub,
        limits: &Limits,
        most_output: usize,
        sink: Output,
        too_much: Arc<Notify>,
    ) -> Self {
        Self {
            stdout: Pipe::new(printed.stdout, scrub, most_output),
            stderr: Pipe::new(printed.stderr, scrub, limits.result_bytes),
            out: Out {
                sink: Some(sink),
                digest: Sha256::new(),
                bytes: 0,
                limit: limits.log_bytes,
                too_much,
                is_too_much: false,
                patience: limits.grace,
            },
        }
    }

    /// Takes everything until both streams have ended, or the program is gone and they stay silent.
    pub(super) async fn run(mut self, mut phase: watch::Receiver<Phase>) -> Self {
        while self.is_open() {
            let now = *phase.borrow_and_update();
            let silence = if now == Phase::Running { Duration::MAX } else { SILENCE };
            tokio::select! {
                bytes = self.stdout.read() => self.out.pass(Stream::Stdout, bytes, &mut self.stdout, &mut phase).await,
                bytes = self.stderr.read() => self.out.pass(Stream::Stderr, bytes, &mut self.stderr, &mut phase).await,
                changed = phase.changed() => if changed.is_err() { return self },
                () = tokio::time::sleep(silence) => return self,
            }
        }
        self
    }

    /// Returns whether somebody may still print.
    pub(super) const fn is_open(&self) -> bool {
        self.stdout.reader.is_some() || self.stderr.reader.is_some()
    }

    /// Returns what was printed.
    pub(super) async fn finish(mut self, mut phase: watch::Receiver<Phase>) -> Captured {
        self.out.pass(Stream::Stdout, 0, &mut self.stdout, &mut phase).await;
        self.out.pass(Stream::Stderr, 0, &mut self.stderr, &mut phase).await;
        let seal = LogSeal { sha256: Digest(self.out.digest.finalize().into()), bytes: self.out.bytes };
        Captured {
            stdout: self.stdout.kept,
            stderr: self.stderr.kept,
            seal,
            is_too_much: self.out.is_too_much,
        }
    }
}

impl<R: AsyncRead + Unpin> Pipe<R> {
    fn new(reader: R, scrub: &Scrub, limit: usize) -> Self {
        Self {
            reader: Some(reader),
            scrubber: scrub.stream(),
            kept: Kept { limit, bytes: Vec::new(), cut: 0 },
            buffer: vec![0; 1 << 16],
        }
    }

    /// Reads the next bytes; 0 is the end, after which it never returns again. Nothing is lost if it is dropped.
    async fn read(&mut self) -> usize {
        match &mut self.reader {
            None => std::future::pending().await,
            // A pipe that cannot be read has nothing more to say.
            Some(reader) => reader.read(&mut self.buffer).await.unwrap_or(0),
        }
    }
}

impl Out {
    /// Passes on what was read.
    async fn pass<R>(
        &mut self,
        stream: Stream,
        count: usize,
        pipe: &mut Pipe<R>,
        phase: &mut watch::Receiver<Phase>,
    ) {
        let clean = if count == 0 {
            pipe.reader = None;
            pipe.scrubber.finish()
        } else {
            pipe.scrubber.push(pipe.buffer.get(..count).unwrap_or_default())
        };
        if clean.is_empty() || self.is_too_much {
            return;
        }
        pipe.kept.push(&clean);
        if self.bytes.saturating_add(clean.len() as u64) > self.limit {
            self.is_too_much = true;
            self.too_much.notify_one();
            return;
        }
        let length = clean.len() as u64;
        let digest = self.digest.clone().chain_update(&clean);
        if self.send(stream, clean, phase).await {
            self.digest = digest;
            self.bytes += length;
        }
    }

    /// Hands it to whoever waits for the attempt; says whether it was taken.
    async fn send(&mut self, stream: Stream, bytes: Vec<u8>, phase: &mut watch::Receiver<Phase>) -> bool {
        let Some(sink) = &self.sink else { return true };
        let patience = self.patience;
        let hurried = async {
            if phase.wait_for(|phase| *phase == Phase::Hurrying).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(patience).await;
        };
        tokio::select! {
            biased;
            sent = sink.send((stream, bytes)) => {
                if sent.is_err() {
                    // Nobody listens any more; the attempt goes on, and its seal is over all it printed.
                    self.sink = None;
                }
                true
            }
            () = hurried => false,
        }
    }
}

impl Kept {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        // Moving the rest only when there is twice as much keeps this linear.
        if self.bytes.len() > self.limit.saturating_mul(2) {
            self.trim();
        }
    }

    fn trim(&mut self) {
        let excess = self.bytes.len().saturating_sub(self.limit);
        self.bytes.drain(..excess);
        self.cut += excess as u64;
    }

    /// Returns whether there was more than is kept.
    pub(super) fn is_cut(&self) -> bool {
        self.cut > 0 || self.bytes.len() > self.limit
    }

    /// Returns it as text, with a line that says so if it is not all.
    pub(super) fn text(mut self) -> String {
        self.trim();
        let text = String::from_utf8_lossy(&self.bytes);
        match self.cut {
            0 => text.into_owned(),
            cut => format!("[the first {cut} bytes are left out]\n{text}"),
        }
    }
}

/// Waits for a pump. Once somebody wants it over, it ends soon.
pub(super) async fn settle(
    mut pump: tokio::task::JoinHandle<Pump>,
    hurry: impl Future,
    tell: &watch::Sender<Phase>,
) -> Option<Pump> {
    tokio::select! {
        biased;
        pump = &mut pump => return pump.ok(),
        _ = hurry => { tell.send_replace(Phase::Hurrying); }
    }
    pump.await.ok()
}

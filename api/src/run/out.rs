//! What is written while a job runs, on a thread of its own: whoever reads may be slow, or not read at all, and the
//! runtime, the signals and the observer must not wait for that. What steps print is held back meanwhile.

use crate::{console::Console, failure::Failure};
use std::sync::{
    Arc, OnceLock,
    mpsc::{self, Receiver, Sender},
};
use tokio::sync::watch;

/// How many bytes wait to be written before steps are held back. What the job itself says is always taken.
const MUCH: usize = 256 << 10;

/// The two streams of a run. Cloning gives another hand on the same ones.
#[derive(Clone)]
pub(super) struct Out {
    console: Console,
    pieces: Sender<Piece>,
    /// How many bytes wait to be written.
    waiting: watch::Sender<usize>,
    /// Whether standard output has refused what it was given.
    has_failed: Arc<OnceLock<()>>,
}

enum Piece {
    /// For people: colours are taken out where they are not wanted.
    Result(String),
    /// As it is.
    Raw(String),
    /// To standard error.
    Talk(String),
}

impl Out {
    pub(super) fn start(console: Console) -> Self {
        let (pieces, taken) = mpsc::channel();
        let out = Self { console, pieces, waiting: watch::Sender::new(0), has_failed: Arc::default() };
        let (waiting, has_failed) = (out.waiting.clone(), Arc::clone(&out.has_failed));
        // Nobody waits for the thread: a write that is never taken must not keep the program.
        std::thread::spawn(move || write(console, &taken, &waiting, &has_failed));
        out
    }

    pub(super) const fn console(&self) -> &Console {
        &self.console
    }

    pub(super) fn print(&self, text: String) {
        self.push(Piece::Result(text));
    }

    pub(super) fn print_raw(&self, text: String) {
        self.push(Piece::Raw(text));
    }

    pub(super) fn complain(&self, text: String) {
        self.push(Piece::Talk(text));
    }

    /// Returns whether the reader is so slow that what only looks nice is better left out.
    pub(super) fn is_behind(&self) -> bool {
        *self.waiting.borrow() >= MUCH
    }

    /// Returns whether standard output has refused what it was given.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.get().is_some()
    }

    /// Returns once there is room for what steps print.
    pub(super) async fn room(&self) {
        self.wait(|waiting| waiting < MUCH).await;
    }

    /// Returns once everything is written.
    pub(super) async fn drained(&self) {
        self.wait(|waiting| waiting == 0).await;
    }

    async fn wait(&self, until: impl Fn(usize) -> bool) {
        // This very value can send, so it cannot fail.
        let _open = self.waiting.subscribe().wait_for(|waiting| until(*waiting)).await.is_ok();
    }

    fn push(&self, piece: Piece) {
        let size = piece.size();
        self.waiting.send_modify(|waiting| *waiting = waiting.saturating_add(size));
        if self.pieces.send(piece).is_err() {
            // The thread broke: nothing waits for it any more.
            self.waiting.send_replace(0);
        }
    }
}

impl Piece {
    const fn size(&self) -> usize {
        let (Self::Result(text) | Self::Raw(text) | Self::Talk(text)) = self;
        text.len()
    }
}

fn write(
    console: Console,
    pieces: &Receiver<Piece>,
    waiting: &watch::Sender<usize>,
    has_failed: &OnceLock<()>,
) {
    for piece in pieces {
        let written: Result<(), Failure> = match &piece {
            Piece::Result(text) => console.print(text),
            Piece::Raw(text) => console.print_raw(text),
            Piece::Talk(text) => {
                console.complain(text);
                Ok(())
            }
        };
        if let Err(failure) = written
            && has_failed.set(()).is_ok()
        {
            // Only the first failure is told.
            console.complain(&failure.to_string());
        }
        waiting.send_modify(|waiting| *waiting = waiting.saturating_sub(piece.size()));
    }
}

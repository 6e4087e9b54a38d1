//! The terminal as something that is asked: a line is what was typed after the question was shown, and nothing else.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
    termios::{QueueSelector, tcflush},
};
use std::{
    io::{self, IsTerminal as _},
    os::fd::{AsFd as _, OwnedFd},
};
use tokio::io::unix::AsyncFd;

/// The longest line that a terminal gives at once.
const LONGEST: usize = 4096;

/// Standard input, if it is a terminal.
pub(super) struct Terminal {
    input: AsyncFd<OwnedFd>,
    /// What was typed of a line so far.
    typed: Vec<u8>,
}

impl Terminal {
    /// Takes hold of it; none if standard input is no terminal.
    pub(super) fn open() -> Option<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let input = stdin.as_fd().try_clone_to_owned().ok()?;
        #[expect(
            deprecated,
            reason = "its successor is unsafe for handles that are not their own; this one owns itself"
        )]
        let input = AsyncFd::new(input).ok()?;
        Some(Self { input, typed: Vec::new() })
    }

    /// Forgets what was typed until now: it was meant for something else.
    pub(super) fn forget(&mut self) {
        self.typed.clear();
        // If it cannot be emptied, nobody is at it, and a read says so.
        let _emptied = tcflush(self.input.get_ref(), QueueSelector::IFlush);
    }

    /// Reads a line; none at the end. Nothing is read by whoever does not wait here, and dropping it loses nothing.
    pub(super) async fn line(&mut self) -> Option<String> {
        loop {
            let mut ready = self.input.readable().await.ok()?;
            // The terminal is shared with the shell, so its reads cannot be made to return at once. A look tells whether
            // one would.
            if !has_input(self.input.get_ref()) {
                ready.clear_ready();
                continue;
            }
            let mut buffer = [0; LONGEST];
            let count = match read(self.input.get_ref(), &mut buffer) {
                Ok(count) => count,
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(_) => 0,
            };
            self.typed.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if count == 0 && self.typed.is_empty() {
                return None;
            }
            if count == 0 || self.typed.ends_with(b"\n") {
                let line = std::mem::take(&mut self.typed);
                return Some(String::from_utf8_lossy(&line).into_owned());
            }
        }
    }
}

fn has_input(input: &OwnedFd) -> bool {
    let mut looked = [PollFd::new(input, PollFlags::IN)];
    poll(&mut looked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|count| count > 0)
}

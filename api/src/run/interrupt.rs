//! What asks a run to end: Ctrl-C, a `kill`, a terminal that goes. What the run started must not outlive any of them.

use crate::failure::Failure;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears what asks the run to end.
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    /// None under `nohup`, which wants the run to go on without its terminal.
    hangup: Option<Signal>,
}

impl Interrupts {
    pub(super) fn open() -> Result<Self, Failure> {
        let open = |kind| {
            signal(kind)
                .map_err(|error| Failure::new(format!("signals cannot be heard: {error}"), "run again"))
        };
        Ok(Self {
            interrupt: open(SignalKind::interrupt())?,
            terminate: open(SignalKind::terminate())?,
            hangup: if ignores_hangup() { None } else { Some(open(SignalKind::hangup())?) },
        })
    }

    /// Returns when the next of them comes.
    pub(super) async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// Returns whether the program was started with SIGHUP ignored, where the system tells.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

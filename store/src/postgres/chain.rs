//! The chain of hashes through a job's events: each covers the one before, so that nothing can be changed, left out or
//! put in between without all that follows giving it away.

use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// The hash of a job's last event.
pub(crate) type Tip = [u8; 32];

/// Returns what the first event of a job is chained to.
pub(crate) fn genesis(job: Uuid) -> Tip {
    Sha256::digest(job.as_bytes()).into()
}

/// Returns the hash of an event.
pub(crate) fn link(before: &Tip, seq: i32, kind: i16, body: &[u8]) -> Tip {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(kind.to_be_bytes());
    hash.update(body);
    hash.finalize().into()
}

/// How many jobs' tips are held at least, and at most twice as many.
const HELD: usize = 4096;

/// The tips of the jobs that were written to last, so that an append need not read before it writes.
#[derive(Debug, Default)]
pub(crate) struct Tips {
    young: HashMap<Uuid, (u64, Tip)>,
    old: HashMap<Uuid, (u64, Tip)>,
}

impl Tips {
    /// Returns the tip of a job whose last event has this number.
    pub(crate) fn of(&self, job: Uuid, seq: u64) -> Option<Tip> {
        let held = self.young.get(&job).or_else(|| self.old.get(&job));
        held.filter(|(at, _)| *at == seq).map(|(_, tip)| *tip)
    }

    /// Takes note of a tip.
    pub(crate) fn hold(&mut self, job: Uuid, seq: u64, tip: Tip) {
        if self.young.len() >= HELD {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(job, (seq, tip));
    }
}

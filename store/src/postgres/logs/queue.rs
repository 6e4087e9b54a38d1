//! What was printed and is not yet written: chunks in the order in which they began, each as full as may be.

use super::Attempt;
use engine::port::Stream;
use std::collections::{BTreeMap, VecDeque};

/// How long a chunk may be, in bytes.
pub(super) const CHUNK: usize = 64 << 10;
/// How much is written by one statement, in bytes.
const BATCH: usize = 1 << 20;

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// How many chunks were given out.
    given: u64,
    /// The last chunk that waits of each attempt, counted from the first ever.
    last: BTreeMap<Attempt, u64>,
}

/// A chunk that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) attempt: Attempt,
    pub(super) what: What,
}

/// What is in a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// What was printed.
    Printed(Stream, Vec<u8>),
    /// So many bytes are missing here.
    Missing(usize),
}

impl What {
    /// How much room it takes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Printed(_, bytes) => bytes.len(),
            Self::Missing(_) => 0,
        }
    }
}

impl Queue {
    /// Takes what an attempt printed, no more than a chunk.
    pub(super) fn print(&mut self, attempt: &Attempt, stream: Stream, bytes: &[u8]) {
        self.bytes += bytes.len();
        if let Some(What::Printed(last, printed)) = self.last_of(attempt)
            && *last == stream
            && printed.len() + bytes.len() <= CHUNK
        {
            printed.extend_from_slice(bytes);
        } else {
            self.push(attempt, What::Printed(stream, bytes.to_vec()));
        }
    }

    /// Takes note that something an attempt printed is missing.
    pub(super) fn miss(&mut self, attempt: &Attempt, bytes: usize) {
        if let Some(What::Missing(missing)) = self.last_of(attempt) {
            *missing += bytes;
        } else {
            self.push(attempt, What::Missing(bytes));
        }
    }

    fn last_of(&mut self, attempt: &Attempt) -> Option<&mut What> {
        let place = self.last.get(attempt)?.checked_sub(self.given)?;
        Some(&mut self.waiting.get_mut(usize::try_from(place).ok()?)?.what)
    }

    fn push(&mut self, attempt: &Attempt, what: What) {
        self.last.insert(attempt.clone(), self.taken());
        self.waiting.push_back(Waiting { attempt: attempt.clone(), what });
    }

    /// Returns how many chunks were ever taken.
    pub(super) fn taken(&self) -> u64 {
        self.given + u64::try_from(self.waiting.len()).unwrap_or_default()
    }

    /// Returns whether one statement is not enough for all that waits.
    pub(super) const fn is_long(&self) -> bool {
        self.bytes >= BATCH
    }

    /// Gives out what one statement writes, the oldest first.
    pub(super) fn batch(&mut self) -> Vec<Waiting> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH
            && let Some(chunk) = self.waiting.pop_front()
        {
            if self.last.get(&chunk.attempt) == Some(&self.given) {
                self.last.remove(&chunk.attempt);
            }
            self.given += 1;
            bytes += chunk.what.bytes();
            batch.push(chunk);
        }
        self.bytes -= bytes;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, BATCH, CHUNK, Queue, Stream, Waiting, What};
    use uuid::Uuid;

    fn attempt(number: i32) -> Attempt {
        Attempt { job: Uuid::nil(), step: "step".into(), instance: 0, number }
    }

    fn says(chunk: &Waiting) -> String {
        let number = chunk.attempt.number;
        match &chunk.what {
            What::Printed(stream, bytes) => format!("{number} {stream:?} {}", String::from_utf8_lossy(bytes)),
            What::Missing(bytes) => format!("{number} missing {bytes}"),
        }
    }

    #[test]
    fn what_one_stream_says_in_one_go_is_one_chunk() {
        let mut queue = Queue::default();
        queue.print(&attempt(1), Stream::Stdout, b"a");
        queue.print(&attempt(2), Stream::Stdout, b"x");
        queue.print(&attempt(1), Stream::Stdout, b"b");
        queue.print(&attempt(1), Stream::Stderr, b"c");
        queue.print(&attempt(1), Stream::Stdout, b"d");
        queue.miss(&attempt(2), 3);
        queue.miss(&attempt(2), 4);
        queue.print(&attempt(2), Stream::Stdout, b"y");
        assert_eq!(queue.taken(), 6);
        let said: Vec<_> = queue.batch().iter().map(says).collect();
        let expected = ["1 Stdout ab", "2 Stdout x", "1 Stderr c", "1 Stdout d", "2 missing 7", "2 Stdout y"];
        assert_eq!(said, expected);
        queue.print(&attempt(1), Stream::Stdout, b"e");
        let said: Vec<_> = queue.batch().iter().map(says).collect();
        assert_eq!((said, queue.taken()), (vec!["1 Stdout e".to_owned()], 7));
        assert_eq!((queue.batch(), queue.bytes, queue.last.len()), (Vec::new(), 0, 0));
    }

    #[test]
    fn neither_a_chunk_nor_a_statement_grows_without_end() {
        let mut queue = Queue::default();
        for _ in 0..40 {
            queue.print(&attempt(1), Stream::Stdout, &[b'a'; CHUNK / 2 + 1]);
        }
        assert!(queue.is_long());
        let bytes = |batch: &[Waiting]| batch.iter().map(|chunk| chunk.what.bytes()).sum::<usize>();
        let first = queue.batch();
        assert!(first.iter().all(|chunk| chunk.what.bytes() <= CHUNK));
        assert!((BATCH..BATCH + CHUNK).contains(&bytes(&first)));
        assert!(!queue.is_long());
        assert_eq!(bytes(&first) + bytes(&queue.batch()), 40 * (CHUNK / 2 + 1));
    }
}

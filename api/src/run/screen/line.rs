//! What attempts print, in whole lines, each with the name of its step.

use crate::visible::clean;
use engine::{id::AttemptKey, port::Stream};
use std::collections::BTreeMap;

/// The longest line that waits for its end, in bytes; a longer one is shown in parts.
const LONGEST: usize = 8 << 10;

/// Lines that have begun and not ended.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: BTreeMap<(AttemptKey, Stream), Vec<u8>>,
}

impl Lines {
    /// Takes some output and returns the lines that it completes.
    pub(super) fn take(&mut self, key: &AttemptKey, stream: Stream, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut begun = self.begun.remove(&(key.clone(), stream)).unwrap_or_default();
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            begun.extend_from_slice(part);
            if begun.ends_with(b"\n") || begun.len() > LONGEST {
                lines.push(std::mem::take(&mut begun));
            }
        }
        if !begun.is_empty() {
            self.begun.insert((key.clone(), stream), begun);
        }
        lines
    }

    /// Returns what an attempt that is over printed without a line break.
    pub(super) fn end(&mut self, key: &AttemptKey) -> Vec<Vec<u8>> {
        [Stream::Stdout, Stream::Stderr]
            .into_iter()
            .filter_map(|it| self.begun.remove(&(key.clone(), it)))
            .collect()
    }
}

/// Shows a line with the name of whoever printed it.
pub(super) fn shown(label: &str, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    // Colours go as a whole; what is left of them would be read as text.
    let text = anstream::adapter::strip_str(text.trim_end_matches(['\n', '\r'])).to_string();
    format!("          {label} | {}", clean(&text))
}

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
    pub(super) fn take(&mut self, key: &AttemptKey, stream: Stream, bytes: &[u8]) -> Vec<String> {
        let mut begun = self.begun.remove(&(key.clone(), stream)).unwrap_or_default();
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            begun.extend_from_slice(part);
            if begun.ends_with(b"\n") || begun.len() > LONGEST {
                lines.push(shown(key, &begun));
                begun.clear();
            }
        }
        if !begun.is_empty() {
            self.begun.insert((key.clone(), stream), begun);
        }
        lines
    }

    /// Returns what never ended.
    pub(super) fn rest(&mut self) -> Vec<String> {
        let begun = std::mem::take(&mut self.begun);
        begun.into_iter().map(|((key, _), bytes)| shown(&key, &bytes)).collect()
    }
}

fn shown(key: &AttemptKey, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let instance = if key.instance > 0 { format!("[{}]", key.instance) } else { String::new() };
    format!("          {}{instance} | {}", key.step, clean(text.trim_end_matches(['\n', '\r'])))
}

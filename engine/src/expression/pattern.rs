//! Patterns: regular expressions whose time is linear in the text, and whose cost is known before they run.

use super::{Fault, evaluate::Meter};
use regex::{Regex, RegexBuilder};

/// Says what is wrong with a pattern, if anything is: for patterns known when a file is checked.
///
/// # Errors
/// If it is not a pattern of the language, or takes too much memory. The text says why, on one line.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    Pattern::new(pattern).map(|_| ())
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    /// How many bytes of text one step pays for.
    bytes_per_step: usize,
}

/// The largest compiled forms, in bytes, and how far one step goes with each. In the worst case the time for one byte
/// of text grows with the size of the compiled form.
const CLASSES: [(usize, usize); 3] = [(4 << 10, 64), (64 << 10, 8), (1 << 20, 1)];

impl Pattern {
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let mut error = String::new();
        for (size, bytes_per_step) in CLASSES {
            let regex =
                RegexBuilder::new(pattern).size_limit(size).dfa_size_limit(1 << 20).nest_limit(64).build();
            match regex {
                Ok(regex) => return Ok(Self { regex, bytes_per_step }),
                Err(regex::Error::CompiledTooBig(_)) => "it is too large".clone_into(&mut error),
                Err(other) => return Err(last_line(&other.to_string())),
            }
        }
        Err(error)
    }

    pub(super) fn is_match(&self, text: &str, meter: &mut Meter) -> Result<bool, Fault> {
        meter.spend(text.len() / self.bytes_per_step)?;
        Ok(self.regex.is_match(text))
    }

    /// Returns what each group found, the whole match first.
    pub(super) fn groups<'t>(&self, text: &'t str, meter: &mut Meter) -> Result<Option<Vec<&'t str>>, Fault> {
        meter.spend(text.len() / self.bytes_per_step)?;
        let found = self.regex.captures(text);
        Ok(found.map(|found| found.iter().map(|group| group.map_or("", |group| group.as_str())).collect()))
    }
}

/// The reason alone: the lines before it draw the pattern.
fn last_line(error: &str) -> String {
    let line = error.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

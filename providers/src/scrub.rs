//! Takes the values of secrets out of what comes back.
//!
//! A program may print what it was given, as it is or in one of the forms that programs put text into. Each form is
//! looked for in the stream itself, also where it is cut in two by the borders of a read, and [`MARK`] is left in its
//! place. What is transformed in any other way cannot be recognised; nothing here claims so.

mod forms;

use aho_corasick::AhoCorasick;
use engine::port::Secrets;
use std::{ops::Range, sync::Arc};

/// What stands where a secret stood.
pub const MARK: &str = "[secret]";

/// The shortest secret that is taken, in bytes. Anything shorter is part of ordinary output, so it could neither be
/// hidden nor left alone.
pub const SHORTEST: usize = 4;

/// Knows what must not be seen. Cloning is cheap.
#[derive(Clone)]
pub struct Scrub {
    /// None where there are no secrets: then everything passes untouched.
    hidden: Option<Arc<Hidden>>,
}

struct Hidden {
    forms: Vec<Vec<u8>>,
    longest: usize,
    search: AhoCorasick,
}

/// A stream on its way through a [`Scrub`].
pub struct Scrubber {
    scrub: Scrub,
    /// The end of what was pushed, as far as it may be the beginning of a secret.
    held: Vec<u8>,
    found: bool,
}

impl Scrub {
    /// Makes one for these secrets.
    ///
    /// # Errors
    /// If one of them is too short to be hidden. The text names it and says how to go on.
    pub fn new(secrets: &Secrets) -> Result<Self, String> {
        let mut forms = Vec::new();
        for (name, secret) in secrets {
            let value = secret.expose();
            if value.len() < SHORTEST {
                return Err(format!(
                    "the secret `{name}` has fewer than {SHORTEST} bytes, so it could not be kept out of the \
                     output; put a longer one where it comes from"
                ));
            }
            forms.extend(forms::of(value));
        }
        forms.sort_unstable();
        forms.dedup();
        if forms.is_empty() {
            return Ok(Self { hidden: None });
        }
        let longest = forms.iter().map(Vec::len).max().unwrap_or(0);
        let search = AhoCorasick::new(&forms).map_err(
            |_| "the secrets of the step are too large to be kept out of its output; use smaller ones",
        )?;
        Ok(Self { hidden: Some(Arc::new(Hidden { forms, longest, search })) })
    }

    /// Begins a stream.
    #[must_use]
    pub fn stream(&self) -> Scrubber {
        Scrubber { scrub: self.clone(), held: Vec::new(), found: false }
    }

    /// Returns the bytes without secrets.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.stream();
        let mut clean = stream.push(bytes);
        clean.extend(stream.finish());
        clean
    }

    /// Returns the text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        match self.hidden {
            None => text.to_owned(),
            Some(_) => String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned(),
        }
    }

    /// Returns whether a secret is in the text.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        self.hidden.as_ref().is_some_and(|hidden| hidden.search.is_match(text))
    }
}

impl Scrubber {
    /// Takes the next bytes and returns what can be shown by now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Some(hidden) = self.scrub.hidden.clone() else { return bytes.to_vec() };
        self.held.extend_from_slice(bytes);
        let places = hidden.places(&self.held);
        let mut end = hidden.first_beginning(&self.held);
        // What is cut by the end waits as a whole: places are in order, so one step at a time from the last suffices.
        for place in places.iter().rev() {
            if place.start < end && end < place.end {
                end = place.start;
            }
        }
        self.emit(&places, end)
    }

    /// Returns what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        let Some(hidden) = self.scrub.hidden.clone() else { return Vec::new() };
        let places = hidden.places(&self.held);
        self.emit(&places, self.held.len())
    }

    /// Returns whether a secret has passed.
    #[must_use]
    pub const fn has_found(&self) -> bool {
        self.found
    }

    /// Takes out the first bytes, with a mark for each place that ends in them.
    fn emit(&mut self, places: &[Range<usize>], end: usize) -> Vec<u8> {
        let rest = self.held.split_off(end);
        let taken = std::mem::replace(&mut self.held, rest);
        let mut clean = Vec::with_capacity(taken.len());
        let mut from = 0;
        for place in places.iter().filter(|place| place.end <= end) {
            self.found = true;
            clean.extend_from_slice(taken.get(from..place.start).unwrap_or_default());
            clean.extend_from_slice(MARK.as_bytes());
            from = place.end;
        }
        clean.extend_from_slice(taken.get(from..).unwrap_or_default());
        clean
    }
}

impl Hidden {
    /// Finds where secrets are, in order; those that overlap are one place.
    fn places(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut all: Vec<_> = self.search.find_overlapping_iter(text).map(|found| found.range()).collect();
        all.sort_unstable_by_key(|place| (place.start, place.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for place in all {
            match merged.last_mut() {
                Some(last) if place.start < last.end => last.end = last.end.max(place.end),
                _ => merged.push(place),
            }
        }
        merged
    }

    /// Finds the first position from which on the text may be the beginning of a secret that is not all there yet.
    fn first_beginning(&self, text: &[u8]) -> usize {
        let earliest = text.len().saturating_sub(self.longest.saturating_sub(1));
        let begins =
            |rest: &[u8]| self.forms.iter().any(|form| form.len() > rest.len() && form.starts_with(rest));
        (earliest..text.len()).find(|&at| begins(text.get(at..).unwrap_or_default())).unwrap_or(text.len())
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use engine::port::Secret;

    fn scrub(values: &[&str]) -> Scrub {
        let secrets = values
            .iter()
            .enumerate()
            .map(|(i, value)| (format!("s{i}").into(), Secret::new((*value).into())));
        Scrub::new(&secrets.collect()).unwrap()
    }

    #[test]
    fn a_secret_is_found_wherever_the_stream_is_cut() {
        let scrub = scrub(&["hunter2hunter3", "er3ab"]);
        let text = b"x hunter2hunter2hunter3ab hunter2h er3 hunter2hunter3";
        let whole = b"x hunter2[secret] hunter2h er3 [secret]".to_vec();
        for size in 1..text.len() {
            let mut stream = scrub.stream();
            let mut clean: Vec<u8> = text.chunks(size).flat_map(|chunk| stream.push(chunk)).collect();
            clean.extend(stream.finish());
            assert_eq!(
                String::from_utf8_lossy(&clean),
                String::from_utf8_lossy(&whole),
                "in pieces of {size}"
            );
            assert!(stream.has_found());
        }
    }

    #[test]
    fn nothing_is_held_back_that_begins_no_secret() {
        let mut stream = scrub(&["hunter2"]).stream();
        assert_eq!(stream.push(b"line\nhun"), b"line\n");
        assert_eq!(stream.push(b"gry\n"), b"hungry\n");
        assert!(!stream.has_found());
        assert_eq!(scrub(&[]).stream().push(b"\xff\0"), b"\xff\0");
    }

    #[test]
    fn a_secret_that_is_too_short_is_refused_by_name() {
        let secrets = [("pin".into(), Secret::new("123".into()))].into();
        let why = Scrub::new(&secrets).map(|_| ()).unwrap_err();
        assert!(why.contains("`pin`") && !why.contains("123"), "{why}");
    }
}

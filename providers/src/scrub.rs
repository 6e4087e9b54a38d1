//! Takes the values of secrets out of what comes back.
//!
//! A program may print what it was given, as it is or in one of the forms that programs put text into. Each form is
//! looked for in the stream itself, also where it is cut in two by the borders of a read, and [`MARK`] is left in its
//! place. What is transformed in any other way cannot be recognised; nothing here claims so.

mod forms;
mod view;

use aho_corasick::AhoCorasick;
use engine::port::Secrets;
use std::{ops::Range, sync::Arc};
use view::View;

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
    looks: Vec<Look>,
}

/// What is looked for in one reading of the stream.
struct Look {
    view: View,
    /// In order.
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
        let mut looks = Vec::new();
        for view in [View::Plain, View::Percent, View::Form, View::Joined] {
            let own = forms.iter().filter(|(in_view, _)| *in_view == view).map(|(_, form)| form.clone());
            looks.extend(Look::new(view, own.collect())?);
        }
        Ok(Self { hidden: (!looks.is_empty()).then(|| Arc::new(Hidden { looks })) })
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
        self.hidden.as_ref().is_some_and(|hidden| !hidden.places(text.as_bytes()).is_empty())
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
        let mut all: Vec<_> = self.looks.iter().flat_map(|look| look.places(text)).collect();
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
        self.looks.iter().map(|look| look.first_beginning(text)).min().unwrap_or(text.len())
    }
}

impl Look {
    /// Makes one; none if nothing is looked for.
    fn new(view: View, mut forms: Vec<Vec<u8>>) -> Result<Option<Self>, String> {
        forms.sort_unstable();
        forms.dedup();
        let Some(longest) = forms.iter().map(Vec::len).max() else { return Ok(None) };
        let search = AhoCorasick::new(&forms).map_err(
            |_| "the secrets of the step are too large to be kept out of its output; use smaller ones",
        )?;
        Ok(Some(Self { view, forms, longest, search }))
    }

    fn places(&self, text: &[u8]) -> Vec<Range<usize>> {
        let seen = self.view.read(text);
        let found = self.search.find_overlapping_iter(&seen.bytes);
        found.map(|found| seen.start(found.start())..seen.end(found.end())).collect()
    }

    fn first_beginning(&self, text: &[u8]) -> usize {
        // A form has at most three bytes of the text for each of its own.
        let from = text.len().saturating_sub(self.longest.saturating_mul(3));
        let seen = self.view.read(text.get(from..).unwrap_or_default());
        let earliest = seen.bytes.len().saturating_sub(self.longest.saturating_sub(1));
        let begins = |at: &usize| self.begins(seen.bytes.get(*at..).unwrap_or_default());
        let first = (earliest..seen.bytes.len()).find(begins).map(|at| seen.start(at)).or(seen.torn);
        first.map_or(text.len(), |first| from + first)
    }

    /// Returns whether a form begins so and goes on.
    fn begins(&self, rest: &[u8]) -> bool {
        // The forms that begin so stand together, those that are no longer before the others.
        let at = self.forms.partition_point(|form| form.as_slice() <= rest);
        self.forms.get(at).is_some_and(|form| form.starts_with(rest))
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
    fn a_secret_is_found_in_lines_and_escapes_wherever_the_stream_is_cut() {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let value = "s3cr3t/with a+long tail: ".repeat(5) + "end~it";
        let scrub = scrub(&[&value]);
        let digits = STANDARD.encode(format!("ab{value}xyz"));
        let broken = |width: usize, line_break: &str| {
            let lines: Vec<_> =
                digits.as_bytes().chunks(width).map(|it| std::str::from_utf8(it).unwrap()).collect();
            lines.join(line_break)
        };
        let escaped = |keeps: &str, blank: &str, is_lower: bool| -> String {
            let escape = |c: char| match c {
                ' ' => blank.to_owned(),
                c if c.is_ascii_alphanumeric() || keeps.contains(c) => c.to_string(),
                c if is_lower => format!("%{:02x}", u32::from(c)),
                c => format!("%{:02X}", u32::from(c)),
            };
            value.chars().map(escape).collect()
        };
        let texts = [
            broken(76, "\n"),
            broken(64, "\r\n"),
            broken(1, "\n"),
            broken(7, "\r\n"),
            escaped("/", "%20", false),
            escaped("", "+", false),
            escaped("~:", "+", true),
            escaped("/:+", "%20", true),
            value.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        ];
        for text in texts {
            let text = format!("before\n{text}\nafter");
            for size in [1, 2, 3, 5, 76, 77, 1000] {
                let mut stream = scrub.stream();
                let mut clean: Vec<u8> =
                    text.as_bytes().chunks(size).flat_map(|chunk| stream.push(chunk)).collect();
                clean.extend(stream.finish());
                let clean = String::from_utf8(clean).unwrap();
                // Digits at the borders are shared with what stands beside the secret.
                assert!(clean.contains(MARK) && clean.len() < 50, "{text:?} in pieces of {size}: {clean:?}");
                assert!(clean.starts_with("before\n") && clean.ends_with("\nafter"), "{clean:?}");
            }
        }
    }

    #[test]
    fn what_is_read_otherwise_is_not_written_otherwise() {
        let text = "a%41+b%\nQUJD\r\nREVG\n\n%4";
        for size in 1..text.len() {
            let mut stream = scrub(&["hunter2hunter2"]).stream();
            let mut clean: Vec<u8> =
                text.as_bytes().chunks(size).flat_map(|chunk| stream.push(chunk)).collect();
            clean.extend(stream.finish());
            assert_eq!(String::from_utf8(clean).unwrap(), text);
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

//! Names and digests: what the engine calls things by.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{fmt, sync::Arc};

/// A name declared in a workflow: of a param, a step, an output.
pub type Name = Arc<str>;

/// What a job is called. A child's id is made from its parent's, see [`AttemptKey::child`].
pub type JobId = Arc<str>;

/// What an attempt is called: its idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AttemptKey {
    /// The job.
    pub job: JobId,
    /// The step.
    pub step: Name,
    /// The position of the instance; 0 in a step without `for_each`.
    pub instance: u32,
    /// Which attempt it is, from 1. What takes a step back has the attempt 0.
    pub attempt: u32,
}

impl AttemptKey {
    /// Returns the id of the job that the attempt starts if it is a call: the same each time.
    ///
    /// Where the job's id is a UUID, the child's is one of version 7 with the same time and the same last byte, so that
    /// a store that goes by these keeps parent and child in one place.
    #[must_use]
    pub fn child(&self) -> JobId {
        let digest = Digest::of(self.to_string().as_bytes());
        if let Some(parent) = uuid(&self.job) {
            let [a, b, c, d, e, f, .., last] = parent;
            let [g, h, i, j, k, l, m, n, o, ..] = digest.0;
            let child = [a, b, c, d, e, f, 0x70 | g & 0x0f, h, 0x80 | i & 0x3f, j, k, l, m, n, o, last];
            return written(child).into();
        }
        let digest = digest.to_string();
        digest.get(..26).unwrap_or(&digest).into()
    }
}

/// Reads a UUID in small letters with its four hyphens.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.split('-').collect();
    let mut bytes = [0; 16];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    (written(bytes) == text).then_some(bytes)
}

/// Writes a UUID.
fn written(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// `job/step/instance/attempt`
impl fmt::Display for AttemptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.job, self.step, self.instance, self.attempt)
    }
}

/// A SHA-256 digest; printed as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Digests bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a digest is 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptKey, Digest};

    #[test]
    fn a_child_has_the_time_and_the_last_byte_of_its_parent() {
        let child = |job: &str, attempt| {
            AttemptKey { job: job.into(), step: "call".into(), instance: 0, attempt }.child().to_string()
        };
        let parent = "019a0000-1234-7fff-bfff-ffffffffffab";
        let first = child(parent, 1);
        assert_eq!((first.get(..15), first.get(34..)), (Some("019a0000-1234-7"), Some("ab")), "{first}");
        assert!(first.get(19..20).is_some_and(|variant| "89ab".contains(variant)), "{first}");
        assert_eq!((first.len(), &first), (36, &child(parent, 1)));
        assert_ne!(first, child(parent, 2));
        assert_eq!(child(&first, 1).get(..15), first.get(..15), "its own child is one too");
        for other in
            ["j", "", "019A0000-1234-7fff-bfff-ffffffffffab", "019a0000-1234-7fff-bfff-ffffffffffabcd"]
        {
            assert_eq!(child(other, 1).len(), 26, "{other}");
        }
    }

    #[test]
    fn a_digest_is_read_as_it_is_printed_and_as_nothing_else() {
        let digest = Digest::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(Digest::parse(text), Some(digest));
        assert_eq!(Digest::parse(&text.to_uppercase()), Some(digest));
        for other in
            ["", "ba78", &format!("+{}", &text[1..]), &format!("{text}00"), &"é".repeat(32), &"g".repeat(64)]
        {
            assert_eq!(Digest::parse(other), None, "{other}");
        }
    }
}

//! The door for bytes: how large a file may be, and that it is text.

use crate::{Diagnostic, FileId, Span, limit, message};

/// Where a file comes from, which decides how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A disk or standard input: the author's own file.
    Disk,
    /// A model's answer, an HTTP body, a remote import.
    Network,
}

impl Origin {
    /// Returns the size of the largest file taken, in bytes.
    #[must_use]
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Disk => limit::MAX_FILE_BYTES,
            Self::Network => limit::MAX_NETWORK_BYTES,
        }
    }
}

/// Takes the bytes of a file as text.
///
/// # Errors
///
/// E0018 if there are too many of them, E0019 if they are not UTF-8. The span of E0019 also fits the text that
/// [`String::from_utf8_lossy`] makes of the bytes, which can so be shown below the message.
pub fn decode(file: FileId, bytes: &[u8], origin: Origin) -> Result<&str, Box<Diagnostic>> {
    if bytes.len() > origin.max_bytes() {
        return Err(Box::new(message::too_large(file, bytes.len(), origin.max_bytes())));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (good, bad) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let utf16 = matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
        let place = Span::new(file, good.len(), good.len());
        Box::new(message::not_utf8(place, bad.first().copied().unwrap_or_default(), line, utf16))
    })
}

//! Finds characters that show nothing, or that show text in another order than it is read.
//!
//! Nobody who reviews a file can see them, so no file may hold them, not even in comments.

use crate::{Diagnostic, FileId, Span, limit, message};

/// Returns one diagnostic for each run of hidden characters.
pub(super) fn find(file: FileId, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        if at < done || !may_start_hidden(byte) || found.len() == limit::MAX_DIAGNOSTICS {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let len = hidden_len(rest);
        if len > 0 {
            done = at + len;
            let first = rest.chars().next().unwrap_or_default();
            found.push(message::hidden(Span::new(file, at, done), first));
        }
    }
    found
}

/// Returns whether a byte can be the first of a hidden character; nearly all are not.
fn may_start_hidden(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0B..=0x1F | 0x7F | 0xC2 | 0xD8 | 0xE2)
}

/// Returns how many bytes of hidden characters a text starts with.
fn hidden_len(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, next)) = chars.next() {
        let starts_break = next == '\r' && chars.peek().is_some_and(|(_, after)| *after == '\n');
        if starts_break || !is_hidden(next) {
            return at;
        }
    }
    text.len()
}

/// Returns whether a character shows nothing, or turns the direction of the text around it.
pub(crate) fn is_hidden(char: char) -> bool {
    match char {
        '\t' | '\n' => false,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

/// Returns whether a character takes no room at all where code is read: it may stand in a word unseen.
pub(crate) fn has_no_width(char: char) -> bool {
    matches!(char, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

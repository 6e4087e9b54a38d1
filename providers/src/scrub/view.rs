//! The ways in which a stream is read: as it is, and with one transport encoding undone.
//!
//! Programs differ in which characters they escape in an address, and after how many digits of base64 they break the
//! line. To undo that while looking is simpler than to list every way to do it.

/// How a stream is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// As it is.
    Plain,
    /// With each `%41` as the byte it stands for.
    Percent,
    /// Likewise, and with each `+` as a blank.
    Form,
    /// With the lines of base64 joined.
    Joined,
}

/// What is read in a text, and where each byte of it stands.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) bytes: Vec<u8>,
    /// Where the bytes begin and end in the text; none if they are the text.
    at: Option<Vec<(usize, usize)>>,
    /// From where on more must come before it can be read.
    pub(super) torn: Option<usize>,
}

impl View {
    pub(super) fn read(self, text: &[u8]) -> Seen {
        match self {
            Self::Percent | Self::Form if text.contains(&b'%') || text.contains(&b'+') => {
                percent(text, self == Self::Form)
            }
            Self::Joined if text.contains(&b'\n') || text.contains(&b'\r') => joined(text),
            Self::Plain | Self::Percent | Self::Form | Self::Joined => {
                Seen { bytes: text.to_vec(), at: None, torn: None }
            }
        }
    }
}

impl Seen {
    /// Returns where the byte of this number begins in the text.
    pub(super) fn start(&self, number: usize) -> usize {
        self.at.as_ref().map_or(number, |at| at.get(number).map_or(0, |place| place.0))
    }

    /// Returns where what ends before the byte of this number ends in the text.
    pub(super) fn end(&self, number: usize) -> usize {
        let last = |at: &Vec<(usize, usize)>| at.get(number.saturating_sub(1)).map_or(0, |place| place.1);
        self.at.as_ref().map_or(number, last)
    }
}

fn percent(text: &[u8], is_form: bool) -> Seen {
    let (mut bytes, mut places, mut torn) = (Vec::with_capacity(text.len()), Vec::new(), None);
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let escaped = digit(at + 1).zip(digit(at + 2)).filter(|_| byte == b'%');
        let (read, length) = match escaped {
            Some((high, low)) => (u8::try_from(high * 16 + low).unwrap_or(byte), 3),
            None if is_form && byte == b'+' => (b' ', 1),
            None => (byte, 1),
        };
        let is_cut = at + 1 == text.len() || at + 2 == text.len() && digit(at + 1).is_some();
        if byte == b'%' && escaped.is_none() && is_cut {
            torn = Some(at);
            break;
        }
        bytes.push(read);
        places.push((at, at + length));
        at += length;
    }
    Seen { bytes, at: Some(places), torn }
}

fn joined(text: &[u8]) -> Seen {
    let (mut bytes, mut places) = (Vec::with_capacity(text.len()), Vec::new());
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        let length = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] | [b'\r'] => 1,
            _ => 0,
        };
        // One break between two digits; what comes after the last one is not known yet.
        let follows = rest.get(length).is_none_or(is_digit);
        if length > 0 && follows && bytes.last().is_some_and(is_digit) {
            at += length;
            continue;
        }
        bytes.push(byte);
        places.push((at, at + 1));
        at += 1;
    }
    Seen { bytes, at: Some(places), torn: None }
}

//! The forms in which a secret may come out of a program.

use super::SHORTEST;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeSet;

/// What stays as it is in a part of an address.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The shortest line of a secret of several lines that is hidden on its own, in bytes.
const SHORTEST_LINE: usize = 8;

/// Returns every form of a value that is looked for.
pub(super) fn of(value: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    for text in parts(value) {
        forms.insert(text.as_bytes().to_vec());
        forms.extend(in_base64(text.as_bytes()));
        let percent = utf8_percent_encode(text, UNRESERVED).to_string();
        forms.insert(percent.replace("%20", "+").into_bytes());
        forms.insert(lower_escapes(&percent).into_bytes());
        forms.insert(percent.into_bytes());
        forms.insert(in_json(text).into_bytes());
        forms.insert(text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// Returns the value itself, without the line break at its end, and its lines: a private key is often printed with
/// something before each line.
fn parts(value: &str) -> Vec<&str> {
    let whole = value.trim_end_matches(['\r', '\n']);
    let mut parts = vec![if whole.len() < SHORTEST { value } else { whole }];
    if whole.contains('\n') {
        parts.extend(whole.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE));
    }
    parts
}

/// Returns what of the value can be seen in the base64 of a text that has it anywhere: a digit depends on the bytes it
/// shares, so for each of the three positions only the digits in the middle are certain.
fn in_base64(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let mut text = vec![0; before];
        text.extend_from_slice(value);
        // The digits whose six bits all come from the value.
        let from = (before * 8).div_ceil(6);
        let to = text.len() * 8 / 6;
        for digits in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            forms.extend(digits.get(from..to).map(|sure| sure.as_bytes().to_vec()));
        }
    }
    forms
}

fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// Writes the hex digits behind each `%` small.
fn lower_escapes(percent: &str) -> String {
    let mut left = 0;
    let lower = |c: char| {
        left = if c == '%' { 3_u8 } else { left.saturating_sub(1) };
        if left > 0 { c.to_ascii_lowercase() } else { c }
    };
    percent.chars().map(lower).collect()
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn the_usual_encodings_are_found_wherever_the_value_stands() {
        let value = "p+s/w??d ö>\"7";
        let forms = of(value);
        let is_hidden = |text: &str| {
            forms
                .iter()
                .any(|form| text.as_bytes().windows(form.len()).any(|window| window == form.as_slice()))
        };
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = format!("{before}{value}{after}");
                assert!(is_hidden(&STANDARD.encode(&text)), "{text}");
                assert!(is_hidden(&URL_SAFE.encode(&text)), "{text}");
            }
        }
        for text in [
            "p%2Bs%2Fw%3F%3Fd%20%C3%B6%3E%227",
            "p%2bs%2fw%3f%3fd%20%c3%b6%3e%227",
            "p%2Bs%2Fw%3F%3Fd+%C3%B6%3E%227",
            "p+s/w??d ö>\\\"7",
            "702b732f773f3f6420c3b63e2237",
        ] {
            assert!(is_hidden(text), "{text}");
        }
        assert!(!is_hidden("something else"));
    }

    #[test]
    fn each_line_of_a_key_is_hidden_too() {
        let forms = of("-----BEGIN KEY-----\nQUJDREVGRw==\nshort\n");
        assert!(forms.contains(b"QUJDREVGRw==".as_slice()));
        assert!(!forms.contains(b"short".as_slice()));
        assert!(forms.contains(b"-----BEGIN KEY-----\nQUJDREVGRw==\nshort".as_slice()));
    }
}

//! The forms in which a secret may come out of a program.

use super::{SHORTEST, view::View};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// The shortest line of a secret of several lines that is hidden on its own, in bytes.
const SHORTEST_LINE: usize = 8;

/// Returns every form of a value that is looked for, and in which reading of the stream.
pub(super) fn of(value: &str) -> Vec<(View, Vec<u8>)> {
    let mut forms = Vec::new();
    for text in parts(value) {
        let mut plain = vec![text.to_owned(), in_json(text), in_ascii_json(text)];
        plain.extend(in_hex(text));
        plain.extend(in_shell(text));
        plain.extend(in_markup(text));
        forms.extend(plain.into_iter().map(|form| (View::Plain, form.into_bytes())));
        forms.push((View::Percent, text.as_bytes().to_vec()));
        if text.contains(' ') {
            forms.push((View::Form, text.as_bytes().to_vec()));
        }
        for digits in in_base64(text.as_bytes()) {
            forms.push((View::Percent, digits.clone()));
            forms.push((View::Joined, digits));
        }
    }
    forms.retain(|(_, form)| form.len() >= SHORTEST);
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

/// Writes what is not ASCII as JSON can.
fn in_ascii_json(text: &str) -> String {
    let mut ascii = String::new();
    for c in in_json(text).chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            ascii.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii
}

fn in_hex(text: &str) -> [String; 2] {
    let lower: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [lower.to_ascii_uppercase(), lower]
}

/// Quotes as shells do, within `'…'` or by backslashes.
fn in_shell(text: &str) -> [String; 3] {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,".contains(c);
    let escaped = text.chars().fold(String::new(), |mut escaped, c| {
        escaped.extend((!is_plain(c)).then_some('\\'));
        escaped.push(c);
        escaped
    });
    [text.replace('\'', "'\\''"), text.replace('\'', "'\"'\"'"), escaped]
}

/// Escapes as in the text and in the attributes of XML and HTML.
fn in_markup(text: &str) -> Vec<String> {
    let inner = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut forms = vec![inner.clone()];
    for double in ["\"", "&quot;", "&#34;"] {
        for single in ["'", "&#39;", "&#x27;", "&apos;"] {
            forms.push(inner.replace('"', double).replace('\'', single));
        }
    }
    forms
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn the_usual_encodings_are_found_wherever_the_value_stands() {
        let value = "p+s/w??d ö>\"'7";
        let forms = of(value);
        let is_hidden = |text: &str| {
            forms.iter().any(|(view, form)| {
                view.read(text.as_bytes()).bytes.windows(form.len()).any(|window| window == form.as_slice())
            })
        };
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = format!("{before}{value}{after}");
                assert!(is_hidden(&STANDARD.encode(&text)), "{text}");
                assert!(is_hidden(&URL_SAFE.encode(&text)), "{text}");
            }
        }
        for text in [
            "p%2Bs%2Fw%3F%3Fd%20%C3%B6%3E%22%277",
            "p%2bs%2fw%3f%3fd%20%c3%b6%3e%22%277",
            "p%2Bs%2Fw%3F%3Fd+%C3%B6%3E%22%277",
            "p+s/w??d ö>\\\"'7",
            "p+s/w??d \\u00f6>\\\"'7",
            "p+s/w??d ö>\"'\\''7",
            "p+s/w\\?\\?d\\ ö\\>\\\"\\'7",
            "p+s/w??d ö&gt;\"'7",
            "p+s/w??d ö&gt;&quot;&#x27;7",
            "702b732f773f3f6420c3b63e222737",
        ] {
            assert!(is_hidden(text), "{text}");
        }
        assert!(!is_hidden("something else"));
    }

    #[test]
    fn each_line_of_a_key_is_hidden_too() {
        let forms: Vec<_> =
            of("-----BEGIN KEY-----\nQUJDREVGRw==\nshort\n").into_iter().map(|(_, form)| form).collect();
        assert!(forms.iter().any(|form| form == b"QUJDREVGRw=="));
        assert!(!forms.iter().any(|form| form == b"short"));
        assert!(forms.iter().any(|form| form == b"-----BEGIN KEY-----\nQUJDREVGRw==\nshort"));
    }
}

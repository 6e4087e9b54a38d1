//! Literals as text: quotes, escapes, scripts, and numbers as they are spelled.

use crate::json::print::is_hidden;
use grammar::{
    FileId,
    tree::{ExprKind, Statement},
};

/// A piece of text on its way to the page.
pub(super) enum Part {
    /// Characters that mean themselves.
    Chars(String),
    /// The code of an expression.
    Value(String),
}

/// Returns text on one line that means these characters.
pub(crate) fn line_text(chars: &str) -> String {
    format!("\"{}\"", escaped(chars, Quotes::Line))
}

/// Returns text on one line.
pub(super) fn line(parts: &[Part]) -> String {
    format!("\"{}\"", joined(parts, Quotes::Line))
}

/// Returns text on several lines. Its closing quotes are not indented, so no line loses anything.
pub(super) fn block(parts: &[Part]) -> String {
    format!("\"\"\"\n{}\n\"\"\"", joined(parts, Quotes::Block))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Line,
    Block,
}

fn joined(parts: &[Part], quotes: Quotes) -> String {
    let mut out = String::new();
    let mut chars = String::new();
    for part in parts {
        match part {
            // Two pieces side by side could make a `${` or a `"""` between them.
            Part::Chars(more) => chars.push_str(more),
            Part::Value(code) => {
                out.push_str(&escaped(&std::mem::take(&mut chars), quotes));
                out.push_str(&format!("${{{code}}}"));
            }
        }
    }
    out + &escaped(&chars, quotes)
}

fn escaped(chars: &str, quotes: Quotes) -> String {
    let mut out = String::with_capacity(chars.len());
    let mut rest = chars.chars().peekable();
    let mut quotes_in_a_row = 0;
    while let Some(next) = rest.next() {
        quotes_in_a_row = if next == '"' { quotes_in_a_row + 1 } else { 0 };
        match (next, quotes) {
            ('\\', _) => out.push_str("\\\\"),
            ('"', Quotes::Line) => out.push_str("\\\""),
            ('"', Quotes::Block) if quotes_in_a_row == 3 => {
                out.push_str("\\\"");
                quotes_in_a_row = 0;
            }
            ('$', _) if rest.peek() == Some(&'{') => out.push_str("\\$"),
            ('\n', Quotes::Line) => out.push_str("\\n"),
            ('\t', Quotes::Line) => out.push_str("\\t"),
            ('\r', _) => out.push_str("\\r"),
            (hidden, _) if is_hidden(hidden) => out.push_str(&format!("\\u{{{:x}}}", u32::from(hidden))),
            (plain, _) => out.push(plain),
        }
    }
    out
}

/// Returns a script, with the line break behind its last tag.
///
/// # Errors
///
/// The index of the first line that cannot be one, and why.
pub(crate) fn script(tag: &str, lines: &[&str]) -> Result<String, (usize, String)> {
    let mut out = format!("<<{tag}\n");
    for (index, line) in lines.iter().enumerate() {
        if line.contains('\n') {
            return Err((
                index,
                "a line of a script holds no line break; write each line as an item".to_owned(),
            ));
        }
        if line.contains(is_hidden) {
            return Err((index, "a script holds no control characters".to_owned()));
        }
        if line.trim_matches(BLANKS) == tag {
            return Err((index, format!("a line that is nothing but `{tag}` would end the script")));
        }
        if opens_another(line, tag) {
            return Err((
                index,
                format!("a line that ends with `= <<{tag}` reads like the start of another script"),
            ));
        }
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(tag);
    out.push('\n');
    Ok(out)
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Returns whether the lexer would take a line for the start of a script of the same tag: `word = <<TAG`.
fn opens_another(line: &str, tag: &str) -> bool {
    let opener = line.trim_matches(BLANKS).split_once("<<").filter(|(_, found)| *found == tag);
    let key = opener.and_then(|(left, _)| left.trim_end_matches(BLANKS).strip_suffix('='));
    key.is_some_and(|key| {
        let key = key.trim_end_matches(BLANKS);
        let starts_well = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        starts_well && key.chars().all(|next| next.is_ascii_alphanumeric() || next == '_')
    })
}

/// The kinds of numbers that are kept as they are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelled {
    Int,
    Float,
    Duration,
    Size,
}

/// Returns whether a text is the spelling of a number of this kind.
pub(super) fn is_spelled(written: &str, kind: Spelled) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-');
    if !written.bytes().all(plain) {
        return false;
    }
    let parsed = grammar::parse(FileId(0), &format!("skynet 1\nx = {written}\n"));
    let found = match parsed.tree.statements.get(1) {
        Some(Statement::Setting(setting)) if parsed.diagnostics.is_empty() => &setting.value.kind,
        Some(_) | None => return false,
    };
    match kind {
        Spelled::Int => matches!(found, ExprKind::Int(_)),
        Spelled::Float => matches!(found, ExprKind::Float(_)),
        Spelled::Duration => matches!(found, ExprKind::Duration(_)),
        Spelled::Size => matches!(found, ExprKind::Size(_)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Spelled, block, is_spelled, line_text, script};

    #[test]
    fn text_is_escaped_where_it_must_be() {
        assert_eq!(line_text("a\"b\\n\n${x} $ {\u{202e}"), r#""a\"b\\n\n\${x} $ {\u{202e}""#);
        let quotes = block(&[Part::Chars("\"\"\"\"\"".to_owned()), Part::Chars("\"${".to_owned())]);
        assert_eq!(quotes, "\"\"\"\n\"\"\\\"\"\"\\\"\\${\n\"\"\"");
    }

    #[test]
    fn a_script_cannot_end_early() {
        assert_eq!(script("SH", &["a", " SHE"]).as_deref(), Ok("<<SH\na\n SHE\nSH\n"));
        for line in ["\tSH ", "a\nSH", "a\r", "x = <<SH"] {
            assert!(script("SH", &["a", line]).is_err_and(|(index, _)| index == 1), "{line:?}");
        }
    }

    #[test]
    fn numbers_are_what_the_parser_takes_for_them() {
        assert!(is_spelled("1_000", Spelled::Int) && !is_spelled("1.5", Spelled::Int));
        assert!(is_spelled("1.5e-3", Spelled::Float) && is_spelled("1h30m", Spelled::Duration));
        assert!(is_spelled("4GiB", Spelled::Size) && !is_spelled("-4GiB", Spelled::Size));
        assert!(
            !is_spelled("", Spelled::Int)
                && !is_spelled("1 y", Spelled::Int)
                && !is_spelled("1+1", Spelled::Int)
        );
    }
}

//! Prints JSON for a reader: what fits on a line stands on a line, and keys stand in the order in which a person would
//! say them.

use serde_json::{Map, Value};

/// How wide a line may be.
const WIDTH: usize = 100;

/// The keys that have a place of their own in an object; all others follow in the order of the alphabet.
const ORDER: &[&str] = &[
    "$schema",
    "$id",
    "title",
    "description",
    "#",
    "skynet",
    "import",
    "setting",
    "field",
    "declare",
    "block",
    "name",
    "as",
    "sha256",
    "in",
    "type",
    "const",
    "enum",
    "value",
    "if",
    "required",
    "properties",
    "prefixItems",
    "items",
];

/// The keys that stand last.
const LAST: &[&str] = &["body", "#end", "additionalProperties", "$defs"];

/// Prints a value, with a line break behind it. Characters that show nothing are escaped.
#[must_use]
pub fn print(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// Writes a value whose first line has `used` columns before it and whose last has `after` columns behind it.
fn write(value: &Value, indent: usize, after: usize, out: &mut String) {
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    let used = out.get(line..).map_or(0, |line| line.chars().count());
    if let Some(flat) = flat(value, WIDTH.saturating_sub(used + after)) {
        out.push_str(&flat);
        return;
    }
    match value {
        Value::Array(items) if items.len() > 2 && items.iter().all(is_scalar) => {
            write_filled(items, indent, out)
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| (None, item)).collect();
            write_inside(items, ['[', ']'], indent, out);
        }
        Value::Object(map) => {
            let entries = ordered(map).into_iter().map(|(key, value)| (Some(key), value)).collect();
            write_inside(entries, ['{', '}'], indent, out);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push_str(&scalar(value)),
    }
}

fn write_inside(entries: Vec<(Option<&str>, &Value)>, brackets: [char; 2], indent: usize, out: &mut String) {
    let [open, close] = brackets;
    let count = entries.len();
    out.push(open);
    for (at, (key, value)) in entries.into_iter().enumerate() {
        out.push('\n');
        out.push_str(&" ".repeat(indent + 2));
        if let Some(key) = key {
            out.push_str(&quoted(key));
            out.push_str(": ");
        }
        write(value, indent + 2, 1, out);
        if at + 1 < count {
            out.push(',');
        }
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

/// Writes words and numbers, as many on a line as fit.
fn write_filled(items: &[Value], indent: usize, out: &mut String) {
    let margin = format!("\n{}", " ".repeat(indent + 2));
    out.push('[');
    let mut column = WIDTH;
    for (at, item) in items.iter().enumerate() {
        let written = scalar(item);
        let width = written.chars().count() + 1;
        if column + 1 + width > WIDTH {
            out.push_str(&margin);
            column = indent + 2;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(&written);
        out.push_str(if at + 1 < items.len() { "," } else { "" });
        column += width;
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(']');
}

fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// Returns a value on one line, if it takes no more than `room` columns.
fn flat(value: &Value, room: usize) -> Option<String> {
    let mut out = String::new();
    write_flat(value, room, &mut out).then_some(out)
}

fn write_flat(value: &Value, room: usize, out: &mut String) -> bool {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                if !write_flat(item, room, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (at, (key, value)) in ordered(map).into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&quoted(key));
                out.push_str(": ");
                if !write_flat(value, room, out) {
                    return false;
                }
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push_str(&scalar(value)),
    }
    out.len() <= room || out.chars().count() <= room
}

fn ordered(map: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut entries: Vec<(&str, &Value)> = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
    entries.sort_by_key(|(key, _)| rank(key));
    entries
}

fn rank(key: &str) -> usize {
    let place = |list: &[&str]| list.iter().position(|known| *known == key);
    match (place(ORDER), place(LAST)) {
        (Some(at), _) => at,
        (None, Some(at)) => ORDER.len() + 1 + at,
        (None, None) => ORDER.len(),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let written = Value::from(text).to_string();
    if !written.chars().any(is_hidden) {
        return written;
    }
    let escape = |next: char| {
        if is_hidden(next) { format!("\\u{:04x}", u32::from(next)) } else { next.to_string() }
    };
    written.chars().map(escape).collect()
}

/// Returns whether a character shows nothing, or shows text in another order than it is read. No file of the language
/// may hold one as it is.
pub(crate) fn is_hidden(next: char) -> bool {
    let turns = matches!(next, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    turns || (next.is_control() && !matches!(next, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::print;
    use serde_json::{Value, json};

    #[test]
    fn short_values_stand_on_one_line_and_keys_in_reading_order() {
        let value = json!({ "value": ["a", 1], "setting": "run", "#end": "why" });
        assert_eq!(print(&value), "{\"setting\": \"run\", \"value\": [\"a\", 1], \"#end\": \"why\"}\n");
    }

    #[test]
    fn long_values_are_broken_from_the_outside_in() {
        let long = "x".repeat(60);
        let value = json!({ "body": [{ "setting": "a", "value": long }, { "setting": "b", "value": [] }], "block": "env" });
        let expected = format!(
            "{{\n  \"block\": \"env\",\n  \"body\": [\n    {{\"setting\": \"a\", \"value\": \"{long}\"}},\n    \
             {{\"setting\": \"b\", \"value\": []}}\n  ]\n}}\n"
        );
        assert_eq!(print(&value), expected);
    }

    #[test]
    fn words_fill_lines() {
        let printed = print(&json!(["x".repeat(40), "y".repeat(40), "z".repeat(40), 1]));
        let expected =
            format!("[\n  \"{}\", \"{}\",\n  \"{}\", 1\n]\n", "x".repeat(40), "y".repeat(40), "z".repeat(40));
        assert_eq!(printed, expected);
    }

    #[test]
    fn hidden_characters_are_escaped() {
        let value = json!("a\u{202e}\u{7f}\u{85}é\n");
        let printed = print(&value);
        assert_eq!(printed, "\"a\\u202e\\u007f\\u0085é\\n\"\n");
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
    }
}

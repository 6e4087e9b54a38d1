//! Finds a key that an object has twice. The JSON reader itself keeps the last and says nothing.

use std::collections::BTreeSet;

/// Returns a sentence about the first key that an object of a valid JSON text has twice.
pub(super) fn find(text: &str) -> Option<String> {
    // The keys of each open object; none for an open list.
    let mut open: Vec<Option<BTreeSet<String>>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[', '}', ']', '"']) {
        let (mark, after) =
            rest.get(at..).and_then(|found| Some((found.chars().next()?, found.get(1..)?)))?;
        rest = after;
        match mark {
            '{' => open.push(Some(BTreeSet::new())),
            '[' => open.push(None),
            '"' => {
                let end = end_of_text(after)?;
                rest = after.get(end..)?;
                let is_key = rest.trim_start_matches(BLANKS).starts_with(':');
                let keys = open.last_mut().and_then(Option::as_mut).filter(|_| is_key);
                let start = text.len() - after.len() - 1;
                let written = text.get(start..text.len() - rest.len())?;
                let key: String = serde_json::from_str(written).ok()?;
                if keys.is_some_and(|keys| !keys.insert(key)) {
                    let (line, column) = grammar::line_column(text, start);
                    return Some(format!(
                        "the key {written} stands twice in one object, at line {line} column {column}"
                    ));
                }
            }
            _ => {
                open.pop();
            }
        }
    }
    None
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Returns how far the text goes whose opening quote is just before, its closing quote included.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn keys_are_compared_by_what_they_say() {
        assert_eq!(find(r#"{"a": {"a": [{"a": 1}, {"a": "a"}]}, "b": "a", "c": "\"a\":"}"#), None);
        let found = find("{\"a\": 1,\n \"b\": {\"k\": 1, \"\\u006b\" : 2}}");
        let expected = "the key \"\\u006b\" stands twice in one object, at line 2 column 16";
        assert_eq!(found.as_deref(), Some(expected));
    }
}

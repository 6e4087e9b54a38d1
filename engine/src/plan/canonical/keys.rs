//! Puts the keys of every object in a JSON text in order.
//!
//! It works on the text as it was written, in one pass and in place: an object is as long after it as before. A tree
//! would do the same, only slower, and its map may or may not be sorted, as other crates of a build decide.

use std::ops::Range;

/// What an open bracket began.
enum Open {
    List,
    /// An object: where its first member starts, and how many ends were known when it was opened.
    Object(usize, usize),
}

/// Sorts the members of each object by their keys as they are written. The text must be JSON without blanks.
pub(super) fn sort(text: &mut [u8]) {
    let mut open = Vec::new();
    // Where members of open objects end, those of the innermost last.
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => at = string_end(text, at),
            b'[' => open.push(Open::List),
            b'{' => open.push(Open::Object(at + 1, ends.len())),
            b',' if matches!(open.last(), Some(Open::Object(..))) => ends.push(at),
            b']' => {
                open.pop();
            }
            b'}' => {
                if let Some(Open::Object(mut start, known)) = open.pop() {
                    ends.push(at);
                    let members = ends.drain(known..).map(|end| {
                        let member = start..end;
                        start = end + 1;
                        member
                    });
                    sort_members(text, members.collect());
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn sort_members(text: &mut [u8], members: Vec<Range<usize>>) {
    let key = |member: &Range<usize>| text.get(member.start..string_end(text, member.start));
    if members.is_sorted_by_key(key) {
        return;
    }
    let mut sorted = members.clone();
    sorted.sort_by_key(key);
    let pieces: Vec<_> = sorted.into_iter().filter_map(|member| text.get(member)).collect();
    let joined = pieces.join(&b',');
    let whole = members.first().zip(members.last()).map(|(first, last)| first.start..last.end);
    if let Some(place) =
        whole.and_then(|whole| text.get_mut(whole)).filter(|place| place.len() == joined.len())
    {
        place.copy_from_slice(&joined);
    }
}

/// Returns where the text that starts here has its closing quote.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::sort;

    #[test]
    fn keys_come_in_order_and_nothing_else_moves() {
        for (given, expected) in [
            ("", ""),
            ("{}", "{}"),
            ("[3,1,2]", "[3,1,2]"),
            (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#),
            (r#"{"ab":1,"a":2,"a b":3,"":4}"#, r#"{"":4,"a":2,"a b":3,"ab":1}"#),
            (
                r#"{"b":{"d":[{"f":"{,}","e":"\"]"}],"c":{}},"a":[]}"#,
                r#"{"a":[],"b":{"c":{},"d":[{"e":"\"]","f":"{,}"}]}}"#,
            ),
            (r#"[{"b":"\\","a":","},{"é":1,"z":2}]"#, r#"[{"a":",","b":"\\"},{"z":2,"é":1}]"#),
        ] {
            let mut text = given.as_bytes().to_vec();
            sort(&mut text);
            assert_eq!(String::from_utf8_lossy(&text), expected);
        }
    }
}

//! What lines look like. Layout has no meaning in a valid file; in a broken one it shows what the author had in mind.

/// Returns whether a text starts like a statement: `key =`, `word {`, `word name =`, `word name :`, `word name {`.
pub(super) fn starts_statement(text: &str) -> bool {
    let Some(after) = skip_word(text) else { return false };
    let after = after.trim_start_matches([' ', '\t']);
    if opens(after, &["=", "{"]) {
        return true;
    }
    skip_word(after).is_some_and(|rest| opens(rest.trim_start_matches([' ', '\t']), &["=", "{", ":"]))
}

/// Returns where something ends that is never closed: before the next line that is indented no deeper than the line
/// `start` is on, and that starts a statement or closes a body.
pub(super) fn sensible_end(text: &str, start: usize) -> usize {
    let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = indent(text.get(line..).unwrap_or_default());
    let mut at = start;
    for (number, line) in after.split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches([' ', '\t']);
        let ends = content.starts_with('}') || starts_statement(content);
        if number > 0 && self::indent(line) <= indent && ends {
            break;
        }
        at += line.len();
    }
    at
}

/// Returns where the first bracket of a text stands that closes none of its own.
pub(crate) fn first_closer(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    text.char_indices().find_map(|(at, next)| {
        match next {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' if open == 0 => return Some(at),
            ')' | ']' | '}' => open -= 1,
            _ => {}
        }
        None
    })
}

/// Returns how much of a text that was left open is text, if the brackets at its end are not, nor the blanks before
/// them.
pub(super) fn without_closers(text: &str) -> usize {
    let all = text.len();
    let text = without_body(without_comment(text));
    let kept = without_closing(text);
    if kept < all { text.get(..kept).map_or(kept, |kept| kept.trim_end().len()) } else { all }
}

/// Takes away a remark at the end of a line: `#` behind a bracket or set apart as text would not be.
fn without_comment(text: &str) -> &str {
    let Some((before, _)) = text.rsplit_once(" # ") else { return text };
    let kept = before.trim_end();
    if before.ends_with([' ', '\t']) || without_closing(kept) < kept.len() { kept } else { text }
}

/// Takes away the bracket at the end of a line that opens a body there.
fn without_body(text: &str) -> &str {
    let before = text.trim_end().strip_suffix('{').unwrap_or(text);
    if before.ends_with([' ', '\t', ')']) { before.trim_end() } else { text }
}

fn without_closing(text: &str) -> usize {
    let mut open = 0_usize;
    let mut kept = text.len();
    for (at, next) in text.char_indices() {
        match next {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' if open > 0 => open -= 1,
            ')' | ']' | '}' | ',' => {
                kept = kept.min(at);
                continue;
            }
            ' ' | '\t' | '\r' => continue,
            _ => {}
        }
        kept = text.len();
    }
    kept
}

/// Returns how many bytes of blanks a line starts with.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn opens(text: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| text.starts_with(mark)) && !text.starts_with("==")
}

/// Passes over a word that is no operator.
fn skip_word(text: &str) -> Option<&str> {
    let after = text.trim_start_matches(|next: char| next.is_ascii_alphanumeric() || next == '_');
    let word = text.get(..text.len() - after.len())?;
    let starts = word.starts_with(|first: char| !first.is_ascii_digit());
    let operator = matches!(word, "in" | "if" | "for" | "and" | "or" | "not");
    (starts && !operator).then_some(after)
}

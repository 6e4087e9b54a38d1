//! What the value of a setting can be, in words.

use crate::schema::Slot;

/// Says what a setting takes.
pub(super) fn takes(slot: Slot) -> String {
    match slot {
        Slot::Literal => "text, written out".to_owned(),
        Slot::Text => "text".to_owned(),
        Slot::Flag => "`true` or `false`, written out".to_owned(),
        Slot::Number => "a whole number, written out".to_owned(),
        Slot::Count(least) => format!("a whole number from {least}"),
        Slot::Quantity => "a number from 0".to_owned(),
        Slot::Duration(0) => "a duration, not negative".to_owned(),
        Slot::Duration(_) => "a duration above `0s`".to_owned(),
        Slot::Size => "a size".to_owned(),
        Slot::Time => "a time".to_owned(),
        Slot::Condition => "a condition".to_owned(),
        Slot::Word(words) => format!("{}, written out", one_of(words)),
        Slot::OneOf(words) => one_of(words),
        Slot::Steps => "steps: `[step.a, step.b]`".to_owned(),
        Slot::Target => "a target: `target.a`".to_owned(),
        Slot::Command => "a list: the program, written out, and its arguments".to_owned(),
        Slot::Arguments => "a list of arguments".to_owned(),
        Slot::Script => "a script: `<<SH … SH`".to_owned(),
        Slot::Collection => "a list or a map".to_owned(),
        Slot::Texts => "a list of texts".to_owned(),
        Slot::Values => "a list".to_owned(),
        Slot::Credential => "text or a secret".to_owned(),
        Slot::Any => "any value".to_owned(),
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
    match quoted.as_slice() {
        [head @ .., tail] if !head.is_empty() => format!("{} or {tail}", head.join(", ")),
        other => other.concat(),
    }
}

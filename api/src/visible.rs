//! Text from files on its way to a terminal: nothing in it may move the cursor, change colours or turn the direction
//! of reading, or a person would approve something else than what is there.

/// Shows each character that a terminal would act on as a sign; line breaks and tabs stay.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// Returns the character itself, or a sign if a terminal would act on it.
#[must_use]
pub fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_terminal_gets_nothing_to_act_on() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c\r\u{9b}"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}\u{fffd}");
        assert_eq!(clean("a\n\tä 🎉"), "a\n\tä 🎉");
    }
}

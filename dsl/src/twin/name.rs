//! Which words can be names, and where.

/// Returns whether a word can be a name.
pub(crate) fn is_name(word: &str) -> bool {
    is_identifier(word) && !matches!(word, "true" | "false" | "null")
}

/// Returns whether a word can begin a statement, or be a key without quotes.
pub(super) fn is_word(word: &str) -> bool {
    is_name(word) && !matches!(word, "in" | "and" | "or")
}

/// Returns whether a word can be the root of a reference.
pub(super) fn is_root(word: &str) -> bool {
    is_word(word) && !matches!(word, "for" | "if" | "not")
}

/// Returns whether a word can be the tag of a heredoc.
pub(super) fn is_tag(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.bytes().all(|next| next.is_ascii_uppercase() || next.is_ascii_digit() || next == b'_')
}

/// Returns the name that was probably meant by a word that is none.
pub(crate) fn suggestion(word: &str) -> Option<String> {
    let plain: String =
        word.chars().map(|next| if next.is_ascii_alphanumeric() { next } else { '_' }).collect();
    let plain = plain.trim_matches('_');
    let named = if plain.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{plain}")
    } else {
        plain.to_owned()
    };
    (word.is_ascii() && is_name(&named)).then_some(named)
}

fn is_identifier(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && word.bytes().all(|next| next.is_ascii_alphanumeric() || next == b'_')
}

#[cfg(test)]
mod tests {
    use super::{is_name, is_root, is_word, suggestion};

    #[test]
    fn words_are_told_apart() {
        assert!(is_name("_a1") && !is_name("1a") && !is_name("a-b") && !is_name("null") && !is_name(""));
        assert!(is_name("in") && !is_word("in") && is_word("if") && !is_root("if"));
    }

    #[test]
    fn a_name_is_suggested_where_one_can_be_guessed() {
        assert_eq!(suggestion("my-step").as_deref(), Some("my_step"));
        assert_eq!(suggestion("2nd try").as_deref(), Some("_2nd_try"));
        assert_eq!(suggestion("größe"), None);
        assert_eq!(suggestion("--"), None);
    }
}

//! Did-you-mean: the known word that is nearest to a mistyped one.

/// Returns the known word nearest to `word`, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A suggestion farther away than a third of the word is noise, not help.
    let reach = (word.chars().count() / 3).clamp(1, 2);
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    // Words of very different length cannot be near; this keeps long lists cheap.
    if a.len().abs_diff(b.len()) > 8 {
        return usize::MAX;
    }
    strsim::damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase())
}

/// Joins words for a sentence: "`a`, `b` or `c`".
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{listed, nearest};

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["timeout", "needs", "when", "on"];
        assert_eq!(nearest("timout", known), Some("timeout"));
        assert_eq!(nearest("Needs", known), Some("needs"));
        assert_eq!(nearest("of", known), Some("on"));
        assert_eq!(nearest("zebra", known), None);
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(["a"], "or"), "`a`");
        assert_eq!(listed(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}

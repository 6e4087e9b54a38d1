//! Did-you-mean: the known word that is nearest to a mistyped one.

use grammar::Diagnostic;

/// How much may be wrong before no near names are looked for: each search goes through all that is declared.
const ENOUGH: usize = 100;

/// The longest word that is compared with others, in bytes: comparing takes the square of it.
const LONGEST: usize = 100;

/// How many words a sentence lists.
const MOST_LISTED: usize = 50;

/// Returns the nearest of the names that a file declares; none once so much is found that the search would take longer
/// than reading what it finds.
pub(crate) fn nearest_declared<S: AsRef<str>>(
    found: &[Diagnostic],
    name: &str,
    declared: impl IntoIterator<Item = S>,
) -> Option<S> {
    if found.len() > ENOUGH { None } else { nearest(name, declared) }
}

/// Returns as many of the names that a file declares as [`listed`] can tell are too many.
pub(crate) fn some<T>(declared: impl IntoIterator<Item = T>) -> Vec<T> {
    declared.into_iter().take(MOST_LISTED + 1).collect()
}

/// Returns the known word nearest to `word`, if it is near enough to be meant.
pub fn nearest<S: AsRef<str>>(word: &str, known: impl IntoIterator<Item = S>) -> Option<S> {
    // A suggestion farther away than a third of the word is noise, not help; of one letter, every other is near.
    let reach = match word.chars().count() {
        0 | 1 => return None,
        _ if word.len() > LONGEST => return None,
        length => (length / 3).clamp(1, 2),
    };
    let lower = word.to_lowercase();
    known
        .into_iter()
        .filter(|candidate| candidate.as_ref().len().abs_diff(lower.len()) <= reach)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.as_ref().to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns whether `near` is so surely what `word` was meant to be that a machine may write it.
///
/// Names that people give often differ in one letter or digit on purpose (`deploy_a`, `deploy_b`): there one letter in
/// the place of another is a guess. A letter too many, too few or swapped is a slip, in a word long enough.
#[must_use]
pub fn is_slip(word: &str, near: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let sorted = |text: &str| {
        let mut chars: Vec<char> = text.chars().collect();
        chars.sort_unstable();
        chars
    };
    let replaced = word.chars().count() == near.chars().count() && sorted(word) != sorted(near);
    word.len() >= 4
        && digits(word) == digits(near)
        && !replaced
        && strsim::damerau_levenshtein(word, near) == 1
}

/// Joins words for a sentence: "`a`, `b` or `c`". Of very many, the first are named.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let mut words = words.into_iter();
    let quoted: Vec<String> = words.by_ref().take(MOST_LISTED).map(|word| format!("`{word}`")).collect();
    if words.next().is_some() {
        return format!("{} {last} more", quoted.join(", "));
    }
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["timeout", "needs", "when", "on"];
        assert_eq!(nearest("timout", known), Some("timeout"));
        assert_eq!(nearest("Needs", known), Some("needs"));
        assert_eq!(nearest("of", known), Some("on"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("k", ["a"]), None);
    }

    #[test]
    fn what_is_too_long_or_too_much_is_not_searched() {
        let long = "a".repeat(LONGEST);
        assert_eq!(nearest(&format!("{long}b"), [&*format!("{long}c")]), None);
        let span = grammar::Span::new(grammar::FileId(0), 0, 0);
        let mut found = vec![Diagnostic::new(grammar::Code::E0201, "x", span); ENOUGH];
        assert_eq!(nearest_declared(&found, "biuld", ["build"]), Some("build"));
        found.extend(found.first().cloned());
        assert_eq!(nearest_declared(&found, "biuld", ["build"]), None);
        assert!(listed(std::iter::repeat_n("a", MOST_LISTED + 1), "and").ends_with("`a`, `a` and more"));
    }

    #[test]
    fn a_slip_is_told_from_another_name() {
        for (word, near) in [("biuld", "build"), ("buil", "build"), ("buildd", "build")] {
            assert!(is_slip(word, near), "{word}");
        }
        for (word, near) in
            [("deploy_b", "deploy_a"), ("env2", "env1"), ("env2", "env"), ("rest", "test"), ("ab", "abc")]
        {
            assert!(!is_slip(word, near), "{word}");
        }
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(["a"], "or"), "`a`");
        assert_eq!(listed(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}

//! The lists of words that an editor needs to colour the language, made from the compiler's own tables.
//!
//! The TextMate grammar is a file that people write. Only the patterns in it that list words are made here; each is told
//! by its `comment`.

use crate::schema::{Form, Place, entries, words};
use engine::expression::Function;
use std::collections::BTreeSet;

/// Returns the patterns that list words: what their comment says, and what they match.
#[must_use]
pub fn keyword_patterns() -> Vec<(&'static str, String)> {
    let declarations = listed(of_form(|form| matches!(form, Form::Declaration(_))));
    let named = listed(of_form(|form| matches!(form, Form::NamedBlock(_))));
    let blocks = listed(of_form(|form| matches!(form, Form::Block(_))));
    let settings = listed(of_form(|form| matches!(form, Form::Setting(_))));
    // `target` is a root in one place only, behind `on`.
    let roots = listed(words::ROOTS.iter().copied().chain(["target"]));
    let functions = listed(Function::ALL.iter().map(|function| function.name()));
    let kinds = listed([words::TARGETS, words::TRIGGERS].concat());
    let types = listed(words::TYPES.iter().copied());
    // No word of a list may be a part of a longer one or the name of a field.
    let alone = r"(?<![.\w])";
    vec![
        ("declarations", format!(r"{alone}({declarations})\s+([A-Za-z_]\w*)(?=\s*[:={{])")),
        ("named blocks", format!(r"{alone}({named})\s+([A-Za-z_][\w.]*)(?=\s*\{{)")),
        ("blocks", format!(r"{alone}(?:{blocks})(?=\s*\{{)")),
        ("settings", format!(r"{alone}(?:{settings})(?=\s*=(?!=))")),
        ("roots", format!(r"{alone}(?:{roots})(?=\.(?!\.))")),
        ("functions", format!(r"{alone}(?:{functions})(?=\()")),
        ("kinds", format!(r"(?<=:|:\s)(?:{kinds})(?=\s*(?:\{{|$))")),
        ("types", format!(r"(?<=[:(]|:\s)(?:{types})\b")),
    ]
}

/// Returns the text of a TextMate grammar with the patterns that list words made anew. None if it lacks one of them.
#[must_use]
pub fn with_keywords(grammar: &str) -> Option<String> {
    const MATCH: &str = "\"match\": ";
    let mut out = grammar.to_owned();
    for (comment, pattern) in keyword_patterns() {
        let marked = out.find(&format!("\"comment\": \"{comment}\""))?;
        let from = marked + out.get(marked..)?.find(MATCH)? + MATCH.len();
        let line = out.get(from..)?.find('\n')?;
        let written = out.get(from..from + line)?;
        let to = from + written.trim_end_matches([',', '\r']).len();
        out.replace_range(from..to, &serde_json::Value::from(pattern).to_string());
    }
    Some(out)
}

fn of_form(is_of_form: fn(Form) -> bool) -> impl Iterator<Item = &'static str> {
    let all = Place::ALL.iter().flat_map(|place| entries(*place));
    all.filter(move |entry| is_of_form(entry.form)).map(|entry| entry.word)
}

/// Joins words for a pattern, in the order of the alphabet.
fn listed(words: impl IntoIterator<Item = &'static str>) -> String {
    words.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::with_keywords;

    #[test]
    fn a_grammar_without_the_patterns_is_refused() {
        assert_eq!(with_keywords("{}"), None);
    }
}

//! Which arguments are code, options or shell syntax: knowledge about programs, as data.

use engine::{
    expression::{Expr, Part},
    plan::Argument,
};

mod code;
mod ordinary;
mod page;
mod reader;
mod tool;
mod variable;
mod wrapper;

pub(crate) use code::{Word, code_operand, words, written_word};
pub(crate) use ordinary::{is_ordinary, mentions_interpreter};
pub(crate) use page::code_tables;
pub(crate) use variable::{assigned, is_dangerous};

/// Programs whose operands look like operators of a shell.
const OPERATOR_OPERANDS: &[&str] = &[
    "find", "expr", "tr", "test", "[", "awk", "gawk", "mawk", "sed", "gsed", "grep", "egrep", "fgrep", "rg",
    "cut", "jq", "yq", "printf", "paste", "sort", "column", "join", "tmux", "fd",
];

/// Programs whose operands hold a `$` of their own: patterns and small languages.
const DOLLAR_OPERANDS: &[&str] =
    &["awk", "gawk", "mawk", "sed", "gsed", "grep", "egrep", "fgrep", "rg", "jq", "yq"];

/// Returns the first argument that was meant for a shell, and its syntax.
///
/// Arguments that are not written out are none.
pub(crate) fn shell_sign<'a>(program: &'a str, literals: &[Option<&'a str>]) -> Option<(usize, &'a str)> {
    let base = |text: &'a str| text.rsplit('/').next().unwrap_or(text);
    let wraps = wrapper::is_wrapper(program) || base(program) == "ssh";
    literals.iter().enumerate().find_map(|(at, literal)| {
        let what = shell_syntax((*literal)?)?;
        // Behind `sudo` and the like any word may be the program.
        let behind = literals.iter().take(if wraps { at } else { 0 }).copied().flatten();
        let mut programs = std::iter::once(program).chain(behind).map(base);
        let (own, lone) = if what.starts_with('$') {
            (DOLLAR_OPERANDS, false)
        } else {
            // An operator with nothing behind it is a separator, or a letter.
            let is_last = at + 1 == literals.len();
            (OPERATOR_OPERANDS, is_last && matches!(what, ";" | "<" | ">" | "&"))
        };
        (!lone && !programs.any(|word| own.contains(&word))).then_some((at, what))
    })
}

/// Returns the shell syntax that an argument was probably meant to be.
fn shell_syntax(text: &str) -> Option<&str> {
    const OPERATORS: &[&str] = &["|", "||", "&&", "&", ";", ">", ">>", "<", "2>", "2>&1", "&>", "<<", "|&"];
    if OPERATORS.contains(&text) {
        return Some(text);
    }
    // `$HOME` and `$(date)` alone; a `$` amid text may be a regular expression or a price.
    let rest = text.strip_prefix('$')?;
    let is_name = rest.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && rest
            .chars()
            .take_while(|char| *char != '/')
            .all(|char| char.is_ascii_alphanumeric() || char == '_');
    let is_call = rest.starts_with('(') && rest.ends_with(')');
    (is_name || is_call).then_some(text)
}

/// Writes words as a line of shell: syntax as it is, everything else so that it stays one word.
pub(crate) fn shell_line(words: &[&str]) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./:=@%+,".contains(char);
    let written = words.iter().map(|word| match shell_syntax(word) {
        Some(variable) if variable.starts_with('$') => format!("\"{variable}\""),
        Some(operator) => operator.to_owned(),
        None if !word.is_empty() && word.chars().all(is_plain) => (*word).to_owned(),
        None => format!("'{}'", word.replace('\'', "'\\''")),
    });
    written.collect::<Vec<_>>().join(" ")
}

/// Returns whether the first character of an argument comes from a value.
pub(crate) fn begins_with_value(argument: &Argument) -> bool {
    match argument {
        Argument::Spread(_) => true,
        Argument::One(Expr::Literal(_)) => false,
        Argument::One(Expr::Text(parts)) => !matches!(parts.first(), Some(Part::Chars(_))),
        Argument::One(_) => true,
    }
}

/// Splits a plain command line into a list, written as in a file; none if a shell would do more than split it.
pub(crate) fn split_command(line: &str) -> Option<String> {
    if line.contains(['|', '&', ';', '<', '>', '$', '`', '\\', '"', '\'', '*', '?', '(', ')', '\n']) {
        return None;
    }
    let words: Vec<String> = line.split_whitespace().map(|word| format!("\"{word}\"")).collect();
    (words.len() > 1).then(|| format!("[{}]", words.join(", ")))
}

/// Returns what kind of credential a text looks like.
pub(crate) fn credential(text: &str) -> Option<&'static str> {
    const PREFIXES: &[(&str, usize, &str)] = &[
        ("AKIA", 20, "an AWS access key"),
        ("ASIA", 20, "an AWS access key"),
        ("ghp_", 40, "a GitHub token"),
        ("gho_", 40, "a GitHub token"),
        ("ghs_", 40, "a GitHub token"),
        ("github_pat_", 40, "a GitHub token"),
        ("glpat-", 26, "a GitLab token"),
        ("xoxb-", 20, "a Slack token"),
        ("xoxp-", 20, "a Slack token"),
        ("sk_live_", 20, "a Stripe key"),
        ("AIza", 39, "a Google API key"),
        ("eyJhbGciOi", 30, "a JSON web token"),
    ];
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let is_token = |word: &str| word.chars().all(|char| char.is_ascii_alphanumeric() || "_-.".contains(char));
    if let Some((_, rest)) = text.split_once("://")
        && let Some((user, _)) = rest.split_once('@')
        && let Some((name, password)) = user.split_once(':')
        && !name.contains('/')
        && !password.is_empty()
    {
        return Some("a password in a URL");
    }
    text.split(|char: char| char.is_whitespace() || "\"'=,:;".contains(char)).find_map(|word| {
        let known = PREFIXES
            .iter()
            .find(|(prefix, length, _)| word.starts_with(prefix) && word.len() >= *length && is_token(word));
        known.map(|(_, _, what)| *what)
    })
}

#[cfg(test)]
mod tests {
    use super::{credential, shell_line, shell_syntax, split_command};

    #[test]
    fn shell_syntax_is_told_from_ordinary_text() {
        for text in ["|", "&&", ">", "$HOME", "$HOME/x", "$(date)"] {
            assert_eq!(shell_syntax(text), Some(text));
        }
        for text in ["a|b", "5$", "^x$", "$1,000", "{{index .RepoDigests 0}}", "--", "-"] {
            assert_eq!(shell_syntax(text), None, "{text}");
        }
    }

    #[test]
    fn words_become_a_line_that_means_the_same() {
        assert_eq!(
            shell_line(&["ls", "a b", "|", "wc", "$HOME", "it's"]),
            "ls 'a b' | wc \"$HOME\" 'it'\\''s'"
        );
    }

    #[test]
    fn plain_lines_are_split_and_others_are_left() {
        assert_eq!(split_command("cargo test --all").as_deref(), Some("[\"cargo\", \"test\", \"--all\"]"));
        assert_eq!(split_command("ls"), None);
        assert_eq!(split_command("ls | wc"), None);
    }

    #[test]
    fn credentials_are_known_by_their_form() {
        assert_eq!(credential("AKIAIOSFODNN7EXAMPLE"), Some("an AWS access key"));
        assert_eq!(credential("postgres://app:hunter2@db/x"), Some("a password in a URL"));
        assert_eq!(credential("https://example.com/a:b@c"), None);
        assert_eq!(credential("AKIA is a prefix"), None);
    }
}

//! Which arguments are code, options or shell syntax: knowledge about programs, as data.

use engine::{
    expression::{Expr, Part},
    plan::Argument,
};

/// A program that reads code from an argument.
struct Reader {
    program: &'static str,
    /// Options whose next argument is code.
    options: &'static [&'static str],
}

const READERS: &[Reader] = &[
    Reader { program: "sh", options: &["-c"] },
    Reader { program: "bash", options: &["-c"] },
    Reader { program: "dash", options: &["-c"] },
    Reader { program: "zsh", options: &["-c"] },
    Reader { program: "ksh", options: &["-c"] },
    Reader { program: "fish", options: &["-c"] },
    Reader { program: "su", options: &["-c", "--command"] },
    Reader { program: "python", options: &["-c"] },
    Reader { program: "python3", options: &["-c"] },
    Reader { program: "perl", options: &["-e", "-E"] },
    Reader { program: "ruby", options: &["-e"] },
    Reader { program: "node", options: &["-e", "--eval", "-p"] },
    Reader { program: "php", options: &["-r"] },
    Reader { program: "lua", options: &["-e"] },
    Reader { program: "pwsh", options: &["-c", "-Command"] },
];

/// Returns which argument a program would run as code, and how to say it: `sh -c`, `ssh host`.
///
/// `literals` holds each argument's text where it is written out. Wrappers such as `sudo` and `kubectl exec … --` are
/// looked through.
pub(crate) fn code_operand(program: &str, literals: &[Option<&str>]) -> Option<(usize, String)> {
    let name = program.rsplit('/').next().unwrap_or(program);
    if let Some(reader) = READERS.iter().find(|reader| reader.program == name) {
        for (at, literal) in literals.iter().enumerate() {
            let Some(text) = literal else { continue };
            // `-ec` is `-e -c`: short options may be joined.
            let joined = text.len() > 2
                && !text.starts_with("--")
                && text.starts_with('-')
                && reader.options.iter().any(|option| {
                    option.len() == 2 && option.strip_prefix('-').is_some_and(|letter| text.ends_with(letter))
                });
            if reader.options.contains(text) || joined {
                return Some((at + 1, format!("{name} {text}")));
            }
        }
        return None;
    }
    match name {
        "ssh" => remote_command(literals).map(|at| (at, "ssh host".to_owned())),
        "eval" => Some((0, "eval".to_owned())),
        // The command behind these begins with the first word that is no option.
        "sudo" | "doas" | "env" | "nice" | "nohup" | "timeout" | "xargs" | "time" | "setsid" => {
            behind(literals, |text| !text.starts_with('-') && !text.contains('='))
        }
        "docker" | "podman" | "kubectl" | "nerdctl" | "lxc" | "nsenter" | "chroot" | "flatpak" => {
            behind(literals, |text| {
                READERS.iter().any(|reader| text.rsplit('/').next() == Some(reader.program))
            })
        }
        _ => None,
    }
}

/// Looks at the command that begins with the first argument that `begins` takes.
fn behind(literals: &[Option<&str>], begins: impl Fn(&str) -> bool) -> Option<(usize, String)> {
    let at = literals.iter().position(|literal| literal.is_some_and(&begins))?;
    let inner = (*literals.get(at)?)?;
    let (operand, shown) = code_operand(inner, literals.get(at + 1..)?)?;
    Some((at + 1 + operand, shown))
}

/// `ssh [options] host command`: the remote shell reads the command.
fn remote_command(literals: &[Option<&str>]) -> Option<usize> {
    const WITH_VALUE: &[&str] =
        &["-i", "-p", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-W"];
    let mut at = 0;
    loop {
        match literals.get(at)? {
            Some(text) if WITH_VALUE.contains(text) => at += 2,
            Some(text) if text.starts_with('-') => at += 1,
            Some(_) | None => return Some(at + 1),
        }
    }
}

/// Returns the shell syntax that an argument was probably meant to be.
pub(crate) fn shell_syntax(text: &str) -> Option<&str> {
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
    use super::{code_operand, credential, shell_line, shell_syntax, split_command};

    #[test]
    fn code_is_found_behind_options_and_wrappers() {
        let cases: &[(&str, &[&str], Option<usize>)] = &[
            ("sh", &["-c", "x"], Some(1)),
            ("/bin/bash", &["-e", "-c", "x"], Some(2)),
            ("bash", &["-euc", "x"], Some(1)),
            ("python3", &["script.py", "x"], None),
            ("ssh", &["-i", "key", "host", "x"], Some(3)),
            ("sudo", &["-n", "sh", "-c", "x"], Some(3)),
            ("kubectl", &["exec", "pod", "--", "sh", "-c", "x"], Some(5)),
            ("echo", &["-c", "x"], None),
        ];
        for (program, arguments, expected) in cases {
            let literals: Vec<Option<&str>> = arguments.iter().map(|it| Some(*it)).collect();
            let found = code_operand(program, &literals).map(|(at, _)| at);
            assert_eq!(found, *expected, "{program} {arguments:?}");
        }
    }

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

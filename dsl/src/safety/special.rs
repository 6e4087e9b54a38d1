//! Programs that read code where no letter of an option leads to it: the program of `awk`, the commands that `ssh` takes
//! from its configuration.

use super::code::{Known, Word, base, is_cluster};

/// Settings of `ssh` whose value is run by a shell, in small letters.
const COMMANDS: &[&str] = &["proxycommand", "localcommand", "knownhostscommand"];

/// Returns the element that such a program would run as code although it is not written out.
pub(super) fn code_operand(program: &str, words: &[Word]) -> Option<(usize, String)> {
    match base(program) {
        name @ ("awk" | "gawk" | "mawk" | "nawk") => {
            awk(words).filter(|word| word.is_open()).map(|word| (word.element, name.to_owned()))
        }
        name @ ("ssh" | "scp" | "sftp") => {
            ssh_setting(words).map(|word| (word.element, format!("{name} -o")))
        }
        _ => None,
    }
}

/// Returns the program of `awk`: its first operand, unless it comes from a file.
fn awk<'a, 'w>(words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (Known::Whole(text) | Known::Begin(text)) = word.known else { return Some(word) };
        match text {
            "--" => return rest.next(),
            "-e" | "--source" => return rest.next(),
            "-F" | "-v" | "--field-separator" | "--assign" if !word.is_open() => {
                rest.next();
            }
            "--file" => return None,
            _ if text.starts_with("--file=") || text.starts_with("-f") => return None,
            _ if text.starts_with("--source=") => return Some(word),
            _ if text.starts_with('-') && text.len() > 1 => {}
            _ => return Some(word),
        }
    }
    None
}

/// Returns the value of an `-o` that says what is run, or may say so.
fn ssh_setting<'a, 'w>(words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let option = match word.known {
            Known::Whole(text) | Known::Begin(text) if is_cluster(text) => text,
            Known::Whole(_) | Known::Begin(_) | Known::One | Known::Many => continue,
        };
        // What follows the letter, or the next word if nothing does.
        let Some((_, joined)) = option.split_once('o') else { continue };
        let (value, setting) = if joined.is_empty() && !word.is_open() {
            let value = rest.next()?;
            match value.known {
                Known::Whole(text) | Known::Begin(text) => (value, text),
                Known::One | Known::Many => (value, ""),
            }
        } else {
            (word, joined)
        };
        if !value.is_open() {
            continue;
        }
        let key = setting.split(['=', ' ']).next().unwrap_or_default().to_ascii_lowercase();
        let is_whole = setting.contains(['=', ' ']);
        if COMMANDS.contains(&&*key)
            || (!is_whole && COMMANDS.iter().any(|command| command.starts_with(&key)))
        {
            return Some(value);
        }
    }
    None
}

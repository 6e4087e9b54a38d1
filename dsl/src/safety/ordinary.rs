//! Commands of a script whose arguments are data, as far as anybody can tell.

use super::{reader, tool, wrapper};

/// What a shell itself does with its words: some become code, names of variables or arithmetic.
const BUILTINS: &[&str] = &[
    ".",
    "[",
    "alias",
    "bind",
    "case",
    "command",
    "compgen",
    "complete",
    "coproc",
    "declare",
    "enable",
    "eval",
    "exec",
    "export",
    "fc",
    "for",
    "function",
    "getopts",
    "hash",
    "let",
    "local",
    "mapfile",
    "printf",
    "read",
    "readarray",
    "readonly",
    "select",
    "set",
    "shopt",
    "source",
    "test",
    "trap",
    "typeset",
    "unset",
    "wait",
];

/// Words by which text may become code anywhere in a script.
const EVALUATORS: &[&str] = &["alias", "coproc", "eval", "exec", "function", "source", "trap"];

/// Returns whether the arguments of a command are data: it neither reads code nor starts another program.
pub(crate) fn is_ordinary(command: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "_-./+".contains(char);
    command.chars().all(is_plain)
        && !BUILTINS.contains(&command)
        && !reader::is_reader(command)
        && !tool::is_tool(command)
        && !wrapper::is_wrapper(command)
}

/// Returns whether a script mentions, in whatever place, something that could run text: an interpreter, a function.
pub(crate) fn mentions_interpreter(script: &str) -> bool {
    let is_word = |char: char| char.is_ascii_alphanumeric() || "_-.+".contains(char);
    script.contains("()")
        || script
            .split(|char| !is_word(char))
            .any(|word| !word.is_empty() && (EVALUATORS.contains(&word) || reader::is_reader(word)))
}

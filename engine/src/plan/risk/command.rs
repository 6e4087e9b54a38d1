//! One command: who really runs, and what is known of what it does with its arguments.

mod code;
mod tools;

use super::{
    args::Args,
    finding::{Finding, HOLE, Look, UNKNOWN},
    table::{self, Known},
};
use crate::plan::Risk::{self, High, Low, Medium};
use std::borrow::Cow;

/// What a command makes of its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// Nothing but data.
    Data,
    /// Runs it as a shell script.
    Shell {
        /// Whether the shell is bash.
        is_bash: bool,
    },
    /// Runs it as Python.
    Python,
    /// Runs it as SQL.
    Sql,
}

/// A program that starts another one with what follows.
struct Wrapper {
    program: &'static str,
    /// Options that take the next word.
    valued: &'static [&'static str],
    /// How many words of its own stand before the other program.
    operands: usize,
    finding: Finding,
}

/// How the arguments of a program are read where rows of a table cannot say it.
#[derive(Clone, Copy)]
enum Special {
    /// Runs code of the shell.
    Shell,
    /// Runs its words as code of the shell.
    Eval,
    /// Runs a file in the same shell.
    Source,
    /// Runs code of the shell when something happens.
    Trap,
    Python,
    /// Runs code of a language that is not read here.
    Code,
    /// Runs a command on another machine.
    Ssh,
    /// Runs a command as another user.
    Su,
    Find,
    Sed,
    Sql(&'static tools::SqlClient),
}

const OTHER_USER: Finding = Finding::new(High, "acts as another user");
const OTHER_ROOT: Finding = Finding::new(High, "acts in another root folder");

const WRAPPERS: &[Wrapper] = &[
    wrapper("builtin", &[], 0, Finding::LOW),
    wrapper("busybox", &[], 0, Finding::LOW),
    wrapper("chroot", &[], 1, OTHER_ROOT),
    wrapper("command", &[], 0, Finding::LOW),
    wrapper("doas", &["-u", "-C"], 0, OTHER_USER),
    wrapper("env", &["-u", "--unset", "-C", "--chdir"], 0, Finding::LOW),
    wrapper("exec", &["-a"], 0, Finding::LOW),
    wrapper("ionice", &["-c", "-n"], 0, Finding::LOW),
    wrapper("nice", &["-n"], 0, Finding::LOW),
    wrapper("nohup", &[], 0, Finding::LOW),
    wrapper("runuser", &["-u", "-g", "-G"], 0, OTHER_USER),
    wrapper("setsid", &[], 0, Finding::LOW),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0, Finding::LOW),
    wrapper(
        "sudo",
        &["-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "-r", "-t", "--user", "--group", "--host"],
        0,
        OTHER_USER,
    ),
    wrapper("time", &["-f", "-o"], 0, Finding::LOW),
    wrapper("timeout", &["-k", "-s", "--kill-after", "--signal"], 1, Finding::LOW),
    wrapper("xargs", &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"], 0, Finding::LOW),
];

const SPECIAL: &[(&str, Special)] = &[
    (".", Special::Source),
    ("bash", Special::Shell),
    ("bun", Special::Code),
    ("deno", Special::Code),
    ("eval", Special::Eval),
    ("find", Special::Find),
    ("java", Special::Code),
    ("lua", Special::Code),
    ("mysql", Special::Sql(&tools::MYSQL)),
    ("node", Special::Code),
    ("osascript", Special::Code),
    ("perl", Special::Code),
    ("php", Special::Code),
    ("psql", Special::Sql(&tools::PSQL)),
    ("python", Special::Python),
    ("ruby", Special::Code),
    ("sed", Special::Sed),
    ("sh", Special::Shell),
    ("source", Special::Source),
    ("sqlite", Special::Sql(&tools::SQLITE)),
    ("ssh", Special::Ssh),
    ("su", Special::Su),
    ("trap", Special::Trap),
];

/// Programs that bring something from a network.
const FETCHERS: &[&str] = &["aria2c", "axel", "curl", "fetch", "lynx", "nc", "ncat", "scp", "wget"];

/// Where the programs of the system are; elsewhere, any program may bear a known name.
const SYSTEM_FOLDERS: &[&str] =
    &["/bin", "/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin", "/usr/sbin"];

/// Looks at a command, given as its words, and says what it makes of its standard input. `fed` says that its input is
/// written out beside it and will be looked at.
pub(super) fn judge(look: &mut Look, mut words: &[String], fed: bool) -> Input {
    let mut gets_more = false;
    loop {
        let Some((program, rest)) = words.split_first() else { return Input::Data };
        if program.contains(HOLE) {
            look.raise(Medium, "which program runs is not known before it does");
            return Input::Data;
        }
        let (name, known) = table::find(program);
        let Some(wrapper) = wrapper_named(name) else {
            let mut args = Cow::Borrowed(rest);
            if gets_more {
                args.to_mut().push(HOLE.to_string());
            }
            return judge_program(look, program, name, known, &args, fed);
        };
        look.note(wrapper.finding);
        if !is_trusted(program) {
            look.raise(Medium, UNKNOWN);
        }
        for own in rest.iter().take_while(|word| word.starts_with('-') || is_assignment(word)) {
            look.note(table::assigned(own));
        }
        let mut options = rest.iter().take_while(|word| word.starts_with('-'));
        if name == "env" && options.any(|word| word.starts_with("-S") || word.starts_with("--split")) {
            look.raise(Medium, "starts a program from a text");
            return Input::Data;
        }
        if name == "command" && rest.first().is_some_and(|word| word == "-v" || word == "-V") {
            return Input::Data;
        }
        gets_more |= name == "xargs";
        words = skip_own(rest, wrapper.valued, wrapper.operands, true);
    }
}

/// Returns the programs that are read here rather than by rows of a table.
pub(super) fn special_programs() -> impl Iterator<Item = &'static str> {
    SPECIAL.iter().map(|(program, _)| *program).chain(WRAPPERS.iter().map(|wrapper| wrapper.program))
}

fn wrapper_named(name: &str) -> Option<&'static Wrapper> {
    let at = WRAPPERS.binary_search_by_key(&name, |wrapper| wrapper.program).ok()?;
    WRAPPERS.get(at)
}

fn special(name: &str) -> Option<Special> {
    let at = SPECIAL.binary_search_by_key(&name, |(program, _)| program).ok()?;
    SPECIAL.get(at).map(|(_, special)| *special)
}

fn judge_program(
    look: &mut Look,
    program: &str,
    name: &str,
    known: Known,
    args: &[String],
    fed: bool,
) -> Input {
    look.fetches |= FETCHERS.contains(&name);
    let Some(special) = special(name) else {
        judge_rows(look, program, name, known, args);
        return Input::Data;
    };
    if !is_trusted(program) {
        look.raise(Medium, UNKNOWN);
    }
    let parsed = Args::new(args, table::globals(name));
    if parsed.asks_for_help() {
        return Input::Data;
    }
    match special {
        Special::Shell => return code::shell(look, name, args, fed),
        Special::Python => return code::python(look, args, fed),
        Special::Sql(client) => return tools::sql(look, args, client, fed),
        Special::Eval => code::text(look, &args.join(" ")),
        Special::Source => code::file(look, parsed.operands().first().copied()),
        Special::Trap => {
            if let Some(text) = parsed.operands().first().filter(|text| !matches!(**text, "-" | "")) {
                code::text(look, text);
            }
        }
        Special::Code if args.is_empty() => code::file(look, None),
        Special::Code => look.raise(Medium, "runs code of a language that is not read here"),
        Special::Ssh => code::ssh(look, args),
        Special::Su => {
            look.note(OTHER_USER);
            let option = args.iter().position(|word| word == "-c" || word == "--command");
            if let Some(text) = option.and_then(|at| args.get(at + 1)) {
                code::of_another_shell(look, text);
            }
        }
        Special::Find => tools::find(look, args),
        Special::Sed => tools::sed(look, args),
    }
    Input::Data
}

/// Looks a program up in the tables.
fn judge_rows(look: &mut Look, program: &str, name: &str, known: Known, args: &[String]) {
    let trusted = is_trusted(program);
    if !known.is_any() {
        look.unknown.insert(program.to_owned());
        return;
    }
    let args = Args::new(args, table::globals(name));
    if trusted && args.asks_for_help() {
        return;
    }
    let matching = known.rows.iter().filter(|row| {
        let surely = row.risk == Low;
        (trusted || !surely)
            && args.begin_with(row.words, surely)
            && row.when.iter().all(|when| args.fulfil(when))
    });
    let harmless = (trusted && known.is_harmless).then_some(Finding::LOW);
    match matching.map(|row| Finding::new(row.risk, row.why)).chain(harmless).reduce(Finding::max) {
        Some(Finding { risk: Risk::Low, .. }) => {}
        Some(finding) => look.note(finding),
        None => look.raise(Medium, "this use of the program is not known to be harmless"),
    }
}

fn is_trusted(program: &str) -> bool {
    program.rsplit_once('/').is_none_or(|(folder, _)| SYSTEM_FOLDERS.contains(&folder))
}

/// Skips options, then so many operands; before the first operand also assignments, if there may be any.
fn skip_own<'a>(
    mut args: &'a [String],
    valued: &[&str],
    mut operands: usize,
    assignments: bool,
) -> &'a [String] {
    while let Some((word, rest)) = args.split_first() {
        if word == "--" {
            args = rest;
            return args.get(operands..).unwrap_or_default();
        }
        if word.starts_with('-') {
            let own = usize::from(valued.contains(&word.as_str()));
            args = rest.get(own..).unwrap_or_default();
        } else if assignments && is_assignment(word) {
            args = rest;
        } else if operands > 0 {
            operands -= 1;
            args = rest;
        } else {
            break;
        }
    }
    args
}

/// Returns whether a word sets a variable: `NAME=…`.
pub(super) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_name(name.strip_suffix('+').unwrap_or(name)))
}

/// Returns whether a text can name a variable.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

const fn wrapper(
    program: &'static str,
    valued: &'static [&'static str],
    operands: usize,
    finding: Finding,
) -> Wrapper {
    Wrapper { program, valued, operands, finding }
}

#[cfg(test)]
mod tests {
    use super::{SPECIAL, WRAPPERS};

    #[test]
    fn programs_are_sorted() {
        assert!(SPECIAL.is_sorted_by_key(|(program, _)| program));
        assert!(WRAPPERS.is_sorted_by_key(|wrapper| wrapper.program));
    }
}

//! Commands with a small language of their own: find, sed, and what speaks SQL.

use super::{Input, judge};
use crate::plan::{
    Risk::{High, Medium},
    risk::{
        args::Args,
        finding::{HOLE, Look},
        sql::read as read_sql,
        table,
    },
};

/// How a program is given SQL.
pub(super) struct SqlClient {
    /// The option that holds it, short and long; without one it follows the database's name.
    option: Option<(&'static str, &'static str)>,
    /// Whether `-f` names a file of it and `-o` a file for the answer.
    files: bool,
    /// All options that take the next word.
    options: table::Globals,
}

#[rustfmt::skip]
pub(super) const PSQL: SqlClient = SqlClient {
    option: Some(("-c", "--command")),
    files: true,
    options: table::options_of(&[
        "-c", "--command", "-d", "--dbname", "-f", "--file", "-F", "-h", "--host", "-o", "--output", "-p", "--port",
        "-P", "--pset", "-R", "-U", "--username", "-v", "--set",
    ]),
};
pub(super) const MYSQL: SqlClient = SqlClient {
    option: Some(("-e", "--execute")),
    files: false,
    options: table::options_of(&[
        "-D",
        "--database",
        "-e",
        "--execute",
        "-h",
        "--host",
        "-P",
        "--port",
        "-u",
        "--user",
    ]),
};
pub(super) const SQLITE: SqlClient =
    SqlClient { option: None, files: false, options: table::options_of(&["-cmd", "-init", "-separator"]) };

pub(super) fn find(look: &mut Look, args: &[String]) {
    let mut words = args;
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        match word.as_str() {
            "-delete" => look.raise(High, "deletes all files it finds"),
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let end = rest.iter().position(|word| word == ";" || word == "+").unwrap_or(rest.len());
                let (command, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                let command: Vec<_> = command.iter().map(|word| word.replace("{}", "\0")).collect();
                look.inside(|look| {
                    judge(look, &command, false);
                });
                words = after;
            }
            "-fprint" | "-fprint0" | "-fprintf" | "-fls" => look.raise(Medium, "writes a file"),
            _ => {}
        }
    }
}

pub(super) fn sed(look: &mut Look, args: &[String]) {
    const OPTIONS: table::Globals = table::options_of(&["-e", "--expression", "-f", "--file", "-l"]);
    let parsed = Args::new(args, &OPTIONS);
    if parsed.has_option("-i") || parsed.has_option("--in-place") {
        look.raise(Medium, "changes files");
    }
    let mut scripts: Vec<_> = parsed.values("-e").chain(parsed.values("--expression")).collect();
    if scripts.is_empty() {
        scripts.extend(parsed.operands().first());
    }
    let has_file = parsed.has_option("-f") || parsed.has_option("--file");
    if has_file || !scripts.into_iter().all(is_plain_sed) {
        look.raise(Medium, "the sed script may write files or start programs");
    }
}

/// Returns whether a sed script is one substitution, or one command that prints, deletes or ends, with its addresses.
fn is_plain_sed(script: &str) -> bool {
    if script.contains([HOLE, '\n', ';', '{']) {
        return false;
    }
    let mut chars = script.chars();
    if chars.next() == Some('s')
        && let Some(delimiter) = chars.next()
    {
        let parts: Vec<_> = chars.as_str().split(delimiter).collect();
        return matches!(parts.as_slice(), [_, _, flags] if flags.chars().all(|c| "gpiIm0123456789".contains(c)));
    }
    let is_address = |c: char| c.is_ascii_digit() || "$,! ~+".contains(c);
    let parts: Vec<_> = script.split('/').collect();
    match parts.as_slice() {
        [plain] | [_, _, plain] | [_, _, ",", _, plain] => {
            let before = if parts.len() > 1 { parts.first().copied().unwrap_or_default() } else { "" };
            before.chars().all(is_address) && plain.chars().all(|c| is_address(c) || "pdqn=".contains(c))
        }
        _ => false,
    }
}

pub(super) fn sql(look: &mut Look, args: &[String], client: &SqlClient, fed: bool) -> Input {
    let parsed = Args::new(args, &client.options);
    let statements: Vec<_> = match client.option {
        Some((short, long)) => parsed.values(short).chain(parsed.values(long)).collect(),
        None => parsed.operands().iter().skip(1).copied().collect(),
    };
    for statement in &statements {
        look.note(read_sql(statement));
    }
    if client.files && (parsed.has_option("-o") || parsed.has_option("--output")) {
        look.raise(Medium, "writes a file");
    }
    let has_file = client.files && (parsed.has_option("-f") || parsed.has_option("--file"));
    let lists = client.files && (parsed.has_option("-l") || parsed.has_option("--list"));
    let reads_input = statements.is_empty() && !has_file && !lists;
    if reads_input && fed {
        return Input::Sql;
    }
    if reads_input || has_file {
        look.raise(Medium, "runs statements that are not written here");
    }
    Input::Data
}

//! Commands that run code: shells, Python, and machines that are told what to run.

use super::{Input, judge, skip_own};
use crate::plan::{
    Risk::Medium,
    risk::{
        finding::{HOLE, Look},
        python,
        shell::read as read_shell,
    },
};

/// Looks at code for the shell that reads this code.
pub(super) fn text(look: &mut Look, code: &str) {
    let is_bash = look.is_bash;
    of_shell(look, code, is_bash);
}

/// Looks at code for a shell of which nothing is known.
pub(super) fn of_another_shell(look: &mut Look, code: &str) {
    let is_bash = look.sh_is_bash;
    of_shell(look, code, is_bash);
}

fn of_shell(look: &mut Look, code: &str, is_bash: bool) {
    if code.contains(HOLE) {
        look.unseen("runs a text as code");
    }
    look.inside(|look| {
        look.is_bash = is_bash;
        read_shell(look, code);
    });
}

/// Looks at a file of code, or at the input if there is none.
pub(super) fn file(look: &mut Look, file: Option<&str>) {
    match file {
        Some(file) if !file.contains(HOLE) => look.raise(Medium, "runs a script that is not written here"),
        Some(_) => look.unseen("runs a script that is not written here"),
        None => look.unseen("runs code that it reads from its input"),
    }
}

pub(super) fn shell(look: &mut Look, name: &str, args: &[String], fed: bool) -> Input {
    let mut words = args.iter();
    let is_bash = name == "bash" || look.sh_is_bash;
    let (mut is_code, mut is_input) = (false, false);
    while let Some(word) = words.next() {
        if !(word.starts_with('-') || word.starts_with('+')) {
            match (is_code, is_input) {
                (true, _) => of_shell(look, word, is_bash),
                (false, true) => break,
                (false, false) => file(look, Some(word)),
            }
            return Input::Data;
        }
        let is_long = word.starts_with("--");
        is_code |= !is_long && word.starts_with('-') && word.contains('c');
        is_input |= !is_long && word.contains('s');
        if matches!(word.as_str(), "-o" | "+o" | "-O" | "+O" | "--rcfile" | "--init-file") {
            words.next();
        }
    }
    if fed {
        return Input::Shell { is_bash };
    }
    file(look, None);
    Input::Data
}

pub(super) fn python(look: &mut Look, args: &[String], fed: bool) -> Input {
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" => {
                let code = words.next().map(String::as_str).unwrap_or_default();
                if code.contains(HOLE) {
                    look.unseen("runs a text as code");
                }
                look.note(python::read(code));
                return Input::Data;
            }
            "-m" => {
                let module = words.as_slice();
                look.inside(|look| {
                    judge(look, module, false);
                });
                return Input::Data;
            }
            "-W" | "-X" => {
                words.next();
            }
            "-" => break,
            option if option.starts_with('-') => {}
            path => {
                file(look, Some(path));
                return Input::Data;
            }
        }
    }
    if fed {
        return Input::Python;
    }
    file(look, None);
    Input::Data
}

pub(super) fn ssh(look: &mut Look, args: &[String]) {
    #[rustfmt::skip]
    const VALUED: &[&str] = &[
        "-B", "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-Q", "-R",
        "-S", "-W", "-w",
    ];
    look.raise(Medium, "acts on another machine");
    let command = skip_own(args, VALUED, 1, false);
    if !command.is_empty() {
        of_another_shell(look, &command.join(" "));
    }
}

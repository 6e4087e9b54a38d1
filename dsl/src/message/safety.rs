//! Values that would become code, and secrets that would be seen.

use grammar::{Code, Diagnostic, Edit, Span};

/// Where in a script a value was meant to stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// In an argument of an ordinary program.
    Argument,
    /// Where a shell replaces nothing.
    Quoted,
    /// In text that may be code of another program, a name, or part of a larger construct.
    Unknown,
    /// In Python.
    Python,
}

/// E0501: interpolation inside a script. The edits take it away; there are none where nobody can say that they keep what
/// the script does.
pub(crate) fn interpolation_in_script(
    inner: &str,
    variable: &str,
    span: Span,
    place: Place,
    edits: Vec<Edit>,
) -> Diagnostic {
    let declared = format!("`env {{ {variable} = {inner} }}`");
    let help = match place {
        Place::Argument => {
            format!(
                "a script takes values from variables, so that none can become code: {declared}, then `\"${variable}\"`"
            )
        }
        Place::Quoted => format!(
            "write {declared}, and read `\"${variable}\"` outside of the single quotes: a shell replaces nothing within"
        ),
        Place::Unknown => format!(
            "write {declared}, and hand `\"${variable}\"` over as an argument of its own; there is no fix to apply, since \
             text that another program reads as code must not hold a value, not even that of a variable"
        ),
        Place::Python => {
            format!(
                "write {declared}, and read `os.environ[\"{variable}\"]` in the script, after `import os`"
            )
        }
    };
    let found = Diagnostic::new(Code::E0501, format!("`${{{inner}}}` is not replaced inside a script"), span)
        .label("the interpreter would see this text as it stands")
        .help(help);
    if edits.is_empty() { found } else { found.fix_all(format!("pass it as `{variable}`"), edits) }
}

/// E0502: a value where an interpreter reads code.
pub(crate) fn becomes_code(program: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0502, format!("this value would become code in `{program}`"), span)
        .label("whatever it holds would be run")
        .help("use `script = <<SH` and pass the value with `env`")
}

/// E0503: a script reads a variable that nobody sets.
pub(crate) fn undeclared_variable(name: &str, span: Span, near: Option<&str>, known: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::E0503, format!("the script reads `${name}`, which nothing sets"), span);
    match near {
        Some(near) => found
            .label(format!("did you mean `${near}`?"))
            .help(format!("write `${near}`, or declare it: `env {{ {name} = … }}`")),
        None if known.is_empty() => found.help(format!("declare it: `env {{ {name} = … }}`")),
        None => found.help(format!(
            "declare it: `env {{ {name} = … }}`; known are {}",
            known.iter().map(|name| format!("`${name}`")).collect::<Vec<_>>().join(", ")
        )),
    }
}

/// E0504: a secret among the arguments of a process.
pub(crate) fn secret_in_argument(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0504, "a secret in an argument", span)
        .label("everyone on the machine sees arguments in the list of processes")
        .help("pass it with `env` or `stdin`")
}

/// E0505: a secret where it would be seen.
pub(crate) fn secret_seen(place: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0505, format!("a secret flows into `{place}`"), span)
        .label("it would be stored or shown")
        .help("secrets go to `env`, `stdin`, http `headers` and `auth`, and the credentials of targets only")
}

/// E0506: text that looks like a credential.
pub(crate) fn looks_like_credential(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0506, format!("this looks like {what}"), span)
        .label("files are read by many people and kept for long")
        .help("declare it: `secret NAME { from = \"env:NAME\" }`, and read `secret.NAME`")
}

/// E0507: an outsider would choose where to go or what to run.
pub(crate) fn untrusted_choice(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0507, format!("an untrusted value chooses {what}"), span)
        .label("it comes from outside and may be anything")
        .help("make the param an `enum`, or hold it by `check = matches(param.x, \"^…$\")`")
}

/// E0508: a variable that changes what programs do.
pub(crate) fn dangerous_variable(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0508, format!("an untrusted value in `{name}`"), span)
        .label("programs and shells run what this variable says")
        .help("choose another name")
}

/// E0509: a list among arguments, without `...`.
pub(crate) fn list_as_argument(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0509, "a list where one argument is expected", span)
        .label("one element would be one argument")
        .help(format!("spread it: `...{text}`"))
        .fix("spread it", span.before(), "...")
}

/// E0510: a program and its arguments in one text.
pub(crate) fn program_with_blanks(program: &str, span: Span, split: Option<String>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0510, format!("the program `{program}` contains blanks"), span)
        .label("no shell is there to split it")
        .help("give each argument an element of its own");
    match split {
        Some(split) => found.fix("split it", span, split),
        None => found,
    }
}

/// E0510: a whole command line as one text.
pub(crate) fn command_line(span: Span, split: Option<String>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0510, "`run` takes a list, one element for each argument", span)
        .label("no shell is there to split it");
    match split {
        Some(split) => found.help(format!("write `{split}`")).fix("split it", span, split),
        None => found.help("write `run = [\"program\", \"argument\"]`, or use `script = <<SH`"),
    }
}

/// E0511: shell syntax where no shell is.
pub(crate) fn shell_syntax(what: &str, span: Span, script: Option<(Span, String)>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0511, format!("`{what}` has no meaning in `run`"), span)
        .label("it would be an ordinary argument: no shell starts")
        .help("use `script = <<SH`, or a step for each program");
    match script {
        Some((setting, script)) => found.fix("make it a script", setting, script),
        None => found,
    }
}

const HOST_KEY: &str =
    "write `host_key = \"ssh-ed25519 …\"`; `ssh-keyscan HOST` prints it, compare it with the host's own";

/// E0512: nobody knows whether the host is the right one.
pub(crate) fn no_host_key(target: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0512, format!("target `{target}` has no `host_key`"), span)
        .label("another machine could answer in its place")
        .help(HOST_KEY)
}

/// E0512: a key that no host has.
pub(crate) fn empty_host_key(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0512, "the `host_key` is empty", span)
        .label("another machine could answer in its place")
        .help(HOST_KEY)
}

/// E0513: a program that is not written out.
pub(crate) fn program_not_literal(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0513, "the program is not written out", span)
        .label("what runs must be seen in the file")
        .help("write the program as plain text; choose between programs by `when` on two steps")
}

/// E0501: a script in quotes, with values in it.
pub(crate) fn interpolated_script(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0501, "a script is never interpolated", span)
        .label("values in here would become code")
        .help("write the code as `<<SH … SH`, and pass values with `env { NAME = … }` as `\"$NAME\"`")
}

/// E0002: a script that is no heredoc.
pub(crate) fn script_not_heredoc(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0002, "a script is written as a heredoc", span)
        .help("write `script = <<SH`, the code on lines of its own, and `SH` alone on the last line")
}

/// E0307: a tag that stands for no interpreter.
pub(crate) fn unknown_tag(tag: &str, span: Span, near: Option<&str>, known: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::E0307, format!("`{tag}` names no interpreter"), span)
        .help(format!("the tag says who runs the script: {}", known.join(", ")));
    match near {
        Some(near) => found.label(format!("did you mean `{near}`?")),
        None => found,
    }
}

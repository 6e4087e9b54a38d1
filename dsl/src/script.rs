//! Scripts seen from outside: which variables they read, and which outputs they write.
//!
//! The shell is read by [`shell`], closely enough to tell quoted from unquoted and code from text. Other interpreters
//! are only searched for names.

mod hole;
mod shell;

use crate::{
    ast::Fields,
    message::{lint, safety},
    names::{ActionKind, Names, StepInfo},
    suggest::{nearest_declared, some},
};
use grammar::{
    Diagnostic, Span,
    tree::{ExprKind, Heredoc, Setting},
};
use hole::Script;
use std::collections::BTreeSet;

/// Looks at every script of a workflow.
pub(crate) fn check(names: &Names<'_>, found: &mut Vec<Diagnostic>) {
    for step in &names.steps {
        if step.action == Some(ActionKind::Script)
            && let Some((setting, heredoc)) = script(step.fields)
        {
            let known = variables(names, step, step.fields);
            look_at(names, step.fields, setting, heredoc, &known, found);
            outputs(step, heredoc, found);
        }
        if let Some(undo) = step.fields.section("undo")
            && let Some((setting, heredoc)) = script(&undo.fields)
        {
            let known = variables(names, step, &undo.fields);
            look_at(names, &undo.fields, setting, heredoc, &known, found);
        }
    }
}

fn script<'t>(fields: &Fields<'t>) -> Option<(&'t Setting, &'t Heredoc)> {
    let setting = fields.setting("script")?;
    match &setting.value.kind {
        ExprKind::Heredoc(heredoc) => Some((setting, heredoc)),
        _ => None,
    }
}

/// Returns the variables that a script is given.
fn variables<'a>(names: &Names<'a>, step: &StepInfo<'a>, fields: &Fields<'a>) -> BTreeSet<&'a str> {
    let on = step.fields.value("on").and_then(crate::walk::chain);
    let target = on.and_then(|words| names.targets.get(words.get(1)?.0).copied());
    let sections = [
        fields.section("env"),
        target.and_then(|target| target.section("env")),
        names.workflow.section("env"),
    ];
    let settings = sections.into_iter().flatten().flat_map(|section| section.fields.settings.iter());
    settings.map(|setting| &*setting.key.text).collect()
}

fn look_at(
    names: &Names<'_>,
    fields: &Fields<'_>,
    setting: &Setting,
    heredoc: &Heredoc,
    known: &BTreeSet<&str>,
    found: &mut Vec<Diagnostic>,
) {
    let Some(source) = names.world.sources.get(usize::from(heredoc.body_span.file.0)) else { return };
    let text = source.tree.slice(heredoc.body_span);
    let place = |start: usize, end: usize| {
        let base = heredoc.body_span.start as usize;
        Span::new(heredoc.body_span.file, base + start, base + end)
    };
    let scan = matches!(&*heredoc.tag.text, "SH" | "BASH").then(|| shell::scan(text));
    let file = source.tree.text();
    let interpolated =
        Script { fields, setting, heredoc, text, scan: scan.as_ref(), known, file }.holes(found);
    let Some(scan) = scan else { return };
    let mut told = BTreeSet::new();
    for variable in &scan.reads {
        // Both stand in the order of the text.
        let before = interpolated.partition_point(|range| range.end <= variable.start);
        if interpolated.get(before).is_some_and(|range| range.contains(&variable.start)) {
            continue;
        }
        let name = variable.name;
        let span = place(variable.start, variable.end);
        let is_set = known.contains(name) || scan.sets.contains(name) || is_ambient(name);
        if scan.is_open || hides_variables(fields) {
            // Another file, or a block in error, may set anything.
        } else if !is_set && !variable.has_default {
            if told.insert(name) {
                let candidates = known.iter().copied().chain(scan.sets.iter().copied());
                let near = nearest_declared(found, name, candidates);
                let known = some(known.iter().copied());
                found.push(safety::undeclared_variable(name, span, near, &known));
            }
        } else if variable.is_split && variable.is_plain && known.contains(name) {
            found.push(lint::unquoted_variable(name, span));
        }
    }
}

/// Returns whether a variable may stand in a statement that is reported already.
fn hides_variables(fields: &Fields<'_>) -> bool {
    fields.hides_names || fields.section("env").is_some_and(|env| env.fields.has_broken)
}

/// Variables that a shell or the engine always has.
fn is_ambient(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "HOME",
        "PATH",
        "PWD",
        "OLDPWD",
        "USER",
        "LOGNAME",
        "SHELL",
        "TMPDIR",
        "LANG",
        "TZ",
        "TERM",
        "IFS",
        "PPID",
        "UID",
        "EUID",
        "HOSTNAME",
        "HOSTTYPE",
        "OSTYPE",
        "MACHTYPE",
        "RANDOM",
        "SECONDS",
        "LINENO",
        "REPLY",
        "OPTARG",
        "OPTIND",
        "OPTERR",
        "BASH",
        "PS1",
        "PS2",
        "PS3",
        "PS4",
        "FUNCNAME",
        "PIPESTATUS",
        "SHLVL",
        "DIRSTACK",
        "GROUPS",
        "COLUMNS",
        "LINES",
        "EPOCHSECONDS",
        "EPOCHREALTIME",
        "SRANDOM",
        "MAPFILE",
        "COPROC",
    ];
    NAMES.contains(&name)
        || name.starts_with("SKYNET_")
        || name.starts_with("BASH_")
        || name.starts_with("LC_")
        || name.starts_with("COMP_")
}

/// W0912: outputs that the script does not even mention.
fn outputs(step: &StepInfo<'_>, heredoc: &Heredoc, found: &mut Vec<Diagnostic>) {
    let body = &*heredoc.body;
    for declared in step.fields.declared("output") {
        let name = &*declared.name().text;
        let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let mentioned = body.split(|char| !is_word(char)).any(|word| word == name);
        if declared.syntax.value.is_none() && !(mentioned && body.contains("SKYNET_OUT")) {
            found.push(lint::never_written(name, declared.name().span, heredoc.tag.span));
        }
    }
}

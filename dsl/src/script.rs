//! Scripts seen from outside: which variables they read, and which outputs they write.
//!
//! The shell is read by [`shell`], closely enough to tell quoted from unquoted and code from text. Other interpreters
//! are only searched for names.

mod shell;

use crate::{
    ast::Fields,
    message::{lint, safety},
    names::{ActionKind, Names, StepInfo},
    schema::words,
    suggest::{nearest_declared, some},
    walk::indent,
};
use grammar::{
    Diagnostic, Edit, Span,
    tree::{Expr, ExprKind, Heredoc, Setting},
};
use std::collections::{BTreeMap, BTreeSet};

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
    let mut interpolated = Vec::new();
    let mut added: BTreeSet<String> = BTreeSet::new();
    let own: BTreeMap<&str, &Expr> = match fields.section("env") {
        Some(env) => env.fields.settings.iter().map(|it| (&*it.key.text, &it.value)).collect(),
        None => BTreeMap::new(),
    };
    for (start, end, inner) in interpolations(text) {
        let variable = variable_for(inner);
        // A variable of that name serves if it holds that very value; any other must not be touched.
        let fix = match own.get(&*variable) {
            Some(value) if source.tree.slice(value.span) == inner => Some(Vec::new()),
            None if !known.contains(&*variable) && !added.contains(&variable) => {
                added.insert(variable.clone());
                Some(vec![add_variable(fields, setting, &variable, inner, source.tree.text())])
            }
            Some(_) | None => None,
        };
        found.push(safety::interpolation_in_script(inner, &variable, place(start, end), fix));
        interpolated.push(start..end);
    }
    if !matches!(&*heredoc.tag.text, "SH" | "BASH") {
        return;
    }
    let scan = shell::scan(text);
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

/// Returns `${…}` that were meant for us: what is inside begins with one of our roots, or calls a function on one.
fn interpolations(text: &str) -> Vec<(usize, usize, &str)> {
    let mut hits = Vec::new();
    let mut starts = text.match_indices("${").map(|(start, _)| start).peekable();
    while let Some(start) = starts.next() {
        // A value holds no other, so none is looked for behind the next, and each byte is looked at once.
        let Some(rest) = text.get(start + 2..starts.peek().copied().unwrap_or(text.len())) else { continue };
        let Some(length) = rest.find(['}', '\n']) else { continue };
        let Some(inner) = rest.get(..length) else { continue };
        let mentions_root = words::ROOTS.iter().any(|root| {
            inner.match_indices(root).any(|(at, _)| {
                let before = inner.get(..at).and_then(|it| it.chars().next_back());
                let after = inner.get(at + root.len()..).and_then(|it| it.chars().next());
                after == Some('.') && before.is_none_or(|it| it == '(' || it == ' ' || it == ',')
            })
        });
        // `${{ … }}` is a template of another tool, and told as one.
        if mentions_root
            && !inner.starts_with('{')
            && rest.get(length..).is_some_and(|it| it.starts_with('}'))
        {
            hits.push((start, start + 2 + length + 1, inner));
        }
    }
    hits
}

/// Returns a name for the variable that carries a value: the last word of the reference, in capitals.
fn variable_for(inner: &str) -> String {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let words: Vec<&str> = inner.split(|char| !is_word(char)).filter(|word| !word.is_empty()).collect();
    let last = words.iter().rev().find(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()));
    last.map_or_else(|| "VALUE".to_owned(), |word| word.to_ascii_uppercase())
}

/// Returns the edit that adds a variable to the step, in its `env` block or a new one before the script.
fn add_variable(fields: &Fields<'_>, script: &Setting, name: &str, value: &str, text: &str) -> Edit {
    if let Some(env) = fields.section("env") {
        // Before the closing brace; a block of one line stays on it.
        let close = env.fields.span.end.saturating_sub(1) as usize;
        let span = Span::new(script.span.file, close, close);
        let inside = text.get(env.fields.span.range()).unwrap_or_default();
        let text = match inside.rfind('\n') {
            Some(_) => {
                let indent = indent(text, env.word.span.start as usize);
                format!("  {name} = {value}\n{indent}")
            }
            None => format!("{name} = {value} "),
        };
        return Edit { span, text };
    }
    let indent = indent(text, script.span.start as usize);
    Edit { span: script.span.before(), text: format!("env {{ {name} = {value} }}\n{indent}") }
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

//! Pieces of `.skynet` text: each is read alone, by the real parser.

use crate::{
    json::{At, JsonError, text},
    twin::line_text,
};
use grammar::{
    Diagnostic, FileId,
    tree::{ExprKind, Statement},
};
use serde_json::Value;

/// Takes a value as one statement. Returns its text as it is given, and what it is.
pub(super) fn statement(value: &Value, what: &str, at: &At<'_>) -> Result<(String, Statement), JsonError> {
    let written = text(value, at)?;
    let mut statements = read(written, what, at)?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok((written.to_owned(), statement)),
        (Some(_), false) => {
            Err(at.error(format!("expected {what} alone; write each statement as an item of its own")))
        }
        (None, _) => Err(at.error(format!("expected {what}, found no statement"))),
    }
}

/// Takes a value as the value of a setting. Returns the whole setting.
pub(super) fn setting(word: &str, value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let written = format!("{word} = {}", text(value, at)?);
    match read(&written, "a value", at)?.as_slice() {
        [Statement::Setting(_)] => Ok(written),
        _ => Err(at.expected("one value", value)),
    }
}

/// Takes a value as an argument of a program: text, in which `${…}` puts values in, or `...` and a list.
pub(super) fn argument(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let written = text(value, at)?;
    let spread = written.starts_with("...");
    let code = if spread { written.to_owned() } else { template(written).ok_or_else(|| open(at))? };
    let statements = read(&format!("run = [{code}]"), "an argument", at)?;
    let [Statement::Setting(setting)] = statements.as_slice() else {
        return Err(at.expected("one argument", value));
    };
    match &setting.value.kind {
        ExprKind::List(items) => match items.as_slice() {
            [item] if item.spread == spread && (spread || matches!(item.value.kind, ExprKind::Text(_))) => {
                Ok(code)
            }
            _ => Err(at.expected("one argument", value)),
        },
        _ => Err(at.expected("one argument", value)),
    }
}

fn open(at: &At<'_>) -> JsonError {
    at.error("a `${` is never closed")
}

/// Reads statements that stand alone.
fn read(written: &str, what: &str, at: &At<'_>) -> Result<Vec<Statement>, JsonError> {
    let parsed = grammar::parse(FileId(0), &format!("skynet 1\n{written}\n"));
    if let Some(first) = parsed.diagnostics.iter().find(|it| it.is_error()) {
        return Err(at.error(format!("expected {what}: {}", told(first))));
    }
    Ok(parsed.tree.statements.into_iter().skip(1).collect())
}

fn told(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{}{help}", diagnostic.message)
}

/// Returns the code of a text whose `${…}` are values, and all else stands for itself. None if a `${` is never closed.
fn template(chars: &str) -> Option<String> {
    let mut out = String::from("\"");
    let mut rest = chars;
    while let Some(at) = rest.find("${") {
        let (before, value) = rest.split_at_checked(at)?;
        let end = end_of_value(value.get(2..)?)?;
        let (value, after) = value.split_at_checked(2 + end)?;
        out.push_str(inside(&line_text(before)));
        out.push_str(value);
        rest = after;
    }
    out.push_str(inside(&line_text(rest)));
    out.push('"');
    Some(out)
}

fn inside(quoted: &str) -> &str {
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted)
}

/// Returns how far a value goes whose `${` is just before, its `}` included. The parser decides whether it is one; this
/// only has to find the same end.
fn end_of_value(code: &str) -> Option<usize> {
    enum Inside {
        /// A value, with this many braces open.
        Value(usize),
        Text,
    }
    let mut open = vec![Inside::Value(0)];
    let mut chars = code.char_indices().peekable();
    while let Some((at, next)) = chars.next() {
        match (open.last_mut()?, next) {
            (Inside::Value(_), '"') => open.push(Inside::Text),
            (Inside::Value(braces), '{') => *braces += 1,
            (Inside::Value(0), '}') => {
                open.pop();
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            (Inside::Value(braces), '}') => *braces -= 1,
            (Inside::Text, '\\') => _ = chars.next(),
            (Inside::Text, '"') => _ = open.pop(),
            (Inside::Text, '$') if chars.next_if(|(_, next)| *next == '{').is_some() => {
                open.push(Inside::Value(0))
            }
            (Inside::Value(_) | Inside::Text, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn what_is_no_value_stands_for_itself() {
        assert_eq!(
            template(r#"a "b" \n ${f("}", {a = "${x}"})} $"#).as_deref(),
            Some(r#""a \"b\" \\n ${f("}", {a = "${x}"})} $""#)
        );
        assert_eq!(template("$5 {x} $ {"), Some("\"$5 {x} $ {\"".to_owned()));
        assert_eq!(template("${x"), None);
        assert_eq!(template("${\"}"), None);
    }
}

//! From JSON to text: statements, and the comments around them.

use super::{
    comment::{all, lone, written},
    literal::line_text,
    name::is_word,
    to_expression::{expression, key},
    to_types::{check, dotted, name, ty},
};
use crate::json::{At, JsonError, Object, list};
use serde_json::Value;

/// How long a body on one line may be; the formatter breaks what is wider than a page.
const SHORT: usize = 60;

/// The keys of which a statement has exactly one.
const KINDS: [&str; 6] = ["skynet", "import", "setting", "field", "declare", "block"];

/// The text of one statement, without a line break behind it.
struct Written {
    text: String,
    kind: Kind,
}

/// What empty lines go by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The edition.
    Edition,
    Import,
    /// A declaration whose body takes several lines.
    Large,
    Setting,
    Other,
}

/// Returns the text of a file.
pub(super) fn file(value: &Value) -> Result<String, JsonError> {
    let top = At::TOP;
    let object = Object::of(value, &top, "an object with the key `file`")?;
    object.only(&["$schema", "file"])?;
    let mut out = String::new();
    statements(object.require("file")?, &top.key("file"), &mut out)?;
    Ok(out)
}

/// Writes statements, each with a line break behind it. Returns the only one, if it could stand on the line of its
/// body's braces.
fn statements(value: &Value, at: &At<'_>, out: &mut String) -> Result<Option<String>, JsonError> {
    let items = list(value, at)?;
    let mut before: Option<Kind> = None;
    let mut only = None;
    for (index, item) in items.iter().enumerate() {
        let at = &at.item(index);
        if let Some(comments) = lone(item, at) {
            write_lines(&comments?, out);
            continue;
        }
        let object = Object::of(item, at, "a statement: an object")?;
        let above = object.get("#").map(|comments| all(comments, &at.key("#"))).transpose()?;
        let behind = object.get("#end").map(|comment| written(comment, &at.key("#end"))).transpose()?;
        let Written { mut text, kind } = statement(&object)?;
        if before.is_some_and(|before| parted(before, kind)) {
            out.push('\n');
        }
        before = Some(kind);
        write_lines(above.as_deref().unwrap_or_default(), out);
        let ends_line = text.ends_with('\n');
        text.truncate(text.trim_end_matches('\n').len());
        out.push_str(&text);
        if let Some(comment) = &behind {
            if ends_line {
                return Err(at
                    .key("#end")
                    .error("nothing can stand behind a script; put the comment into `#`"));
            }
            out.push_str(&format!(" {comment}"));
        }
        out.push('\n');
        let plain = items.len() == 1 && kind == Kind::Setting && above.is_none() && behind.is_none();
        only = (plain && !ends_line && !text.contains('\n')).then_some(text);
    }
    Ok(only)
}

fn write_lines(lines: &[String], out: &mut String) {
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
}

/// Returns whether an empty line stands between two statements.
fn parted(before: Kind, after: Kind) -> bool {
    match before {
        Kind::Edition | Kind::Large => true,
        Kind::Import => after != Kind::Import,
        Kind::Setting | Kind::Other => after == Kind::Large,
    }
}

fn statement(object: &Object<'_>) -> Result<Written, JsonError> {
    let at = object.at;
    let mut kinds = KINDS.into_iter().filter(|kind| object.get(kind).is_some());
    let (Some(kind), None) = (kinds.next(), kinds.next()) else {
        return Err(at.error(format!(
            "expected a statement: an object with one of the keys `{}`",
            KINDS.join("`, `")
        )));
    };
    let keys: &[&str] = match kind {
        "skynet" => &["skynet"],
        "import" => &["import", "as", "sha256"],
        "setting" => &["setting", "value"],
        "field" => &["field", "type", "value"],
        "declare" => &["declare", "name", "type", "value", "body"],
        _ => &["block", "name", "body"],
    };
    object.only(&[keys, &["#", "#end"]].concat())?;
    match kind {
        "skynet" => {
            let number = object.require("skynet")?;
            let edition = number
                .as_u64()
                .ok_or_else(|| at.key("skynet").expected("the number of an edition", number))?;
            Ok(Written { text: format!("skynet {edition}"), kind: Kind::Edition })
        }
        "import" => import(object),
        "setting" => {
            let key = key(object.require("setting")?, &at.key("setting"))?;
            let value = expression(object.require("value")?, &at.key("value"))?;
            Ok(Written { text: format!("{key} = {}", value.text), kind: Kind::Setting })
        }
        "field" => {
            let name = word(object, "field")?;
            let ty = ty(object.require("type")?, &at.key("type"))?;
            Ok(Written { text: format!("{name}: {ty}{}", value(object)?), kind: Kind::Other })
        }
        "declare" => declaration(object),
        _ => block(object),
    }
}

fn import(object: &Object<'_>) -> Result<Written, JsonError> {
    let path = line_text(object.text("import")?);
    let alias = name(object.require("as")?, &object.at.key("as"))?;
    let pin = match object.get("sha256") {
        Some(_) => format!(" sha256 {}", line_text(object.text("sha256")?)),
        None => String::new(),
    };
    Ok(Written { text: format!("import {path} as {alias}{pin}"), kind: Kind::Import })
}

fn declaration(object: &Object<'_>) -> Result<Written, JsonError> {
    let at = object.at;
    let mut text = word(object, "declare")?.to_owned();
    text.push(' ');
    text.push_str(name(object.require("name")?, &at.key("name"))?);
    if ["type", "value", "body"].into_iter().all(|key| object.get(key).is_none()) {
        return Err(at.error("a declaration has a `type`, a `value` or a `body`"));
    }
    if let Some(written) = object.get("type") {
        text.push_str(": ");
        text.push_str(&ty(written, &at.key("type"))?);
    }
    text.push_str(&value(object)?);
    let Some(inner) = object.get("body") else { return Ok(Written { text, kind: Kind::Other }) };
    let text = with_body(text, inner, &at.key("body"))?;
    let kind = if text.contains('\n') { Kind::Large } else { Kind::Other };
    Ok(Written { text, kind })
}

fn block(object: &Object<'_>) -> Result<Written, JsonError> {
    let at = object.at;
    let mut text = word(object, "block")?.to_owned();
    if let Some(path) = object.get("name") {
        text.push(' ');
        text.push_str(&dotted(path, &at.key("name"))?);
    }
    let text = with_body(text, object.require("body")?, &at.key("body"))?;
    Ok(Written { text, kind: Kind::Other })
}

fn with_body(head: String, body: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let mut inner = String::new();
    let only = statements(body, at, &mut inner)?;
    Ok(match only {
        Some(only) if head.len() + only.len() < SHORT => format!("{head} {{ {only} }}"),
        Some(_) | None => format!("{head} {{\n{inner}}}"),
    })
}

/// Returns the first word of a statement.
fn word<'a>(object: &Object<'a>, key: &str) -> Result<&'a str, JsonError> {
    let word = object.text(key)?;
    check(word, is_word(word), "a word that begins a statement", &object.at.key(key))?;
    Ok(word)
}

/// Returns ` = …`, if there is a value.
fn value(object: &Object<'_>) -> Result<String, JsonError> {
    match object.get("value") {
        Some(value) => Ok(format!(" = {}", expression(value, &object.at.key("value"))?.text)),
        None => Ok(String::new()),
    }
}

//! From JSON to text: types and dotted names.

use super::name::{is_name, suggestion};
use crate::json::{At, JsonError, Object, list, text};
use serde_json::Value;

/// Returns the text of a type.
pub(super) fn ty(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    const WHAT: &str = "a type: its name, `{\"optional\": …}` or `{\"apply\": [name, …]}`";
    if value.is_string() {
        return dotted(value, at);
    }
    let object = Object::of(value, at, WHAT)?;
    match object.single() {
        Some(("optional", inner)) => {
            let at = at.key("optional");
            let inner = ty(inner, &at)?;
            if inner.ends_with('?') {
                return Err(at.error("a type is optional once"));
            }
            Ok(format!("{inner}?"))
        }
        Some(("apply", parts)) => apply(parts, &at.key("apply")),
        _ => Err(at.expected(WHAT, value)),
    }
}

fn apply(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let Some((name, args)) = list(value, at)?.split_first() else {
        return Err(at.error("expected the name of a type, and what stands in its parentheses"));
    };
    let name = dotted(name, &at.item(0))?;
    let mut written = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        let at = at.item(index + 1);
        let word = arg.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("text"));
        written.push(match word {
            Some(word) => super::literal::line_text(text(word, &at.key("text"))?),
            None => ty(arg, &at)?,
        });
    }
    Ok(format!("{name}({})", written.join(", ")))
}

/// Returns a name, or names with points between them.
pub(super) fn dotted(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let path = text(value, at)?;
    for part in path.split('.') {
        check(part, is_name(part), "a name", at)?;
    }
    Ok(path.to_owned())
}

/// Returns a name.
pub(super) fn name<'a>(value: &'a Value, at: &At<'_>) -> Result<&'a str, JsonError> {
    let name = text(value, at)?;
    check(name, is_name(name), "a name", at)?;
    Ok(name)
}

/// Refuses a word that cannot stand where it does.
pub(super) fn check(word: &str, fits: bool, what: &str, at: &At<'_>) -> Result<(), JsonError> {
    if fits {
        return Ok(());
    }
    let meant = suggestion(word).filter(|meant| meant != word);
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Err(at.error(format!("expected {what}, found {word:?}{meant}")))
}

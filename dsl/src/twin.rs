//! The JSON twin of a file: the same statements, expressions and comments, for programs that read or write workflows.
//!
//! ```text
//! text ─► tree ─► to_json ─► JSON ─► to_text ─► text ─► tree
//! ```
//!
//! Only layout is lost on the way. Back from JSON there is one door: [`to_text`] gives text, and that is parsed,
//! checked and compiled like any other.
//!
//! A file is `{"file": [statement, …]}`, and may have a `$schema` that names the JSON Schema. A statement is one of:
//!
//! | JSON | text |
//! |---|---|
//! | `{"skynet": 1}` | `skynet 1` |
//! | `{"import": "./a.skynet", "as": "a", "sha256": "…"}` | `import "./a.skynet" as a sha256 "…"` |
//! | `{"setting": "timeout", "value": …}` | `timeout = …` |
//! | `{"field": "auc", "type": …, "value": …}` | `auc: … = …` |
//! | `{"declare": "param", "name": "x", "type": …, "value": …, "body": […]}` | `param x: … = … { … }` |
//! | `{"block": "call", "name": "a.b", "body": […]}` | `call a.b { … }` |
//!
//! Keys that have nothing to say are left out, but the `body` of a block. In a statement, `"#"` is the list of the
//! comments above it and `"#end"` the comment behind it. `{"#": […]}` alone stands for comments at the end of a body, and
//! between the items of a list, a call or an object. Comments elsewhere in an expression move above the statement, with
//! all others of that expression. A comment is written without its `# `; one that begins otherwise is written out.
//!
//! | JSON | expression |
//! |---|---|
//! | `null`, `true`, `42` | the same; `{"int": "1_000"}` if it is spelled otherwise |
//! | `{"float": "1.50"}`, `{"duration": "10m"}`, `{"size": "4GiB"}` | as they are spelled |
//! | `"a"`, `{"text": ["a ", …]}` | `"a"`, `"a ${…}"`: texts stand for themselves, all else for its value |
//! | `{"block_text": "a"}`, `{"block_text": ["a ", …]}` | `"""…"""`, without the indent |
//! | `{"heredoc": {"tag": "SH", "lines": ["…"]}}` | `<<SH … SH`, without the indent |
//! | `[1, {"spread": …}]` | `[1, ...list]`: a list, and a list put into it |
//! | `{"object": [["key", …], …]}` | `{ key = … }` |
//! | `{"ref": "param.env"}` | `param.env` |
//! | `{"member": […, "x"]}`, `{"index": […, 0]}` | `….x`, `…[0]` |
//! | `{"call": ["trim", …]}` | `trim(…)` |
//! | `{"op": ["+", …, …, …]}` | `… + … + …` |
//! | `{"not": …}`, `{"negate": …}`, `{"group": …}` | `!…`, `-…`, `(…)` |
//! | `{"if": [c, a, b]}` | `c ? a : b` |
//! | `{"for": {"name": "x", "in": …, "value": …, "if": …}}` | `[for x in … : … if …]` |
//!
//! A key that is quoted though it could go without is `{"quoted": "key"}`. A text that is the value of `${…}` is
//! `{"text": ["a"]}`. A type is its name, `{"optional": type}` or `{"apply": ["list", type]}`; the words of an `enum` are
//! `{"text": "a"}`.
//!
//! JSON that no text gives is taken where its meaning is clear: parentheses are added where the operators need them.

mod comment;
mod from_expression;
mod from_tree;
mod literal;
mod name;
mod to_expression;
mod to_statement;
mod to_types;

pub(crate) use literal::{line_text, script};
pub(crate) use name::{is_name, suggestion};
pub(crate) use to_expression::OPERATORS;

use crate::{
    format,
    json::{self, JsonError},
};
use from_tree::Converter;
use grammar::{Span, Tree};
use serde_json::{Value, json};
use std::fmt;

/// How deep JSON may nest for [`to_text`] to read it.
const MAX_DEPTH: usize = 127;

/// Why a tree has no twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTwin {
    /// The place that has none.
    pub span: Span,
    /// Why, as a sentence without its full stop.
    pub reason: &'static str,
}

impl fmt::Display for NoTwin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for NoTwin {}

/// Returns the JSON twin of a file. [`json::print`] prints it.
///
/// # Errors
///
/// The file could not be read as a whole, or nests so deep that the JSON could not be read back.
pub fn to_json(tree: &Tree) -> Result<Value, NoTwin> {
    let statements = Converter::new(tree)?.file()?;
    for (statement, converted) in tree.statements.iter().zip(&statements) {
        if depth(converted) + 2 > MAX_DEPTH {
            return Err(NoTwin { span: statement.span(), reason: "this nests too deep for JSON" });
        }
    }
    Ok(json!({ "file": statements }))
}

/// Returns the text of a JSON twin, formatted.
///
/// What stands where is not looked at, and need not make sense: parse and compile the text to know.
///
/// # Errors
///
/// The place that is no JSON, or not of the form, and what is expected there.
pub fn to_text(json: &str) -> Result<String, JsonError> {
    let value = json::read(json)?;
    let text = to_statement::file(&value)?;
    Ok(format::format(&text).unwrap_or(text))
}

fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(map) => map.values().map(depth).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 0,
    };
    1 + inner.unwrap_or(0)
}

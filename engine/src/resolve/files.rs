//! Files that a step is given, and those it leaves: all under the working directory, none twice.

use crate::{expression::Expr, id::Name, request::Content, scope::JobScope, value::Value};
use std::{collections::BTreeSet, sync::Arc};

/// Resolves the files laid into the working directory: a list lands as `path/0`, a map as `path/KEY`.
pub(super) fn laid(scope: &JobScope<'_>, files: &[(Expr, Expr)]) -> Result<Vec<(String, Content)>, String> {
    let mut laid: Vec<(String, Content)> = Vec::new();
    for (path, value) in files {
        let path = scope.text(path)?;
        match scope.value(value)? {
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    laid.push((relative(&format!("{path}/{at}"))?, content(item)?));
                }
            }
            Value::Map(entries) => {
                for (key, item) in entries.iter() {
                    laid.push((relative(&format!("{path}/{key}"))?, content(item)?));
                }
            }
            one => laid.push((relative(&path)?, content(&one)?)),
        }
    }
    let mut paths = BTreeSet::new();
    match laid.iter().find(|(path, _)| !paths.insert(path)) {
        Some((path, _)) => Err(format!("two files land on `{path}`")),
        None => Ok(laid),
    }
}

/// Resolves the paths of the files that are kept.
pub(super) fn kept(scope: &JobScope<'_>, artifacts: &[(Name, Expr)]) -> Result<Vec<(Name, String)>, String> {
    let kept = artifacts.iter().map(|(name, path)| Ok((Arc::clone(name), relative(&scope.text(path)?)?)));
    kept.collect()
}

fn content(value: &Value) -> Result<Content, String> {
    match value {
        Value::Artifact(artifact) => Ok(Content::Artifact { sha256: artifact.sha256, bytes: artifact.bytes }),
        Value::Text(text) => Ok(Content::Text(Arc::clone(text))),
        Value::Null => Err("a file is missing: take only those that are there, with `compact`".to_owned()),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_)
        | Value::List(_)
        | Value::Map(_) => Err(format!("a {} is no artifact and no text", value.kind())),
    }
}

/// Checks that a path stays below the folder it is relative to.
fn relative(path: &str) -> Result<String, String> {
    let leads_out = path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..");
    if leads_out || path.contains('\0') {
        return Err(format!("the path {path:?} does not stay below the working directory"));
    }
    Ok(path.to_owned())
}

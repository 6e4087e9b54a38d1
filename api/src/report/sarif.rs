//! The report as SARIF 2.1.0, which code scanning services read.
//!
//! A rule's help is the page that `skynet explain` prints. Columns count characters.

use super::{Places, Report};
use crate::pages;
use grammar::{Code, Diagnostic, Edit, Label, Severity, Span};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What stands for itself in the path of an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'+')
    .remove(b'@');

/// Writes the report as SARIF.
#[must_use]
pub fn write(report: &Report) -> String {
    let places = report.places();
    let codes: BTreeSet<Code> = report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results: Vec<Value> =
        report.diagnostics.iter().map(|diagnostic| result(&places, diagnostic, &codes)).collect();
    let artifacts: Vec<Value> =
        report.files.iter().map(|file| json!({ "location": { "uri": uri(&file.name) } })).collect();
    super::to_text(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "skynet",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "artifacts": artifacts,
            "results": results,
        }],
    }))
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "defaultConfiguration": { "level": level(code.severity()) },
    });
    if let Some(page) = pages::page(code)
        && let Some(fields) = rule.as_object_mut()
    {
        fields.insert("help".to_owned(), json!({ "text": page, "markdown": page }));
    }
    rule
}

fn result(places: &Places<'_>, diagnostic: &Diagnostic, codes: &[Code]) -> Value {
    let mut text = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or_default(),
        "level": level(diagnostic.severity()),
        "message": { "text": text },
        "locations": [location(places, &diagnostic.primary)],
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if !diagnostic.others.is_empty() {
        let others: Vec<Value> = diagnostic.others.iter().map(|label| location(places, label)).collect();
        fields.insert("relatedLocations".to_owned(), others.into());
    }
    if let Some(fix) = &diagnostic.fix {
        let changes: Vec<Value> = changed_files(&fix.edits).map(|edits| change(places, edits)).collect();
        let fixes = json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]);
        fields.insert("fixes".to_owned(), fixes);
    }
    result
}

/// Groups the replacements of a fix by the file they are in.
fn changed_files(edits: &[Edit]) -> impl Iterator<Item = Vec<&Edit>> {
    let files: BTreeSet<_> = edits.iter().map(|edit| edit.span.file).collect();
    files.into_iter().map(|file| edits.iter().filter(|edit| edit.span.file == file).collect())
}

fn change(places: &Places<'_>, edits: Vec<&Edit>) -> Value {
    let name = edits.first().map(|edit| places.name(edit.span)).unwrap_or_default();
    let replacements: Vec<Value> = edits
        .iter()
        .map(|edit| json!({ "deletedRegion": region(places, edit.span), "insertedContent": { "text": edit.text } }))
        .collect();
    json!({ "artifactLocation": { "uri": uri(name) }, "replacements": replacements })
}

fn location(places: &Places<'_>, label: &Label) -> Value {
    let place = json!({
        "artifactLocation": { "uri": uri(places.name(label.span)) },
        "region": region(places, label.span),
    });
    if label.text.is_empty() {
        json!({ "physicalLocation": place })
    } else {
        json!({ "physicalLocation": place, "message": { "text": label.text } })
    }
}

fn region(places: &Places<'_>, span: Span) -> Value {
    let region = places.region(span);
    json!({
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
        "byteOffset": span.start,
        "byteLength": span.end.saturating_sub(span.start),
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// An address from the network stays as it is; a path becomes a relative or `file:` reference.
fn uri(name: &str) -> String {
    if name.contains("://") {
        return name.to_owned();
    }
    let path = utf8_percent_encode(name, PATH).to_string();
    if path.starts_with('/') { format!("file://{path}") } else { path }
}

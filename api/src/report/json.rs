//! The report as one JSON object, for programs and models.
//!
//! ```json
//! {
//!   "files": ["ship.skynet", "lib/notify.skynet"],
//!   "diagnostics": [{
//!     "code": "E0201",
//!     "severity": "error",
//!     "message": "no step is called `biuld`",
//!     "file": "ship.skynet",
//!     "span": { "start": 310, "end": 315, "line": 21, "column": 14, "end_line": 21, "end_column": 19 },
//!     "label": "did you mean `build`?",
//!     "others": [{ "file": "ship.skynet", "span": { … }, "label": "declared here" }],
//!     "help": "…",
//!     "fix": { "title": "write `build`", "edits": [{ "file": "ship.skynet", "start": 310, "end": 315, "text": "build" }] }
//!   }],
//!   "errors": 1,
//!   "warnings": 0,
//!   "fixed": 2
//! }
//! ```
//!
//! `start` and `end` count bytes from 0, the end not included; lines and columns count from 1, columns in characters.
//! `label` is empty where pointing is enough; `help` and `fix` are `null` where there is none. `fixed` is there only if
//! fixing was asked for.

use super::{Places, Report};
use grammar::{Diagnostic, Label, Severity, Span};
use serde::Serialize;

/// Writes the report as JSON.
#[must_use]
pub fn write(report: &Report) -> String {
    let places = report.places();
    let object = Object {
        files: report.files.iter().map(|file| file.name.as_str()).collect(),
        diagnostics: report.diagnostics.iter().map(|diagnostic| finding(&places, diagnostic)).collect(),
        errors: report.errors(),
        warnings: report.warnings(),
        fixed: report.applied,
    };
    super::to_text(&object)
}

#[derive(Serialize)]
struct Object<'a> {
    files: Vec<&'a str>,
    diagnostics: Vec<Finding<'a>>,
    errors: usize,
    warnings: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<usize>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    primary: Place<'a>,
    others: Vec<Place<'a>>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    span: Extent,
    label: &'a str,
}

#[derive(Serialize)]
struct Extent {
    start: u32,
    end: u32,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

fn finding<'a>(places: &Places<'a>, diagnostic: &'a Diagnostic) -> Finding<'a> {
    Finding {
        code: diagnostic.code.as_str(),
        severity: match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        primary: place(places, &diagnostic.primary),
        others: diagnostic.others.iter().map(|label| place(places, label)).collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| Fix {
            title: &fix.title,
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit {
                    file: places.name(edit.span),
                    start: edit.span.start,
                    end: edit.span.end,
                    text: &edit.text,
                })
                .collect(),
        }),
    }
}

fn place<'a>(places: &Places<'a>, label: &'a Label) -> Place<'a> {
    Place { file: places.name(label.span), span: extent(places, label.span), label: &label.text }
}

fn extent(places: &Places<'_>, span: Span) -> Extent {
    let region = places.region(span);
    Extent {
        start: span.start,
        end: span.end,
        line: region.line,
        column: region.column,
        end_line: region.end_line,
        end_column: region.end_column,
    }
}

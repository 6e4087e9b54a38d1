//! What formatting would change, in the form that `diff -u` prints.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;

const MAX_LINES: usize = 40;
const CONTEXT: usize = 2;
const HEAD: Style = AnsiColor::Cyan.on_default();
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// Draws the first changes between two texts; says how many lines of the drawing it leaves out.
#[must_use]
pub fn draw(old: &str, new: &str) -> String {
    let mut lines = Vec::new();
    for hunk in TextDiff::from_lines(old, new).unified_diff().context_radius(CONTEXT).iter_hunks() {
        lines.push(format!("{HEAD}{}{HEAD:#}", hunk.header()));
        for change in hunk.iter_changes() {
            let text = change.value().trim_end_matches(['\n', '\r']);
            lines.push(match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => format!("{OLD}-{text}{OLD:#}"),
                ChangeTag::Insert => format!("{NEW}+{text}{NEW:#}"),
            });
            if change.missing_newline() {
                lines.push("\\ no newline at end of file".to_owned());
            }
        }
    }
    let hidden = lines.len().saturating_sub(MAX_LINES);
    lines.truncate(MAX_LINES);
    let mut out = String::new();
    for line in lines {
        let _infallible = writeln!(out, "{line}");
    }
    if hidden > 0 {
        let _infallible = writeln!(out, "... {hidden} more lines of differences");
    }
    out
}

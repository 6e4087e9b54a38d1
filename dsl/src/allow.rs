//! `#@ allow W0904: reason` on the line above silences one warning there.

use crate::message::lint as message;
use grammar::{Code, Diagnostic, Severity, Span, Tree, token::TokenKind};

/// A pragma as it is written.
struct Allow {
    code: Code,
    has_reason: bool,
    /// The comment.
    span: Span,
    /// The line the pragma speaks of.
    line: Span,
}

/// Removes the warnings of a file that are allowed, and reports pragmas that are wrong or idle.
pub(crate) fn apply(tree: &Tree, found: &mut Vec<Diagnostic>) {
    let mut reports = Vec::new();
    for allow in pragmas(tree, &mut reports) {
        let before = found.len();
        found.retain(|it| {
            let here = it.primary.span.file == tree.file()
                && (allow.line.start..allow.line.end).contains(&it.primary.span.start);
            !(here && it.code == allow.code)
        });
        let code = allow.code.as_str();
        if found.len() == before {
            reports.push(message::idle_allow(code, allow.span));
        } else if !allow.has_reason {
            reports.push(message::allow_without_reason(code, allow.span));
        }
    }
    found.extend(reports);
}

fn pragmas(tree: &Tree, reports: &mut Vec<Diagnostic>) -> Vec<Allow> {
    let mut allows = Vec::new();
    for (at, token) in tree.tokens().iter().enumerate() {
        if token.kind != TokenKind::Comment {
            continue;
        }
        let Some(rest) = tree.slice(token.span).strip_prefix("#@") else { continue };
        let Some(rest) = rest.trim_start().strip_prefix("allow ") else {
            reports.push(message::unknown_pragma(token.span));
            continue;
        };
        let (word, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let word = word.trim();
        match word.parse::<Code>() {
            Ok(code) if code.severity() == Severity::Warning => allows.push(Allow {
                code,
                has_reason: !reason.trim().is_empty(),
                span: token.span,
                line: line_below(tree, at),
            }),
            Ok(_) | Err(_) => reports.push(message::allow_of_what(word, token.span)),
        }
    }
    allows
}

/// Returns the line of the first token behind a comment that is neither blank nor comment.
fn line_below(tree: &Tree, comment: usize) -> Span {
    let next = tree.tokens().iter().skip(comment + 1).find(|token| !token.kind.is_trivia());
    let Some(next) = next else { return tree.span().after() };
    let text = tree.text();
    let start = next.span.start as usize;
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
    Span::new(tree.file(), start, end)
}

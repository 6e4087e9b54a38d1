//! `#@ allow W0904: reason` on the line above silences one warning there.

use crate::message::lint as message;
use grammar::{Code, Diagnostic, Severity, Span, Tree, token::TokenKind};
use std::collections::BTreeMap;

/// A pragma as it is written.
struct Allow {
    code: Code,
    has_reason: bool,
    /// Whether it silenced anything.
    is_used: bool,
    /// The comment.
    span: Span,
    /// The line the pragma speaks of.
    line: Span,
}

/// Removes the warnings of a file that are allowed, and reports pragmas that are wrong or idle.
pub(crate) fn apply(tree: &Tree, found: &mut Vec<Diagnostic>) {
    let mut reports = Vec::new();
    let mut allows = pragmas(tree, &mut reports);
    let mut by_line: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, allow) in allows.iter().enumerate() {
        by_line.entry(allow.line.start).or_default().push(at);
    }
    found.retain(|it| {
        let span = it.primary.span;
        let line = by_line.range(..=span.start).next_back().filter(|_| span.file == tree.file());
        for at in line.into_iter().flat_map(|(_, allows)| allows) {
            if let Some(allow) = allows.get_mut(*at)
                && allow.code == it.code
                && span.start < allow.line.end
            {
                allow.is_used = true;
                return false;
            }
        }
        true
    });
    // What a broken statement would be warned of is not known.
    let broken = found.iter().any(|it| it.is_error() && it.primary.span.file == tree.file());
    for allow in allows {
        let code = allow.code.as_str();
        if !allow.is_used && broken {
            continue;
        }
        if !allow.is_used {
            reports.push(message::idle_allow(code, allow.span));
        } else if !allow.has_reason {
            reports.push(message::allow_without_reason(code, allow.span));
        }
    }
    found.extend(reports);
}

fn pragmas(tree: &Tree, reports: &mut Vec<Diagnostic>) -> Vec<Allow> {
    let mut allows = Vec::new();
    // Backwards, so that what stands below each comment is known when it is reached.
    let mut below = tree.span().after();
    // The next script below, from `<<TAG` to `TAG`.
    let mut script = below;
    for token in tree.tokens().iter().rev() {
        match token.kind {
            TokenKind::CloseHeredoc => script = token.span,
            TokenKind::OpenHeredoc => script = token.span.to(script),
            _ => {}
        }
        if token.kind != TokenKind::Comment {
            if !token.kind.is_trivia() {
                below = token.span;
            }
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
                is_used: false,
                span: token.span,
                line: rest_of_line(tree, below, script),
            }),
            Ok(_) | Err(_) => reports.push(message::allow_of_what(word, token.span)),
        }
    }
    allows
}

/// Returns the line from a token on, with all of the script that begins on it: no comment of ours can stand in there.
fn rest_of_line(tree: &Tree, token: Span, script: Span) -> Span {
    let text = tree.text();
    let start = token.start as usize;
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
    let begins_here = (start..end).contains(&(script.start as usize));
    Span::new(tree.file(), start, if begins_here { end.max(script.end as usize) } else { end })
}

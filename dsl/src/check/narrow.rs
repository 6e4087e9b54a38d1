//! What a test proves: after `x != null` holds, `x` is not missing.
//!
//! A fact is the path of a reference as text, `step.a.output.b`. The fact `step.a` says that the step succeeded, so
//! none of its outputs is missing because it was skipped or failed.

use crate::walk::chain;
use grammar::tree::{BinaryOp, Expr, ExprKind, UnaryOp};

/// Returns the path of a plain reference.
pub(crate) fn path(expr: &Expr) -> Option<String> {
    let words = chain(unwrapped(expr))?;
    Some(words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join("."))
}

/// Returns the paths that are not missing if the condition has this value.
pub(crate) fn facts(condition: &Expr, value: bool) -> Vec<String> {
    let mut facts = Vec::new();
    let mut open = vec![(condition, value)];
    while let Some((expr, value)) = open.pop() {
        match &expr.kind {
            ExprKind::Group(inner) => open.push((inner, value)),
            ExprKind::Unary(UnaryOp::Not, inner) => open.push((inner, !value)),
            ExprKind::Binary(BinaryOp::And, _, left, right) if value => {
                open.extend([(&**left, true), (right, true)]);
            }
            ExprKind::Binary(BinaryOp::Or, _, left, right) if !value => {
                open.extend([(&**left, false), (right, false)]);
            }
            ExprKind::Binary(BinaryOp::NotEqual, _, left, right) if value => {
                facts.extend(not_null(left, right));
            }
            ExprKind::Binary(BinaryOp::Equal, _, left, right) if !value => {
                facts.extend(not_null(left, right));
            }
            ExprKind::Binary(BinaryOp::Equal, _, left, right) if value => {
                facts.extend(succeeded(left, right).or_else(|| succeeded(right, left)));
                facts.extend(equals_something(left, right));
            }
            _ => {}
        }
    }
    facts
}

fn not_null(left: &Expr, right: &Expr) -> Option<String> {
    match (&left.kind, &right.kind) {
        (_, ExprKind::Null) => path(left),
        (ExprKind::Null, _) => path(right),
        _ => None,
    }
}

/// `x == "a"` proves that `x` is there.
fn equals_something(left: &Expr, right: &Expr) -> Option<String> {
    let is_value = |expr: &Expr| {
        matches!(
            expr.kind,
            ExprKind::Text(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Bool(_)
                | ExprKind::Duration(_)
        )
    };
    match (is_value(left), is_value(right)) {
        (false, true) => path(left),
        (true, false) => path(right),
        (true, true) | (false, false) => None,
    }
}

fn succeeded(status: &Expr, word: &Expr) -> Option<String> {
    let ExprKind::Text(text) = &word.kind else { return None };
    let words = chain(unwrapped(status))?;
    match words.as_slice() {
        [("step", _), (step, _), ("status", _)] if text.literal() == Some("succeeded") => {
            Some(format!("step.{step}"))
        }
        _ => None,
    }
}

fn unwrapped(expr: &Expr) -> &Expr {
    let mut at = expr;
    while let ExprKind::Group(inner) = &at.kind {
        at = inner;
    }
    at
}

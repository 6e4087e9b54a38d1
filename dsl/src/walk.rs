//! Going through syntax: every expression inside another.

use grammar::tree::{Expr, ExprKind, Piece};

/// Calls `visit` for an expression and all that stand in it, outer ones first.
pub(crate) fn expressions<'t>(root: &'t Expr, visit: &mut dyn FnMut(&'t Expr)) {
    let mut open = vec![root];
    while let Some(expr) = open.pop() {
        visit(expr);
        let from = open.len();
        match &expr.kind {
            ExprKind::Text(text) => open.extend(text.pieces.iter().filter_map(|piece| match piece {
                Piece::Value(value) => Some(value),
                Piece::Chars { .. } => None,
            })),
            ExprKind::List(items) => open.extend(items.iter().map(|item| &item.value)),
            ExprKind::Object(pairs) => open.extend(pairs.iter().map(|pair| &pair.value)),
            ExprKind::Comprehension(it) => open.extend([&it.list, &it.body].into_iter().chain(&it.condition)),
            ExprKind::Member(base, _) | ExprKind::Unary(_, base) | ExprKind::Group(base) => open.push(base),
            ExprKind::Index(base, index) => open.extend([&**base, index]),
            ExprKind::Call(_, args) => open.extend(args),
            ExprKind::Binary(_, _, left, right) => open.extend([&**left, right]),
            ExprKind::Conditional(condition, yes, no) => open.extend([&**condition, yes, no]),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Duration(_)
            | ExprKind::Size(_)
            | ExprKind::Heredoc(_)
            | ExprKind::Name(_)
            | ExprKind::Broken => {}
        }
        // The stack gives back the last first; reading order is the other way round.
        if let Some(added) = open.get_mut(from..) {
            added.reverse();
        }
    }
}

/// Returns whether an expression mentions a root such as `each`.
pub(crate) fn mentions(root: &Expr, name: &str) -> bool {
    let mut found = false;
    expressions(root, &mut |expr| found |= matches!(&expr.kind, ExprKind::Name(it) if &**it == name));
    found
}

/// Returns the words of a plain chain `a.b.c` and the spans of each; none for anything else.
pub(crate) fn chain(expr: &Expr) -> Option<Vec<(&str, grammar::Span)>> {
    let mut words = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Member(base, name) => {
                words.push((&*name.text, name.span));
                at = base;
            }
            ExprKind::Name(root) => {
                words.push((&**root, at.span));
                words.reverse();
                return Some(words);
            }
            _ => return None,
        }
    }
}

/// Returns the blanks that begin the line of a place.
pub(crate) fn indent(text: &str, at: usize) -> String {
    let line = text.get(..at).map_or("", |before| before.rsplit('\n').next().unwrap_or(before));
    line.chars().take_while(|char| char.is_whitespace()).collect()
}

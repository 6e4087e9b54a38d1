//! Operators and conditionals.

use super::{Checker, Site, Typed, narrow};
use crate::{
    message::types as message,
    suggest::{nearest_declared, some},
};
use engine::{
    expression::{Expr, Operator, check_binary},
    value::{Type, Value},
};
use grammar::{
    Span,
    tree::{self, BinaryOp, ExprKind, UnaryOp},
};

impl Checker<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, inner: &tree::Expr, span: Span, site: Site) -> Option<Typed> {
        let typed = self.expr(inner, site)?;
        if typed.ty == Type::Json {
            let want = if op == UnaryOp::Not { Type::Bool } else { Type::Float };
            let text = self.slice(inner.span);
            self.found.push(message::json_unconverted(Some(&want), text, inner.span));
            return None;
        }
        let (symbol, fits, expr) = match op {
            UnaryOp::Not => ("!", typed.ty == Type::Bool, Expr::Not(Box::new(typed.expr))),
            UnaryOp::Negate => {
                let fits = matches!(typed.ty, Type::Int | Type::Float | Type::Duration);
                ("-", fits, Expr::Negate(Box::new(typed.expr)))
            }
        };
        if !fits {
            let problem = format!("not for a `{}`", typed.ty);
            self.found.push(message::operator(symbol, &problem, span, false));
            return None;
        }
        Some(Typed { expr, ty: typed.ty, untrusted: typed.untrusted })
    }

    /// Checks a chain of operators; the left spine may be long, so it is not gone down by recursion.
    pub(super) fn binary(&mut self, written: &tree::Expr, site: Site) -> Option<Typed> {
        let mut spine = Vec::new();
        let mut at = written;
        while let ExprKind::Binary(op, op_span, left, right) = &at.kind {
            spine.push((*op, *op_span, &**left, &**right));
            at = left;
        }
        let mut left = self.expr(at, site);
        while let Some((op, op_span, left_written, right_written)) = spine.pop() {
            // The right side of `a && b` is evaluated only if `a` holds, so `b` may rely on it.
            let facts = match op {
                BinaryOp::And => narrow::facts(left_written, true),
                BinaryOp::Or => narrow::facts(left_written, false),
                _ => Vec::new(),
            };
            let right = self.with_known(facts, |checker| checker.expr(right_written, site));
            left = match (left, right) {
                (Some(left), Some(right)) => {
                    self.operate(op, op_span, (left, left_written), (right, right_written))
                }
                (Some(_) | None, None) | (None, Some(_)) => None,
            };
        }
        left
    }

    fn operate(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        (left, left_written): (Typed, &tree::Expr),
        (right, right_written): (Typed, &tree::Expr),
    ) -> Option<Typed> {
        if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
            self.one_of(&left, (&right, right_written))?;
            self.one_of(&right, (&left, left_written))?;
        }
        let operator = operator(op);
        if let Ok(ty) = check_binary(operator, &left.ty, &right.ty) {
            // A comparison tells one bit of what an outsider wrote, which can choose nothing by itself.
            let untrusted = (left.untrusted || right.untrusted) && ty != Type::Bool;
            let (left_expr, right_expr) = match op {
                BinaryOp::Coalesce => {
                    (left.expr.fitted(&left.ty, &ty.optional()), right.expr.fitted(&right.ty, &ty))
                }
                _ => (left.expr, right.expr),
            };
            let expr = Expr::Binary(operator, Box::new(left_expr), Box::new(right_expr));
            return Some(Typed { expr, ty, untrusted });
        }
        // A chain of comparisons is an error of syntax, and told as one.
        let is_order = |op: &BinaryOp| matches!(op.precedence(), 3 | 4);
        if is_order(&op) && matches!(&left_written.kind, ExprKind::Binary(inner, ..) if is_order(inner)) {
            return None;
        }
        let span = left_written.span.to(right_written.span);
        for (side, written) in [(&left, left_written), (&right, right_written)] {
            if side.ty == Type::Secret {
                self.found.push(message::not_for_text(&Type::Secret, written.span));
                return None;
            }
        }
        let sides = [(&left, &right, left_written), (&right, &left, right_written)];
        if !matches!(op, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Coalesce) {
            for (side, _, written) in sides {
                if side.ty.is_optional() {
                    let why = self.why_missing(written);
                    self.found.push(message::may_be_missing(&side.ty, written.span, why));
                    return None;
                }
            }
        }
        for (side, other, written) in sides {
            if side.ty.required() == &Type::Json {
                let text = self.slice(written.span);
                let want = (other.ty.required() != &Type::Json).then_some(other.ty.required());
                self.found.push(message::json_unconverted(want, text, written.span));
                return None;
            }
        }
        match op {
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let word = quoted_word(&left, (&right, right_written.span))
                    .or_else(|| quoted_word(&right, (&left, left_written.span)));
                self.found.push(message::never_equal(&left.ty, &right.ty, op, span, word));
            }
            BinaryOp::And | BinaryOp::Or => {
                let (ty, span) = if left.ty == Type::Bool {
                    (&right.ty, right_written.span)
                } else {
                    (&left.ty, left_written.span)
                };
                self.found.push(message::not_a_condition(ty, span));
            }
            _ => {
                let problem = format!("`{}` {} `{}`", left.ty, op.symbol(), right.ty);
                let is_text = |ty: &Type| matches!(ty, Type::Text | Type::Enum(_));
                let both_text = is_text(&left.ty) || is_text(&right.ty);
                self.found.push(message::operator(op.symbol(), &problem, op_span, both_text));
            }
        }
        None
    }

    /// Refuses to compare an enum with a text that is none of its words.
    fn one_of(&mut self, known: &Typed, (literal, written): (&Typed, &tree::Expr)) -> Option<()> {
        let Type::Enum(words) = known.ty.required() else { return Some(()) };
        let Expr::Literal(Value::Text(text)) = &literal.expr else { return Some(()) };
        if matches!(known.expr, Expr::Literal(_)) || words.iter().any(|word| **word == **text) {
            return Some(());
        }
        let near = nearest_declared(&self.found, text, words.iter().map(|word| &**word));
        let words = some(words.iter().map(|word| &**word));
        self.found.push(message::not_one_of(text, written.span, near, &words));
        None
    }

    pub(super) fn conditional(
        &mut self,
        condition: &tree::Expr,
        yes: &tree::Expr,
        no: &tree::Expr,
        site: Site,
    ) -> Option<Typed> {
        self.branches(condition, (yes, no), site, |checker, written| checker.expr(written, site))
    }

    /// Checks a conditional, each branch with what the condition proves for it.
    pub(super) fn branches(
        &mut self,
        condition: &tree::Expr,
        (yes, no): (&tree::Expr, &tree::Expr),
        site: Site,
        mut branch: impl FnMut(&mut Self, &tree::Expr) -> Option<Typed>,
    ) -> Option<Typed> {
        let checked = self.condition(condition, site);
        let first = self.with_known(narrow::facts(condition, true), |checker| branch(checker, yes));
        let second = self.with_known(narrow::facts(condition, false), |checker| branch(checker, no));
        let (checked, first, second) = (checked?, first?, second?);
        let joined = match (&first.ty, &second.ty) {
            // Where a secret may stand, text may stand in its place.
            (Type::Secret, Type::Text | Type::Enum(_)) | (Type::Text | Type::Enum(_), Type::Secret) => {
                Some(Type::Secret)
            }
            (one, other) => one.join(other),
        };
        let Some(ty) = joined else {
            self.found.push(message::branches((&first.ty, yes.span), (&second.ty, no.span)));
            return None;
        };
        Some(Typed {
            expr: Expr::If(
                Box::new(checked),
                Box::new(first.expr.fitted(&first.ty, &ty)),
                Box::new(second.expr.fitted(&second.ty, &ty)),
            ),
            ty,
            untrusted: first.untrusted || second.untrusted,
        })
    }
}

/// A quoted `"true"` or `"3"` beside a bool or a number was meant without quotes.
fn quoted_word(other: &Typed, (literal, span): (&Typed, Span)) -> Option<(Span, String)> {
    let Expr::Literal(Value::Text(text)) = &literal.expr else { return None };
    let meant = match other.ty.required() {
        Type::Bool => matches!(&**text, "true" | "false"),
        Type::Int => text.parse::<i64>().is_ok(),
        Type::Float => text.parse::<f64>().is_ok(),
        _ => false,
    };
    meant.then(|| (span, text.to_string()))
}

fn operator(op: BinaryOp) -> Operator {
    match op {
        BinaryOp::Or => Operator::Or,
        BinaryOp::And => Operator::And,
        BinaryOp::Equal => Operator::Equal,
        BinaryOp::NotEqual => Operator::NotEqual,
        BinaryOp::Less => Operator::Less,
        BinaryOp::LessEqual => Operator::LessEqual,
        BinaryOp::Greater => Operator::Greater,
        BinaryOp::GreaterEqual => Operator::GreaterEqual,
        BinaryOp::In => Operator::In,
        BinaryOp::Coalesce => Operator::Coalesce,
        BinaryOp::Add => Operator::Add,
        BinaryOp::Subtract => Operator::Subtract,
        BinaryOp::Multiply => Operator::Multiply,
        BinaryOp::Divide => Operator::Divide,
        BinaryOp::Remainder => Operator::Remainder,
    }
}

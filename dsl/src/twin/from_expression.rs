//! From the tree to JSON: expressions.

use super::{
    NoTwin,
    comment::alone,
    from_tree::{Converter, key},
};
use crate::walk;
use grammar::{
    Span,
    tree::{BinaryOp, Comprehension, Expr, ExprKind, Heredoc, Item, Pair, Piece, Text, TextForm, UnaryOp},
};
use serde_json::{Value, json};

impl Converter<'_> {
    /// Converts an expression. Comments between items come along; of others, `misplaced` tells.
    pub(super) fn expression(&mut self, expr: &Expr) -> Result<Value, NoTwin> {
        let spelled = self.tree.slice(expr.span);
        Ok(match &expr.kind {
            ExprKind::Null => Value::Null,
            ExprKind::Bool(value) => Value::from(*value),
            ExprKind::Int(value) if value.to_string() == spelled => Value::from(*value),
            ExprKind::Int(_) => json!({ "int": spelled }),
            ExprKind::Float(_) => json!({ "float": spelled }),
            ExprKind::Duration(_) => json!({ "duration": spelled }),
            ExprKind::Size(_) => json!({ "size": spelled }),
            ExprKind::Text(text) => self.text(text)?,
            ExprKind::Heredoc(script) => heredoc(script),
            ExprKind::List(items) => self.list(items, expr.span)?,
            ExprKind::Object(pairs) => self.object(pairs, expr.span)?,
            ExprKind::Comprehension(it) => self.comprehension(it)?,
            ExprKind::Name(name) => json!({ "ref": &**name }),
            ExprKind::Member(base, name) => match walk::chain(expr) {
                Some(words) => {
                    let words: Vec<&str> = words.into_iter().map(|(word, _)| word).collect();
                    json!({ "ref": words.join(".") })
                }
                None => json!({ "member": [self.expression(base)?, &*name.text] }),
            },
            ExprKind::Index(base, index) => {
                json!({ "index": [self.expression(base)?, self.expression(index)?] })
            }
            ExprKind::Call(name, args) => {
                let mut call = vec![Value::from(&*name.text)];
                self.open(expr.span);
                for arg in args {
                    call.extend(alone(self.comments.before(arg.span.start)));
                    call.push(self.expression(arg)?);
                    self.close(arg.span);
                }
                call.extend(alone(self.comments.before(expr.span.end)));
                json!({ "call": call })
            }
            ExprKind::Unary(UnaryOp::Not, inner) => json!({ "not": self.expression(inner)? }),
            ExprKind::Unary(UnaryOp::Negate, inner) => json!({ "negate": self.expression(inner)? }),
            ExprKind::Binary(op, ..) => {
                let mut operation = vec![Value::from(op.symbol())];
                for operand in operands(*op, expr) {
                    operation.push(self.expression(operand)?);
                }
                json!({ "op": operation })
            }
            ExprKind::Conditional(condition, yes, no) => {
                json!({ "if": [self.expression(condition)?, self.expression(yes)?, self.expression(no)?] })
            }
            ExprKind::Group(inner) => json!({ "group": self.expression(inner)? }),
            ExprKind::Broken => return Err(NoTwin { span: expr.span, reason: "this could not be read" }),
        })
    }

    fn text(&mut self, text: &Text) -> Result<Value, NoTwin> {
        let mut pieces = Vec::new();
        for piece in &text.pieces {
            pieces.push(match piece {
                Piece::Chars { text, .. } => Value::from(&**text),
                Piece::Value(value) => match self.expression(value)? {
                    // Among pieces, a text stands for itself.
                    Value::String(literal) if literal.is_empty() => json!({ "text": [] }),
                    Value::String(literal) => json!({ "text": [literal] }),
                    other => other,
                },
            });
        }
        Ok(match (text.form, text.literal()) {
            (TextForm::Line, Some(literal)) => Value::from(literal),
            (TextForm::Line, None) => json!({ "text": pieces }),
            (TextForm::Block, Some(literal)) => json!({ "block_text": literal }),
            (TextForm::Block, None) => json!({ "block_text": pieces }),
        })
    }

    fn list(&mut self, items: &[Item], span: Span) -> Result<Value, NoTwin> {
        let mut list = Vec::new();
        self.open(span);
        for item in items {
            list.extend(alone(self.comments.before(item.value.span.start)));
            let value = self.expression(&item.value)?;
            list.push(if item.spread { json!({ "spread": value }) } else { value });
            self.close(item.value.span);
        }
        list.extend(alone(self.comments.before(span.end)));
        Ok(Value::Array(list))
    }

    fn object(&mut self, pairs: &[Pair], span: Span) -> Result<Value, NoTwin> {
        let mut object = Vec::new();
        self.open(span);
        for pair in pairs {
            object.extend(alone(self.comments.before(pair.key.span.start)));
            object.push(json!([key(&pair.key), self.expression(&pair.value)?]));
            self.close(pair.value.span);
        }
        object.extend(alone(self.comments.before(span.end)));
        Ok(json!({ "object": object }))
    }

    fn comprehension(&mut self, it: &Comprehension) -> Result<Value, NoTwin> {
        let mut keys = serde_json::Map::new();
        keys.insert("name".to_owned(), Value::from(&*it.name.text));
        keys.insert("in".to_owned(), self.expression(&it.list)?);
        keys.insert("value".to_owned(), self.expression(&it.body)?);
        if let Some(condition) = &it.condition {
            keys.insert("if".to_owned(), self.expression(condition)?);
        }
        Ok(json!({ "for": keys }))
    }

    /// Begins with brackets: a comment that is left over from before them has no place.
    fn open(&mut self, span: Span) {
        self.misplaced |= self.comments.any_before(span.start);
    }

    /// Ends an item: a comment that is left over in it has no place.
    fn close(&mut self, span: Span) {
        self.misplaced |= self.comments.any_before(span.end);
    }
}

fn heredoc(script: &Heredoc) -> Value {
    let lines: Vec<&str> =
        script.body.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or(line)).collect();
    json!({ "heredoc": { "tag": &*script.tag.text, "lines": lines } })
}

/// Returns the operands of a row of one operator, `a + b + c`, from left to right.
fn operands(op: BinaryOp, row: &Expr) -> Vec<&Expr> {
    let same = |expr: &Expr| matches!(&expr.kind, ExprKind::Binary(other, ..) if *other == op);
    let mut ends = Vec::new();
    let mut at = row;
    let mut is_row = true;
    while let ExprKind::Binary(_, _, left, right) = &at.kind
        && is_row
    {
        // `??` groups to the right, all others that can stand in a row to the left.
        let (rest, end) = if op == BinaryOp::Coalesce { (right, left) } else { (left, right) };
        ends.push(&**end);
        at = rest;
        is_row = same(rest);
    }
    ends.push(at);
    if op != BinaryOp::Coalesce {
        ends.reverse();
    }
    ends
}

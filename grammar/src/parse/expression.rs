//! Expressions: operators and what binds how tightly.
//!
//! Operators of one level are read in a loop, not by recursion, so a long row of them costs no stack here. The tree
//! it makes is tall all the same, which is why each form is measured as it grows.

use super::{
    cursor::Parser,
    recover::{is_closer, starts_value},
    word::is_reserved,
};
use crate::{
    Span, limit, message,
    token::TokenKind,
    tree::{BinaryOp, Expr, ExprKind, UnaryOp},
};

/// An expression and how tall it is.
pub(super) struct Grown {
    pub(super) expr: Expr,
    pub(super) height: u32,
}

impl Grown {
    pub(super) fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, height: 1 }
    }

    fn boxed(self) -> Box<Expr> {
        Box::new(self.expr)
    }
}

/// The operator at hand.
struct Infix {
    op: BinaryOp,
    /// Whether it is another language's sign for it.
    foreign: bool,
}

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Grown {
        let mut last = self.binary(1);
        let mut arms = Vec::new();
        while self.at(TokenKind::Question) {
            let question = self.span();
            if !self.enter(question) {
                self.skip_until(|_| false);
                return Grown::leaf(ExprKind::Broken, self.since(last.expr.span));
            }
            self.advance();
            let then = self.expression();
            self.leave();
            let otherwise = if self.take(TokenKind::Colon).is_some() {
                self.binary(1)
            } else {
                self.report_stuck(message::missing_otherwise(self.span(), self.written(), question));
                Grown::leaf(ExprKind::Broken, self.last.after())
            };
            arms.push((last, then));
            last = otherwise;
        }
        while let Some((condition, then)) = arms.pop() {
            let span = condition.expr.span.to(last.expr.span);
            let height = condition.height.max(then.height).max(last.height);
            let kind = ExprKind::Conditional(condition.boxed(), then.boxed(), last.boxed());
            last = self.grow(kind, span, height);
        }
        last
    }

    /// Puts a form together from parts, the tallest of which is `height` tall.
    pub(super) fn grow(&mut self, kind: ExprKind, span: Span, height: u32) -> Grown {
        if height < limit::MAX_HEIGHT {
            return Grown { expr: Expr { kind, span }, height: height + 1 };
        }
        self.too_deep(message::too_tall(span.after(), limit::MAX_HEIGHT));
        Grown::leaf(ExprKind::Broken, span)
    }

    /// Reads operands and the operators between them that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Grown {
        let mut left = self.unary();
        let mut compared: Option<(BinaryOp, Span)> = None;
        while let Some(infix) = self.infix().filter(|infix| infix.op.precedence() >= least) {
            let op = infix.op;
            let span = self.take_infix(&infix);
            if op == BinaryOp::Coalesce {
                left = self.coalesce(left, span);
                continue;
            }
            let chains = compared.filter(|(before, _)| before.precedence() == op.precedence());
            if let Some((_, before)) = chains
                && !infix.foreign
            {
                self.report(message::chained_comparison(span, self.slice(span), before));
            }
            if matches!(op.precedence(), 3 | 4) {
                compared = Some((op, span));
            }
            let right = self.binary(op.precedence() + 1);
            left = self.join(op, span, left, right);
        }
        left
    }

    /// Reads `a ?? b ?? c`, which groups to the right.
    fn coalesce(&mut self, first: Grown, operator: Span) -> Grown {
        let tighter = BinaryOp::Coalesce.precedence() + 1;
        let mut before = vec![(first, operator)];
        let mut last = self.binary(tighter);
        while let Some(operator) = self.take(TokenKind::Coalesce) {
            before.push((last, operator));
            last = self.binary(tighter);
        }
        while let Some((left, operator)) = before.pop() {
            last = self.join(BinaryOp::Coalesce, operator, left, last);
        }
        last
    }

    fn join(&mut self, op: BinaryOp, operator: Span, left: Grown, right: Grown) -> Grown {
        let span = left.expr.span.to(right.expr.span);
        let height = left.height.max(right.height);
        self.grow(ExprKind::Binary(op, operator, left.boxed(), right.boxed()), span, height)
    }

    fn infix(&self) -> Option<Infix> {
        use TokenKind as K;
        let ours = |op| Some(Infix { op, foreign: false });
        let foreign = |op| Some(Infix { op, foreign: true });
        match self.kind()? {
            K::Or => ours(BinaryOp::Or),
            K::And => ours(BinaryOp::And),
            K::Equal => ours(BinaryOp::Equal),
            K::NotEqual => ours(BinaryOp::NotEqual),
            K::Less => ours(BinaryOp::Less),
            K::LessEqual => ours(BinaryOp::LessEqual),
            K::Greater => ours(BinaryOp::Greater),
            K::GreaterEqual => ours(BinaryOp::GreaterEqual),
            K::Coalesce => ours(BinaryOp::Coalesce),
            K::Plus => ours(BinaryOp::Add),
            K::Minus => ours(BinaryOp::Subtract),
            K::Star => ours(BinaryOp::Multiply),
            K::Slash => ours(BinaryOp::Divide),
            K::Percent => ours(BinaryOp::Remainder),
            K::Assign if !self.at_arrow() => foreign(BinaryOp::Equal),
            K::Name => match self.written() {
                "in" => ours(BinaryOp::In),
                "and" => foreign(BinaryOp::And),
                "or" => foreign(BinaryOp::Or),
                _ => None,
            },
            K::Unknown => match self.written() {
                "&" => foreign(BinaryOp::And),
                "|" => foreign(BinaryOp::Or),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns whether `=>` is at hand, which is no sign of ours.
    pub(super) fn at_arrow(&self) -> bool {
        self.token(1)
            .is_some_and(|next| next.kind == TokenKind::Greater && next.span.start == self.span().end)
    }

    fn take_infix(&mut self, infix: &Infix) -> Span {
        let assigns = self.at(TokenKind::Assign);
        let mut written = self.written();
        let mut span = self.advance();
        if matches!(infix.op, BinaryOp::Equal | BinaryOp::NotEqual)
            && !assigns
            && self.at(TokenKind::Assign)
            && self.touches()
        {
            span = span.to(self.advance());
            written = self.slice(span);
            self.report(message::word_operator(span, written, infix.op.symbol()));
        } else if assigns {
            self.report(message::assignment_inside(span));
        } else if infix.foreign {
            self.report(message::word_operator(span, written, infix.op.symbol()));
        }
        span
    }

    fn unary(&mut self) -> Grown {
        let mut signs = Vec::new();
        let mut words = Vec::new();
        loop {
            let op = match self.kind() {
                Some(TokenKind::Not) => UnaryOp::Not,
                Some(TokenKind::Minus) => UnaryOp::Negate,
                Some(TokenKind::Name) if self.written() == "not" => UnaryOp::Not,
                _ => break,
            };
            let word = self.at(TokenKind::Name);
            let span = self.advance();
            if word {
                words.push((span, if self.starts_line() { span } else { span.to(self.span().before()) }));
            }
            if signs.len() < limit::MAX_HEIGHT as usize {
                signs.push((op, span));
            } else {
                self.too_deep(message::too_tall(span, limit::MAX_HEIGHT));
            }
        }
        let mut operand = self.postfix();
        // Elsewhere `not` takes a whole comparison, so there `!` would say something else.
        let alone = self.infix().is_none_or(|infix| infix.op.precedence() <= BinaryOp::And.precedence());
        for (word, fixed) in words {
            self.report(message::word_not(word, alone.then_some(fixed)));
        }
        while let Some((op, sign)) = signs.pop() {
            let span = sign.to(operand.expr.span);
            let height = operand.height;
            operand = self.grow(ExprKind::Unary(op, operand.boxed()), span, height);
        }
        operand
    }

    fn postfix(&mut self) -> Grown {
        let mut base = self.primary();
        loop {
            match self.kind() {
                Some(TokenKind::Dot) => base = self.member(base),
                Some(TokenKind::OpenBracket) => {
                    let index = self.enclosed(TokenKind::CloseBracket, Self::expression);
                    let index = index.unwrap_or_else(|| Grown::leaf(ExprKind::Broken, self.last));
                    let span = self.since(base.expr.span);
                    let height = base.height.max(index.height);
                    base = self.grow(ExprKind::Index(base.boxed(), index.boxed()), span, height);
                }
                _ => return base,
            }
        }
    }

    fn member(&mut self, base: Grown) -> Grown {
        self.advance();
        if !self.at(TokenKind::Name) || self.starts_setting() {
            self.report_stuck(message::missing_member(self.last));
            return Grown::leaf(ExprKind::Broken, self.since(base.expr.span));
        }
        let root = if let ExprKind::Name(root) = &base.expr.kind { &**root } else { "" };
        let name = self.take_dashed_reference(root).unwrap_or_else(|| self.take_plain_name());
        let called = self.at(TokenKind::OpenParen) && self.touches();
        let span = self.since(base.expr.span);
        let height = base.height;
        if called {
            let mut args = vec![base.expr];
            let found = self.diagnostics.len();
            let tallest = self.arguments(&mut args).max(height);
            let whole = self.since(span);
            // What is wrong in there is what another language would take: `xs.map(x => x + 1)`.
            let foreign = self.diagnostics.len() > found;
            self.diagnostics.truncate(found);
            let fix =
                (args.len() == 1 && !foreign).then(|| self.slice(args.first().map_or(span, |arg| arg.span)));
            self.report(message::method_call(name.span, &name.text, fix.map(|receiver| (whole, receiver))));
            return self.grow(ExprKind::Broken, whole, tallest);
        }
        self.grow(ExprKind::Member(base.boxed(), name), span, height)
    }

    /// Reads the arguments of a call. Returns how tall the tallest is.
    pub(super) fn arguments(&mut self, args: &mut Vec<Expr>) -> u32 {
        let mut tallest = 0;
        self.delimited(TokenKind::CloseParen, |parser| {
            let arg = parser.expression();
            tallest = tallest.max(arg.height);
            args.push(arg.expr);
        });
        tallest
    }

    /// Reads the value of a setting or a declaration. Where a text was left open in it, nobody can tell which words were
    /// meant as text, so the whole of it means nothing.
    pub(super) fn value(&mut self) -> Expr {
        let outer = std::mem::replace(&mut self.torn, false);
        let mut value = self.expression().expr;
        let more = self.more_values(value.span) || self.more_words(&value);
        if std::mem::replace(&mut self.torn, outer) || more {
            value.kind = ExprKind::Broken;
        }
        value.span = self.since(value.span);
        value
    }

    /// Takes the words behind a first one that make no sense as code: `description = Say hello`.
    fn more_words(&mut self, first: &Expr) -> bool {
        use TokenKind as K;
        let starts = |kind| matches!(kind, Some(K::Assign | K::OpenBrace | K::Colon | K::Dot | K::Equal));
        let is_word = matches!(first.kind, ExprKind::Name(_)) && !self.torn;
        if !is_word || !self.at(K::Name) || self.starts_line() || starts(self.kind_ahead(1)) {
            return false;
        }
        let is_statement = self.kind_ahead(1) == Some(K::Name) && starts(self.kind_ahead(2));
        if is_statement || self.lacks_sign_ahead() {
            return false;
        }
        while !self.starts_line() && self.kind().is_some_and(|kind| !is_closer(kind) && kind != K::Comma) {
            self.advance();
        }
        let span = self.since(first.span);
        self.report(message::unquoted(span, self.slice(span)));
        true
    }

    /// Takes the values behind the first of a list that lacks its brackets: `step.a, step.b`.
    fn more_values(&mut self, first: Span) -> bool {
        let mut comma = None;
        while self.comma_joins() {
            comma = comma.or(Some(self.span()));
            self.advance();
            let before = self.pos;
            self.expression();
            if self.pos == before {
                break;
            }
        }
        let Some(comma) = comma else { return false };
        if !self.torn {
            self.report(message::unbracketed(comma, self.since(first)));
        }
        true
    }

    /// Returns whether a comma is at hand, and a value behind it that begins no statement.
    fn comma_joins(&self) -> bool {
        use TokenKind as K;
        if !self.at(K::Comma) {
            return false;
        }
        let behind = match self.kind_ahead(1) {
            Some(K::Name) => {
                return matches!(
                    self.kind_ahead(2),
                    Some(K::Dot | K::OpenParen | K::OpenBracket | K::Comma | K::CloseBrace) | None
                );
            }
            Some(K::Quote) if self.kind_ahead(2) == Some(K::Quote) => self.kind_ahead(3),
            Some(K::Quote) => self.kind_ahead(4),
            Some(K::OpenBrace) | None => return false,
            Some(other) => return starts_value(other),
        };
        !matches!(behind, Some(K::Assign | K::Colon))
    }

    /// Says that no value stands here. Nothing is taken: what stands here may mean something to those around.
    pub(super) fn missing_value(&mut self) -> Grown {
        let word = self.at(TokenKind::Name) && is_reserved(self.written());
        let found = (!word && self.kind().is_some() && !self.starts_line()).then(|| self.written());
        self.report_stuck(message::missing_value(self.last, self.slice(self.last), self.span(), found));
        Grown::leaf(ExprKind::Broken, self.last.after())
    }
}

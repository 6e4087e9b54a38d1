//! Prints statements and bodies: empty lines, comments between statements, and bodies that take one line.

use super::{
    STEP, WIDTH,
    align::{self, Kind, Row},
    layout,
    node::Sequence,
    page::{Page, Spot},
    read::read,
    source::{Remark, Source},
};
use grammar::{
    Span,
    token::TokenKind,
    tree::{Body, ExprKind, Statement},
};
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// Prints a file.
pub(super) fn print<'t>(source: &Source<'t>) -> Page<'t> {
    let mut printer = Printer { source, page: Page::default() };
    printer.statements(&source.tree.statements, 0..source.tree.tokens().len(), 0, Vec::new());
    printer.page
}

struct Printer<'s, 't> {
    source: &'s Source<'t>,
    page: Page<'t>,
}

/// What stands before the body of a statement, or the whole of it.
struct Head<'t> {
    sequence: Sequence<'t>,
    /// Comments between it and the body.
    remarks: Vec<Remark<'t>>,
}

impl<'t> Printer<'_, 't> {
    /// Prints statements and the comments around them. `waiting` are comments that belong before all of it.
    fn statements(
        &mut self,
        statements: &'t [Statement],
        range: Range<usize>,
        indent: usize,
        waiting: Vec<Remark<'t>>,
    ) {
        let mut rows = Vec::with_capacity(statements.len());
        let mut at = range.start;
        let mut first = true;
        let mut before_stands_apart = false;
        self.remarks(waiting, indent, &mut first, &mut false);
        for statement in statements {
            let start = self.source.index_at(statement.span().start);
            let remarks = self.source.remarks(at..start);
            let blank = self.source.breaks_before(start) > 1;
            let head = self.head(statement);
            let on_a_line = body(statement).and_then(|body| self.body_on_a_line(&head, body, indent));
            let stands_apart = matches!(statement, Statement::Edition(_))
                || (starts_section(statement) && on_a_line.is_none());
            let has_blank = blank || remarks.iter().any(|remark| remark.own_line && remark.blank_before);
            let mut adds_blank = !first && !has_blank && (stands_apart || before_stands_apart);
            let adjacent = !first && !blank && !adds_blank && !remarks.iter().any(|remark| remark.own_line);
            self.remarks(remarks, indent, &mut first, &mut adds_blank);
            if (blank || adds_blank) && !first {
                self.page.blank();
            }
            self.page.start(indent);
            rows.push(self.statement(statement, head, on_a_line.as_deref(), indent, adjacent));
            at = self.source.index_at(statement.span().end);
            before_stands_apart = stands_apart;
            first = false;
        }
        let tail = self.source.remarks(at..range.end);
        self.remarks(tail, indent, &mut first, &mut false);
        align::align(&mut self.page, &rows);
    }

    /// Prints comments between statements. `adds_blank` asks for an empty line before the first on its own line.
    fn remarks(&mut self, remarks: Vec<Remark<'t>>, indent: usize, first: &mut bool, adds_blank: &mut bool) {
        for remark in remarks {
            if remark.own_line {
                if (remark.blank_before || *adds_blank) && !*first {
                    self.page.blank();
                }
                *adds_blank = false;
                *first = false;
            }
            self.page.remark(&remark, indent);
        }
    }

    /// Prints a statement at the start of a line. `on_a_line` is its body, if that goes onto the same line.
    fn statement(
        &mut self,
        statement: &'t Statement,
        head: Head<'t>,
        on_a_line: Option<&str>,
        indent: usize,
        adjacent: bool,
    ) -> Row {
        let line = self.page.spot().line;
        self.page.take_assign();
        let body = body(statement);
        let tail = if body.is_some() { 2 } else { 0 };
        layout::on_own_line(&mut self.page, &head.sequence, tail);
        let assign = self.page.take_assign();
        let end = self.page.spot();
        if let Some(body) = body {
            let range = self.source.inside(body);
            match on_a_line {
                Some(text) => {
                    self.page.word(true, text, None);
                    head.remarks.iter().for_each(|remark| self.page.remark(remark, indent + STEP));
                }
                None => {
                    let open = body.span.start as usize;
                    self.page.word(true, "{", Some(open));
                    self.statements(&body.statements, range, indent + STEP, head.remarks);
                    self.page.start(indent);
                    self.page.word(false, "}", Some(body.span.end.saturating_sub(1) as usize));
                }
            }
        }
        let on_one_line = self.page.spot().line == line;
        let (kind, spot) = self.kind(statement, assign, end, on_one_line);
        Row {
            kind,
            spot: spot.filter(|spot| spot.line == line),
            written_at: self.written_at(statement, kind),
            adjacent,
            on_one_line,
        }
    }

    /// Finds what a statement may be aligned by.
    fn kind(
        &self,
        statement: &Statement,
        assign: Option<Spot>,
        end: Spot,
        on_one_line: bool,
    ) -> (Kind, Option<Spot>) {
        match statement {
            Statement::Setting(it) if matches!(it.value.kind, ExprKind::Heredoc(_)) => (Kind::Other, None),
            Statement::Setting(_) => (Kind::Setting, assign),
            Statement::Field(it) if it.value.is_some() => (Kind::Value, assign),
            Statement::Declaration(it) if it.value.is_some() => (Kind::Value, assign),
            Statement::Declaration(it) if it.body.is_some() && on_one_line => (Kind::Body, Some(end)),
            Statement::Block(_) if on_one_line => (Kind::Block, None),
            Statement::Edition(_) | Statement::Import(_) | Statement::Field(_) => (Kind::Other, None),
            Statement::Declaration(_) | Statement::Block(_) | Statement::Broken(_) => (Kind::Other, None),
        }
    }

    /// Returns how far behind the start of a statement the author put what it is aligned by, if that is on one line.
    fn written_at(&self, statement: &Statement, kind: Kind) -> Option<usize> {
        let span = statement.span();
        let wanted = match kind {
            Kind::Setting | Kind::Value => TokenKind::Assign,
            Kind::Body => TokenKind::OpenBrace,
            Kind::Block | Kind::Other => return None,
        };
        let mut index = self.source.index_at(span.start);
        while self.source.token(index)?.kind != wanted {
            index += 1;
        }
        let end = self.source.token(index)?.span.start;
        let before = self.source.tree.slice(Span { end, ..span });
        (!before.contains('\n')).then(|| before.width())
    }

    fn head(&self, statement: &Statement) -> Head<'t> {
        let ty = match statement {
            Statement::Field(it) => Some(it.ty.span),
            Statement::Declaration(it) => it.ty.as_ref().map(|ty| ty.span),
            Statement::Edition(_) | Statement::Import(_) | Statement::Setting(_) => None,
            Statement::Block(_) | Statement::Broken(_) => None,
        };
        let end = body(statement).map_or(statement.span().end, |body| body.span.start);
        let range = self.source.index_at(statement.span().start)..self.source.index_at(end);
        let (sequence, remarks) = read(self.source, range, ty);
        Head { sequence, remarks }
    }

    /// Returns the text of a body that goes onto the line of its head: an empty one, and one the author wrote so.
    fn body_on_a_line(&self, head: &Head<'t>, body: &Body, indent: usize) -> Option<String> {
        if head.remarks.iter().any(|remark| remark.own_line) {
            return None;
        }
        let text = self.flat_body(body)?;
        let fits = head.sequence.fits(indent + 1 + text.width());
        (fits || body.statements.is_empty()).then_some(text)
    }

    /// Prints a body on one line. One that holds several statements has none: nothing would show where the next begins.
    fn flat_body(&self, body: &Body) -> Option<String> {
        let range = self.source.inside(body);
        let statement = match body.statements.as_slice() {
            [] => return self.source.remarks(range).is_empty().then(|| "{ }".to_owned()),
            [only] => only,
            [_, _, ..] => return None,
        };
        // Each token but a blank takes a column, and no two blanks stand side by side.
        let may_fit = range.len() <= 2 * WIDTH;
        if !may_fit || self.source.tree.slice(body.span).contains('\n') {
            return None;
        }
        let head = self.head(statement);
        if head.sequence.forced.is_some() {
            return None;
        }
        let mut text = "{ ".to_owned();
        head.sequence.write(&mut text);
        if let Some(body) = self::body(statement) {
            text.push(' ');
            text.push_str(&self.flat_body(body)?);
        }
        text.push_str(" }");
        Some(text)
    }
}

fn body(statement: &Statement) -> Option<&Body> {
    match statement {
        Statement::Declaration(it) => it.body.as_ref(),
        Statement::Block(it) => Some(&it.body),
        Statement::Edition(_) | Statement::Import(_) | Statement::Setting(_) => None,
        Statement::Field(_) | Statement::Broken(_) => None,
    }
}

/// Returns whether a statement is one of the large parts of a file.
fn starts_section(statement: &Statement) -> bool {
    match statement {
        Statement::Declaration(it) => {
            it.body.is_some() && matches!(&*it.word.text, "workflow" | "type" | "step")
        }
        Statement::Edition(_) | Statement::Import(_) | Statement::Setting(_) => false,
        Statement::Field(_) | Statement::Block(_) | Statement::Broken(_) => false,
    }
}

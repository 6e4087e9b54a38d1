//! Writes a tree down, one node a line, so that a person can check it against the source.

use grammar::tree::{Body, Expr, ExprKind, Piece, Statement, Text, TypeArg, TypeExpr};
use std::fmt::Write;

pub(crate) fn dump(statements: &[Statement]) -> String {
    let mut out = String::new();
    write_statements(&mut out, statements, 0);
    out
}

fn write_statements(out: &mut String, statements: &[Statement], depth: usize) {
    for statement in statements {
        out.push_str(&"  ".repeat(depth));
        write_statement(out, statement, depth);
    }
}

fn write_statement(out: &mut String, statement: &Statement, depth: usize) {
    let mut body: Option<&Body> = None;
    match statement {
        Statement::Edition(it) => write!(out, "edition {:?}", it.number).unwrap(),
        Statement::Import(it) => {
            let pin = it.sha256.as_ref().map(|pin| format!(" sha256 {}", text(pin))).unwrap_or_default();
            write!(out, "import {} as {}{pin}", text(&it.path), it.alias.text).unwrap();
        }
        Statement::Setting(it) => {
            let quote = if it.key.quoted { "\"" } else { "" };
            write!(out, "setting {quote}{}{quote} = {}", it.key.text, expr(&it.value)).unwrap();
        }
        Statement::Field(it) => {
            write!(out, "field {}: {}{}", it.name.text, ty(&it.ty), default(it.value.as_ref())).unwrap();
        }
        Statement::Declaration(it) => {
            let of = it.ty.as_ref().map(|it| format!(": {}", ty(it))).unwrap_or_default();
            let value = default(it.value.as_ref());
            write!(out, "declaration {} {}{of}{value}", it.word.text, it.name.text).unwrap();
            body = it.body.as_ref();
        }
        Statement::Block(it) => {
            let path: Vec<&str> = it.path.iter().map(|name| &*name.text).collect();
            write!(out, "block {} {}", it.word.text, path.join(".")).unwrap();
            body = Some(&it.body);
        }
        Statement::Broken(_) => out.push_str("broken"),
    }
    let trimmed = out.trim_end().len();
    out.truncate(trimmed);
    out.push('\n');
    if let Some(body) = body {
        write_statements(out, &body.statements, depth + 1);
    }
}

fn default(value: Option<&Expr>) -> String {
    value.map(|value| format!(" = {}", expr(value))).unwrap_or_default()
}

fn ty(it: &TypeExpr) -> String {
    let path: Vec<&str> = it.path.iter().map(|name| &*name.text).collect();
    let args: Vec<String> = it
        .args
        .iter()
        .map(|arg| match arg {
            TypeArg::Type(inner) => ty(inner),
            TypeArg::Text(inner) => text(inner),
        })
        .collect();
    let args = if it.applied { format!("({})", args.join(", ")) } else { String::new() };
    format!("{}{args}{}", path.join("."), if it.optional { "?" } else { "" })
}

/// Every operation stands in brackets, which shows what binds how tightly.
pub(crate) fn expr(it: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(expr).collect::<Vec<_>>().join(" ");
    match &it.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Duration(value) => format!("{value}ms"),
        ExprKind::Size(value) => format!("{value}B"),
        ExprKind::Text(inner) => text(inner),
        ExprKind::Heredoc(inner) => format!("<<{} {:?}", inner.tag.text, inner.body),
        ExprKind::List(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| format!("{}{}", if item.spread { "..." } else { "" }, expr(&item.value)))
                .collect();
            format!("[{}]", items.join(", "))
        }
        ExprKind::Object(pairs) => {
            let pairs: Vec<String> =
                pairs.iter().map(|pair| format!("{} = {}", pair.key.text, expr(&pair.value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        ExprKind::Comprehension(inner) => {
            let condition =
                inner.condition.as_ref().map(|it| format!(" if {}", expr(it))).unwrap_or_default();
            format!("[for {} in {} : {}{condition}]", inner.name.text, expr(&inner.list), expr(&inner.body))
        }
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Member(base, name) => format!("{}.{}", expr(base), name.text),
        ExprKind::Index(base, index) => format!("{}[{}]", expr(base), expr(index)),
        ExprKind::Call(name, args) => format!("({} {})", name.text, list(args)).replace(" )", ")"),
        ExprKind::Unary(op, inner) => format!("({op:?} {})", expr(inner)),
        ExprKind::Binary(op, _, left, right) => format!("({} {} {})", op.symbol(), expr(left), expr(right)),
        ExprKind::Conditional(condition, then, otherwise) => {
            format!("(? {} {} {})", expr(condition), expr(then), expr(otherwise))
        }
        ExprKind::Group(inner) => format!("group {}", expr(inner)),
        ExprKind::Broken => "broken".into(),
    }
}

fn text(it: &Text) -> String {
    let pieces: Vec<String> = it
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Chars { text, .. } => format!("{text:?}"),
            Piece::Value(value) => format!("${{{}}}", expr(value)),
        })
        .collect();
    if pieces.len() == 1 { pieces.concat() } else { format!("text({})", pieces.join(" ")) }
}

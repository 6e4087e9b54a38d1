//! Warnings about single steps, and texts that should not stand in a file.

mod template;

use crate::{
    danger::Danger,
    message::{lint as message, safety},
    names::{ActionKind, Names},
    safety as rules, walk,
};
use engine::plan::{Plan, Risk};
use grammar::{
    Diagnostic, Span, Tree,
    tree::{Expr, ExprKind, Piece, Statement},
};

/// Looks at each step of a workflow. Without a plan, a step has the risk that is written.
pub(crate) fn steps(names: &Names<'_>, plan: Option<&Plan>, found: &mut Vec<Diagnostic>) {
    // A plan has every step, in the order of declaration.
    let mut planned = plan.into_iter().flat_map(|plan| plan.graph.node_weights());
    for step in &names.steps {
        let fields = step.fields;
        let name = &*step.name.text;
        let danger =
            planned.next().map_or_else(|| Danger::declared(step), |planned| Danger::of(step, planned));
        let asks = matches!(step.action, Some(ActionKind::Approve | ActionKind::Wait));
        if danger.risk >= Risk::High
            && !asks
            && fields.section("undo").is_none()
            && !matches!(fields.value("irreversible").map(|it| &it.kind), Some(ExprKind::Bool(true)))
        {
            found.push(message::no_way_back(name, danger));
        }
        if let Some(retry) = fields.section("retry")
            && danger.risk >= Risk::Medium
            && !danger.is_assumed()
            && fields.value("reason").is_none()
        {
            found.push(message::risky_retry(name, retry.word.span, danger));
        }
        if fields.value("timeout").is_none() {
            let waits = match step.action {
                Some(ActionKind::Http) => Some("an HTTP answer"),
                Some(ActionKind::Agent) => Some("a model"),
                Some(ActionKind::Run | ActionKind::Script) if runs_on_ssh(names, step.fields.value("on")) => {
                    Some("another host")
                }
                Some(_) | None => None,
            };
            if let Some(what) = waits {
                found.push(message::no_timeout(name, what, step.name.span));
            }
        }
    }
}

fn runs_on_ssh(names: &Names<'_>, on: Option<&Expr>) -> bool {
    let Some(words) = on.and_then(walk::chain) else { return false };
    let [("target", _), (name, _)] = words.as_slice() else { return false };
    let kind = names.targets.get(name).and_then(|target| target.syntax.ty.as_ref());
    kind.and_then(|ty| ty.path.first()).is_some_and(|kind| &*kind.text == "ssh")
}

/// Looks at every text of a file: for credentials, and for templates of other tools.
pub(crate) fn texts(tree: &Tree, found: &mut Vec<Diagnostic>) {
    statements(tree, &tree.statements, found);
}

fn statements(tree: &Tree, all: &[Statement], found: &mut Vec<Diagnostic>) {
    for statement in all {
        match statement {
            Statement::Setting(setting) => texts_in(tree, &setting.value, found),
            Statement::Declaration(declaration) => {
                if let Some(value) = &declaration.value {
                    texts_in(tree, value, found);
                }
                if let Some(body) = &declaration.body {
                    statements(tree, &body.statements, found);
                }
            }
            Statement::Block(block) => statements(tree, &block.body.statements, found),
            Statement::Edition(_) | Statement::Import(_) | Statement::Field(_) | Statement::Broken(_) => {}
        }
    }
}

fn texts_in(tree: &Tree, root: &Expr, found: &mut Vec<Diagnostic>) {
    walk::expressions(root, &mut |expr| match &expr.kind {
        ExprKind::Text(text) => {
            let chars = text.pieces.iter().filter_map(|piece| match piece {
                Piece::Chars { text, span } => Some((text, *span)),
                Piece::Value(_) => None,
            });
            let hit = chars.clone().find_map(|(text, span)| Some((rules::credential(text)?, span)));
            found.extend(hit.map(|(what, span)| safety::looks_like_credential(what, span)));
            for (_, span) in chars {
                templates(tree, span, "in text, values are written `${param.NAME}`", found);
            }
        }
        ExprKind::Heredoc(heredoc) => {
            let span = heredoc.body_span;
            let hit = rules::credential(&heredoc.body);
            found.extend(hit.map(|what| safety::looks_like_credential(what, span)));
            templates(tree, span, "pass the value: `env { NAME = param.NAME }`, then `\"$NAME\"`", found);
        }
        _ => {}
    });
}

/// Goes by the text as it is written, so that each template is shown where it stands.
fn templates(tree: &Tree, span: Span, help: &str, found: &mut Vec<Diagnostic>) {
    let text = tree.slice(span);
    for hit in template::foreign(text) {
        let start = span.start as usize;
        let place = Span::new(span.file, start + hit.start, start + hit.end);
        found.push(message::foreign_template(text.get(hit).unwrap_or_default(), place, help));
    }
}

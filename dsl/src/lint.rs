//! Warnings about single steps, and texts that should not stand in a file.

use crate::{
    message::{lint as message, safety},
    names::{ActionKind, Names},
    safety as rules,
    schema::words,
    walk,
};
use grammar::{
    Diagnostic,
    tree::{Body, Expr, ExprKind, Piece, Statement},
};

/// Looks at each step of a workflow.
pub(crate) fn steps(names: &Names<'_>, found: &mut Vec<Diagnostic>) {
    for step in &names.steps {
        let fields = step.fields;
        let name = &*step.name.text;
        let risk = fields.setting("risk");
        let word = risk.and_then(|risk| match &risk.value.kind {
            ExprKind::Text(text) => text.literal(),
            _ => None,
        });
        let rank = word.and_then(|word| words::RISK.iter().position(|known| *known == word)).unwrap_or(0);
        let asks = matches!(step.action, Some(ActionKind::Approve | ActionKind::Wait));
        if let (Some(risk), Some(word)) = (risk, word)
            && rank >= 2
            && !asks
            && fields.section("undo").is_none()
            && !matches!(fields.value("irreversible").map(|it| &it.kind), Some(ExprKind::Bool(true)))
        {
            found.push(message::no_way_back(name, word, risk.value.span));
        }
        if let (Some(risk), Some(retry)) = (risk, fields.section("retry"))
            && rank >= 1
            && fields.value("reason").is_none()
        {
            found.push(message::risky_retry(name, retry.word.span, risk.value.span));
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

/// Looks for credentials in every text of a file.
pub(crate) fn credentials(statements: &[Statement], found: &mut Vec<Diagnostic>) {
    for statement in statements {
        match statement {
            Statement::Setting(setting) => credential_in(&setting.value, found),
            Statement::Declaration(declaration) => {
                if let Some(value) = &declaration.value {
                    credential_in(value, found);
                }
                if let Some(Body { statements, .. }) = &declaration.body {
                    credentials(statements, found);
                }
            }
            Statement::Block(block) => credentials(&block.body.statements, found),
            Statement::Edition(_) | Statement::Import(_) | Statement::Field(_) | Statement::Broken(_) => {}
        }
    }
}

fn credential_in(root: &Expr, found: &mut Vec<Diagnostic>) {
    walk::expressions(root, &mut |expr| {
        let hit = match &expr.kind {
            ExprKind::Text(text) => text.pieces.iter().find_map(|piece| match piece {
                Piece::Chars { text, span } => rules::credential(text).map(|what| (what, *span)),
                Piece::Value(_) => None,
            }),
            ExprKind::Heredoc(heredoc) => {
                rules::credential(&heredoc.body).map(|what| (what, heredoc.body_span))
            }
            _ => None,
        };
        if let Some((what, span)) = hit {
            found.push(safety::looks_like_credential(what, span));
        }
    });
}

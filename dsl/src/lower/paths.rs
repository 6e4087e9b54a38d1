//! Paths under the workspace: artifacts, files and working directories.

use super::Lowerer;
use crate::{
    ast::Section,
    check::{Dynamic, Site},
    message::{flow, types as message},
};
use engine::{
    expression::{Expr, Part},
    id::Name,
    value::{Type, Value},
};
use grammar::{Span, tree};
use std::collections::BTreeMap;

impl<'a> Lowerer<'a, '_> {
    /// Checks a path that must stay under the workspace.
    pub(super) fn path(&mut self, written: &'a tree::Expr, what: &str, site: Site) -> Option<Expr> {
        let typed = self.checker.want(written, &Type::Text, site)?;
        let leaves = match &typed.expr {
            Expr::Literal(Value::Text(path)) => leaves_workspace(path),
            Expr::Text(parts) => parts.iter().enumerate().any(|(at, part)| match part {
                Part::Chars(text) => {
                    (at == 0 && text.starts_with('/')) || text.split('/').any(|it| it == "..")
                }
                Part::Value(_) => false,
            }),
            _ => false,
        };
        if leaves {
            let text = self.checker.slice(written.span).trim_matches('"').to_owned();
            self.checker.found.push(flow::path_leaves(&text, what, written.span));
            return None;
        }
        Some(typed.expr)
    }

    /// Checks the artifacts of a step.
    pub(super) fn artifacts(&mut self, index: usize, site: Site) -> Option<Vec<(Name, Expr)>> {
        let names = self.names;
        let step = names.steps.get(index)?;
        let mut artifacts = Vec::new();
        let mut whole = true;
        let mut taken: BTreeMap<String, Span> = BTreeMap::new();
        for declared in step.fields.declared("artifact") {
            let Some(written) = &declared.syntax.value else { continue };
            match self.path(written, "artifact", site) {
                Some(path) => {
                    whole &= self.free(&path, written.span, &mut taken);
                    artifacts.push(((*declared.name().text).into(), path));
                }
                None => whole = false,
            }
        }
        whole.then_some(artifacts)
    }

    /// Checks the files laid into the working directory.
    pub(super) fn files(&mut self, section: Option<&Section<'a>>, site: Site) -> Option<Vec<(Expr, Expr)>> {
        let mut files = Vec::new();
        let mut whole = true;
        let mut taken: BTreeMap<String, Span> = BTreeMap::new();
        for setting in section.into_iter().flat_map(|section| &section.fields.settings) {
            let path = &*setting.key.text;
            if leaves_workspace(path) {
                self.checker.found.push(flow::path_leaves(path, "file", setting.key.span));
                whole = false;
            }
            let path = Expr::Literal(Value::Text(path.into()));
            whole &= self.free(&path, setting.key.span, &mut taken);
            match self.file(&setting.value, site) {
                Some(content) => files.push((path, content)),
                None => whole = false,
            }
        }
        whole.then_some(files)
    }

    fn file(&mut self, written: &'a tree::Expr, site: Site) -> Option<Expr> {
        let typed = self.checker.any(written, site)?;
        let is_content = |ty: &Type| matches!(ty, Type::Text | Type::Enum(_) | Type::Artifact);
        match &typed.ty {
            ty if is_content(ty) => Some(typed.expr),
            Type::List(inner) | Type::Map(inner) if is_content(inner) || **inner == Type::Never => {
                Some(typed.expr)
            }
            Type::List(inner) | Type::Map(inner) if inner.is_optional() => {
                self.checker.found.push(
                    message::may_be_missing(&typed.ty, written.span, None)
                        .help("leave out what is missing: `compact(…)`"),
                );
                None
            }
            _ => {
                let typed = self.checker.fit(
                    typed,
                    &Type::Artifact,
                    written.span,
                    Some(written),
                    Dynamic::Refuse,
                    None,
                );
                Some(typed?.expr)
            }
        }
    }

    fn free(&mut self, path: &Expr, span: Span, taken: &mut BTreeMap<String, Span>) -> bool {
        let Expr::Literal(Value::Text(path)) = path else { return true };
        let plain: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let plain = plain.join("/");
        if let Some(first) = taken.get(&plain) {
            self.checker.found.push(flow::same_path(&plain, *first, span));
            return false;
        }
        taken.insert(plain, span);
        true
    }
}

fn leaves_workspace(path: &str) -> bool {
    path.is_empty()
        || path.starts_with('/')
        || path.starts_with('~')
        || path.split('/').any(|part| part == "..")
}

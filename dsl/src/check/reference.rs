//! References: `param.x`, `step.a.output.b`, `each.value`, and the members behind them.

use super::{Checker, Memo, Secrecy, Site, Steps, Typed, Use};
use crate::{
    message::{flow, names as message, types},
    names::{StepInfo, may_hold_text},
    schema::words,
    suggest::{nearest, nearest_declared, some},
    walk,
};
use engine::{
    expression::{Expr, Read},
    plan::Why,
    value::Type,
};
use std::collections::BTreeSet;

use grammar::{
    Span,
    tree::{self, ExprKind, Name},
};

/// Where a reference begins, and how many of its words that takes.
pub(super) struct Head {
    pub(super) typed: Typed,
    pub(super) words: usize,
}

impl<'a> Checker<'a> {
    /// Checks a name, or a chain of members.
    pub(super) fn member(&mut self, written: &tree::Expr, site: Site) -> Option<Typed> {
        let mut names = Vec::new();
        let mut at = written;
        while let ExprKind::Member(base, name) = &at.kind {
            names.push(name);
            at = base;
        }
        names.reverse();
        let (mut typed, rest, mut span, mut path) = match &at.kind {
            ExprKind::Name(root) => {
                let head = self.head(root, at.span, &names, site)?;
                let taken = names.iter().take(head.words);
                let span = taken.clone().fold(at.span, |span, name| span.to(name.span));
                let path = taken.fold(root.to_string(), |path, name| format!("{path}.{}", name.text));
                (head.typed, names.get(head.words..).unwrap_or_default(), span, Some(path))
            }
            _ => (self.expr(at, site)?, names.as_slice(), at.span, None),
        };
        typed.ty = self.narrowed(typed.ty, path.as_deref());
        for name in rest {
            typed = self.field(typed, span, name)?;
            span = span.to(name.span);
            path = path.map(|path| format!("{path}.{}", name.text));
            typed.ty = self.narrowed(typed.ty, path.as_deref());
        }
        Some(typed)
    }

    fn narrowed(&self, ty: Type, path: Option<&str>) -> Type {
        match path {
            Some(path) if ty.is_optional() && self.known.iter().any(|known| known == path) => {
                ty.required().clone()
            }
            Some(_) | None => ty,
        }
    }

    fn field(&mut self, base: Typed, span: Span, name: &Name) -> Option<Typed> {
        let ty = match &base.ty {
            Type::Json => Type::Json,
            Type::Map(inner) => (**inner).clone(),
            Type::Record(record) => match record.field(&name.text) {
                Some(ty) => ty.clone(),
                None => {
                    let known = || record.fields.iter().map(|(name, _)| &**name);
                    let near = nearest_declared(&self.found, &name.text, known());
                    self.found.push(message::unknown_field(&base.ty, name, near, &some(known())));
                    return None;
                }
            },
            ty if ty.is_optional() => {
                self.found.push(types::may_be_missing(ty, span, None));
                return None;
            }
            other => {
                self.found.push(message::no_fields(other, name));
                return None;
            }
        };
        let untrusted = base.untrusted && may_hold_text(&ty);
        let expr = base.expr.field(&base.ty, (*name.text).into());
        Some(Typed { expr, ty, untrusted })
    }

    fn head(&mut self, root: &str, span: Span, names: &[&Name], site: Site) -> Option<Head> {
        if let Some((name, ty, untrusted)) = self.locals.iter().rev().find(|(name, ..)| **name == *root) {
            let expr = Expr::Read(Read::Local(name.clone()));
            return Some(Head { typed: Typed { expr, ty: ty.clone(), untrusted: *untrusted }, words: 0 });
        }
        let Some(first) = names.first().copied() else {
            self.found.push(self.bare_name(root, span));
            return None;
        };
        match root {
            "param" => self.param(first),
            "let" => self.let_value(first, site, span),
            "secret" => self.secret(first, span.to(first.span), site),
            "step" => self.step(first, names, span, site),
            "each" => self.each(first, span, site),
            "self" => self.own(names, span, site),
            "result" => self.result(first, span, site),
            "job" => self.job(first),
            "event" => self.event(first, span, site),
            _ => {
                let near = nearest(root, words::ROOTS.iter().copied());
                let near = match root {
                    "params" | "inputs" | "input" | "var" | "vars" => Some("param"),
                    "steps" | "needs" | "tasks" => Some("step"),
                    "secrets" => Some("secret"),
                    "local" | "locals" => Some("let"),
                    "item" => Some("each"),
                    _ => near,
                };
                self.found.push(message::unknown_root(root, span, near, words::ROOTS));
                None
            }
        }
    }

    fn bare_name(&self, root: &str, span: Span) -> grammar::Diagnostic {
        if words::ROOTS.contains(&root) {
            return message::root_alone(root, span);
        }
        let declared = [
            ("param", self.names.params.contains_key(root)),
            ("let", self.names.lets.contains_key(root)),
            ("secret", self.names.secrets.contains_key(root)),
            ("step", self.names.step_index.contains_key(root)),
        ];
        match declared.iter().find(|(_, known)| *known) {
            Some((home, _)) => message::root_left_out(root, home, span),
            None => message::unknown_root(root, span, None, words::ROOTS),
        }
    }

    fn param(&mut self, name: &Name) -> Option<Head> {
        let Some((key, param)) = self.names.params.get_key_value(&*name.text) else {
            let near = nearest_declared(&self.found, &name.text, self.names.params.keys().copied());
            self.undeclared("param", name, near);
            return None;
        };
        self.used.insert(("param", key));
        let ty = param.ty.clone()?;
        let expr = Expr::Read(Read::Param((*name.text).into()));
        Some(Head { typed: Typed { expr, ty, untrusted: param.untrusted }, words: 1 })
    }

    fn secret(&mut self, name: &Name, span: Span, site: Site) -> Option<Head> {
        let Some(key) = self.names.secrets.get_key_value(&*name.text).map(|(key, _)| *key) else {
            let near = nearest_declared(&self.found, &name.text, self.names.secrets.keys().copied());
            self.undeclared("secret", name, near);
            return None;
        };
        self.used.insert(("secret", key));
        if site.secret != Secrecy::Kept {
            // Wherever it stands inside the expression: a part of it could flow on.
            self.secret_seen(site.secret, span);
            return None;
        }
        let expr = Expr::Read(Read::Secret((*name.text).into()));
        Some(Head { typed: Typed { expr, ty: Type::Secret, untrusted: false }, words: 1 })
    }

    fn let_value(&mut self, name: &Name, site: Site, span: Span) -> Option<Head> {
        let Some((key, _)) = self.names.lets.get_key_value(&*name.text) else {
            let near = nearest_declared(&self.found, &name.text, self.names.lets.keys().copied());
            self.undeclared("let", name, near);
            return None;
        };
        self.used.insert(("let", key));
        let (typed, uses) = self.let_typed(key)?;
        match site.steps {
            Steps::Known => self.uses.extend(uses.into_iter().map(|it| Use { span, ..it })),
            Steps::Undo | Steps::Before(_) => {
                if let Some(first) = uses.first() {
                    let step = self.names.steps.get(first.step).map_or("", |step| &step.name.text);
                    self.step_not_known(site, step, span.to(name.span), Some(first.span));
                    return None;
                }
            }
        }
        let expr = Expr::Read(Read::Let((*name.text).into()));
        Some(Head { typed: Typed { expr, ..typed }, words: 1 })
    }

    /// Checks a `let` once; what it reads of steps comes with it.
    pub(crate) fn let_typed(&mut self, name: &'a str) -> Option<(Typed, Vec<Use>)> {
        match self.lets.get(name)? {
            Memo::Known(known) => return known.clone(),
            Memo::Computing => return None,
            Memo::Unknown => {}
        }
        self.lets.insert(name, Memo::Computing);
        let declared = *self.names.lets.get(name)?;
        let outer = (std::mem::take(&mut self.known), std::mem::take(&mut self.locals));
        let uses = std::mem::take(&mut self.uses);
        let site = Site { steps: Steps::Known, ..Site::before("let") };
        let typed = declared.syntax.value.as_ref().and_then(|value| match &declared.syntax.ty {
            Some(written) => {
                let ty = self.names.world.ty(self.names.file, written, &mut self.found)?;
                self.want_with(value, &ty, site, super::fit::Dynamic::Convert, None)
            }
            None => self.any(value, site),
        });
        let mut read = std::mem::replace(&mut self.uses, uses);
        // One reason for each edge is enough, and lets that double what they read would soon fill any memory.
        let mut seen = BTreeSet::new();
        read.retain(|it| seen.insert((it.step, it.why.clone())));
        (self.known, self.locals) = outer;
        // A type that doubles with every `let` would soon fill any memory.
        let typed = typed.filter(|typed| {
            let too_large = typed.ty.is_too_large();
            if too_large {
                self.found.push(message::type_too_far(name, declared.name().span));
            }
            !too_large
        });
        let known = typed.map(|typed| (typed, read));
        self.lets.insert(name, Memo::Known(known.clone()));
        known
    }

    fn step(&mut self, name: &Name, names: &[&Name], root: Span, site: Site) -> Option<Head> {
        let all = self.names;
        let Some((index, step)) = all.find(&name.text) else {
            self.unknown_step(name);
            return None;
        };
        let span = names.get(..3).unwrap_or(names).last().map_or(root, |last| root.to(last.span));
        if site.step == Some(index) {
            self.found.push(flow::refers_to_itself(&name.text, root.to(name.span), site.own));
            return None;
        }
        if site.steps != Steps::Known {
            self.step_not_known(site, &name.text, span, None);
            return None;
        }
        let (Some(part), item) = (names.get(1), names.get(2)) else {
            let output = step.outputs.first().map(|it| it.name);
            self.found.push(message::step_as_value(&name.text, root.to(name.span), output));
            return None;
        };
        let (expr, ty, why, words) = match (&*part.text, item) {
            ("status", _) => {
                let expr = Read::Status((*name.text).into());
                (expr, Type::words(words::STATUS), Why::Status, 2)
            }
            ("output", Some(item)) => {
                let Some(output) = step.outputs.iter().find(|output| *output.name == *item.text) else {
                    self.unknown_output(step, "output", item);
                    return None;
                };
                // The edge counts even if the type of the output is in error.
                self.uses.push(Use { step: index, why: Why::Output((*item.text).into()), span });
                let ty = self.seen_from_outside(index, step, output.ty.clone()?)?;
                let untrusted = output.untrusted && may_hold_text(&ty);
                let read = Read::Output { step: (*name.text).into(), output: (*item.text).into() };
                return Some(Head { typed: Typed { expr: Expr::Read(read), ty, untrusted }, words: 3 });
            }
            ("artifact", Some(item)) => {
                if !step.artifacts.iter().any(|artifact| artifact.text == item.text) {
                    self.unknown_output(step, "artifact", item);
                    return None;
                }
                let ty = self.seen_from_outside(index, step, Type::Artifact)?;
                let expr = Read::Artifact { step: (*name.text).into(), artifact: (*item.text).into() };
                (expr, ty, Why::Artifact((*item.text).into()), 3)
            }
            (word, _) => {
                self.found.push(self.wrong_part(step, word, part));
                return None;
            }
        };
        self.uses.push(Use { step: index, why, span });
        Some(self.of_step(expr, ty, step, words))
    }

    /// Reports a name that nothing declares, unless its declaration is what was refused.
    pub(crate) fn undeclared(&mut self, root: &str, name: &Name, near: Option<&str>) {
        if !self.names.refuses(root, &name.text) {
            self.found.push(message::undeclared(root, name, near));
        }
    }

    /// Reports a step that nothing declares, unless its declaration is what was refused.
    pub(crate) fn unknown_step(&mut self, name: &Name) {
        if !self.names.refuses("step", &name.text) {
            let near = nearest_declared(&self.found, &name.text, self.names.step_index.keys().copied());
            let near = near.and_then(|near| Some((near, self.names.find(near)?.1.name.span)));
            self.found.push(message::unknown_step(name, near));
        }
    }

    fn of_step(&self, read: Read, ty: Type, step: &StepInfo<'a>, words: usize) -> Head {
        let outside = step.action.is_some_and(crate::names::ActionKind::is_untrusted);
        let untrusted = outside && !matches!(read, Read::Status(_)) && may_hold_text(&ty);
        Head { typed: Typed { expr: Expr::Read(read), ty, untrusted }, words }
    }

    /// Returns what is wrong with `step.a.x` where `x` is neither output, artifact nor status.
    pub(super) fn wrong_part(&self, step: &StepInfo<'_>, word: &str, part: &Name) -> grammar::Diagnostic {
        let name = &*step.name.text;
        if step.outputs.iter().any(|output| output.name == word) {
            return message::step_as_value(name, part.span, Some(word)).fix(
                format!("write `output.{word}`"),
                part.span,
                format!("output.{word}"),
            );
        }
        let output = step.outputs.first().map(|it| it.name);
        let part_names = ["output", "artifact", "status"];
        let near = match word {
            "outputs" => Some("output"),
            "artifacts" => Some("artifact"),
            "state" | "outcome" | "conclusion" => Some("status"),
            _ => nearest(word, part_names),
        };
        match near {
            Some(near) => {
                let found = message::step_as_value(name, part.span, output);
                found.fix(format!("write `{near}`"), part.span, near)
            }
            None => message::step_as_value(name, part.span, output),
        }
    }

    pub(super) fn unknown_output(&mut self, step: &StepInfo<'_>, what: &str, name: &Name) {
        // A declaration that could not be read may be the very one that is meant.
        if step.fields.hides_names {
            return;
        }
        let (near, has) = if what == "output" {
            let typed = some(&step.outputs).into_iter().map(|output| {
                let ty = output.ty.as_ref().map_or_else(String::new, |ty| format!(": {ty}"));
                format!("{}{ty}", output.name)
            });
            let names = step.outputs.iter().map(|output| output.name);
            (nearest_declared(&self.found, &name.text, names), typed.collect())
        } else {
            let names = || step.artifacts.iter().map(|artifact| &*artifact.text);
            let has: Vec<String> = some(names()).into_iter().map(str::to_owned).collect();
            (nearest_declared(&self.found, &name.text, names()), has)
        };
        self.found.push(message::unknown_output(&step.name.text, what, name, near, &has, step.name.span));
    }

    /// Returns the type another step sees: gathered from all instances, and optional where the step may give none.
    fn seen_from_outside(&mut self, index: usize, step: &StepInfo<'_>, ty: Type) -> Option<Type> {
        let succeeded = self.known.iter().any(|fact| *fact == format!("step.{}", step.name.text));
        let conditional = step.when.is_some() && !succeeded;
        if step.for_each.is_none() {
            let optional = conditional || (step.continues && !succeeded);
            return Some(if optional { ty.optional() } else { ty });
        }
        let by_instance = step.when.is_some_and(|when| walk::mentions(when, "each"));
        // That the whole succeeded says nothing about an instance that was skipped.
        let one = if step.continues || (step.when.is_some() && by_instance) { ty.optional() } else { ty };
        let gathered = if self.fan(index)?.is_map { Type::map(one) } else { Type::list(one) };
        Some(if conditional && !by_instance { gathered.optional() } else { gathered })
    }

    /// Returns where it is said that a value may be missing.
    pub(super) fn why_missing(&self, written: &tree::Expr) -> Option<(Span, String)> {
        let path = walk::chain(written)?;
        let [("step", _), (name, _), ..] = path.as_slice() else { return None };
        let (_, step) = self.names.find(name)?;
        if let Some(when) = step.fields.setting("when") {
            return Some((when.span, format!("`{name}` may be skipped")));
        }
        let setting = step.fields.setting("on_failure")?;
        Some((setting.span, format!("`{name}` may fail without stopping the job")))
    }

    /// `read` is given where a `let` stands between: it is what that reads.
    fn step_not_known(&mut self, site: Site, step: &str, span: Span, read: Option<Span>) {
        let found = match site.steps {
            Steps::Undo => flow::undo_reads(step, span),
            Steps::Before(place) => flow::step_before_job(step, place, span),
            Steps::Known => return,
        };
        self.found.push(match read {
            Some(read) => found.other(read, format!("step `{step}` is read here")),
            None => found,
        });
    }
}

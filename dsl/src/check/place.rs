//! References that mean something only at one place: `each`, `self`, `result`, `job`, `event`.

use super::{Checker, Site, Typed, reference::Head};
use crate::{
    message::names as message,
    names::{ActionKind, may_hold_text},
    suggest::nearest,
};
use engine::{
    expression::{Expr, Read},
    value::Type,
};
use grammar::{Span, tree::Name};

impl Checker<'_> {
    pub(super) fn each(&mut self, name: &Name, root: Span, site: Site) -> Option<Head> {
        let span = root.to(name.span);
        let fans_out = |index: usize| self.names.steps.get(index).is_some_and(|step| step.for_each.is_some());
        let Some(step) = site.step.filter(|index| fans_out(*index)) else {
            self.found.push(message::each_outside(span));
            return None;
        };
        let fan = self.fan(step);
        let (read, ty) = match &*name.text {
            "index" => (Read::EachIndex, Type::Int),
            "key" => (Read::EachKey, Type::Text),
            "value" => (Read::EachValue, fan.as_ref()?.element.clone()),
            other => {
                let known = ["key", "value", "index"];
                let ty = Type::object(known.iter().map(|name| ((*name).into(), Type::Text)).collect());
                let near = nearest(other, known);
                self.found.push(message::unknown_field(&ty, name, near, &known));
                return None;
            }
        };
        let untrusted = fan.is_some_and(|fan| fan.over.untrusted) && may_hold_text(&ty);
        Some(Head { typed: Typed { expr: Expr::Read(read), ty, untrusted }, words: 1 })
    }

    pub(super) fn own(&mut self, names: &[&Name], root: Span, site: Site) -> Option<Head> {
        let info = site.step.and_then(|index| self.names.steps.get(index));
        let (Some(step), true) = (info, site.own) else {
            self.found.push(message::not_run_here("self", root));
            return None;
        };
        let (Some(part), Some(item)) = (names.first(), names.get(1)) else {
            self.found.push(message::step_as_value("self", root, step.outputs.first().map(|it| it.name)));
            return None;
        };
        let (read, ty) = match &*part.text {
            "output" => {
                let Some(output) = step.outputs.iter().find(|output| *output.name == *item.text) else {
                    self.unknown_output(step, "output", item);
                    return None;
                };
                let ty = output.ty.clone()?;
                // A failed instance, which `partial` undoes too, may have recorded nothing.
                let ty = if site.partial { ty.optional() } else { ty };
                (Read::SelfOutput((*item.text).into()), ty)
            }
            "artifact" if step.artifacts.iter().any(|artifact| artifact.text == item.text) => {
                (Read::SelfArtifact((*item.text).into()), Type::Artifact)
            }
            "artifact" => {
                self.unknown_output(step, "artifact", item);
                return None;
            }
            word => {
                self.found.push(self.wrong_part(step, word, part));
                return None;
            }
        };
        let outside = step.action.is_some_and(ActionKind::is_untrusted);
        let untrusted = outside && may_hold_text(&ty);
        Some(Head { typed: Typed { expr: Expr::Read(read), ty, untrusted }, words: 2 })
    }

    pub(super) fn result(&mut self, name: &Name, root: Span, site: Site) -> Option<Head> {
        let info = site.step.and_then(|index| self.names.steps.get(index));
        let (Some(step), true) = (info, site.result) else {
            self.found.push(message::not_run_here("result", root));
            return None;
        };
        let action = step.action?;
        let field = action.result().iter().find(|(it, _)| *it == &*name.text).map(|(_, ty)| ty.clone());
        let headers = action == ActionKind::Http && &*name.text == "headers";
        let ty = field.or_else(|| headers.then(|| Type::map(Type::Text)));
        let Some(ty) = ty else {
            let mut known: Vec<&str> = action.result().iter().map(|(name, _)| *name).collect();
            if action == ActionKind::Http {
                known.push("headers");
            }
            let near = nearest(&name.text, known.iter().copied());
            self.found.push(message::unknown_result(name, action.word(), near, &known));
            return None;
        };
        let untrusted = action.is_untrusted() && may_hold_text(&ty);
        let expr = Expr::Read(Read::Result((*name.text).into()));
        Some(Head { typed: Typed { expr, ty, untrusted }, words: 1 })
    }

    pub(super) fn job(&mut self, name: &Name) -> Option<Head> {
        let ty = match &*name.text {
            "id" | "name" => Type::Text,
            "started_at" => Type::Time,
            other => {
                let known = ["id", "name", "started_at"];
                let near = nearest(other, known);
                let ty = Type::object(known.iter().map(|name| ((*name).into(), Type::Text)).collect());
                self.found.push(message::unknown_field(&ty, name, near, &known));
                return None;
            }
        };
        let expr = Expr::Read(Read::Job((*name.text).into()));
        Some(Head { typed: Typed { expr, ty, untrusted: false }, words: 1 })
    }

    pub(super) fn event(&mut self, name: &Name, root: Span, site: Site) -> Option<Head> {
        if !site.event {
            self.found.push(message::event_outside(root.to(name.span)));
            return None;
        }
        let ty = match &*name.text {
            "body" => Type::Json,
            "headers" | "query" => Type::map(Type::Text),
            other => {
                let known = ["body", "headers", "query"];
                let near = nearest(other, known);
                let ty = Type::object(known.iter().map(|name| ((*name).into(), Type::Json)).collect());
                self.found.push(message::unknown_field(&ty, name, near, &known));
                return None;
            }
        };
        let expr = Expr::Read(Read::Event((*name.text).into()));
        Some(Head { typed: Typed { expr, ty, untrusted: true }, words: 1 })
    }
}

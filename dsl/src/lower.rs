//! From checked syntax to a plan. No syntax node exists beyond this module.
//!
//! Pact: a function that returns none has reported why. Everything of a step is checked before the first none is
//! looked at, so one run tells all that is wrong.

mod action;
mod command;
mod edges;
mod env;
mod paths;
mod policy;
mod step;
mod target;
mod workflow;

use crate::{
    ast::Fields,
    check::{Checker, Secrecy, Site, Typed, Use},
    message::types as message,
    names::Names,
    schema::{Form, Slot},
    suggest::{nearest, nearest_declared},
    walk,
};
use engine::{
    expression::Expr,
    id::Name,
    plan::{EdgeKind, Plan},
    value::{Type, Value},
};
use grammar::{Diagnostic, Span, tree};
use std::{collections::BTreeMap, sync::Arc};

pub(crate) use edges::Link;

/// What is made of one workflow.
pub(crate) struct Lowered {
    /// The plan; none if there is an error.
    pub plan: Option<Plan>,
    /// Why steps wait for each other, even if there is an error.
    pub links: Vec<Link>,
    /// What was found wrong.
    pub found: Vec<Diagnostic>,
}

/// Checks one workflow and makes its plan.
///
/// `callees` holds the plans of the workflows it calls, by their place in [`crate::world::World::workflows`]; none for
/// those in error.
pub(crate) fn lower<'a>(names: &'a Names<'a>, callees: &BTreeMap<usize, Option<Arc<Plan>>>) -> Lowered {
    let mut lowerer = Lowerer {
        checker: Checker::new(names),
        names,
        callees,
        orders: names.steps.iter().map(|_| Orders::default()).collect(),
        keyed_hosts: BTreeMap::new(),
    };
    lowerer.checker.settle();
    let plan = lowerer.workflow();
    let links = edges::links(names, &lowerer.orders);
    let mut found = lowerer.checker.found;
    edges::check(names, &lowerer.orders, &links, plan.as_ref(), &mut found);
    Lowered { plan, links, found }
}

struct Lowerer<'a, 'b> {
    checker: Checker<'a>,
    names: &'a Names<'a>,
    callees: &'b BTreeMap<usize, Option<Arc<Plan>>>,
    orders: Vec<Orders>,
    /// The hosts of the `ssh` targets that have a key, by target.
    keyed_hosts: BTreeMap<&'a str, Expr>,
}

/// What makes one step wait.
#[derive(Debug, Default)]
struct Orders {
    /// Steps named in `needs` and `after`.
    named: Vec<Named>,
    /// Steps whose outputs, artifacts or status are read.
    read: Vec<Use>,
}

/// A step named in `needs` or `after`.
#[derive(Clone, Copy, Debug)]
struct Named {
    step: usize,
    kind: EdgeKind,
    /// The reference.
    span: Span,
    /// The reference with the comma that goes with it: what to remove.
    removal: Option<Span>,
}

impl<'a> Lowerer<'a, '_> {
    /// Checks a setting by the slot that the schema gives it.
    fn setting(&mut self, fields: &Fields<'a>, word: &str, site: Site) -> Option<Option<Typed>> {
        let Some(written) = fields.value(word) else { return Some(None) };
        let entry = fields.place.entry(word)?;
        let site = site.named(entry.word);
        match entry.form {
            Form::Setting(slot) => self.value(slot, entry.word, written, site).map(Some),
            Form::Block(_) | Form::NamedBlock(_) | Form::Declaration(_) => None,
        }
    }

    /// Checks a setting of which only the expression matters.
    fn expr(&mut self, fields: &Fields<'a>, word: &str, site: Site) -> Option<Option<Expr>> {
        Some(self.setting(fields, word, site)?.map(|typed| typed.expr))
    }

    /// Checks a setting that is text written out.
    fn literal(&mut self, fields: &Fields<'a>, word: &str) -> Option<Option<Name>> {
        let typed = self.setting(fields, word, Site::before("workflow"))?;
        Some(typed.and_then(|typed| match typed.expr {
            Expr::Literal(Value::Text(text)) => Some(text),
            _ => None,
        }))
    }

    /// Checks a setting that is `true` or `false`, written out.
    fn flag(&mut self, fields: &Fields<'a>, word: &str, default: bool) -> Option<bool> {
        let typed = self.setting(fields, word, Site::before("workflow"))?;
        Some(match typed.map(|typed| typed.expr) {
            Some(Expr::Literal(Value::Bool(it))) => it,
            Some(_) | None => default,
        })
    }

    fn value(
        &mut self,
        slot: Slot,
        word: &'static str,
        written: &'a tree::Expr,
        site: Site,
    ) -> Option<Typed> {
        match slot {
            Slot::Literal => self.written_out(written, &Type::Text, "a text", word),
            Slot::Flag => self.written_out(written, &Type::Bool, "`true` or `false`", word),
            Slot::Number => self.written_out(written, &Type::Int, "a whole number", word),
            Slot::Text => self.checker.want(written, &Type::Text, site),
            Slot::Count(least) => self.count(word, least, written, site),
            Slot::Quantity => self.checker.want(written, &Type::Float, site),
            Slot::Duration(least) => self.duration(word, least, written, site),
            Slot::Size => self.checker.want(written, &Type::Size, site),
            Slot::Time => self.checker.want(written, &Type::Time, site),
            Slot::Condition => {
                let expr = self.checker.condition(written, site)?;
                Some(Typed { expr, ty: Type::Bool, untrusted: false })
            }
            Slot::Word(words) => self.word(words, written, word),
            Slot::OneOf(words) => self.checker.want(written, &Type::words(words), site),
            Slot::Texts => self.checker.want(written, &Type::list(Type::Text), site),
            Slot::Values | Slot::Any => self.checker.any(written, site.json()),
            Slot::Collection => self.checker.any(written, site),
            Slot::Credential => self.credential(written, site),
            // These have shapes of their own: see `step` and `command`.
            Slot::Steps | Slot::Target | Slot::Command | Slot::Arguments | Slot::Script => None,
        }
    }

    /// Checks a value that has to stand in the file, so that nothing else is known where it stands.
    fn written_out(
        &mut self,
        written: &'a tree::Expr,
        want: &Type,
        what: &str,
        place: &'static str,
    ) -> Option<Typed> {
        let typed = self.checker.want(written, want, Site::before(place))?;
        if !matches!(typed.expr, Expr::Literal(_)) {
            self.checker.found.push(message::not_written_out(what, written.span));
            return None;
        }
        Some(typed)
    }

    fn word(&mut self, words: &[&str], written: &'a tree::Expr, place: &'static str) -> Option<Typed> {
        let typed = self.written_out(written, &Type::Text, "a word", place)?;
        if let Expr::Literal(Value::Text(text)) = &typed.expr
            && !words.contains(&&**text)
        {
            let lower = text.to_lowercase();
            let near = words.iter().copied().find(|word| word.to_lowercase() == lower);
            let near = near.or_else(|| nearest(text, words.iter().copied()));
            self.checker.found.push(message::not_one_of(text, written.span, near, words));
            return None;
        }
        Some(typed)
    }

    fn count(&mut self, word: &str, least: i64, written: &'a tree::Expr, site: Site) -> Option<Typed> {
        let typed = self.checker.want(written, &Type::Int, site)?;
        if let Expr::Literal(Value::Int(found)) = typed.expr
            && found < least
        {
            self.checker.found.push(message::out_of_range(word, &found.to_string(), least, written.span));
            return None;
        }
        Some(typed)
    }

    fn duration(&mut self, word: &str, least: i64, written: &'a tree::Expr, site: Site) -> Option<Typed> {
        let typed = self.checker.want(written, &Type::Duration, site)?;
        if let Expr::Literal(found @ Value::Duration(ms)) = &typed.expr
            && *ms < least
        {
            self.checker.found.push(message::too_short(word, &found.to_string(), least > 0, written.span));
            return None;
        }
        Some(typed)
    }

    /// Checks a text that may hold a secret.
    fn credential(&mut self, written: &'a tree::Expr, site: Site) -> Option<Typed> {
        let typed = self.checker.any(written, site.with(Secrecy::Kept))?;
        if typed.ty == Type::Secret {
            return Some(typed);
        }
        self.checker.fit(typed, &Type::Text, written.span, Some(written), crate::check::Dynamic::Refuse, None)
    }

    /// Reads `target.x`.
    fn target(&mut self, written: &'a tree::Expr) -> Option<&'a str> {
        if matches!(written.kind, tree::ExprKind::Broken) {
            return None;
        }
        let words = walk::chain(written);
        let Some([("target", _), (name, span)]) = words.as_deref() else {
            let found = message::expected_references("a target", "on = target.NAME", written.span);
            self.checker.found.push(found);
            return None;
        };
        let Some((key, _)) = self.names.targets.get_key_value(name) else {
            let near = nearest_declared(&self.checker.found, name, self.names.targets.keys().copied());
            let name = tree::Name { text: (*name).into(), span: *span };
            self.checker.undeclared("target", &name, near);
            return None;
        };
        self.checker.used.insert(("target", key));
        Some(key)
    }
}

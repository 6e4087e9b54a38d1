//! A workflow around its steps.

use super::Lowerer;
use crate::{
    check::{Dynamic, Secrecy, Site, Steps, Typed},
    message::{lint, schema as schema_message, types as message},
    names::ParamInfo,
};
use engine::{
    expression::{Expr, Read, Scope, evaluate},
    id::Name,
    plan::{Output, Param, Plan, Secret, Target, Trigger},
    value::Value,
};
use std::collections::BTreeMap;

impl<'a> Lowerer<'a, '_> {
    pub(super) fn workflow(&mut self) -> Option<Plan> {
        let names = self.names;
        let fields = names.workflow.fields.as_ref()?;
        let before = Site::before("workflow");
        let description = self.literal(fields, "description");
        let timeout = self.expr(fields, "timeout", before);
        let fail_fast = self.flag(fields, "fail_fast", true);
        let priority = self.setting(fields, "priority", before);
        let params = self.params();
        let secrets: Option<Vec<Secret>> = all(fields.declared("secret").map(|declared| {
            let from = self.literal(declared.fields.as_ref()?, "from")??;
            self.secret(&declared.name().text, from, declared.value("from")?.span)
        }));
        let targets: Option<Vec<Target>> =
            all(fields.declared("target").map(|declared| self.target_declared(declared)));
        let triggers: Option<Vec<Trigger>> =
            all(fields.declared("trigger").map(|declared| self.trigger_declared(declared)));
        let env = self.env(fields.section("env"), Site::before("env"));
        let concurrency = self.concurrency(fields.section("concurrency"), Site::before("concurrency"));
        let policy = self.policy(fields.section("policy"));
        let meta = self.pairs(fields.section("meta"), Site::before("meta"));
        let lets = self.lets();
        let steps: Vec<Option<engine::plan::Step>> = (0..names.steps.len()).map(|at| self.step(at)).collect();
        let outputs = self.workflow_outputs();
        if names.steps.is_empty() && !fields.has_broken {
            self.checker.found.push(schema_message::no_steps(names.workflow.name()));
        }
        self.unused();
        let plan = Plan {
            name: (*names.workflow.name().text).into(),
            description: description?,
            timeout: timeout?,
            fail_fast: fail_fast?,
            priority: match priority?.map(|typed| typed.expr) {
                Some(Expr::Literal(Value::Int(priority))) => priority,
                Some(_) | None => 0,
            },
            params: params?,
            secrets: secrets?,
            lets: lets?,
            env: env?,
            targets: targets?,
            triggers: triggers?,
            concurrency: concurrency?,
            policy: policy?,
            meta: meta?,
            graph: super::edges::graph(names, &self.orders, all(steps)?),
            outputs: outputs?,
            callees: BTreeMap::new(),
        };
        self.with_callees(plan)
    }

    /// Adds the plans of the workflows it calls.
    fn with_callees(&self, mut plan: Plan) -> Option<Plan> {
        for step in &self.names.steps {
            let Some(crate::names::ActionKind::Call(Some(index))) = step.action else { continue };
            let section = step.fields.section("call")?;
            let words: Vec<&str> = section.path.iter().map(|name| &*name.text).collect();
            let callee = self.callees.get(&index).cloned().flatten()?;
            plan.callees.insert(words.join(".").into(), callee);
        }
        Some(plan)
    }

    fn params(&mut self) -> Option<Vec<Param>> {
        let names = self.names;
        let fields = names.workflow.fields.as_ref()?;
        all(fields.declared("param").map(|declared| {
            let name = &*declared.name().text;
            let info = names.params.get(name)?;
            let default = self.default(info);
            let help = match &declared.fields {
                Some(body) => self.literal(body, "help"),
                None => Some(None),
            };
            let check = match declared.value("check") {
                Some(written) => self.checker.condition(written, Site::before("check")).map(Some),
                None => Some(None),
            };
            let (ty, default, help, check) = (info.ty.clone()?, default?, help?, check?);
            self.hold_default(info, name, default.as_ref(), check.as_ref())?;
            // Its own check does not make a param used.
            Some(Param { name: name.into(), ty, default, help, check })
        }))
    }

    fn default(&mut self, info: &ParamInfo<'a>) -> Option<Option<Expr>> {
        let Some(written) = &info.declared.syntax.value else { return Some(None) };
        let ty = info.ty.clone()?;
        let site = Site::before("default");
        let count = self.checker.found.len();
        let declared = info.declared.syntax.ty.as_ref().map_or(written.span, |ty| ty.span);
        let typed = self.checker.want_with(written, &ty, site, Dynamic::Refuse, None);
        let Some(Typed { expr, .. }) = typed else {
            // A plain mismatch has a code of its own here, and shows the declared type beside it.
            for found in self.checker.found.iter_mut().skip(count) {
                if found.code == grammar::Code::E0301 {
                    *found = message::default_mismatch(found, &ty, declared);
                }
            }
            return None;
        };
        let mut own = false;
        for read in expr.reads() {
            own |= matches!(read, Read::Param(_));
        }
        if own {
            self.checker.found.push(message::default_reads_param(written.span));
            return None;
        }
        Some(Some(expr))
    }

    /// A default that is known must pass its own check.
    fn hold_default(
        &mut self,
        info: &ParamInfo<'a>,
        name: &str,
        default: Option<&Expr>,
        check: Option<&Expr>,
    ) -> Option<()> {
        let (Some(Expr::Literal(value)), Some(check)) = (default, check) else { return Some(()) };
        let scope = OneParam { name, value };
        // A check that reads more than this param is decided when the job starts.
        if evaluate(check, &scope) == Ok(Value::Bool(false)) {
            let written = info.declared.syntax.value.as_ref()?.span;
            let check_at = info.declared.value("check")?.span;
            let shown = message::shown(value);
            self.checker.found.push(message::default_breaks_check(name, &shown, written, check_at));
            return None;
        }
        Some(())
    }

    fn secret(&mut self, name: &str, from: Name, span: grammar::Span) -> Option<Secret> {
        let is_known = match from.split_once(':') {
            Some(("vault", rest)) => {
                rest.split_once('#').is_some_and(|(path, field)| !path.is_empty() && !field.is_empty())
            }
            Some(("env" | "file", rest)) => !rest.is_empty(),
            Some(_) | None => false,
        };
        if !is_known {
            self.checker.found.push(schema_message::unknown_secret_source(&from, span));
            return None;
        }
        Some(Secret { name: name.into(), from })
    }

    /// Gathers the lets, each after those it reads.
    fn lets(&mut self) -> Option<Vec<(Name, Expr)>> {
        let order = self.checker.settled.clone();
        let whole = order.len() == self.names.lets.len();
        let lets = order.into_iter().map(|name| Some((name.into(), self.checker.let_typed(name)?.0.expr)));
        let lets: Option<Vec<(Name, Expr)>> = lets.collect();
        lets.filter(|_| whole)
    }

    fn workflow_outputs(&mut self) -> Option<Vec<Output>> {
        let names = self.names;
        let fields = names.workflow.fields.as_ref()?;
        let site = Site { steps: Steps::Known, secret: Secrecy::Seen("output"), ..Site::before("output") };
        all(fields.declared("output").map(|declared| {
            let written = declared.syntax.value.as_ref()?;
            let ty = declared.syntax.ty.as_ref()?;
            // A type in error was reported with the workflow's signature.
            let known = names.world.ty(names.file, ty, &mut Vec::new())?;
            let because = Some((ty.span, format!("declared as `{known}`")));
            let typed = self.checker.want_with(written, &known, site, Dynamic::Convert, because)?;
            Some(Output { name: (*declared.name().text).into(), ty: known, value: Some(typed.expr) })
        }))
    }

    /// Warns of what is declared and never used; a step is used by being there.
    fn unused(&mut self) {
        let names = self.names;
        let Some(fields) = names.workflow.fields.as_ref() else { return };
        for declared in &fields.declared {
            let word = match &*declared.syntax.word.text {
                "param" => "param",
                "let" => "let",
                "secret" => "secret",
                "target" => "target",
                _ => continue,
            };
            let name = declared.name();
            if !self.checker.used.contains(&(word, &*name.text)) {
                self.checker.found.push(lint::unused(word, &name.text, name.span));
            }
        }
    }
}

/// Only one param is known.
struct OneParam<'v> {
    name: &'v str,
    value: &'v Value,
}

impl Scope for OneParam<'_> {
    fn read(&self, read: &Read) -> Option<Value> {
        match read {
            Read::Param(name) if **name == *self.name => Some(self.value.clone()),
            _ => None,
        }
    }
}

/// Collects results only after all of them were computed, so that each has reported what is wrong with it.
fn all<T>(items: impl IntoIterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = items.into_iter().collect();
    items.into_iter().collect()
}

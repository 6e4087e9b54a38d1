//! One step.

use super::{Lowerer, Named};
use crate::{
    check::{Dynamic, Fan, Secrecy, Site, Steps, narrow},
    message::{flow, lint, names as name_message, schema as schema_message, types as message},
    names::{ActionKind, StepInfo, is_word},
    suggest::listed,
    walk,
};
use engine::{
    catalog::TargetKind,
    expression::{Expr, Read, evaluate},
    id::Name,
    plan::{Action, EdgeKind, FanOut, OnFailure, Output, Risk, Step, Undo, Why, risk},
    value::Value,
};
use grammar::{
    Span,
    tree::{ExprKind, Item},
};
use std::collections::BTreeMap;

impl<'a> Lowerer<'a, '_> {
    pub(super) fn step(&mut self, index: usize) -> Option<Step> {
        let names = self.names;
        let info = names.steps.get(index)?;
        self.checker.uses.clear();
        let ordered = self.order(index, info, "needs", EdgeKind::Needs);
        let ordered = self.order(index, info, "after", EdgeKind::After) && ordered;
        let site = Site::step(index, Secrecy::Seen("step"));
        let when = match info.when {
            Some(written) => self.checker.condition(written, site.with(Secrecy::Seen("when"))).map(Some),
            None => Some(None),
        };
        // What `when` proves holds for everything else in the step: it does not run otherwise.
        let facts = info.when.map(|written| narrow::facts(written, true)).unwrap_or_default();
        let before = self.checker.know(facts);
        let step = self.body(index, info, site);
        self.checker.forget(before);
        let read = std::mem::take(&mut self.checker.uses);
        if let Some(orders) = self.orders.get_mut(index) {
            orders.read = read;
        }
        if let (Some(Some(Expr::Literal(Value::Bool(value)))), Some(written)) = (&when, info.when) {
            self.checker.found.push(if *value {
                lint::always_true(written.span)
            } else {
                flow::never_runs(&info.name.text, written.span, "this is always false", None)
            });
        }
        let (when, step) = (when?, step?);
        ordered.then_some(Step { when, ..step })
    }

    /// Everything of a step but its order and its condition.
    fn body(&mut self, index: usize, info: &'a StepInfo<'a>, site: Site) -> Option<Step> {
        let fields = info.fields;
        let on = match fields.value("on") {
            Some(written) => self.target(written).map(Some),
            None => Some(None),
        };
        let fan_out = self.fan_out(index, info, site);
        let action = match info.action {
            Some(kind) => self.action(kind, fields, site),
            None => None,
        };
        let can = self.target_can(info, on.flatten(), action.as_ref());
        let overrides = self.overrides(index, on.flatten(), site);
        let timeout = self.expr(fields, "timeout", site);
        let on_failure = self.literal(fields, "on_failure");
        let risk = self.literal(fields, "risk");
        let reason = self.literal(fields, "reason");
        let irreversible = self.flag(fields, "irreversible", false);
        let workdir = match fields.value("workdir") {
            Some(written) => self.path(written, "workdir", site).map(Some),
            None => Some(None),
        };
        let stdin = self.expr(fields, "stdin", site);
        let env = self.env(fields.section("env"), site);
        let files = self.files(fields.section("files"), site);
        let artifacts = self.artifacts(index, site);
        let outputs = self.outputs(info, site);
        let expect = self.expr(fields, "expect", site.after_action());
        let retry = self.retry(fields.section("retry"), site);
        let repeat = self.repeat(fields.section("repeat"), site);
        let cache = self.cache(fields.section("cache"), site.with(Secrecy::Seen("cache")));
        let concurrency = self.concurrency(fields.section("concurrency"), site);
        let undo = self.undo(info, site);
        let mock = self.mock(index, site);
        self.misplaced(info);
        on_failure?;
        can?;
        let action = action?;
        let declared = risk?.and_then(|word| Risk::parse(&word)).unwrap_or(Risk::Low);
        Some(Step {
            name: (*info.name.text).into(),
            risk: declared.max(risk::floor(&action).0),
            action,
            on: on?.map(Name::from),
            overrides: overrides?,
            when: None,
            fan_out: fan_out?,
            timeout: timeout?,
            on_failure: if info.continues { OnFailure::Continue } else { OnFailure::Stop },
            expect: expect?,
            reason: reason?,
            irreversible: irreversible?,
            workdir: workdir?,
            stdin: stdin?,
            env: env?,
            files: files?,
            retry: retry?,
            repeat: repeat?,
            cache: cache?,
            concurrency: concurrency?,
            undo: undo?,
            outputs: outputs?,
            artifacts: artifacts?,
            mock: mock?,
        })
    }

    /// Reads `needs` or `after`: a list of references to steps. Returns whether all of it is understood.
    fn order(&mut self, index: usize, info: &'a StepInfo<'a>, word: &str, kind: EdgeKind) -> bool {
        let Some(written) = info.fields.value(word) else { return true };
        let ExprKind::List(items) = &written.kind else {
            if !matches!(written.kind, ExprKind::Broken) {
                let example = format!("{word} = [step.NAME]");
                let found = message::expected_references("a list of steps", &example, written.span);
                self.checker.found.push(found);
            }
            return false;
        };
        let mut whole = true;
        for (at, item) in items.iter().enumerate() {
            let removal = removal(items, at);
            let step = self.step_reference(index, item, word);
            whole &= step.is_some();
            if let Some(step) = step {
                let named = Named { step, kind, span: item.value.span, removal };
                if let Some(orders) = self.orders.get_mut(index) {
                    orders.named.push(named);
                }
            }
        }
        whole
    }

    fn step_reference(&mut self, own: usize, item: &'a Item, word: &str) -> Option<usize> {
        let span = item.value.span;
        if matches!(item.value.kind, ExprKind::Broken) {
            return None;
        }
        let (name, name_span) = match (walk::chain(&item.value).as_deref(), &item.value.kind) {
            (Some([("step", _), (name, at)]), _) if !item.spread => ((*name).to_owned(), *at),
            // A bare name or a quoted one is what other tools write.
            (Some([(name, _)]), _) => return self.step_left_out(name, span),
            (_, ExprKind::Text(text)) if text.literal().is_some() => {
                return self.step_left_out(text.literal()?, span);
            }
            _ => {
                let example = format!("{word} = [step.NAME]");
                let found = message::expected_references("a reference to a step", &example, span);
                self.checker.found.push(found);
                return None;
            }
        };
        let Some((step, _)) = self.names.find(&name) else {
            self.checker.unknown_step(&grammar::tree::Name { text: name.into(), span: name_span });
            return None;
        };
        if step == own {
            self.checker.found.push(flow::refers_to_itself(&name, span, false));
            return None;
        }
        Some(step)
    }

    fn step_left_out(&mut self, name: &str, span: Span) -> Option<usize> {
        if self.names.step_index.contains_key(name) {
            self.checker.found.push(name_message::root_left_out(name, "step", span));
        } else {
            let found = message::expected_references("a reference to a step", "step.NAME", span);
            self.checker.found.push(found);
        }
        None
    }

    fn fan_out(&mut self, index: usize, info: &'a StepInfo<'a>, site: Site) -> Option<Option<FanOut>> {
        let fields = info.fields;
        if info.for_each.is_none() {
            for word in ["key", "parallel", "max_items"] {
                if let Some(setting) = fields.setting(word) {
                    let found = schema_message::only_with(word, "for_each", setting.key.span);
                    self.checker.found.push(found);
                }
            }
            return Some(None);
        }
        let fan = self.checker.fan(index);
        self.checker.uses.extend(fan.iter().flat_map(|fan| fan.uses.iter().cloned()));
        let key = self.setting(fields, "key", site);
        let parallel = self.expr(fields, "parallel", site);
        let max_items = self.expr(fields, "max_items", site);
        let (fan, key) = (fan?, key?.map(|typed| typed.expr));
        if let (Some(key), Some(setting)) = (&key, fields.setting("key")) {
            self.unique(&fan, key, setting.value.span)?;
        }
        Some(Some(FanOut { over: fan.over.expr, key, parallel: parallel?, max_items: max_items? }))
    }

    /// Names the instances of a list that is known, and refuses two of one name.
    fn unique(&mut self, fan: &Fan, key: &Expr, span: Span) -> Option<()> {
        let Expr::Literal(over) = &fan.over.expr else { return Some(()) };
        let elements: Vec<(Value, Value)> = match over {
            Value::List(items) => {
                let key = |at: usize| Value::Text(at.to_string().into());
                items.iter().enumerate().map(|(at, item)| (key(at), item.clone())).collect()
            }
            Value::Map(entries) => {
                entries.iter().map(|(key, item)| (Value::Text(key.clone()), item.clone())).collect()
            }
            _ => return Some(()),
        };
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        for (at, (own_key, value)) in elements.into_iter().enumerate() {
            let index = i64::try_from(at).unwrap_or(i64::MAX);
            let scope = Instance { key: own_key, value, index };
            // A key that reads more than the element is known only when the job runs.
            let Ok(Value::Text(name)) = evaluate(key, &scope) else { return Some(()) };
            if let Some(first) = taken.insert(name.to_string(), at) {
                self.checker.found.push(flow::key_not_unique(first + 1, at + 1, &name, span));
                return None;
            }
        }
        Some(())
    }

    fn outputs(&mut self, info: &'a StepInfo<'a>, site: Site) -> Option<Vec<Output>> {
        let site = site.after_action().with(Secrecy::Seen("output"));
        let mut outputs: Vec<Output> = Vec::new();
        let mut whole = true;
        // The step's own outputs come first, in the order they are declared.
        for (declared, known) in info.fields.declared("output").zip(&info.outputs) {
            let name = known.name;
            let Some(ty) = known.ty.clone() else {
                // The type is in error; the value may be too.
                if let Some(written) = &declared.syntax.value {
                    self.checker.any(written, site);
                }
                whole = false;
                continue;
            };
            let value = match &declared.syntax.value {
                None => {
                    whole &= self.given(info, declared.name());
                    None
                }
                Some(written) => {
                    let at = declared.syntax.ty.as_ref().map_or(written.span, |ty| ty.span);
                    let because = Some((at, format!("declared as `{ty}`")));
                    match self.checker.want_with(written, &ty, site, Dynamic::Convert, because) {
                        Some(typed) => {
                            whole &= self.own_outputs_so_far(&typed.expr, &outputs, written.span);
                            Some(typed.expr)
                        }
                        None => {
                            whole = false;
                            continue;
                        }
                    }
                }
            };
            outputs.push(Output { name: name.into(), ty, value });
        }
        if let Some(ActionKind::Call(Some(callee))) = info.action
            && let Some(callee) = self.names.world.workflows.get(callee)
        {
            for (name, ty) in &callee.outputs {
                if !outputs.iter().any(|output| *output.name == **name) {
                    outputs.push(Output { name: (*name).into(), ty: ty.clone(), value: None });
                }
            }
        }
        whole.then_some(outputs)
    }

    /// Whether an output without a value can come from anywhere.
    fn given(&mut self, info: &StepInfo<'_>, name: &grammar::tree::Name) -> bool {
        let comes = match info.action {
            Some(ActionKind::Run | ActionKind::Script | ActionKind::Agent | ActionKind::Wait) | None => true,
            Some(ActionKind::Call(Some(callee))) => {
                let callee = self.names.world.workflows.get(callee);
                callee.is_some_and(|callee| callee.outputs.iter().any(|(it, _)| *it == &*name.text))
            }
            Some(ActionKind::Call(None)) => true,
            Some(ActionKind::Do(_) | ActionKind::Http | ActionKind::Approve) => false,
        };
        if !comes {
            let example = format!("output {}: TYPE = result.…", name.text);
            self.checker.found.push(schema_message::missing_part("output", name, "value", &example));
        }
        comes
    }

    /// An output may read those declared before it, so that each has a value in turn.
    fn own_outputs_so_far(&mut self, expr: &Expr, before: &[Output], span: Span) -> bool {
        let mut later = None;
        for read in expr.reads() {
            if let Read::SelfOutput(name) = read
                && !before.iter().any(|output| output.name == *name)
            {
                later = Some(name.clone());
            }
        }
        if let Some(later) = &later {
            self.checker.found.push(flow::values_need_each_other(later, span, span));
        }
        later.is_none()
    }

    fn undo(&mut self, info: &'a StepInfo<'a>, site: Site) -> Option<Option<Undo>> {
        let Some(section) = info.fields.section("undo") else { return Some(None) };
        let partial =
            matches!(section.fields.value("partial").map(|it| &it.kind), Some(ExprKind::Bool(true)));
        let site = Site { steps: Steps::Undo, own: true, result: false, partial, ..site };
        let action = self.undo_action(section, site);
        let timeout = self.expr(&section.fields, "timeout", site);
        let partial = self.flag(&section.fields, "partial", false);
        let env = self.env(section.fields.section("env"), site);
        Some(Some(Undo { action: action?, timeout: timeout?, partial: partial?, env: env? }))
    }

    /// Holds the action against what the target is capable of.
    fn target_can(&mut self, info: &StepInfo<'a>, on: Option<&str>, action: Option<&Action>) -> Option<()> {
        let (Some(kind), Some(on), Some(setting)) = (info.action, on, info.fields.setting("on")) else {
            return Some(());
        };
        let target = self.names.targets.get(on)?.syntax.ty.as_ref()?;
        let target = TargetKind::parse(&target.path.first()?.text)?;
        let refused = match (kind, action) {
            (ActionKind::Run | ActionKind::Script, _) if target != TargetKind::Gateway => None,
            (ActionKind::Run | ActionKind::Script, _) => {
                Some("an agent behind a gateway runs actions of the catalog only: `do NAME { … }`".to_owned())
            }
            (ActionKind::Do(Some(spec)), Some(Action::Do { params, .. })) => {
                let known = params.iter().filter_map(|(name, param)| match param {
                    Expr::Literal(value) => Some((&**name, value)),
                    _ => None,
                });
                spec.check_target(target, known).err().map(|why| {
                    let able = spec.targets.iter().map(|kind| kind.as_str());
                    format!("{why}; those that can: {}", listed(able, "and"))
                })
            }
            (ActionKind::Do(_), _) => None,
            (
                ActionKind::Http
                | ActionKind::Agent
                | ActionKind::Call(_)
                | ActionKind::Approve
                | ActionKind::Wait,
                _,
            ) => Some(format!("the engine does `{}` itself: remove `on`", kind.word())),
        };
        let Some(help) = refused else { return Some(()) };
        self.checker.found.push(flow::target_cannot(target.as_str(), kind.word(), setting.value.span, &help));
        None
    }

    /// Settings that mean nothing beside this action.
    fn misplaced(&mut self, info: &'a StepInfo<'a>) {
        let Some(action) = info.action else { return };
        let process = matches!(action, ActionKind::Run | ActionKind::Script);
        let on_target = process || matches!(action, ActionKind::Do(_));
        let fields = info.fields;
        let args = !matches!(action, ActionKind::Script);
        for (word, wrong, with) in [
            ("args", args, "script"),
            ("stdin", !process, "run` or `script"),
            ("workdir", !on_target, "run`, `script` or `do"),
        ] {
            if let (true, Some(setting)) = (wrong, fields.setting(word)) {
                self.checker.found.push(schema_message::only_with(word, with, setting.key.span));
            }
        }
        for (word, wrong, with) in [
            ("files", !process, "run` or `script"),
            ("env", !process, "run` or `script"),
            ("cache", !on_target && action != ActionKind::Http, "run`, `script`, `do` or `http"),
            ("retry", matches!(action, ActionKind::Approve | ActionKind::Wait), CAN_FAIL),
        ] {
            if let (true, Some(section)) = (wrong, fields.section(word)) {
                self.checker.found.push(schema_message::only_with(word, with, section.word.span));
            }
        }
        if let (true, Some(declared)) = (!on_target, fields.declared("artifact").next()) {
            let found = schema_message::only_with("artifact", "run`, `script` or `do", declared.name().span);
            self.checker.found.push(found);
        }
        if is_word(fields.value("on_failure"), "continue") && fields.section("approve").is_some() {
            let found = schema_message::only_with("on_failure", CAN_FAIL, fields.span.before());
            self.checker.found.push(found);
        }
    }
}

/// The actions that can fail, as they stand between backticks.
const CAN_FAIL: &str = "run`, `script`, `do`, `http`, `agent` or `call";

/// One element of a list that is known, to name its instance.
struct Instance {
    key: Value,
    value: Value,
    index: i64,
}

impl engine::expression::Scope for Instance {
    fn read(&self, read: &Read) -> Option<Value> {
        match read {
            Read::EachKey => Some(self.key.clone()),
            Read::EachValue => Some(self.value.clone()),
            Read::EachIndex => Some(Value::Int(self.index)),
            Read::Param(_)
            | Read::Let(_)
            | Read::Secret(_)
            | Read::Output { .. }
            | Read::Artifact { .. }
            | Read::Status(_)
            | Read::SelfOutput(_)
            | Read::SelfArtifact(_)
            | Read::Result(_)
            | Read::Job(_)
            | Read::Event(_)
            | Read::Local(_) => None,
        }
    }
}

/// Returns an item with the comma that goes with it.
fn removal(items: &[Item], at: usize) -> Option<Span> {
    let own = items.get(at)?.value.span;
    match (at.checked_sub(1).and_then(|before| items.get(before)), items.get(at + 1)) {
        (Some(before), _) => Some(before.value.span.after().to(own)),
        (None, Some(next)) => Some(own.to(next.value.span.before())),
        (None, None) => Some(own),
    }
}

/// Returns what an edge reads, as a sentence.
pub(super) fn reason(why: &Why) -> String {
    match why {
        Why::Explicit => "is named in its order".to_owned(),
        Why::Output(name) => format!("reads its output `{name}`"),
        Why::Artifact(name) => format!("takes its artifact `{name}`"),
        Why::Status => "reads its status".to_owned(),
    }
}

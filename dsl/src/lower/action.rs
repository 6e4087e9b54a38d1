//! The action of a step or of an undo.

use super::Lowerer;
use crate::{
    ast::{Fields, Section},
    check::{Dynamic, Secrecy, Site, Typed},
    message::{flow, names as name_message, schema as schema_message},
    names::{ActionKind, catalog_action},
    suggest::{nearest, nearest_declared, some},
};
use engine::{
    catalog::{ActionSpec, Presence},
    expression::{Expr, Part},
    id::Name,
    plan::{Action, Approve, Wait, action::Http},
    value::{Type, Value},
};
use grammar::{Span, tree::ExprKind};
use std::collections::BTreeSet;

impl<'a> Lowerer<'a, '_> {
    /// Checks the action of a body that is known to have one.
    pub(super) fn action(&mut self, kind: ActionKind, fields: &'a Fields<'a>, site: Site) -> Option<Action> {
        match kind {
            ActionKind::Run => {
                let (program, arguments) = self.command(fields.setting("run")?, site)?;
                Some(Action::Run { program, arguments })
            }
            ActionKind::Script => {
                let script = self.script(fields.value("script")?);
                let arguments = self.script_arguments(fields.value("args"), site);
                let ((interpreter, body), arguments) = (script?, arguments?);
                Some(Action::Script { interpreter, body, arguments })
            }
            ActionKind::Do(spec) => self.catalog(spec, fields.section("do")?, site),
            ActionKind::Http => self.http(fields.section("http")?, site),
            ActionKind::Agent => self.agent(fields.section("agent")?, site),
            ActionKind::Call(callee) => self.call(callee, fields.section("call")?, site),
            ActionKind::Approve => self.approve(fields.section("approve")?, site),
            ActionKind::Wait => self.wait(fields.section("wait")?, site),
        }
    }

    /// Finds and checks the action of an undo.
    pub(super) fn undo_action(&mut self, section: &'a Section<'a>, site: Site) -> Option<Action> {
        let fields = &section.fields;
        let settings = fields.settings.iter().map(|it| (&*it.key.text, it.key.span));
        let sections = fields.sections.iter().map(|it| (&*it.word.text, it.word.span));
        let words = ["run", "script", "do", "http"];
        let mut actions: Vec<(&str, Span)> =
            settings.chain(sections).filter(|(word, _)| words.contains(word)).collect();
        actions.sort_by_key(|(_, span)| span.start);
        let word = match actions.as_slice() {
            [] => {
                if !fields.has_broken {
                    self.checker.found.push(schema_message::undo_without_action(section.word.span));
                }
                return None;
            }
            [one] => one.0,
            [first, second, ..] => {
                self.checker.found.push(schema_message::two_actions("this `undo`", *first, *second));
                first.0
            }
        };
        let kind = match word {
            "run" => ActionKind::Run,
            "script" => ActionKind::Script,
            "http" => ActionKind::Http,
            _ => {
                let path = &fields.section("do")?.path;
                ActionKind::Do(Some(catalog_action(path, &mut self.checker.found)?))
            }
        };
        self.action(kind, fields, site)
    }

    fn catalog(
        &mut self,
        spec: Option<&'static ActionSpec>,
        section: &'a Section<'a>,
        site: Site,
    ) -> Option<Action> {
        let spec = spec?;
        let mut params: Vec<(Name, Expr)> = Vec::new();
        let mut whole = true;
        for setting in &section.fields.settings {
            let Some(param) = spec.param(&setting.key.text) else {
                let known: Vec<String> =
                    spec.params.iter().map(|param| format!("`{}: {}`", param.name, param.ty.ty())).collect();
                let near = nearest(&setting.key.text, spec.params.iter().map(|param| param.name));
                let name = &setting.key.text;
                self.checker.found.push(match engine::catalog::refused_param(name) {
                    Some(hint) => name_message::refused_argument(spec.name, name, setting.key.span, hint),
                    None => name_message::unknown_argument(spec.name, name, setting.key.span, near, &known),
                });
                whole = false;
                continue;
            };
            let site = site.with(Secrecy::Seen("do"));
            let typed = self.checker.want_with(&setting.value, &param.ty.ty(), site, Dynamic::Refuse, None);
            let Some(typed) = typed else {
                whole = false;
                continue;
            };
            if let Expr::Literal(value) = &typed.expr
                && let Err(taken) = param.ty.check(value)
            {
                let found = name_message::argument_value(spec.name, param.name, &taken, setting.value.span);
                self.checker.found.push(found);
                whole = false;
            }
            params.push((param.name.into(), typed.expr));
        }
        for param in spec.params {
            let given = params.iter().any(|(name, _)| **name == *param.name);
            if param.presence == Presence::Required && !given && whole {
                let span = section.path.last().map_or(section.word.span, |name| name.span);
                let found = name_message::missing_argument(spec.name, param.name, &param.ty.ty(), span, None);
                self.checker.found.push(found);
                whole = false;
            }
        }
        params.sort_by(|(a, _), (b, _)| a.cmp(b));
        whole.then(|| Action::Do { action: spec.name.into(), params })
    }

    fn http(&mut self, section: &'a Section<'a>, site: Site) -> Option<Action> {
        let fields = &section.fields;
        let method = self.literal(fields, "method");
        let url = self.setting(fields, "url", site.with(Secrecy::Seen("url")));
        let body = self.expr(fields, "body", site.with(Secrecy::Seen("body")));
        let auth = self.expr(fields, "auth", site);
        let headers = self.pairs(fields.section("headers"), site.with(Secrecy::Kept));
        let query = self.pairs(fields.section("query"), site.with(Secrecy::Seen("query")));
        let url = url??;
        let span = fields.value("url")?.span;
        let url = if host_is_written_out(&url.expr) { url } else { self.trusted(url, "the host", span)? };
        Some(Action::Http(Box::new(Http {
            method: method?.unwrap_or_else(|| "GET".into()),
            url: url.expr,
            headers: headers?,
            query: query?,
            body: body?,
            auth: auth?,
        })))
    }

    fn agent(&mut self, section: &'a Section<'a>, site: Site) -> Option<Action> {
        let fields = &section.fields;
        let site = site.with(Secrecy::Seen("agent"));
        let model = self.trusted_setting(fields, "model", "the model", site);
        let prompt = self.expr(fields, "prompt", site);
        let tools = self.trusted_setting(fields, "tools", "the tools of a model", site);
        Some(Action::Agent { model: model?, prompt: prompt??, tools: tools? })
    }

    fn call(&mut self, callee: Option<usize>, section: &'a Section<'a>, site: Site) -> Option<Action> {
        let index = callee?;
        let signature = self.names.world.workflows.get(index)?;
        let words: Vec<&str> = section.path.iter().map(|name| &*name.text).collect();
        let callee = words.join(".");
        let mut params: Vec<(Name, Expr)> = Vec::new();
        let mut whole = true;
        for setting in &section.fields.settings {
            let name = &*setting.key.text;
            let Some(param) = signature.params.iter().find(|param| param.name == name) else {
                whole = false;
                if signature.declared.fields.as_ref().is_some_and(|fields| fields.refuses("param", name)) {
                    continue;
                }
                let known = |param: &crate::world::ParamSignature<'_>| match &param.ty {
                    Some(ty) => format!("`{}: {ty}`", param.name),
                    None => format!("`{}`", param.name),
                };
                let known: Vec<String> = some(signature.params.iter().map(known));
                let all = signature.params.iter().map(|param| param.name);
                let near = nearest_declared(&self.checker.found, name, all);
                let found = name_message::unknown_argument(&callee, name, setting.key.span, near, &known);
                self.checker.found.push(found);
                continue;
            };
            let site = site.with(Secrecy::Seen("call"));
            let typed = match &param.ty {
                Some(ty) => {
                    let because = Some((param.span, format!("`{name}` is declared as `{ty}` here")));
                    self.checker.want_with(&setting.value, ty, site, Dynamic::Refuse, because)
                }
                // The type is in error; what is given may still hold mistakes of its own.
                None => {
                    self.checker.any(&setting.value, site);
                    None
                }
            };
            match typed {
                Some(typed) => params.push((name.into(), typed.expr)),
                None => whole = false,
            }
        }
        for param in &signature.params {
            let given = section.fields.value(param.name).is_some();
            if let (false, false, Some(ty)) = (param.optional, given, &param.ty) {
                let span = section.path.last().map_or(section.word.span, |name| name.span);
                let found = name_message::missing_argument(&callee, param.name, ty, span, Some(param.span));
                self.checker.found.push(found);
                whole = false;
            }
        }
        params.sort_by(|(a, _), (b, _)| a.cmp(b));
        whole.then(|| Action::Call { workflow: callee.into(), params })
    }

    fn approve(&mut self, section: &'a Section<'a>, site: Site) -> Option<Action> {
        let fields = &section.fields;
        let site = site.with(Secrecy::Seen("approve"));
        let message = self.expr(fields, "message", site);
        let approvers = self.trusted_setting(fields, "approvers", "who approves", site);
        let quorum = self.expr(fields, "quorum", site);
        let expires = self.expr(fields, "expires", site);
        let on_expire = self.setting(fields, "on_expire", site);
        let nobody = match &approvers {
            Some(None) => true,
            Some(Some(Expr::Literal(Value::List(items)))) => items.is_empty(),
            Some(Some(Expr::List(items))) => items.is_empty(),
            Some(Some(_)) | None => false,
        };
        if nobody {
            let span = fields.value("approvers").map_or(section.word.span, |written| written.span);
            if !fields.has_broken {
                self.checker.found.push(flow::no_approvers(span));
            }
            return None;
        }
        on_expire?;
        Some(Action::Approve(Approve {
            message: message?,
            approvers: approvers??,
            quorum: quorum?,
            expires: expires?,
        }))
    }

    fn wait(&mut self, section: &'a Section<'a>, site: Site) -> Option<Action> {
        let fields = &section.fields;
        let site = site.with(Secrecy::Seen("wait"));
        let given: Vec<&str> =
            ["for", "until", "signal"].into_iter().filter(|word| fields.value(word).is_some()).collect();
        let expires = self.expr(fields, "expires", site);
        match given.as_slice() {
            ["for"] => {
                self.only_with_signal(fields);
                Some(Action::Wait(Wait::For(self.expr(fields, "for", site)??)))
            }
            ["until"] => {
                self.only_with_signal(fields);
                Some(Action::Wait(Wait::Until(self.expr(fields, "until", site)??)))
            }
            [_] => {
                let name = self.expr(fields, "signal", site);
                Some(Action::Wait(Wait::Signal { name: name??, expires: expires? }))
            }
            [] => {
                if !fields.has_broken {
                    self.checker.found.push(schema_message::wait_for_what(section.word.span));
                }
                None
            }
            [first, second, ..] => {
                let key = |word: &str| fields.setting(word).map(|setting| setting.key.span);
                let (first, second) = (key(first)?, key(second)?);
                self.checker.found.push(schema_message::wait_for_one(first.min(second), first.max(second)));
                None
            }
        }
    }

    fn only_with_signal(&mut self, fields: &Fields<'a>) {
        if let Some(expires) = fields.setting("expires") {
            self.checker.found.push(schema_message::only_with("expires", "signal", expires.key.span));
        }
    }

    /// Checks what a mock run gives, against the result and the declared outputs.
    pub(super) fn mock(&mut self, index: usize, site: Site) -> Option<Option<Vec<(Name, Expr)>>> {
        let names = self.names;
        let step = names.steps.get(index)?;
        let Some(section) = step.fields.section("mock") else { return Some(None) };
        let site = site.with(Secrecy::Seen("mock"));
        let mut mock: Vec<(Name, Expr)> = Vec::new();
        let mut whole = true;
        for setting in &section.fields.settings {
            let word = &*setting.key.text;
            let typed: Option<Typed> = match (word, &setting.value.kind) {
                ("output", ExprKind::Object(_)) => {
                    let declared = step.fields.declared("output").filter(|it| it.syntax.value.is_some());
                    let computed: BTreeSet<&str> = declared.map(|it| &*it.name().text).collect();
                    let fields = step.outputs.iter().filter_map(|output| {
                        // An output with a value of its own is computed from the mocked result.
                        let computed = computed.contains(output.name);
                        let ty = output.ty.clone()?;
                        Some((output.name.into(), if computed { ty.optional() } else { ty }))
                    });
                    let want = Type::object(fields.collect());
                    self.checker.want(&setting.value, &want, site)
                }
                _ => self.setting(&section.fields, word, site).flatten(),
            };
            match typed {
                Some(typed) => mock.push((word.into(), typed.expr)),
                None => whole = false,
            }
        }
        mock.sort_by(|(a, _), (b, _)| a.cmp(b));
        whole.then_some(Some(mock))
    }
}

/// Returns whether the host of a URL is settled before the first value in it: `https://host/…`.
fn host_is_written_out(url: &Expr) -> bool {
    match url {
        Expr::Literal(_) => true,
        Expr::Text(parts) => match parts.first() {
            Some(Part::Chars(text)) => {
                text.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']))
            }
            Some(Part::Value(_)) | None => false,
        },
        _ => false,
    }
}

//! Targets and triggers.

use super::Lowerer;
use crate::{
    ast::{Declared, Fields},
    check::{Dynamic, Secrecy, Site, Typed},
    message::{flow, lint, safety},
    suggest::{nearest, nearest_declared},
};
use engine::{
    expression::Expr,
    id::Name,
    plan::{Target, Trigger},
    value::Value,
};
use grammar::{Span, tree};
use std::collections::BTreeMap;

impl<'a> Lowerer<'a, '_> {
    pub(super) fn target_declared(&mut self, declared: &'a Declared<'a>) -> Option<Target> {
        let kind = declared.syntax.ty.as_ref()?.path.first()?;
        let site = Site::before("target");
        let (settings, env) = match &declared.fields {
            Some(fields) => (self.settings(fields, site), self.env(fields.section("env"), site)),
            None => (Some(BTreeMap::new()), Some(Vec::new())),
        };
        if &*kind.text == "ssh" && declared.value("host_key").is_none() {
            self.checker.found.push(safety::no_host_key(&declared.name().text, declared.name().span));
        }
        let settings = settings?;
        self.pinned(&settings, declared.value("image"));
        if let (Some(host), Some(_)) = (settings.get("host"), settings.get("host_key"))
            && let Some(key) = self.names.targets.get_key_value(&*declared.name().text)
        {
            self.keyed_hosts.insert(key.0, host.clone());
        }
        Some(Target { name: (*declared.name().text).into(), kind: (*kind.text).into(), settings, env: env? })
    }

    /// Checks every setting of a body.
    pub(super) fn settings(&mut self, fields: &Fields<'a>, site: Site) -> Option<BTreeMap<Name, Expr>> {
        let mut settings = BTreeMap::new();
        let mut whole = true;
        for setting in &fields.settings {
            let word = &*setting.key.text;
            let typed = self.setting(fields, word, site).flatten();
            whole &= self.add_setting(&mut settings, setting, typed);
        }
        whole.then_some(settings)
    }

    /// Adds a checked setting of a target or a trigger; where a step runs must not be an outsider's choice. Returns
    /// whether there is nothing wrong with it.
    fn add_setting(
        &mut self,
        settings: &mut BTreeMap<Name, Expr>,
        setting: &tree::Setting,
        typed: Option<Typed>,
    ) -> bool {
        let word = &*setting.key.text;
        let typed = match (word, typed) {
            ("host" | "user" | "image" | "url" | "agent", Some(typed)) => {
                self.trusted(typed, &format!("the {word}"), setting.value.span)
            }
            ("host_key", Some(Typed { expr: Expr::Literal(Value::Text(key)), .. }))
                if key.trim().is_empty() =>
            {
                self.checker.found.push(safety::empty_host_key(setting.value.span));
                None
            }
            (_, typed) => typed,
        };
        let is_right = typed.is_some();
        settings.extend(typed.map(|typed| (word.into(), typed.expr)));
        is_right
    }

    /// Warns of an image that can change under its name.
    fn pinned(&mut self, settings: &BTreeMap<Name, Expr>, written: Option<&tree::Expr>) {
        if let (Some(Expr::Literal(Value::Text(image))), Some(written)) = (settings.get("image"), written)
            && !image.contains("@sha256:")
        {
            self.checker.found.push(lint::image_not_pinned(image, written.span));
        }
    }

    pub(super) fn trigger_declared(&mut self, declared: &'a Declared<'a>) -> Option<Trigger> {
        let kind = declared.syntax.ty.as_ref()?.path.first()?;
        let site = Site { event: true, ..Site::before("trigger") };
        let mut whole = true;
        let mut settings = BTreeMap::new();
        let mut set = Vec::new();
        if let Some(fields) = &declared.fields {
            match self.settings(fields, site) {
                Some(checked) => settings = checked,
                None => whole = false,
            }
            whole &= self.schedule(fields, &settings);
        }
        for setting in declared.section("set").into_iter().flat_map(|section| &section.fields.settings) {
            let name = &*setting.key.text;
            let Some((key, param)) = self.names.params.get_key_value(name) else {
                let near = nearest_declared(&self.checker.found, name, self.names.params.keys().copied());
                let written = tree::Name { text: name.into(), span: setting.key.span };
                self.checker.undeclared("param", &written, near);
                whole = false;
                continue;
            };
            self.checker.used.insert(("set", key));
            let Some(ty) = &param.ty else {
                whole = false;
                continue;
            };
            let because = Some((param.declared.name().span, format!("`{key}` is declared as `{ty}` here")));
            match self.checker.want_with(&setting.value, ty, site, Dynamic::Convert, because) {
                Some(typed) => set.push((Name::from(*key), typed.expr)),
                None => whole = false,
            }
        }
        let name = (*declared.name().text).into();
        whole.then(|| Trigger { name, kind: (*kind.text).into(), settings, set })
    }

    /// Reads the schedule, so that a typing mistake does not show only at three in the morning.
    fn schedule(&mut self, fields: &Fields<'a>, settings: &BTreeMap<Name, Expr>) -> bool {
        let mut whole = true;
        if let (Some(Expr::Literal(Value::Text(cron))), Some(written)) =
            (settings.get("cron"), fields.value("cron"))
            && let Err(bad) = crate::schedule::check_cron(cron)
        {
            // Inside the quotes a field stands where it stands in the text, as a schedule has no escapes.
            let base = written.span.start as usize + 1;
            let field =
                bad.field.map(|field| Span::new(written.span.file, base + field.start, base + field.end));
            self.checker.found.push(flow::bad_cron(&bad.reason, field.unwrap_or(written.span)));
            whole = false;
        }
        if let (Some(Expr::Literal(Value::Text(zone))), Some(written)) =
            (settings.get("timezone"), fields.value("timezone"))
            && !crate::schedule::is_timezone(zone)
        {
            self.checker.found.push(flow::bad_timezone(zone, written.span));
            whole = false;
        }
        whole
    }

    /// Checks the settings of its target that a step replaces.
    pub(super) fn overrides(
        &mut self,
        index: usize,
        on: Option<&str>,
        site: Site,
    ) -> Option<BTreeMap<Name, Expr>> {
        let names = self.names;
        let step = names.steps.get(index)?;
        let Some(section) = step.fields.section("override") else { return Some(BTreeMap::new()) };
        let target = on.and_then(|on| names.targets.get(on)).and_then(|target| target.syntax.ty.as_ref());
        let Some(kind) = target.and_then(|ty| ty.path.first()) else {
            if step.fields.value("on").is_none() {
                let found = crate::message::schema::only_with("override", "on", section.word.span);
                self.checker.found.push(found);
            }
            return None;
        };
        let place = crate::schema::target(&kind.text)?;
        let mut settings = BTreeMap::new();
        let mut whole = true;
        for setting in &section.fields.settings {
            let word = &*setting.key.text;
            let entry = place.entry(word).map(|entry| (entry.word, entry.form));
            let Some((known_word, crate::schema::Form::Setting(slot))) = entry else {
                let known: Vec<&str> = crate::schema::entries(place)
                    .iter()
                    .filter(|entry| matches!(entry.form, crate::schema::Form::Setting(_)))
                    .map(|entry| entry.word)
                    .collect();
                let near = nearest(word, known.iter().copied());
                let span = setting.key.span;
                let found = crate::message::schema::unknown_override(&kind.text, word, span, near, &known);
                self.checker.found.push(found);
                whole = false;
                continue;
            };
            let site = site.with(Secrecy::Seen("override"));
            let typed = self.value(slot, known_word, &setting.value, site);
            whole &= self.add_setting(&mut settings, setting, typed);
        }
        self.pinned(&settings, section.fields.value("image"));
        // A target in error, and one without a key, has been reported.
        if let (Some(own), Some(host)) = (on.and_then(|on| self.keyed_hosts.get(on)), settings.get("host"))
            && own != host
            && section.fields.value("host_key").is_none()
            && let Some(written) = section.fields.setting("host")
        {
            self.checker.found.push(lint::host_without_key(written.key.span));
        }
        whole.then_some(settings)
    }
}

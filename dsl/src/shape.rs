//! Sorts the statements of a file by the schema, and reports those that no place takes.

use crate::{
    ast::{Declared, Fields, File, Section},
    message::schema as message,
    schema::{self, Declares, Entry, Form, Part, Place, Slot, words},
    suggest::nearest,
};
use grammar::{
    Diagnostic, Span, Tree,
    tree::{Body, Declaration, ExprKind, Field, Name, Setting, Statement},
};
use std::collections::{BTreeMap, BTreeSet};

/// Sorts a file; what does not fit goes into `found`.
pub(crate) fn shape<'t>(tree: &'t Tree, found: &mut Vec<Diagnostic>) -> File<'t> {
    let mut shaper = Shaper { tree, found };
    let mut imports = Vec::new();
    let rest = tree.statements.iter().filter(|statement| match statement {
        Statement::Import(import) => {
            imports.push(import);
            false
        }
        Statement::Edition(_) | Statement::Broken(_) => false,
        Statement::Setting(_) | Statement::Field(_) | Statement::Declaration(_) | Statement::Block(_) => true,
    });
    let fields = shaper.sort(rest.collect::<Vec<_>>(), Place::File, tree.span());
    let (types, workflows) =
        fields.declared.into_iter().partition(|declared| &*declared.syntax.word.text == "type");
    File { imports, types, workflows }
}

/// What a body has so far, and where: settings under `=`, blocks under `{`, fields under `:`, and declarations under
/// their word.
type Taken<'t> = BTreeMap<(&'t str, &'t str), Span>;

struct Shaper<'t, 'd> {
    tree: &'t Tree,
    found: &'d mut Vec<Diagnostic>,
}

impl<'t> Shaper<'t, '_> {
    fn body(&mut self, body: &'t Body, place: Place) -> Fields<'t> {
        let fields = self.sort(body.statements.iter(), place, body.span);
        if !fields.has_broken {
            self.require(&fields);
        }
        fields
    }

    fn sort(
        &mut self,
        statements: impl IntoIterator<Item = &'t Statement>,
        place: Place,
        span: Span,
    ) -> Fields<'t> {
        let mut fields = Fields {
            place,
            span,
            settings: Vec::new(),
            sections: Vec::new(),
            declared: Vec::new(),
            fields: Vec::new(),
            has_broken: false,
            hides_names: false,
            refused: BTreeSet::new(),
        };
        let mut taken = Taken::new();
        let mut guessed = Vec::new();
        let before = self.found.len();
        for statement in statements {
            let so_far = self.found.len();
            match statement {
                Statement::Setting(setting) => self.setting(setting, &mut fields, &mut taken),
                Statement::Block(block) => {
                    let path = block.path.iter().collect();
                    self.section(&block.word, path, &block.body, &mut fields, &mut taken);
                }
                Statement::Declaration(declaration) => self.declaration(declaration, &mut fields, &mut taken),
                Statement::Field(field) if place == Place::Type => {
                    if let Some(first) = taken.insert((":", &*field.name.text), field.name.span) {
                        self.found.push(message::declared_twice(
                            "field",
                            &field.name.text,
                            first,
                            field.name.span,
                        ));
                    } else {
                        fields.fields.push(field);
                    }
                }
                Statement::Field(field) => self.field(field, place),
                // The parser has reported it.
                Statement::Edition(_) | Statement::Import(_) | Statement::Broken(_) => {
                    fields.has_broken = true
                }
            }
            if let Some(word) = first_word(statement)
                && self.found.get(so_far).is_some_and(|it| it.primary.span == word && it.fix.is_some())
            {
                guessed.push(so_far);
            }
            let is_setting = matches!(statement, Statement::Setting(setting) if !matches!(setting.value.kind, ExprKind::Object(_)));
            fields.has_broken |= matches!(statement, Statement::Setting(setting) if matches!(setting.value.kind, ExprKind::Broken));
            let is_refused = self.found.len() > so_far || matches!(statement, Statement::Broken(_));
            fields.hides_names |= is_refused && !is_setting;
        }
        fields.has_broken |= self.found.len() > before;
        self.doubt(&guessed, &fields);
        fields
    }

    /// Takes back the fixes that would write a word a second time: those of the given findings.
    fn doubt(&mut self, guessed: &[usize], fields: &Fields<'t>) {
        if guessed.is_empty() {
            return;
        }
        let settings = fields.settings.iter().map(|it| (it.key.text.to_string(), it.key.span));
        let sections = fields.sections.iter().map(|it| (it.word.text.to_string(), it.word.span));
        let mut present: BTreeMap<String, Span> = settings.chain(sections).collect();
        for at in guessed {
            let Some(found) = self.found.get_mut(*at) else { continue };
            let span = found.primary.span;
            let edits = found.fix.as_ref().map_or(&[][..], |fix| &fix.edits);
            let Some(meant) = edits.first().filter(|edit| edit.span == span).map(|edit| edit.text.clone())
            else {
                continue;
            };
            match present.get(&meant) {
                Some(first) => message::set_already(found, &meant, *first),
                None => drop(present.insert(meant, span)),
            }
        }
    }

    /// Reports what is written like a field of a type where none has fields.
    fn field(&mut self, field: &'t Field, place: Place) {
        let word = &*field.name.text;
        match place.entry(word).map(|entry| entry.form) {
            Some(Form::Setting(_)) => {
                let between =
                    Span { start: field.name.span.end, end: field.ty.span.start, ..field.name.span };
                let written = self.tree.slice(between);
                let colon = (written.trim() == ":").then_some(between);
                self.found.push(message::setting_as_field(word, field.name.span, colon));
            }
            Some(Form::Block(_)) => {
                let spans = (field.name.span, field.span);
                self.found.push(message::block_as_setting(word, spans.0, spans.1, None));
            }
            Some(Form::NamedBlock(_) | Form::Declaration(_)) => {
                self.found.push(message::declaration_as_setting(word, field.name.span));
            }
            None => drop(self.unknown(place, &field.name, Written::Declaration)),
        }
    }

    fn setting(&mut self, setting: &'t Setting, fields: &mut Fields<'t>, taken: &mut Taken<'t>) {
        let place = fields.place;
        let word = &*setting.key.text;
        let name = Name { text: setting.key.text.clone(), span: setting.key.span };
        if place == Place::Type {
            self.found.push(message::part_not_taken("type", "setting", setting.span, "name: type"));
            return;
        }
        if !place.is_free() {
            match place.entry(word).map(|entry| entry.form) {
                Some(Form::Setting(_)) => {}
                Some(Form::Block(_) | Form::NamedBlock(_)) => {
                    let inner = self.pairs_as_statements(setting);
                    let spans = (setting.key.span, setting.value.span);
                    self.found.push(message::block_as_setting(word, spans.0, spans.1, inner.as_deref()));
                    return;
                }
                Some(Form::Declaration(_)) => {
                    self.found.push(message::declaration_as_setting(word, setting.key.span));
                    return;
                }
                None => {
                    self.unknown(place, &name, Written::Setting);
                    return;
                }
            }
        }
        match taken.insert(("=", word), setting.key.span) {
            Some(first) => self.found.push(message::set_twice(word, first, setting.key.span)),
            None => fields.settings.push(setting),
        }
    }

    /// Returns the pairs of an object as the statements of a block, if that keeps every byte's meaning.
    fn pairs_as_statements(&self, setting: &Setting) -> Option<String> {
        let ExprKind::Object(pairs) = &setting.value.kind else { return None };
        let statements = pairs.iter().map(|pair| self.tree.slice(pair.key.span.to(pair.value.span)));
        Some(statements.collect::<Vec<_>>().join(" "))
    }

    fn section(
        &mut self,
        word: &'t Name,
        path: Vec<&'t Name>,
        body: &'t Body,
        fields: &mut Fields<'t>,
        taken: &mut Taken<'t>,
    ) {
        let place = fields.place;
        let inner = match place.entry(&word.text).map(|entry| entry.form) {
            Some(Form::Block(inner)) if path.is_empty() => inner,
            Some(Form::NamedBlock(inner)) if !path.is_empty() => inner,
            Some(Form::NamedBlock(_)) => {
                let example = format!("{} NAME {{ … }}", word.text);
                self.found.push(message::missing_part("block", word, "name", &example));
                return;
            }
            Some(Form::Block(_)) => {
                let form = format!("{} {{ … }}", word.text);
                let at = path.first().map_or(word.span, |name| name.span);
                self.found.push(message::part_not_taken(&word.text, "name", at, &form));
                return;
            }
            Some(Form::Setting(_)) => {
                self.found.push(message::setting_as_block(&word.text, word.span));
                return;
            }
            Some(Form::Declaration(declares)) => {
                self.found.push(message::missing_part("declaration", word, "name", &form_of(word, declares)));
                return;
            }
            None => {
                self.unknown(place, word, Written::Block);
                return;
            }
        };
        if let Some(first) = taken.insert(("{", &*word.text), word.span) {
            self.found.push(message::set_twice(&word.text, first, word.span));
            return;
        }
        let inner = self.body(body, inner);
        fields.sections.push(Section { word, path, fields: inner });
    }

    fn declaration(&mut self, declaration: &'t Declaration, fields: &mut Fields<'t>, taken: &mut Taken<'t>) {
        let place = fields.place;
        let word = &declaration.word;
        let declares = match place.entry(&word.text).map(|entry| entry.form) {
            Some(Form::Declaration(declares)) => declares,
            // `do action { … }` has the shape of a declaration.
            Some(Form::NamedBlock(_) | Form::Block(_)) => {
                if let Declaration { ty: None, value: None, body: Some(body), name, .. } = declaration {
                    return self.section(word, vec![name], body, fields, taken);
                }
                if declaration.ty.is_some() || declaration.value.is_some() {
                    self.found.push(message::no_body(word, &declaration.name));
                }
                return;
            }
            Some(Form::Setting(_)) => {
                self.found.push(message::setting_as_block(&word.text, word.span));
                return;
            }
            None => {
                let meant = self.unknown(place, word, Written::Declaration);
                fields.refused.extend(meant.map(|word| (word, &*declaration.name.text)));
                return;
            }
        };
        let name = &declaration.name;
        let kind = declaration.ty.as_ref().and_then(|ty| ty.path.first());
        let body_place = match (&*word.text, kind) {
            ("target", Some(kind)) => self.kind("target", kind, schema::target, words::TARGETS),
            ("trigger", Some(kind)) => self.kind("trigger", kind, schema::trigger, words::TRIGGERS),
            _ => declares.body,
        };
        if !self.parts(declaration, declares) || (body_place.is_none() && declares.body.is_some()) {
            fields.refused.insert((&word.text, &name.text));
            return;
        }
        if let Some(first) = taken.insert((&*word.text, &*name.text), name.span) {
            self.found.push(message::declared_twice(&word.text, &name.text, first, name.span));
            return;
        }
        let inner = match (&declaration.body, body_place) {
            (Some(body), Some(place)) => Some(self.body(body, place)),
            (None, Some(place)) => {
                self.require_in(place, &[], name.span);
                None
            }
            (Some(_) | None, None) => None,
        };
        fields.declared.push(Declared { syntax: declaration, fields: inner });
    }

    fn kind(
        &mut self,
        word: &str,
        kind: &Name,
        place: fn(&str) -> Option<Place>,
        known: &[&str],
    ) -> Option<Place> {
        let found = place(&kind.text);
        if found.is_none() {
            let near = nearest(&kind.text, known.iter().copied());
            self.found.push(message::unknown_kind(word, &kind.text, kind.span, near, known));
        }
        found
    }

    /// Checks that a declaration has the parts it must have and no others.
    fn parts(&mut self, declaration: &Declaration, declares: Declares) -> bool {
        let Declaration { word, name, ty, value, body, .. } = declaration;
        let form = form_of(word, declares);
        let before = self.found.len();
        match (declares.ty, ty) {
            (Part::None, Some(ty)) => {
                self.found.push(message::part_not_taken(&word.text, "type", ty.span, &form));
            }
            // What stands in place of the type has been reported.
            (Part::Required, None)
                if value.as_ref().is_some_and(|it| matches!(it.kind, ExprKind::Broken)) => {}
            (Part::Required, None) => {
                self.found.push(match value.as_ref().and_then(|value| type_of(&value.kind)) {
                    Some(ty) => message::missing_type(&word.text, name, ty),
                    None => {
                        let part = if matches!(&*word.text, "target" | "trigger") { "kind" } else { "type" };
                        message::missing_part(&word.text, name, part, &form)
                    }
                });
            }
            (Part::None | Part::Optional, None) | (Part::Optional | Part::Required, Some(_)) => {}
        }
        match (declares.value, value) {
            (Part::None, Some(value)) => {
                self.found.push(message::part_not_taken(&word.text, "value", value.span, &form));
            }
            (Part::Required, None) => {
                self.found.push(message::missing_part(&word.text, name, "value", &form));
            }
            (Part::None | Part::Optional, None) | (Part::Optional | Part::Required, Some(_)) => {}
        }
        match (declares.body, body) {
            (None, Some(body)) => {
                self.found.push(message::part_not_taken(&word.text, "body", body.span, &form));
            }
            // The parser has reported a declaration that has nothing behind its name.
            (Some(_), None) if declares.body_required => {
                if (ty.is_some() || value.is_some()) && self.found.len() == before {
                    self.found.push(message::no_body(word, name));
                }
                return false;
            }
            (None | Some(_), None) | (Some(_), Some(_)) => {}
        }
        self.found.len() == before
    }

    fn require(&mut self, fields: &Fields<'t>) {
        let present: Vec<&str> = fields.settings.iter().map(|setting| &*setting.key.text).collect();
        self.require_in(fields.place, &present, fields.span.before());
    }

    fn require_in(&mut self, place: Place, present: &[&str], span: Span) {
        for entry in schema::entries(place) {
            if entry.required && !present.contains(&entry.word) {
                let example = format!("{} = {}", entry.word, example_of(entry));
                self.found.push(message::missing_setting(place, entry.word, span, entry.doc, &example));
            }
        }
    }

    /// Reports a word that the place does not know, by the best guess at why it stands there. Returns the word that was
    /// probably meant.
    fn unknown(&mut self, place: Place, name: &Name, written: Written) -> Option<&'static str> {
        let word = &*name.text;
        if let Some(foreign) = schema::foreign(place, word) {
            let fits =
                foreign.here.and_then(|here| place.entry(here)).is_some_and(|entry| match entry.form {
                    Form::Setting(_) => written == Written::Setting,
                    Form::Block(_) | Form::NamedBlock(_) => written == Written::Block,
                    Form::Declaration(_) => written == Written::Declaration,
                });
            self.found.push(message::foreign_word(foreign, word, name.span, fits));
            return foreign.here;
        }
        let homes: Vec<Place> =
            Place::ALL.iter().copied().filter(|home| home.entry(word).is_some()).collect();
        if !homes.is_empty() {
            self.found.push(message::belongs_elsewhere(word, name.span, place, &homes));
            return None;
        }
        let known: Vec<&'static str> = schema::entries(place)
            .iter()
            .filter(|entry| matches!(entry.form, Form::Declaration(_)) == (written == Written::Declaration))
            .map(|entry| entry.word)
            .collect();
        let near = nearest(word, known.iter().copied());
        self.found.push(match written {
            Written::Declaration => message::unknown_word(place, word, name.span, near, &known),
            Written::Setting | Written::Block => {
                message::unknown_setting(place, word, name.span, near, &known)
            }
        });
        near
    }
}

/// Returns the word of a statement that may be unknown where it stands.
fn first_word(statement: &Statement) -> Option<Span> {
    match statement {
        Statement::Setting(setting) => Some(setting.key.span),
        Statement::Block(block) => Some(block.word.span),
        Statement::Declaration(_)
        | Statement::Field(_)
        | Statement::Edition(_)
        | Statement::Import(_)
        | Statement::Broken(_) => None,
    }
}

/// How an unknown word is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Setting,
    Block,
    Declaration,
}

fn form_of(word: &Name, declares: Declares) -> String {
    let mut form = format!("{} NAME", word.text);
    if declares.ty == Part::Required {
        form.push_str(if matches!(&*word.text, "target" | "trigger") { ": KIND" } else { ": TYPE" });
    }
    if declares.value == Part::Required {
        form.push_str(" = VALUE");
    }
    if declares.body_required {
        form.push_str(" { … }");
    }
    form
}

fn example_of(entry: &Entry) -> &'static str {
    match (entry.word, entry.form) {
        ("cron", _) => "\"0 3 * * *\"",
        ("from", _) => "\"env:NAME\"",
        (_, Form::Setting(Slot::Count(_))) => "10",
        (_, Form::Setting(Slot::Condition)) => "result.exit_code == 0",
        (_, Form::Setting(_) | Form::Block(_) | Form::NamedBlock(_) | Form::Declaration(_)) => "\"…\"",
    }
}

/// Returns the type that a literal has by itself.
fn type_of(value: &ExprKind) -> Option<&'static str> {
    match value {
        ExprKind::Text(_) => Some("string"),
        ExprKind::Bool(_) => Some("bool"),
        ExprKind::Int(_) => Some("int"),
        ExprKind::Float(_) => Some("float"),
        ExprKind::Duration(_) => Some("duration"),
        ExprKind::Size(_) => Some("size"),
        _ => None,
    }
}

//! All files of a compilation seen together: their types, their imports, and what each workflow takes and gives.

use crate::{
    ast::{Declared, File},
    load::Source,
    message::{names as message, schema},
    schema::words,
    suggest::{nearest_declared, some},
};
use engine::{
    id::Name,
    value::{Record, Type},
};
use grammar::{
    Diagnostic, Span,
    limit::MAX_DEPTH,
    tree::{TypeArg, TypeExpr},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The files of a compilation and what they declare.
pub(crate) struct World<'a> {
    /// The files, by the number of their [`grammar::FileId`].
    pub sources: &'a [Source],
    /// Their statements.
    pub files: &'a [File<'a>],
    /// Every workflow of every file.
    pub workflows: Vec<Signature<'a>>,
    /// The declared types by file; none for those in error.
    types: Vec<BTreeMap<&'a str, Option<Type>>>,
    aliases: Vec<BTreeMap<&'a str, Option<usize>>>,
    used_aliases: RefCell<BTreeSet<(usize, String)>>,
}

/// What a workflow takes and gives, as a caller sees it.
pub(crate) struct Signature<'a> {
    /// The file it is in.
    pub file: usize,
    /// As it is declared.
    pub declared: &'a Declared<'a>,
    /// What it takes.
    pub params: Vec<ParamSignature<'a>>,
    /// What it gives; outputs of unknown type are left out.
    pub outputs: Vec<(&'a str, Type)>,
}

/// A param as a caller sees it.
pub(crate) struct ParamSignature<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is declared.
    pub span: Span,
    /// Its type; none if that is in error.
    pub ty: Option<Type>,
    /// Whether a call may leave it out.
    pub optional: bool,
}

impl<'a> World<'a> {
    /// Gathers what the files declare.
    pub(crate) fn new(sources: &'a [Source], files: &'a [File<'a>], found: &mut Vec<Diagnostic>) -> Self {
        let aliases = sources.iter().zip(files).map(|(source, file)| aliases(source, file, found)).collect();
        let mut world = Self {
            sources,
            files,
            workflows: Vec::new(),
            types: files.iter().map(|_| BTreeMap::new()).collect(),
            aliases,
            used_aliases: RefCell::default(),
        };
        world.declare_types(found);
        world.workflows = world.signatures(found);
        world
    }

    /// Finds a workflow by the name a file knows it by: `x`, or `alias.x`.
    pub(crate) fn workflow(&self, file: usize, path: &[&str]) -> Option<usize> {
        let (file, name) = match path {
            [name] => (file, *name),
            [alias, name] => (self.alias(file, alias)?, *name),
            _ => return None,
        };
        self.workflows.iter().position(|it| it.file == file && &*it.declared.name().text == name)
    }

    /// Returns the names that a file may call.
    pub(crate) fn callable(&self, file: usize) -> impl Iterator<Item = String> {
        let of = move |file: usize| {
            let in_file = self.workflows.iter().filter(move |it| it.file == file);
            in_file.map(|it| it.declared.name().text.to_string())
        };
        let imported = self.aliases.get(file).into_iter().flatten().filter_map(move |(alias, target)| {
            target.map(|target| of(target).map(move |name| format!("{alias}.{name}")))
        });
        of(file).chain(imported.flatten())
    }

    /// Returns whether the import of a file failed; what is missed in it is a consequence.
    pub(crate) fn is_broken_alias(&self, file: usize, name: &str) -> bool {
        self.aliases.get(file).and_then(|aliases| aliases.get(name)).is_some_and(Option::is_none)
    }

    fn alias(&self, file: usize, name: &str) -> Option<usize> {
        let (alias, target) = self.aliases.get(file)?.get_key_value(name)?;
        self.used_aliases.borrow_mut().insert((file, (*alias).to_owned()));
        *target
    }

    /// Returns whether anything was taken from an import.
    pub(crate) fn is_used(&self, file: usize, alias: &str) -> bool {
        self.used_aliases.borrow().contains(&(file, alias.to_owned()))
    }

    /// Marks an import as used even though what is wanted of it does not exist.
    pub(crate) fn mark_used(&self, file: usize, name: &str) {
        self.alias(file, name);
    }

    fn declare_types(&mut self, found: &mut Vec<Diagnostic>) {
        for (file, declared) in self.files.iter().enumerate() {
            for ty in &declared.types {
                let mut open = Vec::new();
                self.declare(file, ty, &mut open, found);
            }
        }
    }

    /// Resolves a declared type and, first, those it is made of.
    fn declare(
        &mut self,
        file: usize,
        declared: &'a Declared<'a>,
        open: &mut Vec<(usize, &'a str)>,
        found: &mut Vec<Diagnostic>,
    ) {
        let name = &*declared.name().text;
        if self.types.get(file).is_some_and(|types| types.contains_key(name)) || open.contains(&(file, name))
        {
            return;
        }
        // Deeper than this a type is too large in any case, and the stack is finite.
        let known = if open.len() < MAX_DEPTH {
            open.push((file, name));
            let record = self.record(file, declared, open, found);
            open.pop();
            let ty = Type::Record(Arc::new(record));
            (!ty.is_too_large()).then_some(ty)
        } else {
            None
        };
        if known.is_none() {
            found.push(message::type_too_far(name, declared.name().span));
        }
        if let Some(types) = self.types.get_mut(file) {
            types.insert(name, known);
        }
    }

    fn record(
        &mut self,
        file: usize,
        declared: &'a Declared<'a>,
        open: &mut Vec<(usize, &'a str)>,
        found: &mut Vec<Diagnostic>,
    ) -> Record {
        let name = &*declared.name().text;
        let mut fields = Vec::new();
        for field in declared.fields.iter().flat_map(|body| &body.fields) {
            let mut is_closed = true;
            for (home, inner) in self.named_in(file, &field.ty) {
                if open.contains(&(home, &*inner.name().text)) {
                    found.push(crate::message::flow::type_in_itself(name, field.ty.span));
                    is_closed = false;
                } else {
                    self.declare(home, inner, open, found);
                }
            }
            if let Some(value) = &field.value {
                found.push(schema::part_not_taken("type", "default", value.span, "name: type"));
            }
            let ty = if is_closed { self.ty(file, &field.ty, found) } else { None };
            fields.extend(ty.map(|ty| (Name::from(&*field.name.text), ty)));
        }
        Record { name: Some(name.into()), fields }
    }

    /// Returns the declarations that a written type mentions.
    fn named_in(&self, file: usize, ty: &TypeExpr) -> Vec<(usize, &'a Declared<'a>)> {
        let path: Vec<&str> = ty.path.iter().map(|name| &*name.text).collect();
        let home = match path.as_slice() {
            [name] => Some((file, *name)),
            [alias, name] => self
                .aliases
                .get(file)
                .and_then(|it| it.get(alias).copied().flatten())
                .map(|file| (file, *name)),
            _ => None,
        };
        let own = home.and_then(|(home, name)| {
            let types = &self.files.get(home)?.types;
            types.iter().find(|it| &*it.name().text == name).map(|it| (home, it))
        });
        let args = ty.args.iter().filter_map(|arg| match arg {
            TypeArg::Type(inner) => Some(inner),
            TypeArg::Text(_) => None,
        });
        own.into_iter().chain(args.flat_map(|inner| self.named_in(file, inner))).collect()
    }

    /// Resolves a written type.
    pub(crate) fn ty(&self, file: usize, written: &TypeExpr, found: &mut Vec<Diagnostic>) -> Option<Type> {
        let required = self.required_type(file, written, found)?;
        Some(if written.optional { required.optional() } else { required })
    }

    fn required_type(&self, file: usize, written: &TypeExpr, found: &mut Vec<Diagnostic>) -> Option<Type> {
        let path: Vec<&str> = written.path.iter().map(|name| &*name.text).collect();
        let simple = match path.as_slice() {
            ["string"] => Type::Text,
            ["int"] => Type::Int,
            ["float"] => Type::Float,
            ["bool"] => Type::Bool,
            ["duration"] => Type::Duration,
            ["size"] => Type::Size,
            ["time"] => Type::Time,
            ["json"] => Type::Json,
            ["artifact"] => Type::Artifact,
            ["list" | "map"] => return self.collection(file, written, found),
            ["enum"] => return words_of(written, found),
            [name] => return self.declared_type(file, file, name, written, found),
            [alias, name] => {
                let Some(home) = self.alias(file, alias) else {
                    if !self.is_broken_alias(file, alias) {
                        let known = || self.aliases.get(file).into_iter().flat_map(|it| it.keys().copied());
                        let near = nearest_declared(found, alias, known());
                        let span = written.path.first().map_or(written.span, |name| name.span);
                        found.push(message::unknown_type(&path.join("."), span, near, &some(known())));
                    }
                    return None;
                };
                return self.declared_type(file, home, name, written, found);
            }
            _ => {
                found.push(message::unknown_type(&path.join("."), written.span, None, &[]));
                return None;
            }
        };
        if written.applied {
            found.push(message::type_arguments(&path.join("."), written.span, &simple.to_string()));
            return None;
        }
        Some(simple)
    }

    fn declared_type(
        &self,
        file: usize,
        home: usize,
        name: &str,
        written: &TypeExpr,
        found: &mut Vec<Diagnostic>,
    ) -> Option<Type> {
        let types = self.types.get(home)?;
        if let Some(known) = types.get(name) {
            return known.clone();
        }
        // A type that is just being resolved is no second error.
        let declared = self.files.get(home).map(|file| file.types.as_slice()).unwrap_or_default();
        if declared.iter().any(|it| &*it.name().text == name) {
            return None;
        }
        let names = || declared.iter().map(|it| &*it.name().text);
        let builtin = if file == home { words::TYPES } else { &[] };
        let near = nearest_declared(found, name, builtin.iter().copied().chain(names()));
        let near = match name {
            "str" | "text" | "String" => Some("string"),
            "integer" | "number" | "i64" => Some("int"),
            "boolean" => Some("bool"),
            "double" | "f64" => Some("float"),
            "array" => Some("list"),
            "object" | "any" | "dict" => Some("json"),
            _ => near,
        };
        let span = written.path.last().map_or(written.span, |name| name.span);
        found.push(message::unknown_type(name, span, near, &some(names())));
        None
    }

    fn collection(&self, file: usize, written: &TypeExpr, found: &mut Vec<Diagnostic>) -> Option<Type> {
        let name = written.path.first().map_or("list", |name| &*name.text);
        let [TypeArg::Type(inner)] = written.args.as_slice() else {
            found.push(message::type_arguments(name, written.span, &format!("{name}(string)")));
            return None;
        };
        let inner = self.ty(file, inner, found)?;
        Some(if name == "list" { Type::list(inner) } else { Type::map(inner) })
    }

    fn signatures(&self, found: &mut Vec<Diagnostic>) -> Vec<Signature<'a>> {
        let mut signatures = Vec::new();
        for (file, declarations) in self.files.iter().enumerate() {
            for declared in &declarations.workflows {
                signatures.push(self.signature(file, declared, found));
            }
        }
        signatures
    }

    fn signature(
        &self,
        file: usize,
        declared: &'a Declared<'a>,
        found: &mut Vec<Diagnostic>,
    ) -> Signature<'a> {
        let mut params = Vec::new();
        let mut outputs = Vec::new();
        for it in declared.fields.iter().flat_map(|fields| &fields.declared) {
            let name = &*it.name().text;
            match &*it.syntax.word.text {
                "param" => params.push(ParamSignature {
                    name,
                    span: it.name().span,
                    ty: it.syntax.ty.as_ref().and_then(|ty| self.ty(file, ty, found)),
                    optional: it.syntax.value.is_some()
                        || it.syntax.ty.as_ref().is_some_and(|ty| ty.optional),
                }),
                "output" => {
                    let ty = it.syntax.ty.as_ref().and_then(|ty| self.ty(file, ty, found));
                    outputs.extend(ty.map(|ty| (name, ty)));
                }
                _ => {}
            }
        }
        Signature { file, declared, params, outputs }
    }
}

fn words_of(written: &TypeExpr, found: &mut Vec<Diagnostic>) -> Option<Type> {
    let words: Option<Vec<Name>> = written
        .args
        .iter()
        .map(|arg| match arg {
            TypeArg::Text(text) => text.literal().map(Name::from),
            TypeArg::Type(_) => None,
        })
        .collect();
    match words {
        Some(words) if !words.is_empty() => Some(Type::Enum(words.into())),
        Some(_) | None => {
            found.push(message::type_arguments("enum", written.span, "enum(\"a\", \"b\")"));
            None
        }
    }
}

fn aliases<'a>(
    source: &Source,
    file: &File<'a>,
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<&'a str, Option<usize>> {
    let mut aliases = BTreeMap::new();
    for (import, target) in file.imports.iter().zip(&source.imports) {
        if aliases.insert(&*import.alias.text, *target).is_some() {
            let first = file.imports.iter().find(|it| it.alias.text == import.alias.text);
            let first = first.map_or(import.alias.span, |it| it.alias.span);
            found.push(message::import_alias_twice(&import.alias.text, first, import.alias.span));
        }
    }
    aliases
}

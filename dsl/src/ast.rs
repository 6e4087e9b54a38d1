//! The statements of a file, sorted by the schema: what is left after unknown, misplaced and doubled ones are reported.
//!
//! Nothing is copied from the syntax tree; every part points into it.

use crate::schema::Place;
use grammar::{
    Span,
    tree::{Declaration, Expr, Field, Import, Name, Setting},
};
use std::collections::BTreeSet;

/// The statements of one file.
#[derive(Debug, Default)]
pub(crate) struct File<'t> {
    /// The imports.
    pub imports: Vec<&'t Import>,
    /// The declared types.
    pub types: Vec<Declared<'t>>,
    /// The workflows.
    pub workflows: Vec<Declared<'t>>,
}

/// The statements of one body that its place takes.
#[derive(Debug)]
pub(crate) struct Fields<'t> {
    /// Where the body stands.
    pub place: Place,
    /// The whole body, braces included.
    pub span: Span,
    /// The settings, each word once.
    pub settings: Vec<&'t Setting>,
    /// The blocks, each word once.
    pub sections: Vec<Section<'t>>,
    /// The declarations.
    pub declared: Vec<Declared<'t>>,
    /// The fields, of a `type` only.
    pub fields: Vec<&'t Field>,
    /// Whether a statement could not be read, or was refused: what is missed may be that one.
    pub has_broken: bool,
    /// Whether such a statement may have been a declaration or a block: what seems undeclared may stand there.
    pub hides_names: bool,
    /// Declarations that were refused, by their word and name: whoever refers to one makes no mistake of its own.
    pub refused: BTreeSet<(&'t str, &'t str)>,
}

/// A block: `retry { … }`, `call lib.flow { … }`.
#[derive(Debug)]
pub(crate) struct Section<'t> {
    /// The block's word.
    pub word: &'t Name,
    /// The dotted name behind it.
    pub path: Vec<&'t Name>,
    /// Its statements.
    pub fields: Fields<'t>,
}

/// A declaration.
#[derive(Debug)]
pub(crate) struct Declared<'t> {
    /// As it is written.
    pub syntax: &'t Declaration,
    /// Its body.
    pub fields: Option<Fields<'t>>,
}

impl<'t> Fields<'t> {
    /// Returns a setting by its word.
    #[must_use]
    pub(crate) fn setting(&self, word: &str) -> Option<&'t Setting> {
        self.settings.iter().copied().find(|setting| &*setting.key.text == word)
    }

    /// Returns the value of a setting by its word.
    #[must_use]
    pub(crate) fn value(&self, word: &str) -> Option<&'t Expr> {
        self.setting(word).map(|setting| &setting.value)
    }

    /// Returns a block by its word.
    #[must_use]
    pub(crate) fn section(&self, word: &str) -> Option<&Section<'t>> {
        self.sections.iter().find(|section| &*section.word.text == word)
    }

    /// Returns the declarations that begin with a word.
    pub(crate) fn declared<'a>(&'a self, word: &'static str) -> impl Iterator<Item = &'a Declared<'t>> {
        self.declared.iter().filter(move |declared| &*declared.syntax.word.text == word)
    }

    /// Returns whether there is such a declaration, which was refused.
    #[must_use]
    pub(crate) fn refuses(&self, word: &str, name: &str) -> bool {
        self.refused.contains(&(word, name))
    }
}

impl<'t> Declared<'t> {
    /// Returns the declared name.
    #[must_use]
    pub(crate) fn name(&self) -> &'t Name {
        &self.syntax.name
    }

    /// Returns a setting of the body by its word.
    #[must_use]
    pub(crate) fn value(&self, word: &str) -> Option<&'t Expr> {
        self.fields.as_ref().and_then(|fields| fields.value(word))
    }

    /// Returns a block of the body by its word.
    #[must_use]
    pub(crate) fn section(&self, word: &str) -> Option<&Section<'t>> {
        self.fields.as_ref().and_then(|fields| fields.section(word))
    }
}

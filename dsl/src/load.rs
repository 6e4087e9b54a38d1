//! Imports: files come through a [`Loader`], so the compiler itself touches no disk and no network.

use crate::message::names as message;
use engine::id::Digest;
use grammar::{
    Diagnostic, FileId, Tree,
    tree::{Import, Statement},
};

/// Brings the files that a file imports.
pub trait Loader {
    /// Loads `path` as the file `importer` means it.
    ///
    /// # Errors
    /// Says why there is no such file; the compiler turns it into a diagnostic at the import.
    fn load(&self, importer: &str, path: &str) -> Result<Loaded, LoadError>;
}

/// A file that was loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The name it goes by in messages; the same file must always get the same name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a file could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// There is none.
    NotFound {
        /// Paths that exist and look alike, best first.
        similar: Vec<String>,
    },
    /// It exists, or may, and is not to be read: why.
    Refused(String),
    /// Reading it failed: why.
    Failed(String),
}

/// A loader for texts that stand alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoImports;

impl Loader for NoImports {
    fn load(&self, _importer: &str, _path: &str) -> Result<Loaded, LoadError> {
        Err(LoadError::Refused("this text has no folder to import from".to_owned()))
    }
}

/// A file of the compilation.
#[derive(Debug)]
pub struct Source {
    /// The name it goes by in messages.
    pub name: String,
    /// Its syntax tree; holds the text.
    pub tree: Tree,
    /// For each import of the tree, in order, the source it brought.
    pub(crate) imports: Vec<Option<usize>>,
}

/// Parses the main file and loads all it imports, each file once.
pub(crate) fn load(name: &str, text: &str, loader: &dyn Loader) -> (Vec<Source>, Vec<Diagnostic>) {
    let parsed = grammar::parse(FileId(0), text);
    let main = Source { name: name.to_owned(), tree: parsed.tree, imports: Vec::new() };
    let mut work = Work { loader, sources: vec![main], found: parsed.diagnostics };
    work.visit(0, &mut Vec::new());
    (work.sources, work.found)
}

struct Work<'l> {
    loader: &'l dyn Loader,
    sources: Vec<Source>,
    found: Vec<Diagnostic>,
}

/// How deep imports may nest; a chain this long is a mistake, and the stack is finite.
const MAX_IMPORT_DEPTH: usize = 32;

impl Work<'_> {
    fn visit(&mut self, index: usize, path: &mut Vec<usize>) {
        path.push(index);
        let imports: Vec<Import> = self.sources.get(index).map_or_else(Vec::new, |source| {
            source
                .tree
                .statements
                .iter()
                .filter_map(|statement| match statement {
                    Statement::Import(import) => Some(import.clone()),
                    Statement::Edition(_)
                    | Statement::Setting(_)
                    | Statement::Field(_)
                    | Statement::Declaration(_)
                    | Statement::Block(_)
                    | Statement::Broken(_) => None,
                })
                .collect()
        });
        for import in &imports {
            let target = self.import(index, import, path);
            if let Some(source) = self.sources.get_mut(index) {
                source.imports.push(target);
            }
        }
        path.pop();
    }

    fn import(&mut self, importer: usize, import: &Import, path: &mut Vec<usize>) -> Option<usize> {
        let literal = import.path.literal()?.to_owned();
        let importer_name = self.sources.get(importer)?.name.clone();
        let loaded = match self.loader.load(&importer_name, &literal) {
            Ok(loaded) => loaded,
            Err(error) => {
                self.found.push(message::import_failed(&literal, import.path.span, &error));
                return None;
            }
        };
        self.check_digest(import, &literal, &loaded.bytes)?;
        if let Some(known) = self.sources.iter().position(|source| source.name == loaded.name) {
            if path.contains(&known) {
                let names = path.iter().skip_while(|at| **at != known).chain([&known]);
                let names: Vec<&str> =
                    names.filter_map(|at| self.sources.get(*at)).map(|source| source.name.as_str()).collect();
                self.found.push(message::import_cycle(&names, import.span));
                return None;
            }
            return Some(known);
        }
        if path.len() >= MAX_IMPORT_DEPTH || self.sources.len() >= usize::from(u16::MAX) {
            let error = LoadError::Refused(format!("imports nest deeper than {MAX_IMPORT_DEPTH} files"));
            self.found.push(message::import_failed(&literal, import.path.span, &error));
            return None;
        }
        let Ok(text) = std::str::from_utf8(&loaded.bytes) else {
            let error = LoadError::Failed("it is not UTF-8 text".to_owned());
            self.found.push(message::import_failed(&literal, import.path.span, &error));
            return None;
        };
        let index = self.sources.len();
        let parsed = grammar::parse(FileId(u16::try_from(index).unwrap_or(u16::MAX)), text);
        self.found.extend(parsed.diagnostics);
        self.sources.push(Source { name: loaded.name, tree: parsed.tree, imports: Vec::new() });
        self.visit(index, path);
        Some(index)
    }

    /// Holds the content against the digest; a remote file must have one.
    fn check_digest(&mut self, import: &Import, path: &str, bytes: &[u8]) -> Option<()> {
        let actual = Digest::of(bytes).to_string();
        match import.sha256.as_ref().map(|text| (text.literal().unwrap_or_default(), text.span)) {
            None if is_remote(path) => {
                self.found.push(message::import_without_digest(path, import, &actual));
                None
            }
            Some((expected, span)) if !expected.eq_ignore_ascii_case(&actual) => {
                self.found.push(message::import_digest_differs(path, span, expected, &actual));
                None
            }
            None | Some(_) => Some(()),
        }
    }
}

fn is_remote(path: &str) -> bool {
    path.contains("://")
}

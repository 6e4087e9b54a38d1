//! A file to compile: its name and its text, or why its bytes are no text.

use crate::{failure::Failure, file::Place, loader::Files};
use dsl::Compiled;
use grammar::{Code, Diagnostic, FileId, Origin, limit::MAX_FILE_BYTES};

/// A file to compile.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    unreadable: Option<Box<Diagnostic>>,
}

impl Source {
    /// Reads a file or standard input. What is wrong with the bytes is a finding; only that there are none is a
    /// failure.
    pub fn read(place: &Place) -> Result<Self, Failure> {
        let bytes = place.read()?;
        let (text, unreadable) = match grammar::decode(FileId(0), &bytes, Origin::Disk) {
            Ok(text) => (text.to_owned(), None),
            // The text of a file that is too large says nothing about why it is refused.
            Err(found) if found.code == Code::E0018 => (String::new(), Some(too_large(*found))),
            Err(found) => (String::from_utf8_lossy(&bytes).into_owned(), Some(found)),
        };
        Ok(Self { name: place.name(), text, unreadable })
    }

    /// Returns the name it goes by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the text; of bytes that are no text, as nearly as they can be shown.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns why the bytes are no text.
    #[must_use]
    pub fn unreadable(&self) -> Option<&Diagnostic> {
        self.unreadable.as_deref()
    }

    /// Takes another text for the same file.
    pub fn replace(&mut self, text: String) {
        self.text = text;
    }

    /// Compiles it, together with what it imports.
    #[must_use]
    pub fn compile(&self, loader: &Files) -> Compiled {
        dsl::compile(&self.name, &self.text, loader)
    }
}

/// Nobody counted the bytes behind the limit, so the message must not say how many there are.
fn too_large(found: Diagnostic) -> Box<Diagnostic> {
    let message = format!("the file is larger than {} MiB", MAX_FILE_BYTES >> 20);
    Box::new(Diagnostic { message, ..found })
}

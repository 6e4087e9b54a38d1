//! Files in memory, as a compilation meets them: the examples, or the samples of a page.

use dsl::{Compiled, LoadError, Loaded, Loader};
use grammar::{Code, FileId, Origin};

/// Files by their path.
pub(crate) struct Folder(pub(crate) Vec<(String, Vec<u8>)>);

impl Folder {
    /// Compiles one of the files, and returns what the compiler found, in order.
    pub(crate) fn compile(&self, path: &str) -> Result<Compiled, Code> {
        let bytes = self.get(path).ok_or(Code::E0701)?;
        let text = grammar::decode(FileId(0), bytes, Origin::Disk).map_err(|found| found.code)?;
        Ok(dsl::compile(path, text, self))
    }

    fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.as_slice())
    }
}

impl Loader for Folder {
    fn load(&self, importer: &str, path: &str) -> Result<Loaded, LoadError> {
        let name = if path.contains("://") { path.to_owned() } else { join(importer, path) };
        let bytes = self.get(&name).ok_or(LoadError::NotFound { similar: Vec::new() })?.to_vec();
        Ok(Loaded { name, bytes })
    }
}

/// Returns the path that `path` means in a file called `importer`.
fn join(importer: &str, path: &str) -> String {
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

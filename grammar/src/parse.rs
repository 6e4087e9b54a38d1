//! x
use crate::{Diagnostic, FileId, Tree};
/// x
pub struct Parsed {
    /// x
    pub tree: Tree,
    /// x
    pub diagnostics: Vec<Diagnostic>,
}
/// x
pub fn parse(file: FileId, text: &str) -> Parsed {
    Parsed { tree: Tree { file, text: text.into(), tokens: vec![], statements: vec![] }, diagnostics: vec![] }
}

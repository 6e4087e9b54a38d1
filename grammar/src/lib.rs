//! Reads `.skynet` text into a tree. It never fails and never panics: what it cannot read becomes a diagnostic.
//!
//! ```
//! let parsed = grammar::parse(grammar::FileId(0), "skynet 1\nworkflow hello { }\n");
//! assert!(parsed.diagnostics.is_empty());
//! assert_eq!(parsed.tree.print(), "skynet 1\nworkflow hello { }\n");
//! ```
//!
//! The crate knows words and brackets, not meaning: which settings exist and what types fit is `dsl`'s business.

// pest is built without `std`, which leaves out a look at the stack on every call; tokens do not nest.
extern crate alloc;

pub mod code;
pub mod diagnostic;
mod lex;
pub mod limit;
pub mod line;
mod message;
mod parse;
pub mod render;
mod source;
pub mod span;
pub mod token;
pub mod tree;

pub use code::Code;
pub use diagnostic::{Diagnostic, Edit, Fix, Kind, Label, Severity};
pub use line::{LineIndex, line_column};
pub use parse::{Parsed, parse, parse_from, quantity};
pub use render::{Style, render};
pub use source::{Origin, decode};
pub use span::{FileId, Span};
pub use tree::Tree;

//! x
pub mod console;
pub mod diff;
pub mod failure;
pub mod file;
pub mod fix;
pub mod nearby;

//! What the compiler promises, seen from outside.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod certain;
mod codes;
mod draw;
mod format;
mod generate;
mod mistakes;
mod plan;
mod project;
mod reference;
mod safety;
mod soundness;
mod twin;

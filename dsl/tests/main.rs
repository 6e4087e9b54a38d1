//! What the compiler promises, seen from outside.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod codes;
mod draw;
mod format;
mod mistakes;
mod plan;
mod twin;

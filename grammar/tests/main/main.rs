//! What the reading of text promises, one module per promise.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

extern crate alloc;

mod cases;
mod dump;
mod programs;
mod properties;

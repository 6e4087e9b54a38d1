//! What the reading of text promises, one module per promise.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]
#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

extern crate alloc;

mod cases;
mod dump;
mod limits;
mod programs;
mod properties;

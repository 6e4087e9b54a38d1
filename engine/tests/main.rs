//! What the engine promises, from outside.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod expression;
mod job;
mod plan;
mod simulation;

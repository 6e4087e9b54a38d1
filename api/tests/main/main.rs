//! What a user of the command line sees: the real program, run in a folder of its own, with all it prints.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod answered;
mod asked;
mod check;
mod colour;
mod convert;
mod database;
mod driving;
mod explain;
mod fix;
mod fmt;
mod graph;
mod imports;
mod inputs;
mod kept;
mod looking;
mod plan;
mod program;
mod readme;
mod remote;
mod run;
mod speed;
mod usage;
mod watched;

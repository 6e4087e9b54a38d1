//! The providers, held to their promises: the suite for all, and what each has of its own.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod http;
mod local;
mod local_actions;
mod mock;
mod ollama;
mod secret;
mod server;
mod support;

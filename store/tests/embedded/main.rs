//! The private Postgres, with a real one: started, shared, killed, and found again.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod accounts;
mod crashes;
mod harness;
mod messages;
mod programs;
mod sharing;
mod support;

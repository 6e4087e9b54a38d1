//! The log on Postgres, against a server.

mod appending;
mod conformance;
mod connecting;
mod feeding;
mod guarding;
mod harness;
mod outside;
mod raw;
mod statements;
mod tasks;

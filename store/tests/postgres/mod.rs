//! The log on Postgres, against a server.

mod conformance;
mod connecting;
mod harness;
mod statements;

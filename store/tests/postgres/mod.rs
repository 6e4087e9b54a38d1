//! The log on Postgres, against a server.

mod conformance;
mod connecting;
mod harness;
mod jobs;
mod projections;
mod statements;

//! The log on Postgres, against a server.

mod appending;
mod batching;
mod conformance;
mod connecting;
mod crashing;
mod failing;
mod feeding;
mod guarding;
mod harness;
mod jobs;
mod membership;
mod outside;
mod projections;
mod proving;
mod proxy;
mod raw;
mod statements;
mod tasks;
mod upkeep;
mod viewing;

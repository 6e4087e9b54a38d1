//! The log on Postgres, and what is kept beside it, against a server.

mod appending;
mod batching;
mod bells;
mod blobs;
mod conformance;
mod connecting;
mod crashing;
mod failing;
mod feeding;
mod finding;
mod guarding;
mod harness;
mod inbox;
mod membership;
mod outside;
mod plans;
mod printed;
mod proxy;
mod raw;
mod results;
mod slots;
mod statements;
mod sweep;
mod tasks;
mod timers;
mod viewing;

//! Events that last: the log on Postgres.
//!
//! [`Database`] connects, brings the schema up to date and opens sessions. [`Member`] makes this process one of those
//! that share the jobs, and says which shards are its own. [`PgLog`] is the log.
//!
//! A job's id is a UUID of version 7. Its time says in which segment of the log the job lives, its last byte is the
//! job's shard. What a statement says stands in `sql`, one in a file; the tables are in `migrations`.

mod append;
mod batch;
mod chain;
mod connect;
mod error;
mod guard;
pub(crate) mod id;
mod kind;
mod log;
mod member;
pub mod migrate;
mod patience;
mod read;
mod shards;
mod start;
mod workers;
mod writer;

pub(crate) use chain::{Tip, genesis, link};
pub(crate) use connect::Commit;
pub use connect::{Database, Settings};
pub(crate) use error::{Failure, failure, silent, words};
pub use guard::Guard;
pub(crate) use kind::kind;
pub use log::PgLog;
pub use member::{Lease, Member};
pub use shards::Owned;
pub use workers::Who;

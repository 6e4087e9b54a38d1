//! Events that last: the log on Postgres.
//!
//! [`Database`] connects, brings the schema up to date and opens sessions. [`Member`] makes this process one of those
//! that share the jobs, and says which shards are its own. [`PgLog`] is the log.
//!
//! A job's id is a UUID of version 7. Its time says in which segment of the log the job lives, its last byte is the
//! job's shard. What comes from outside a job's owner is in the [`inbox`], what another process performs in [`task`]s,
//! and the [`bell`] says that it is worth looking. What a statement says stands in `sql`, one in a file; the tables are
//! in `migrations`.

mod append;
mod batch;
pub mod bell;
mod blob;
mod cached;
mod chain;
mod connect;
mod error;
mod guard;
pub(crate) mod id;
pub mod inbox;
mod kind;
mod log;
pub mod logs;
pub mod lookup;
mod member;
pub mod migrate;
mod patience;
mod read;
mod shards;
pub mod slot;
mod start;
pub mod sweep;
pub mod task;
pub mod timer;
mod workers;
mod writer;

pub use blob::PgBlobs;
pub use cached::PgResults;
pub(crate) use chain::{Tip, genesis, link};
pub(crate) use connect::Commit;
pub use connect::{Database, Settings};
pub(crate) use error::{Failure, failure, silent, words};
pub use guard::Guard;
pub use inbox::Inbox;
pub(crate) use kind::kind;
pub use log::PgLog;
pub use logs::PgLogs;
pub use member::{Lease, Member};
pub use shards::Owned;
pub use slot::Slots;
pub use task::Tasks;
pub use workers::Who;

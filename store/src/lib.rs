//! Where events, results and content are kept. Each store implements ports that `engine` owns, and passes the suite in
//! `conformance`.
//!
//! [`memory`] keeps events and results as long as the process lives, [`folder`] keeps content on a disk, [`postgres`]
//! keeps all of it for good. [`plan`] keeps plans wherever content is kept. [`embedded`] is a Postgres of our own for those
//! who have none.
//!
//! On Postgres there is more: [`projection`] makes rows of the events, [`view`] answers from them, [`audit`] proves the log,
//! [`upkeep`] drops what is over.

pub mod audit;
#[cfg(feature = "testing")]
pub mod conformance;
pub mod embedded;
pub mod folder;
pub mod memory;
mod order;
pub mod plan;
pub mod postgres;
pub mod projection;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upkeep;
pub mod view;

pub use folder::FolderBlobs;
pub use memory::{MemoryLog, MemoryResults};
pub use plan::Plans;
pub use postgres::{Database, Member, PgLog};

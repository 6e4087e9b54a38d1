//! Where events, results and content are kept. Each store implements ports that `engine` owns, and passes the suite in
//! `conformance`.
//!
//! [`memory`] keeps events and results as long as the process lives, [`folder`] keeps content on a disk, [`postgres`]
//! keeps events for good.

pub mod audit;
#[cfg(feature = "testing")]
pub mod conformance;
pub mod folder;
pub mod memory;
mod order;
pub mod postgres;
pub mod projection;
pub mod view;

pub use folder::FolderBlobs;
pub use memory::{MemoryLog, MemoryResults};
pub use postgres::{Database, Member, PgLog};

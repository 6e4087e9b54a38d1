//! What the heart needs from the world, in its own words. Rooms that touch the world implement these.
//!
//! The traits are used as objects, so their futures are boxed.

pub mod blob;
pub mod clock;
pub mod event_log;
pub mod logs;
pub mod policy;
pub mod provider;
pub mod results;
pub mod secret;

pub use blob::{BlobError, BlobReader, Blobs};
pub use clock::Clock;
pub use event_log::{AppendError, EventLog, LogError, Position, Started};
pub use logs::Logs;
pub use policy::{HousePolicy, OPERATORS, Policy, Question, Verdict};
pub use provider::{Provider, Sink, Stop, Stream};
pub use results::Results;
pub use secret::{Secret, SecretError, SecretStore, Secrets};

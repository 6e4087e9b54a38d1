//! Hands: code that does what a request says, at the places where steps run.
//!
//! Each kind of place has a [`Provider`](engine::port::Provider): [`Local`] for this machine, [`Http`] for requests,
//! [`Mock`] for nowhere; a [`Registry`] finds them by kind. They do what they are told and say what came of it. Whether
//! to try again, and what a failure means to a job, is decided elsewhere.
//!
//! Three promises hold for all of them, and `conformance` (feature `testing`) holds them to it. One key has one effect.
//! What is said to be over is over, down to the last process. The value of a secret appears in nothing that comes out.
//!
//! Every provider needs a tokio runtime to be called in, with time and I/O enabled.

pub mod action;
mod attempts;
#[cfg(feature = "testing")]
pub mod conformance;
mod failure;
pub mod http;
pub mod local;
mod mock;
mod registry;
pub mod scrub;
pub mod secret;
mod stream;

pub use http::Http;
pub use local::Local;
pub use mock::Mock;
pub use registry::Registry;

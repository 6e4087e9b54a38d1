//! What tests of this room and of others need from it.

pub mod server;

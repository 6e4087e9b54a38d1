//! The limits of a source file. They keep time and stack bounded for any input.

/// The largest file taken from a disk or standard input, in bytes.
pub const MAX_FILE_BYTES: usize = 8 << 20;

/// The largest text taken from a network: a model's answer, an HTTP body, a remote import.
pub const MAX_NETWORK_BYTES: usize = 1 << 20;

/// How deep brackets, bodies, types and interpolations may nest.
pub const MAX_DEPTH: usize = 64;

//! The limits of a source file. They keep time and stack bounded for any input.

/// The largest file taken from a disk or standard input, in bytes.
pub const MAX_FILE_BYTES: usize = 8 << 20;

/// The largest text taken from a network: a model's answer, an HTTP body, a remote import.
pub const MAX_NETWORK_BYTES: usize = 1 << 20;

/// How deep brackets, bodies, types and interpolations may nest.
pub const MAX_DEPTH: usize = 64;

/// How tall one expression may grow, operators in a row included: `1 + 1 + 1` is three tall.
pub const MAX_HEIGHT: u32 = 512;

/// How many findings are kept of one file; who has so many reads no more of them.
pub const MAX_DIAGNOSTICS: usize = 1000;

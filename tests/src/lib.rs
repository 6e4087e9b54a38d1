//! Promises that no single room can keep: who may know whom, what the pure rooms may not touch, and that the words
//! in the documents stay true.
//!
//! One test binary for the whole workspace, so that it links once. It reads the source tree it was built from.

#[cfg(test)]
mod arrows;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod purity;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tree;

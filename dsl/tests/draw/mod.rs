//! Drawings of graphs: what they look like, and what must hold of every one.

mod case;
mod large;
mod property;
mod random;
mod snapshot;
mod svg;
mod trace;

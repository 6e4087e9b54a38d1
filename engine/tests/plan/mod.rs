//! Plans: their graph, the catalog, risk, and the canonical form.

mod canonical;
mod catalog;
mod graph;
mod risk;
mod sample;
mod scripts;
mod stored;

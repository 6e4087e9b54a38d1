//! Plans: their graph, the catalog, risk, and the canonical form.

mod catalog;
mod graph;
mod risk;

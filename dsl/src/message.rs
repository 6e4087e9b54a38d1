//! Every sentence the compiler says beyond syntax, one constructor each, grouped by what went wrong.

pub(crate) mod flow;
pub(crate) mod lint;
pub(crate) mod names;
pub(crate) mod safety;
pub(crate) mod schema;
pub(crate) mod types;

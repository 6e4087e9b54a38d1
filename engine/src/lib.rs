//! The pure heart of Skynet: values, expressions and plans. It touches no clock, file, network or randomness.
//!
//! A [`plan::Plan`] is what the compiler makes and a job runs: a petgraph DAG of typed steps, with a digest over its
//! canonical JSON. An [`expression::Expr`] in it is evaluated by [`expression::evaluate()`], at compile time where all
//! it reads is known, else when the step starts: one evaluator, one meaning.

pub mod catalog;
pub mod command;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod expression;
pub mod fork;
pub mod id;
pub mod job;
mod judge;
pub mod plan;
pub mod port;
pub mod react;
pub mod rejection;
pub mod request;
pub mod resolve;
mod retry;
pub mod runtime;
mod scope;
pub mod slot;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod value;
pub mod wait;

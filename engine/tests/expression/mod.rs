//! Expressions and values: what they give, what they refuse, and that they end.

mod budget;
mod calls;
mod conversions;
mod functions;
mod language;
mod operators;
mod parts;
mod random;
mod types;

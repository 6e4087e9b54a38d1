//! The budget of one evaluation: it ends, with a value or a fault, in bounded time and memory.

use crate::{
    expression::{Fault, pattern::Pattern},
    value::{Value, convert::quoted},
};
use std::{collections::BTreeMap, sync::Arc};

/// How many steps one evaluation may take. A step is one part of an expression, or about as much work inside a
/// function.
pub const MAX_STEPS: usize = 1_000_000;

/// How large a value may be, in bytes, as if nothing in it were shared.
pub const MAX_VALUE_BYTES: usize = 16 << 20;

/// How large all values that one evaluation makes may be together, in bytes.
pub const MAX_TOTAL_BYTES: usize = 4 * MAX_VALUE_BYTES;

/// How many patterns one evaluation keeps compiled.
const MAX_PATTERNS: usize = 16;

/// How many bytes are compared or copied for one step.
const BYTES_PER_STEP: usize = 256;

/// How many items of a list are passed over for one step.
const ITEMS_PER_STEP: usize = 16;

/// What is left of the budget.
#[derive(Debug)]
pub(crate) struct Meter {
    steps: usize,
    bytes: usize,
    patterns: BTreeMap<Arc<str>, Pattern>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self { steps: MAX_STEPS, bytes: MAX_TOTAL_BYTES, patterns: BTreeMap::new() }
    }

    /// Takes steps off the budget.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Fault> {
        self.steps = self.steps.checked_sub(steps).ok_or_else(too_long)?;
        Ok(())
    }

    /// Pays for a function's going through its arguments once: each text, and each list or map without what is in it.
    pub(crate) fn take(&mut self, args: &[Value]) -> Result<(), Fault> {
        for arg in args {
            match arg {
                Value::Text(text) => self.scan(text.len())?,
                Value::List(items) => self.spend(items.len() / ITEMS_PER_STEP)?,
                Value::Map(entries) => self.spend(entries.len() / ITEMS_PER_STEP)?,
                Value::Null
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Duration(_)
                | Value::Size(_)
                | Value::Time(_)
                | Value::Artifact(_) => {}
            }
        }
        Ok(())
    }

    /// Pays for going through so many bytes.
    pub(crate) fn scan(&mut self, bytes: usize) -> Result<(), Fault> {
        self.spend(bytes / BYTES_PER_STEP)
    }

    /// Pays for going through all of a value so many times.
    pub(crate) fn walk(&mut self, value: &Value, times: usize) -> Result<(), Fault> {
        let limit = self.steps.saturating_mul(BYTES_PER_STEP);
        let bytes = value.bytes_within(limit).ok_or_else(too_long)?;
        self.scan(bytes.saturating_mul(times))
    }

    /// Refuses to make a value of so many bytes if it could not be paid for; takes nothing off.
    pub(crate) fn foresee(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.bytes.min(MAX_VALUE_BYTES) { Err(too_large()) } else { Ok(()) }
    }

    /// Pays for a value that was made.
    pub(crate) fn pay(&mut self, value: Value) -> Result<Value, Fault> {
        let bytes = value.bytes_within(self.bytes.min(MAX_VALUE_BYTES)).ok_or_else(too_large)?;
        self.bytes = self.bytes.saturating_sub(bytes);
        Ok(value)
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<Value, Fault> {
        self.foresee(text.len())?;
        self.pay(Value::text(text))
    }

    pub(crate) fn list(&mut self, items: Vec<Value>) -> Result<Value, Fault> {
        self.pay(Value::list(items))
    }

    /// Uses a pattern: compiles it, unless this evaluation has done so already.
    pub(crate) fn with_pattern<T>(
        &mut self,
        pattern: &Arc<str>,
        search: impl FnOnce(&mut Pattern, &mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut compiled = match self.patterns.remove(pattern) {
            Some(compiled) => compiled,
            None => {
                self.spend(Pattern::COMPILE_STEPS)?;
                Pattern::new(pattern).map_err(|reason| {
                    Fault::argument(format!("{} is not a pattern: {reason}", quoted(pattern)))
                })?
            }
        };
        let result = search(&mut compiled, self);
        if self.patterns.len() < MAX_PATTERNS {
            self.patterns.insert(Arc::clone(pattern), compiled);
        }
        result
    }
}

fn too_long() -> Fault {
    Fault::budget("this takes more than 1,000,000 steps")
}

fn too_large() -> Fault {
    Fault::budget("this makes a value that is larger than 16 MiB or nests deeper than 128 levels")
}

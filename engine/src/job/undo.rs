//! How far what a job did has been taken back.

use crate::event::At;
use std::sync::Arc;

/// Steps being taken back, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// What is taken back, in this order.
    pub order: Vec<At>,
    /// How many of them were taken back.
    pub done: usize,
    /// How the one after these stands.
    pub turn: Turn,
    /// The number of the latest attempt to take that one back; 0 before the first. They go on from those of the step.
    pub attempt: u32,
    /// How many of these attempts were lost one after another.
    pub lost: u32,
    /// What went wrong.
    pub failed: Option<String>,
    /// Whether a person wants it to end at once.
    pub is_killed: bool,
    /// Whether it has ended; if something is left, a person may have it go on.
    pub is_finished: bool,
}

/// How the taking back of one instance stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is performed.
    Idle,
    /// An attempt is performed.
    Running,
    /// Nobody knows whether it was taken back; a person says.
    Unknown {
        /// Why nobody knows.
        why: Arc<str>,
    },
}

impl Undo {
    /// Makes the beginning of it.
    #[must_use]
    pub const fn new(order: Vec<At>) -> Self {
        Self {
            order,
            done: 0,
            turn: Turn::Idle,
            attempt: 0,
            lost: 0,
            failed: None,
            is_killed: false,
            is_finished: false,
        }
    }

    /// Returns the instance whose turn it is.
    #[must_use]
    pub fn present(&self) -> Option<&At> {
        self.order.get(self.done).filter(|_| !self.is_finished)
    }

    /// Returns what is left once it has ended: what failed, and all behind it.
    #[must_use]
    pub fn rest(&self) -> &[At] {
        self.order.get(self.done..).filter(|_| self.is_finished).unwrap_or_default()
    }

    /// Returns all that was taken back, or may have been.
    #[must_use]
    pub fn touched(&self) -> &[At] {
        let has_begun = self.attempt > 0 || self.failed.is_some() || self.turn != Turn::Idle;
        self.order.get(..self.done + usize::from(has_begun)).unwrap_or(&self.order)
    }

    /// Returns the number of the attempt that is performed.
    #[must_use]
    pub fn running(&self) -> Option<u32> {
        (self.turn == Turn::Running && !self.is_finished).then_some(self.attempt)
    }

    /// Returns why a person must say what came of it, if so.
    #[must_use]
    pub fn unknown(&self) -> Option<&Arc<str>> {
        match &self.turn {
            Turn::Unknown { why } if !self.is_finished => Some(why),
            Turn::Unknown { .. } | Turn::Idle | Turn::Running => None,
        }
    }
}

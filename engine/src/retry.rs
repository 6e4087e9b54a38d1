//! Whether a failed attempt is tried again, and when.

use crate::{
    id::{AttemptKey, Digest},
    plan::{Backoff, Retry, RetryOn},
    request::FailureClass,
    scope::JobScope,
};

/// The longest delay, in milliseconds, where the file names none: a day.
const MAX_DELAY: i64 = 86_400_000;

/// A rule with its values.
pub(crate) struct Rule<'a> {
    retry: &'a Retry,
    attempts: u32,
    first: i64,
    max: i64,
}

impl<'a> Rule<'a> {
    /// Evaluates a rule.
    pub(crate) fn of(retry: &'a Retry, scope: &JobScope<'_>) -> Result<Self, String> {
        Ok(Self {
            retry,
            attempts: scope.count(&retry.attempts)?,
            first: retry.delay.as_ref().map_or(Ok(0), |delay| scope.pause("delay", delay))?,
            max: retry.max.as_ref().map_or(Ok(MAX_DELAY), |max| scope.pause("max", max))?,
        })
    }

    /// Returns how long to wait after this many attempts before the next, in milliseconds; none if there is no next.
    ///
    /// Jitter takes off up to half of a delay. It is made of the job's seed and the key, so it is the same each time.
    pub(crate) fn delay(&self, class: &FailureClass, tries: u32, seed: u64, key: &AttemptKey) -> Option<i64> {
        if tries >= self.attempts || !self.is_worth(class) {
            return None;
        }
        let grown = match self.retry.backoff {
            Backoff::Fixed => self.first,
            Backoff::Linear => self.first.saturating_mul(i64::from(tries.max(1))),
            Backoff::Exponential => {
                let factor = 1_i64.checked_shl(tries.saturating_sub(1).min(62)).unwrap_or(i64::MAX);
                self.first.saturating_mul(factor)
            }
        };
        let delay = grown.min(self.max);
        if !self.retry.jitter {
            return Some(delay);
        }
        let digest = Digest::of(format!("{seed}/{key}").as_bytes());
        let chance = digest.0.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let off = i128::from(delay / 2) * i128::from(chance) / i128::from(u32::MAX);
        Some(delay - i64::try_from(off).unwrap_or(0))
    }

    fn is_worth(&self, class: &FailureClass) -> bool {
        // These are decisions, or mistakes in the file: trying again changes nothing.
        let is_settled = match class {
            FailureClass::Refused
            | FailureClass::Approval
            | FailureClass::Expression
            | FailureClass::Rounds
            | FailureClass::Busy
            | FailureClass::Lost => true,
            FailureClass::Timeout
            | FailureClass::Exit(_)
            | FailureClass::Http(_)
            | FailureClass::Expect
            | FailureClass::Output
            | FailureClass::Provider
            | FailureClass::Signal
            | FailureClass::Call => false,
        };
        let on = &self.retry.on;
        !is_settled && (on.is_empty() || on.iter().any(|on| meets(*on, class)))
    }
}

fn meets(on: RetryOn, class: &FailureClass) -> bool {
    match (on, class) {
        (RetryOn::Any, _) | (RetryOn::Timeout, FailureClass::Timeout) => true,
        (RetryOn::Exit(code), FailureClass::Exit(ended)) => i64::from(code) == *ended,
        (RetryOn::Http(status), FailureClass::Http(answered)) => status == *answered,
        (RetryOn::HttpClass(digit), FailureClass::Http(answered)) => u16::from(digit) == answered / 100,
        (RetryOn::Timeout | RetryOn::Exit(_) | RetryOn::Http(_) | RetryOn::HttpClass(_), _) => false,
    }
}

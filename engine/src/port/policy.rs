//! Who may do what: the one question, and the policy of the house.

use crate::plan::Risk;

/// Who is asked where the policy wants an approval that the file does not name.
pub const OPERATORS: &str = "group:operators";

/// Answers whether a step may be dispatched. Pure: the same question has the same answer.
pub trait Policy: Send + Sync {
    /// Answers.
    fn decide(&self, question: &Question) -> Verdict;
}

/// Whether a step may be dispatched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// How dangerous it is, now that all values are known.
    pub risk: Risk,
    /// From which risk on the file asks for an approval; none if the file does not say, or says `never`.
    pub approve_at: Option<Risk>,
    /// Up to which risk an approval step above it has agreed.
    pub approved: Option<Risk>,
    /// Whether the job came from a person at a shell, running a file of their own.
    pub is_own: bool,
    /// Whether the action is one that nobody may do.
    pub is_blocked: bool,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allow,
    /// Ask people first.
    Ask,
    /// Never.
    Deny,
}

/// The policy that holds where nobody brought another: a person at a shell is asked from `critical` on, everybody
/// else from `medium` on. A file may ask for more, never for less.
#[derive(Clone, Copy, Debug, Default)]
pub struct HousePolicy;

impl Policy for HousePolicy {
    fn decide(&self, question: &Question) -> Verdict {
        if question.is_blocked {
            return Verdict::Deny;
        }
        let own = if question.is_own { Risk::Critical } else { Risk::Medium };
        let threshold = question.approve_at.map_or(own, |asked| asked.min(own));
        let is_asked = question.risk >= threshold;
        let is_covered = question.approved.is_some_and(|risk| question.risk <= risk);
        if is_asked && !is_covered { Verdict::Ask } else { Verdict::Allow }
    }
}

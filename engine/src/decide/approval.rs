//! Answers to questions. One function decides, whatever the door they came through.

use super::Decision;
use crate::{
    command::Decide,
    event::Event,
    job::{Approval, InstanceState},
    rejection::Rejection,
    request::{Done, FailureClass},
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

impl Decision<'_> {
    pub(super) fn take_answer(&mut self, answer: &Decide) -> Result<(), Rejection> {
        let (ix, instance) = self.find(&answer.at)?;
        let InstanceState::Approval(approval) = &instance.state else { return Err(Rejection::NotAsked) };
        let Approval { asked, given } = approval.as_ref().clone();
        if self.job.state.is_final() || asked.expires.is_some_and(|expires| expires <= self.now) {
            return Err(Rejection::NotAsked);
        }
        if asked.subject != answer.subject {
            return Err(Rejection::OtherSubject { present: asked.subject });
        }
        let is_named = asked.approvers.iter().any(|name| *name == answer.by || answer.groups.contains(name));
        if !is_named && !answer.is_owner {
            return Err(Rejection::NotAnApprover { approvers: asked.approvers });
        }
        let at = answer.at.clone();
        if !answer.agree {
            let by = Some(Arc::clone(&answer.by));
            let message = match &answer.comment {
                Some(comment) => format!("{} refused: {comment}", answer.by),
                None => format!("{} refused", answer.by),
            };
            self.emit(Event::ApprovalRefused { at, by, comment: answer.comment.clone() });
            self.fail(ix, answer.at.instance, FailureClass::Approval, message);
            return Ok(());
        }
        let missing = asked.quorum.saturating_sub(u32::try_from(given.len()).unwrap_or(u32::MAX));
        if given.contains(&answer.by) {
            return Err(Rejection::AnsweredBefore { missing });
        }
        if let Some(phrase) = asked.phrase.filter(|phrase| answer.phrase.as_ref() != Some(phrase)) {
            return Err(Rejection::WrongPhrase { phrase, risk: asked.risk });
        }
        self.emit(Event::ApprovalGiven {
            at: at.clone(),
            subject: asked.subject,
            by: Arc::clone(&answer.by),
        });
        if asked.is_step && missing <= 1 {
            let names: Vec<&str> = given.iter().chain([&answer.by]).map(|name| &**name).collect();
            let by = Value::text(&names.join(", "));
            let done = Done { result: BTreeMap::from([("by".into(), by)]), ..Done::default() };
            self.judge(ix, &at, &done);
        }
        Ok(())
    }
}

//! Answers to questions. One function decides, whatever the door they came through.

use super::Decision;
use crate::{
    command::Decide,
    event::{At, Event},
    job::{Approval, InstanceState, StepIx},
    rejection::Rejection,
    request::{Done, FailureClass},
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

impl Decision<'_> {
    pub(super) fn take_answer(&mut self, answer: &Decide) -> Result<(), Rejection> {
        let (ix, instance) = self.find(&answer.at)?;
        let InstanceState::Approval(approval) = &instance.state else { return Err(Rejection::NotAsked) };
        let missing = approval.missing();
        let Approval { asked, given } = approval.as_ref().clone();
        self.must_wait()?;
        if asked.expires.is_some_and(|expires| expires <= self.now) {
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
        self.finish_question(ix, &at);
        Ok(())
    }

    /// Ends a step that asks, once enough people have agreed.
    pub(super) fn finish_question(&mut self, ix: StepIx, at: &At) {
        let Some((_, instance)) = self.job.at(at) else { return };
        let InstanceState::Approval(approval) = &instance.state else { return };
        let Approval { asked, given } = approval.as_ref();
        if asked.is_step && approval.missing() == 0 {
            let names: Vec<&str> = given.iter().map(|name| &**name).collect();
            let by = Value::text(&names.join(", "));
            let done = Done { result: BTreeMap::from([("by".into(), by)]), ..Done::default() };
            self.judge(ix, at, &done);
        }
    }
}

//! How dangerous a step is: the author's word, or what is known of its action if that is worse.

use crate::names::{ActionKind, StepInfo};
use engine::plan::{Risk, Step, risk};
use grammar::{Span, tree::ExprKind};

/// The risk of a step, and where it shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Danger {
    /// The risk.
    pub risk: Risk,
    /// The written risk, or the action if that is what it comes from.
    pub at: Span,
    /// Why the action is so dangerous; none if the risk is that which is written.
    why: Option<&'static str>,
}

impl Danger {
    /// Returns the risk that is written.
    pub(crate) fn declared(step: &StepInfo<'_>) -> Self {
        let setting = step.fields.setting("risk");
        let word = setting.and_then(|setting| match &setting.value.kind {
            ExprKind::Text(text) => text.literal(),
            _ => None,
        });
        Self {
            risk: word.and_then(Risk::parse).unwrap_or(Risk::Low),
            at: setting.map_or(step.name.span, |setting| setting.value.span),
            why: None,
        }
    }

    /// Returns the risk that counts.
    pub(crate) fn of(step: &StepInfo<'_>, planned: &Step) -> Self {
        let declared = Self::declared(step);
        let (floor, why) = risk::floor(&planned.action);
        if floor <= declared.risk {
            return declared;
        }
        Self { risk: floor, at: action_at(step).unwrap_or(declared.at), why }
    }

    /// Returns whether it is only assumed, as nothing is known of the program.
    pub(crate) fn is_assumed(self) -> bool {
        self.why == Some(risk::UNKNOWN)
    }

    /// Returns the risk as a label.
    pub(crate) fn label(self) -> String {
        let word = self.risk.as_str();
        match self.why {
            Some(why) => format!("risk \"{word}\": {why}"),
            None => format!("risk \"{word}\""),
        }
    }
}

/// Returns where the action stands; of a script, its word, as the code may have many lines.
fn action_at(step: &StepInfo<'_>) -> Option<Span> {
    let word = step.action.map(ActionKind::word)?;
    let setting = step.fields.setting(word).map(|setting| match step.action {
        Some(ActionKind::Script) => setting.key.span,
        _ => setting.value.span,
    });
    setting.or_else(|| {
        let section = step.fields.section(word)?;
        Some(section.path.last().map_or(section.word.span, |name| section.word.span.to(name.span)))
    })
}

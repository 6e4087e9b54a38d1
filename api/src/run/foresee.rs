//! What will keep a job from its end and is known before it begins: better said then than when half of it is done.

use super::Options;
use crate::{
    cli::Exit,
    failure::Failure,
    nearby,
    params::{self, Given},
    preview::{self, ActionLine, Approval, Decision, Known, Outcome, Preview, Shown, StepLine},
};
use engine::{
    id::Name,
    plan::{Action, Plan, Wait},
    value::Value,
};
use std::collections::BTreeSet;

/// Says why the job is not worth beginning, and what that is called, if so.
pub(super) fn obstacle(
    plan: &Plan,
    given: &Given,
    options: &Options,
    is_attended: bool,
    is_set: impl Fn(&str) -> bool,
) -> Option<(Failure, Exit)> {
    // What is wrong with params is said when the job is submitted.
    let known = params::settle(plan, given).ok()?;
    let preview = preview::preview(plan, given).ok()?;
    if let Some(failure) = unheard(plan, &known, options) {
        return Some((failure, Exit::Invalid));
    }
    if !options.mock
        && let Some(failure) = unset(&preview, is_set)
    {
        return Some((failure, Exit::Invalid));
    }
    unanswered(&preview.steps, options, is_attended).map(|failure| (failure, Exit::Refused))
}

/// Finds a signal that no step waits for. Nothing is known where run time decides a name.
fn unheard(plan: &Plan, known: &Known, options: &Options) -> Option<Failure> {
    let mut names: BTreeSet<Name> = BTreeSet::new();
    for step in plan.graph.node_weights() {
        if let Action::Wait(Wait::Signal { name, .. }) = &step.action {
            let Outcome::Value(Value::Text(name)) = known.outcome(name) else { return None };
            names.insert(name);
        }
    }
    let (unheard, _) = options.signals.iter().find(|(name, _)| !names.contains(name))?;
    let heard: Vec<&str> = names.iter().map(|name| &**name).collect();
    let help = match (nearby::words(unheard, heard.iter().copied()).as_slice(), heard.as_slice()) {
        (_, []) => "leave --signal out: no step waits for a signal".to_owned(),
        ([], heard) => format!("steps wait for {}", nearby::list(heard)),
        (close, _) => format!("did you mean {}?", nearby::list(close)),
    };
    Some(Failure::new(format!("no step waits for the signal `{unheard}`"), help))
}

/// Finds a secret that a step surely needs and the environment does not have.
fn unset(preview: &Preview, is_set: impl Fn(&str) -> bool) -> Option<Failure> {
    let surely = |name: &String| {
        preview.steps.iter().any(|step| step.name == *name && step.runs == Decision::Yes && !step.may_fail)
    };
    preview.secrets.iter().find_map(|secret| {
        let variable = secret.from.strip_prefix("env:").filter(|variable| !is_set(variable))?;
        let step = secret.used_by.iter().find(|step| surely(step))?;
        Some(Failure::new(
            format!("the secret `{}` is missing: the variable {variable} is not set", secret.name),
            format!("set it, as step `{step}` needs it, or pretend with --mock"),
        ))
    })
}

/// Finds a step that will surely ask when nobody is there to answer.
fn unanswered(steps: &[StepLine], options: &Options, is_attended: bool) -> Option<Failure> {
    steps.iter().filter(|step| step.runs == Decision::Yes && step.instances.is_none()).find_map(|step| {
        let is_asked = match &step.action {
            ActionLine::Call(call) => return unanswered(call.steps.as_deref()?, options, is_attended),
            ActionLine::Approve { quorum, .. } => {
                let several = quorum.as_ref().map(Shown::text).filter(|quorum| quorum != "1");
                // In a job that only pretends, --yes stands for everybody.
                if options.yes
                    && !options.mock
                    && let Some(quorum) = several.filter(|it| it.parse::<u32>().is_ok())
                {
                    return Some(Failure::new(
                        format!("step `{}` asks {quorum} people, and --yes answers for one", step.name),
                        "run it at a terminal, without --yes, where others can answer too",
                    ));
                }
                true
            }
            ActionLine::Run { .. }
            | ActionLine::Script { .. }
            | ActionLine::Do { .. }
            | ActionLine::Http { .. }
            | ActionLine::Agent { .. }
            | ActionLine::Wait { .. } => matches!(step.approval, Some(Approval::AtStart(_))) && !options.mock,
        };
        (is_asked && !options.yes && !is_attended).then(|| {
            Failure::new(
                format!("step `{}` asks whether to go on, and nobody is at the terminal", step.name),
                "run it at a terminal, or agree with --yes",
            )
        })
    })
}

//! What a job of a plan would do with given params, as far as that is known before it runs.
//!
//! Nothing is started and nothing is asked: this is the plan read by the engine's own evaluator. What depends on the
//! run is shown as `<step.build.output.image>`, in the place where it will be filled in.

mod action;
mod human;
mod instances;
mod known;
mod step;

pub use action::{ActionLine, CallLine};
pub use human::draw;
pub use instances::{Instance, Instances};
pub use known::{Known, Outcome, Piece, Shown};
pub use step::{Approval, Decision, StepLine, TargetLine, WaitLine};

use crate::{
    failure::Failure,
    params::{self, Given},
};
use engine::{
    expression::{Expr, Read},
    id::Name,
    plan::{Action, Plan, Step, Target, UndoOn, graph},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// How many steps are shown at most, those of called workflows included: calls of calls can multiply.
pub const MAX_STEPS: usize = 20_000;

/// What a job would do.
#[derive(Debug, Serialize)]
pub struct Preview {
    /// The workflow's name.
    pub workflow: String,
    /// What it is for.
    pub description: Option<String>,
    /// The digest of the plan; it does not depend on params.
    pub digest: String,
    /// The params and their values.
    pub params: Vec<ParamLine>,
    /// The secrets it needs.
    pub secrets: Vec<SecretLine>,
    /// What needs approval, and when undo runs.
    pub policy: PolicyLine,
    /// The steps, each after those it waits for.
    pub steps: Vec<StepLine>,
    /// The steps that can be taken back, in the order in which that would be done.
    pub undo: Vec<String>,
    /// What starts such a job by itself.
    pub triggers: Vec<TriggerLine>,
    /// What the job gives back.
    pub outputs: Vec<(String, Shown)>,
    /// The longest chain of steps that wait for each other.
    pub critical_path: Vec<String>,
    /// How many steps run side by side if every step takes equally long.
    pub width: usize,
}

/// A param and its value.
#[derive(Debug, Serialize)]
pub struct ParamLine {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its value, as it is written in the language.
    pub value: Shown,
    /// Whether it was given, and is not the default.
    pub given: bool,
}

/// What starts a job by itself.
#[derive(Debug, Serialize)]
pub struct TriggerLine {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its settings.
    pub settings: Vec<(String, Shown)>,
    /// The params it sets.
    pub set: Vec<(String, Shown)>,
}

/// A secret and where it is needed.
#[derive(Debug, Serialize)]
pub struct SecretLine {
    /// Its name.
    pub name: String,
    /// Where it is found.
    pub from: String,
    /// The steps that read it, themselves or through their target.
    pub used_by: Vec<String>,
}

/// What needs approval, and when undo runs.
#[derive(Debug, Serialize)]
pub struct PolicyLine {
    /// The risk from which on steps need approval; none if the file leaves that to the engine.
    pub approve_at: Option<Shown>,
    /// `failure` or `manual`.
    pub undo_on: &'static str,
    /// How many steps may run at once.
    pub max_parallel: Option<Shown>,
}

/// Previews a job of a plan.
///
/// # Errors
/// Everything that keeps the job from being accepted: params that do not pass their checks, values that fail.
pub fn preview(plan: &Plan, given: &Given) -> Result<Preview, Vec<Failure>> {
    let mut known = params::settle(plan, given)?;
    params::check(plan, &known)?;
    let mut budget = MAX_STEPS;
    let steps = step::lines(plan, &mut known, &mut budget);
    Ok(Preview {
        workflow: plan.name.to_string(),
        description: plan.description.as_deref().map(str::to_owned),
        digest: plan.digest().to_string(),
        params: params_of(plan, given, &known),
        secrets: secrets_of(plan),
        policy: policy_of(plan, &known),
        undo: steps.iter().rev().filter(|step| step.is_undone()).map(|step| step.name.clone()).collect(),
        triggers: triggers_of(plan, &known),
        outputs: plan
            .outputs
            .iter()
            .filter_map(|output| Some((output.name.to_string(), known.write(output.value.as_ref()?))))
            .collect(),
        critical_path: graph::critical_path(&plan.graph).iter().map(|step| step.name.to_string()).collect(),
        width: graph::width(&plan.graph),
        steps,
    })
}

fn params_of(plan: &Plan, given: &Given, known: &Known) -> Vec<ParamLine> {
    plan.params
        .iter()
        .map(|param| ParamLine {
            name: param.name.to_string(),
            ty: param.ty.to_string(),
            value: known.write(&Expr::Read(Read::Param(param.name.clone()))),
            given: given.contains_key(&param.name),
        })
        .collect()
}

fn triggers_of(plan: &Plan, known: &Known) -> Vec<TriggerLine> {
    let shown = |(name, value): (&Name, &Expr)| (name.to_string(), known.show(value));
    plan.triggers
        .iter()
        .map(|trigger| TriggerLine {
            name: trigger.name.to_string(),
            kind: trigger.kind.to_string(),
            settings: trigger.settings.iter().map(shown).collect(),
            set: trigger.set.iter().map(|(name, value)| (name.to_string(), known.write(value))).collect(),
        })
        .collect()
}

fn policy_of(plan: &Plan, known: &Known) -> PolicyLine {
    PolicyLine {
        approve_at: plan.policy.approve_at.as_ref().map(|risk| known.show(risk)),
        undo_on: match plan.policy.undo_on {
            UndoOn::Failure => "failure",
            UndoOn::Manual => "manual",
        },
        max_parallel: plan.policy.max_parallel.as_ref().map(|most| known.show(most)),
    }
}

fn secrets_of(plan: &Plan) -> Vec<SecretLine> {
    let readers: Vec<(String, BTreeSet<&str>)> = plan
        .graph
        .node_weights()
        .map(|step| (step.name.to_string(), read_by_step(plan, step)))
        .chain(plan.triggers.iter().map(|trigger| {
            (format!("trigger {}", trigger.name), secrets_in(trigger.settings.values()).collect())
        }))
        .collect();
    plan.secrets
        .iter()
        .map(|secret| SecretLine {
            name: secret.name.to_string(),
            from: secret.from.to_string(),
            used_by: readers
                .iter()
                .filter(|(_, names)| names.contains(&*secret.name))
                .map(|(reader, _)| reader.clone())
                .collect(),
        })
        .collect()
}

/// Returns the secrets that a step reads. They may go to variables, standard input, requests and targets only.
fn read_by_step<'a>(plan: &'a Plan, step: &'a Step) -> BTreeSet<&'a str> {
    let targets = plan.targets.iter().filter(|target| Some(&target.name) == step.on.as_ref());
    let by_target = targets.flat_map(|Target { settings, env, .. }| {
        secrets_in(settings.values().chain(env.iter().map(|(_, value)| value)))
    });
    let undo = step.undo.as_ref();
    let own = step
        .overrides
        .values()
        .chain(&step.stdin)
        .chain(step.env.iter().chain(&plan.env).map(|(_, value)| value))
        .chain(undo.iter().flat_map(|undo| undo.env.iter().map(|(_, value)| value)));
    let requests =
        [Some(&step.action), undo.map(|undo| &undo.action)].into_iter().flatten().flat_map(|action| {
            let http = match action {
                Action::Http(http) => Some(http),
                Action::Run { .. }
                | Action::Script { .. }
                | Action::Do { .. }
                | Action::Agent { .. }
                | Action::Call { .. }
                | Action::Approve(_)
                | Action::Wait(_) => None,
            };
            http.into_iter().flat_map(|http| http.headers.iter().map(|(_, value)| value).chain(&http.auth))
        });
    secrets_in(own.chain(requests)).chain(by_target).collect()
}

fn secrets_in<'a>(values: impl IntoIterator<Item = &'a Expr>) -> impl Iterator<Item = &'a str> {
    values.into_iter().flat_map(Expr::reads).filter_map(|read| match read {
        Read::Secret(name) => Some(&**name),
        Read::Param(_)
        | Read::Let(_)
        | Read::Output { .. }
        | Read::Artifact { .. }
        | Read::Status(_)
        | Read::SelfOutput(_)
        | Read::SelfArtifact(_)
        | Read::Result(_)
        | Read::EachKey
        | Read::EachValue
        | Read::EachIndex
        | Read::Job(_)
        | Read::Event(_)
        | Read::Local(_) => None,
    })
}

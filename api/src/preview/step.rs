//! The steps of a plan in the order they can run, each with what is decided about it already.

use super::{ActionLine, Instances, Known, Outcome, Shown, action, instances::instances};
use engine::{
    catalog,
    expression::{Expr, Read},
    id::Name,
    plan::{Action, Argument, EdgeKind, OnFailure, Plan, Risk, Step, Why, graph, risk},
    port::{HousePolicy, OPERATORS, Policy as _, Question, Verdict},
    value::Value,
};
use petgraph::{Direction, graph::NodeIndex, visit::EdgeRef as _};
use serde::Serialize;
use std::collections::BTreeMap;

/// A step.
#[derive(Debug, PartialEq, Serialize)]
pub struct StepLine {
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub runs: Decision,
    /// What it waits for.
    pub waits: Vec<WaitLine>,
    /// Where it runs.
    pub target: Option<TargetLine>,
    /// How dangerous it is.
    pub risk: &'static str,
    /// Why it is no less dangerous, whatever the author says.
    pub risk_floor: Option<&'static str>,
    /// Why the author takes the risk.
    pub reason: Option<String>,
    /// What is asked before it starts, if its risk wants that.
    pub approval: Option<Approval>,
    /// Over what it fans out.
    pub instances: Option<Instances>,
    /// What it does.
    pub action: ActionLine,
    /// Its variables, those of the workflow and of the target included.
    pub env: Vec<(String, Shown)>,
    /// The folder it runs in, under the workspace.
    pub workdir: Option<Shown>,
    /// The files laid into that folder: where each lands, and what it holds.
    pub files: Vec<(Shown, Shown)>,
    /// The values it gives, each with its type.
    pub outputs: Vec<(String, String)>,
    /// The files it leaves, each with its path.
    pub artifacts: Vec<(String, Shown)>,
    /// How long one attempt may take.
    pub timeout: Option<Shown>,
    /// How many attempts there are.
    pub attempts: Option<Shown>,
    /// Whether a failure of it lets the job go on.
    pub may_fail: bool,
    /// What takes it back.
    pub undo: Option<ActionLine>,
    /// Whether it cannot be taken back.
    pub irreversible: bool,
}

/// Whether a step runs.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "decided", rename_all = "snake_case")]
pub enum Decision {
    /// It runs.
    Yes,
    /// It is skipped.
    No {
        /// The condition that is false.
        condition: String,
    },
    /// Run time decides.
    Later {
        /// The condition, with what is known filled in.
        condition: Shown,
    },
}

/// A step that is waited for.
#[derive(Debug, PartialEq, Serialize)]
pub struct WaitLine {
    /// The step.
    pub step: String,
    /// `needs`: it must succeed or be skipped. `after`: it must end.
    pub kind: &'static str,
    /// Why, in words.
    pub why: Vec<String>,
}

/// Where a step runs.
#[derive(Debug, PartialEq, Serialize)]
pub struct TargetLine {
    /// The target's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its settings, with what the step overrides.
    pub settings: Vec<(String, Shown)>,
}

/// What is asked before a risky step starts.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// This step asks.
    By(String),
    /// The engine pauses and asks these.
    AtStart(Vec<String>),
    /// Nobody may do this: it fails.
    Never,
}

impl StepLine {
    /// Returns why the step fails before it starts, if that is certain; of a step that calls a workflow, also why a step
    /// of that one does.
    #[must_use]
    pub fn fails(&self) -> Option<String> {
        if self.runs != Decision::Yes || self.may_fail {
            return None;
        }
        let own = self.instances.as_ref().and_then(|instances| instances.fails.clone());
        if let Some(why) = own {
            return Some(format!("step `{}` fails before it starts: {why}", self.name));
        }
        let ActionLine::Call(call) = &self.action else { return None };
        let inner = call.steps.iter().flatten().find_map(Self::fails)?;
        Some(format!("step `{}` fails, as in `{}` {inner}", self.name, call.workflow))
    }

    /// Returns whether undoing the job undoes it, if it ran.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.undo.is_some() && !matches!(self.runs, Decision::No { .. })
    }
}

/// Shows the steps of a plan. What is known grows on the way: a step that is skipped has a status and no outputs.
pub(super) fn lines(plan: &Plan, known: &mut Known, budget: &mut usize) -> Vec<StepLine> {
    let approve_at = plan.policy.approve_at.as_ref().and_then(|risk| match known.outcome(risk) {
        Outcome::Value(Value::Text(word)) => Risk::parse(&word),
        Outcome::Value(_) | Outcome::Open | Outcome::Fault(_) => None,
    });
    let mut asking: BTreeMap<NodeIndex, Name> = BTreeMap::new();
    let mut lines = Vec::new();
    for node in graph::order(&plan.graph) {
        let Some(step) = plan.graph.node_weight(node) else { continue };
        *budget = budget.saturating_sub(1);
        let runs = decide(step, known);
        let is_skipped = matches!(runs, Decision::No { .. });
        if is_skipped {
            learn_skipped(step, known);
        }
        let before = plan.graph.neighbors_directed(node, Direction::Incoming);
        let asks = matches!(step.action, Action::Approve(_)) && !is_skipped;
        let asked_by = before.filter_map(|from| asking.get(&from)).next().cloned();
        if let Some(name) = if asks { Some(step.name.clone()) } else { asked_by.clone() } {
            asking.insert(node, name);
        }
        let mut line = line(plan, step, known, budget);
        line.waits = waits(plan, node);
        line.approval = approval(step, line_risk(step, known).0, approve_at, asked_by.as_deref());
        if is_skipped && let Some(instances) = &mut line.instances {
            // What is skipped does not fail.
            instances.fails = None;
        }
        line.runs = runs;
        lines.push(line);
    }
    lines
}

/// Says what the engine will ask, by the policy that holds for whoever runs a file of their own from a shell.
fn approval(step: &Step, risk: Risk, approve_at: Option<Risk>, asked_by: Option<&str>) -> Option<Approval> {
    let is_blocked = match &step.action {
        // These are no dangerous acts of their own; the steps of a callee are shown with theirs.
        Action::Call { .. } | Action::Approve(_) | Action::Wait(_) => return None,
        Action::Do { action, .. } => catalog::is_blocked(action),
        Action::Run { .. } | Action::Script { .. } | Action::Http(_) | Action::Agent { .. } => false,
    };
    let question = Question { risk, approve_at, approved: None, is_own: true, is_blocked };
    let agreed = Question { approved: asked_by.map(|_| step.risk), ..question.clone() };
    match (HousePolicy.decide(&question), HousePolicy.decide(&agreed)) {
        (_, Verdict::Deny) => Some(Approval::Never),
        (_, Verdict::Ask) => Some(Approval::AtStart(vec![OPERATORS.to_owned()])),
        (Verdict::Ask, Verdict::Allow) => asked_by.map(|name| Approval::By(name.to_owned())),
        (Verdict::Allow | Verdict::Deny, Verdict::Allow) => None,
    }
}

fn decide(step: &Step, known: &Known) -> Decision {
    let Some(when) = &step.when else { return Decision::Yes };
    match known.outcome(when) {
        Outcome::Value(Value::Bool(true)) => Decision::Yes,
        Outcome::Value(_) => Decision::No { condition: when.to_string() },
        Outcome::Open | Outcome::Fault(_) => Decision::Later { condition: known.write(when) },
    }
}

fn learn_skipped(step: &Step, known: &mut Known) {
    known.learn(Read::Status(step.name.clone()), Value::text("skipped"));
    for output in &step.outputs {
        let read = Read::Output { step: step.name.clone(), output: output.name.clone() };
        known.learn(read, Value::Null);
    }
    for (artifact, _) in &step.artifacts {
        let read = Read::Artifact { step: step.name.clone(), artifact: artifact.clone() };
        known.learn(read, Value::Null);
    }
}

fn waits(plan: &Plan, node: NodeIndex) -> Vec<WaitLine> {
    let mut edges: Vec<_> = plan.graph.edges_directed(node, Direction::Incoming).collect();
    edges.sort_by_key(|edge| edge.source());
    edges
        .into_iter()
        .filter_map(|edge| {
            let step = plan.graph.node_weight(edge.source())?;
            Some(WaitLine {
                step: step.name.to_string(),
                kind: match edge.weight().kind {
                    EdgeKind::Needs => "needs",
                    EdgeKind::After => "after",
                },
                why: edge.weight().why.iter().map(why).collect(),
            })
        })
        .collect()
}

fn why(why: &Why) -> String {
    match why {
        Why::Explicit => "named".to_owned(),
        Why::Output(name) => format!("reads output {name}"),
        Why::Artifact(name) => format!("reads artifact {name}"),
        Why::Status => "reads its status".to_owned(),
    }
}

fn line(plan: &Plan, step: &Step, known: &Known, budget: &mut usize) -> StepLine {
    let (risk, floor) = line_risk(step, known);
    StepLine {
        name: step.name.to_string(),
        runs: Decision::Yes,
        waits: Vec::new(),
        target: target(plan, step, known),
        risk: risk.as_str(),
        risk_floor: floor,
        reason: step.reason.as_deref().map(str::to_owned),
        approval: None,
        instances: step.fan_out.as_ref().map(|fan_out| instances(plan, step, fan_out, known)),
        action: action::line(&step.action, plan, known, budget),
        env: env(plan, step, known),
        workdir: step.workdir.as_ref().map(|it| known.show(it)),
        files: files(step, known),
        outputs: step.outputs.iter().map(|it| (it.name.to_string(), it.ty.to_string())).collect(),
        artifacts: artifacts(step, known),
        timeout: step.timeout.as_ref().map(|it| known.show(it)),
        attempts: step.retry.as_ref().map(|retry| known.show(&retry.attempts)),
        may_fail: step.on_failure == OnFailure::Continue,
        undo: step.undo.as_ref().map(|undo| action::line(&undo.action, plan, known, &mut 0)),
        irreversible: step.irreversible,
    }
}

/// Judges the risk once more now that params are known: an argument may have become a dangerous one.
fn line_risk(step: &Step, known: &Known) -> (Risk, Option<&'static str>) {
    let (floor, why) = match &step.action {
        Action::Run { program, arguments } => {
            let arguments = arguments.iter().flat_map(|argument| match argument {
                Argument::One(value) => vec![Argument::One(known.reduce(value))],
                Argument::Spread(list) => match known.reduce(list) {
                    Expr::Literal(Value::List(items)) => {
                        items.iter().map(|item| Argument::One(Expr::Literal(item.clone()))).collect()
                    }
                    open => vec![Argument::Spread(open)],
                },
            });
            risk::floor(&Action::Run { program: program.clone(), arguments: arguments.collect() })
        }
        Action::Script { .. }
        | Action::Do { .. }
        | Action::Http(_)
        | Action::Agent { .. }
        | Action::Call { .. }
        | Action::Approve(_)
        | Action::Wait(_) => risk::floor(&step.action),
    };
    (floor.max(step.risk), why.filter(|_| floor >= step.risk))
}

fn target(plan: &Plan, step: &Step, known: &Known) -> Option<TargetLine> {
    let target = plan.targets.iter().find(|target| Some(&target.name) == step.on.as_ref())?;
    let mut settings: BTreeMap<&Name, &Expr> = target.settings.iter().collect();
    settings.extend(&step.overrides);
    Some(TargetLine {
        name: target.name.to_string(),
        kind: target.kind.to_string(),
        settings: settings.into_iter().map(|(name, value)| (name.to_string(), known.show(value))).collect(),
    })
}

pub(super) fn files(step: &Step, known: &Known) -> Vec<(Shown, Shown)> {
    step.files.iter().map(|(path, content)| (known.show(path), known.write(content))).collect()
}

pub(super) fn artifacts(step: &Step, known: &Known) -> Vec<(String, Shown)> {
    step.artifacts.iter().map(|(name, path)| (name.to_string(), known.show(path))).collect()
}

/// Puts the variables together; those of the step win over those of the target, and these over those of the workflow.
pub(super) fn env(plan: &Plan, step: &Step, known: &Known) -> Vec<(String, Shown)> {
    let target = plan.targets.iter().find(|target| Some(&target.name) == step.on.as_ref());
    let of_target = target.into_iter().flat_map(|target| &target.env);
    let all: BTreeMap<&Name, &Expr> =
        plan.env.iter().chain(of_target).chain(&step.env).map(|(name, value)| (name, value)).collect();
    all.into_iter().map(|(name, value)| (name.to_string(), known.show(value))).collect()
}

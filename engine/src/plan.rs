//! A plan: the compiled, canonical, immutable DAG of one workflow. Nothing of the syntax tree survives in it.

pub mod action;
pub mod graph;
pub mod risk;

use crate::{
    expression::Expr,
    id::{Digest, Name},
    value::Type,
};
pub use action::{Action, Approve, Argument, Interpreter, Wait};
use petgraph::stable_graph::StableDiGraph;
use std::{collections::BTreeMap, sync::Arc};

/// The steps and why they wait for each other. Node order is the order of declaration.
pub type Graph = StableDiGraph<Step, Edge>;

/// The compiled form of one workflow.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The workflow's name.
    pub name: Name,
    /// What it is for.
    pub description: Option<Arc<str>>,
    /// How long the whole job may take, a duration.
    pub timeout: Option<Expr>,
    /// Whether a failure keeps steps without an `after` edge from starting.
    pub fail_fast: bool,
    /// Which of two queued jobs goes first; higher is earlier.
    pub priority: i64,
    /// What the job is given, in the order of declaration.
    pub params: Vec<Param>,
    /// Secrets it needs, by name; never their values.
    pub secrets: Vec<Secret>,
    /// Named expressions, in an order in which each reads only earlier ones.
    pub lets: Vec<(Name, Expr)>,
    /// Variables every step gets.
    pub env: Vec<(Name, Expr)>,
    /// Places steps run in.
    pub targets: Vec<Target>,
    /// What starts a job.
    pub triggers: Vec<Trigger>,
    /// The limit on jobs or steps of one group.
    pub concurrency: Option<Concurrency>,
    /// What needs approval, and when undo runs.
    pub policy: Policy,
    /// Free words about the workflow; no meaning to the engine.
    pub meta: Vec<(Name, Expr)>,
    /// The steps.
    pub graph: Graph,
    /// What the job gives back.
    pub outputs: Vec<Output>,
    /// The plans of the workflows it calls, by the name the calls use.
    pub callees: BTreeMap<Name, Arc<Plan>>,
}

/// A value the job is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value if none is given.
    pub default: Option<Expr>,
    /// What it is for.
    pub help: Option<Arc<str>>,
    /// What must hold of it.
    pub check: Option<Expr>,
}

/// A secret the job needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: Name,
    /// Where it is found: `vault:…`, `env:…`, `file:…`.
    pub from: Arc<str>,
}

/// A place steps run in.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its name.
    pub name: Name,
    /// `local`, `docker`, `ssh`, `gateway` or `mock`.
    pub kind: Name,
    /// Its settings, by name in order of the names.
    pub settings: BTreeMap<Name, Expr>,
    /// Variables every step on it gets.
    pub env: Vec<(Name, Expr)>,
}

/// What starts a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its name.
    pub name: Name,
    /// `manual`, `schedule`, `webhook` or `event`.
    pub kind: Name,
    /// Its settings, by name in order of the names.
    pub settings: BTreeMap<Name, Expr>,
    /// The params it sets.
    pub set: Vec<(Name, Expr)>,
}

/// A limit on how many of a group run at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Concurrency {
    /// The group's name.
    pub group: Expr,
    /// How many may run at once.
    pub limit: Option<Expr>,
    /// What happens to one too many.
    pub when_busy: WhenBusy,
    /// How many may start in each `per`.
    pub rate: Option<Expr>,
    /// The length of time `rate` counts in.
    pub per: Option<Expr>,
}

/// What happens when a concurrency group is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenBusy {
    /// It waits.
    Queue,
    /// It waits, in the place of any that waits already.
    ReplaceQueued,
    /// What runs is cancelled.
    CancelRunning,
    /// It is refused.
    Reject,
}

/// How dangerous a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Reads only.
    Low,
    /// Changes what can be changed back.
    Medium,
    /// Changes what others depend on.
    High,
    /// Destroys, or cannot be taken back.
    Critical,
}

impl Risk {
    /// Every risk, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Returns its word in the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Finds a risk by its word in the language.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.as_str() == word)
    }
}

/// What needs approval, and when undo runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// A text that names a risk or `never`; the engine's own policy where none is given.
    pub approve_at: Option<Expr>,
    /// Whether a failed job undoes by itself.
    pub undo_on: UndoOn,
    /// How many steps may run at once.
    pub max_parallel: Option<Expr>,
}

/// When undo runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoOn {
    /// When the job fails.
    Failure,
    /// When a person asks for it.
    Manual,
}

/// A value that a step or a job gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: Name,
    /// Its type, of one instance of the step.
    pub ty: Type,
    /// How it is computed; read from `$SKYNET_OUT/name`, or from the agent's answer, where none is given.
    pub value: Option<Expr>,
}

/// Why one step waits for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// What must hold of the earlier step.
    pub kind: EdgeKind,
    /// All that makes the later step wait, without repetition.
    pub why: Vec<Why>,
}

/// What must hold of the earlier step before the later one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// It is final, whatever came of it.
    After,
    /// It succeeded or was skipped.
    Needs,
}

/// One reason for an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Named in `needs` or `after`.
    Explicit,
    /// Reads this output.
    Output(Name),
    /// Reads this artifact.
    Artifact(Name),
    /// Reads its status.
    Status,
}

/// A node of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name.
    pub name: Name,
    /// What it does.
    pub action: Action,
    /// The target it runs on; the scheduler picks where none is named.
    pub on: Option<Name>,
    /// Settings of the target replaced for this step.
    pub overrides: BTreeMap<Name, Expr>,
    /// Whether it runs at all.
    pub when: Option<Expr>,
    /// Over what it fans out.
    pub fan_out: Option<FanOut>,
    /// How long one attempt may take, a duration.
    pub timeout: Option<Expr>,
    /// Whether a failure of it lets the job go on.
    pub on_failure: OnFailure,
    /// What must hold of its result.
    pub expect: Option<Expr>,
    /// How dangerous it is: the author's word, or the floor of its action if that is higher.
    pub risk: Risk,
    /// Why the risk is taken.
    pub reason: Option<Arc<str>>,
    /// Whether it cannot be undone.
    pub irreversible: bool,
    /// The folder it runs in, under the workspace.
    pub workdir: Option<Expr>,
    /// Text given on standard input; may read a secret.
    pub stdin: Option<Expr>,
    /// Variables; may read secrets.
    pub env: Vec<(Name, Expr)>,
    /// Files laid into the working directory before it runs, by path.
    pub files: Vec<(Expr, Expr)>,
    /// How it is tried again.
    pub retry: Option<Retry>,
    /// How it is repeated until a condition holds.
    pub repeat: Option<Repeat>,
    /// When an earlier result serves instead.
    pub cache: Option<Cache>,
    /// The limit on its group.
    pub concurrency: Option<Concurrency>,
    /// What takes it back.
    pub undo: Option<Undo>,
    /// What it gives.
    pub outputs: Vec<Output>,
    /// The files it leaves, each with its path under the working directory.
    pub artifacts: Vec<(Name, Expr)>,
    /// What a mock run gives, by field of `result`.
    pub mock: Option<Vec<(Name, Expr)>>,
}

/// What happens to the job when a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// The job fails.
    Stop,
    /// The job goes on; what needs the step sees that it is missing.
    Continue,
}

/// One instance of a step for each element of a list or a map.
#[derive(Clone, Debug, PartialEq)]
pub struct FanOut {
    /// The list or map.
    pub over: Expr,
    /// The text that names an instance; its position or key where none is given.
    pub key: Option<Expr>,
    /// How many instances may run at once.
    pub parallel: Option<Expr>,
    /// How many instances there may be.
    pub max_items: Option<Expr>,
}

/// How a failed attempt is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How many attempts there are in all.
    pub attempts: Expr,
    /// How the delay grows.
    pub backoff: Backoff,
    /// The first delay.
    pub delay: Option<Expr>,
    /// The longest delay.
    pub max: Option<Expr>,
    /// Whether delays are spread by chance.
    pub jitter: bool,
    /// Which failures are tried again; every one where none is named.
    pub on: Vec<RetryOn>,
}

/// How the delay between attempts grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Not at all.
    Fixed,
    /// By the same amount each time.
    Linear,
    /// By doubling.
    Exponential,
}

/// A failure that is worth another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryOn {
    /// Every failure.
    Any,
    /// The attempt took too long.
    Timeout,
    /// The process ended with this code.
    Exit(u8),
    /// The answer's status begins with this digit: `http:5xx`.
    HttpClass(u8),
    /// The answer's status is this.
    Http(u16),
}

/// How a step is repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// What must hold for it to be done.
    pub until: Expr,
    /// The time between rounds.
    pub every: Option<Expr>,
    /// How many rounds there may be; reaching it is a failure.
    pub max: Expr,
}

/// When an earlier result serves instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// Values that join the key beside the resolved command, image and inputs.
    pub key: Option<Expr>,
    /// How old the result may be.
    pub ttl: Option<Expr>,
}

/// What takes a step back.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// The action.
    pub action: Action,
    /// How long it may take.
    pub timeout: Option<Expr>,
    /// Whether it also runs for instances that failed.
    pub partial: bool,
    /// Variables.
    pub env: Vec<(Name, Expr)>,
}

impl Plan {
    /// Returns a step by its name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.graph.node_weights().find(|step| &*step.name == name)
    }

    /// Returns the digest of the canonical JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&[])
    }
}

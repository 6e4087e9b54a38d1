//! A plan: the compiled, canonical, immutable DAG of one workflow. Nothing of the syntax tree survives in it.
//!
//! # As JSON
//!
//! [`Plan::canonical_json`] is a promise: digests are made of it, and logs keep it. The members of each object are the
//! fields of its type under their own names, but for `type` (`ty`), `override` ([`Step::overrides`]) and `for_each`
//! ([`Step::fan_out`]). A field is left out if it is an optional value that is absent, an empty list or map, or one of
//! the flags `irreversible`, `jitter` and `partial` that is not set. Words of an enum are lower case with `_`; a word
//! that carries something is an object with that word as its only key: `{"exit":75}`. Pairs of a name and an expression
//! are lists of two. Beside its own fields the outermost object has
//!
//! | member | what it is |
//! |---|---|
//! | `skynet-plan` | 1, the edition of this form |
//! | `steps` | the nodes of [`Plan::graph`] in the order of declaration |
//! | `edges` | its edges: `from` and `to` name steps, `kind` and `why` are those of [`Edge`] |
//! | `callees` | the digest of each plan called, by the name the calls use |
//! | `plans` | in [`Plan::to_json`] only: the plans called, by digest |

pub mod action;
mod canonical;
pub mod graph;
pub mod risk;
mod step;
mod stored;

use crate::{
    expression::{Expr, stored::read_type},
    id::Name,
    value::Type,
};
pub use action::{Action, Approve, Argument, Interpreter, Wait};
use petgraph::stable_graph::StableDiGraph;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
pub use step::{
    Backoff, Cache, Concurrency, FanOut, OnFailure, Repeat, Retry, RetryOn, Step, Undo, WhenBusy,
};
pub use stored::PlanError;

/// How deep plans may call each other: a job that calls starts a job, and so on.
pub const MAX_CALL_DEPTH: usize = 64;

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type", deserialize_with = "read_type")]
    pub ty: Type,
    /// Its value if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Expr>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Arc<str>>,
    /// What must hold of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Expr>,
}

/// A secret the job needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Its name.
    pub name: Name,
    /// Where it is found: `vault:…`, `env:…`, `file:…`.
    pub from: Arc<str>,
}

/// A place steps run in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name.
    pub name: Name,
    /// `local`, `docker`, `ssh`, `gateway` or `mock`.
    pub kind: Name,
    /// Its settings, by name in order of the names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<Name, Expr>,
    /// Variables every step on it gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<(Name, Expr)>,
}

/// What starts a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its name.
    pub name: Name,
    /// `manual`, `schedule`, `webhook` or `event`.
    pub kind: Name,
    /// Its settings, by name in order of the names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<Name, Expr>,
    /// The params it sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<(Name, Expr)>,
}

/// How dangerous a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// A text that names a risk or `never`; the engine's own policy where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approve_at: Option<Expr>,
    /// Whether a failed job undoes by itself.
    pub undo_on: UndoOn,
    /// How many steps may run at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parallel: Option<Expr>,
}

/// When undo runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoOn {
    /// When the job fails.
    Failure,
    /// When a person asks for it.
    Manual,
}

/// A value that a step or a job gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Its name.
    pub name: Name,
    /// Its type, of one instance of the step.
    #[serde(rename = "type", deserialize_with = "read_type")]
    pub ty: Type,
    /// How it is computed; read from `$SKYNET_OUT/name`, or from the agent's answer, where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Expr>,
}

/// Why one step waits for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// What must hold of the earlier step.
    pub kind: EdgeKind,
    /// All that makes the later step wait, without repetition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Why>,
}

/// What must hold of the earlier step before the later one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// It is final, whatever came of it.
    After,
    /// It succeeded or was skipped.
    Needs,
}

/// One reason for an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl Plan {
    /// Returns the target that a step names, if it names one.
    #[must_use]
    pub fn target_of(&self, step: &Step) -> Option<&Target> {
        let on = step.on.as_ref()?;
        self.targets.iter().find(|target| target.name == *on)
    }

    /// Makes a plan of this name that does nothing, as a file with an empty workflow means it.
    #[must_use]
    pub fn new(name: Name) -> Self {
        Self {
            name,
            description: None,
            timeout: None,
            fail_fast: true,
            priority: 0,
            params: Vec::new(),
            secrets: Vec::new(),
            lets: Vec::new(),
            env: Vec::new(),
            targets: Vec::new(),
            triggers: Vec::new(),
            concurrency: None,
            policy: Policy { approve_at: None, undo_on: UndoOn::Manual, max_parallel: None },
            meta: Vec::new(),
            graph: Graph::new(),
            outputs: Vec::new(),
            callees: BTreeMap::new(),
        }
    }
}

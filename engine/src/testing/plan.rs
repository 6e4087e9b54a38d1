//! Plans, as short as they can be said.

use crate::{
    expression::{Expr, Read},
    id::Name,
    plan::{
        Action, Approve, Argument, Backoff, Cache, Concurrency, Edge, EdgeKind, FanOut, OnFailure, Output,
        Param, Plan, Repeat, Retry, RetryOn, Risk, Step, Undo, UndoOn, Wait, WhenBusy, Why,
    },
    value::{Type, Value},
};
use std::sync::Arc;

/// A text that is known.
#[must_use]
pub fn text(text: &str) -> Expr {
    Expr::Literal(Value::text(text))
}

/// A number that is known.
#[must_use]
pub const fn number(number: i64) -> Expr {
    Expr::Literal(Value::Int(number))
}

/// A length of time that is known.
#[must_use]
pub const fn millis(ms: i64) -> Expr {
    Expr::Literal(Value::Duration(ms))
}

/// A list of texts that is known.
#[must_use]
pub fn word(words: &[&str]) -> Expr {
    Expr::Literal(Value::list(words.iter().map(|word| Value::text(word)).collect()))
}

/// The numbers from 0 up to this one, which is left out.
#[must_use]
pub fn range(end: usize) -> Expr {
    Expr::Literal(Value::list((0_i64..).take(end).map(Value::Int).collect()))
}

/// `param.name`
#[must_use]
pub fn param(name: &str) -> Expr {
    Expr::Read(Read::Param(name.into()))
}

/// `step.name.output.output`
#[must_use]
pub fn output(step: &str, output: &str) -> Expr {
    Expr::Read(Read::Output { step: step.into(), output: output.into() })
}

/// `step.name.status`
#[must_use]
pub fn status(step: &str) -> Expr {
    Expr::Read(Read::Status(step.into()))
}

/// `result.name`
#[must_use]
pub fn result(name: &str) -> Expr {
    Expr::Read(Read::Result(name.into()))
}

/// `each.value`
#[must_use]
pub const fn each() -> Expr {
    Expr::Read(Read::EachValue)
}

/// A plan in the making.
#[derive(Debug)]
pub struct PlanBuilder {
    plan: Plan,
    edges: Vec<(Name, Name, EdgeKind)>,
}

/// A step in the making.
#[derive(Debug)]
pub struct StepBuilder {
    step: Step,
    edges: Vec<(Name, EdgeKind)>,
}

/// Begins a plan with these steps.
#[must_use]
pub fn plan(steps: impl IntoIterator<Item = StepBuilder>) -> PlanBuilder {
    let (mut plan, mut edges) = (Plan::new("test".into()), Vec::new());
    for StepBuilder { step, edges: own } in steps {
        edges.extend(own.into_iter().map(|(from, kind)| (from, Arc::clone(&step.name), kind)));
        plan.graph.add_node(step);
    }
    PlanBuilder { plan, edges }
}

/// Begins a step that runs a program which only looks.
#[must_use]
pub fn step(name: &str) -> StepBuilder {
    let run = Action::Run { program: "true".into(), arguments: Vec::new() };
    StepBuilder { step: Step::new(name.into(), run), edges: Vec::new() }
}

impl PlanBuilder {
    /// Changes the plan.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        change(&mut self.plan);
        self
    }

    /// Gives it a param with a default.
    #[must_use]
    pub fn param(self, name: &str, ty: Type, default: Value) -> Self {
        let default = Some(Expr::Literal(default));
        self.with(|plan| plan.params.push(Param { name: name.into(), ty, default, help: None, check: None }))
    }

    /// Has what was done taken back when the job fails.
    #[must_use]
    pub fn undoes(self) -> Self {
        self.with(|plan| plan.policy.undo_on = UndoOn::Failure)
    }

    /// Makes it.
    #[must_use]
    pub fn build(self) -> Plan {
        let Self { mut plan, edges } = self;
        let find = |plan: &Plan, name: &str| {
            plan.graph
                .node_indices()
                .find(|&at| plan.graph.node_weight(at).is_some_and(|it| &*it.name == name))
        };
        for (from, to, kind) in edges {
            if let (Some(from), Some(to)) = (find(&plan, &from), find(&plan, &to)) {
                plan.graph.add_edge(from, to, Edge { kind, why: vec![Why::Explicit] });
            }
        }
        plan
    }
}

/// Each word sets what the language calls so.
#[expect(missing_docs, reason = "each is what the language calls so")]
#[expect(clippy::return_self_not_must_use, reason = "a builder is used up by what it builds")]
impl StepBuilder {
    pub fn with(mut self, change: impl FnOnce(&mut Step)) -> Self {
        change(&mut self.step);
        self
    }

    pub fn needs(mut self, steps: &[&str]) -> Self {
        self.edges.extend(steps.iter().map(|step| ((*step).into(), EdgeKind::Needs)));
        self
    }

    pub fn after(mut self, steps: &[&str]) -> Self {
        self.edges.extend(steps.iter().map(|step| ((*step).into(), EdgeKind::After)));
        self
    }

    pub fn runs(self, program: &str, argument: Expr) -> Self {
        self.with(|it| {
            it.action = Action::Run { program: program.into(), arguments: vec![Argument::One(argument)] };
        })
    }

    pub fn action(self, action: Action) -> Self {
        self.with(|it| it.action = action)
    }

    pub fn asks(self, approvers: &[&str], quorum: i64, expires: Option<i64>) -> Self {
        self.action(Action::Approve(Approve {
            message: Some(text("go on?")),
            approvers: word(approvers),
            quorum: Some(number(quorum)),
            expires: expires.map(millis),
        }))
    }

    pub fn sleeps(self, ms: i64) -> Self {
        self.action(Action::Wait(Wait::For(millis(ms))))
    }

    pub fn listens(self, name: &str, expires: Option<i64>) -> Self {
        self.action(Action::Wait(Wait::Signal { name: text(name), expires: expires.map(millis) }))
    }

    pub fn when(self, when: Expr) -> Self {
        self.with(|it| it.when = Some(when))
    }

    pub fn for_each(self, over: Expr) -> Self {
        self.with(|it| it.fan_out = Some(FanOut { over, key: None, parallel: None, max_items: None }))
    }

    pub fn parallel(self, most: i64) -> Self {
        self.with(|it| {
            if let Some(fan_out) = &mut it.fan_out {
                fan_out.parallel = Some(number(most));
            }
        })
    }

    pub fn continues(self) -> Self {
        self.with(|it| it.on_failure = OnFailure::Continue)
    }

    pub fn risk(self, risk: Risk) -> Self {
        self.with(|it| it.risk = risk)
    }

    pub fn timeout(self, ms: i64) -> Self {
        self.with(|it| it.timeout = Some(millis(ms)))
    }

    pub fn retry(self, attempts: i64, backoff: Backoff, delay: i64) -> Self {
        self.with(|it| {
            it.retry = Some(Retry {
                attempts: number(attempts),
                backoff,
                delay: Some(millis(delay)),
                max: None,
                jitter: false,
                on: Vec::new(),
            });
        })
    }

    pub fn retry_on(self, on: &[RetryOn]) -> Self {
        self.with(|it| {
            if let Some(retry) = &mut it.retry {
                retry.on = on.to_vec();
            }
        })
    }

    pub fn repeat(self, until: Expr, every: i64, max: i64) -> Self {
        self.with(|it| it.repeat = Some(Repeat { until, every: Some(millis(every)), max: number(max) }))
    }

    pub fn cached(self, ttl: Option<i64>) -> Self {
        self.with(|it| it.cache = Some(Cache { key: None, ttl: ttl.map(millis) }))
    }

    pub fn group(self, group: &str, limit: i64, when_busy: WhenBusy) -> Self {
        self.with(|it| it.concurrency = Some(limit_of(group, limit, when_busy)))
    }

    pub fn undo(self, partial: bool) -> Self {
        self.with(|it| {
            let action = Action::Run { program: "undo".into(), arguments: Vec::new() };
            it.undo = Some(Undo { action, timeout: None, partial, env: Vec::new() });
        })
    }

    pub fn output(self, name: &str, ty: Type, value: Option<Expr>) -> Self {
        self.with(|it| it.outputs.push(Output { name: name.into(), ty, value }))
    }

    pub fn artifact(self, name: &str, path: &str) -> Self {
        self.with(|it| it.artifacts.push((name.into(), text(path))))
    }
}

/// A limit on a group.
pub(super) fn limit_of(group: &str, limit: i64, when_busy: WhenBusy) -> Concurrency {
    Concurrency { group: text(group), limit: Some(number(limit)), when_busy, rate: None, per: None }
}

//! Random plans: small, and full of all that a plan can ask for.

use super::chance::Chance;
use engine::{
    expression::{Expr, Operator, Read},
    plan::{Action, Backoff, Concurrency, Output, Plan, RetryOn, Risk, Step, UndoOn, Wait, WhenBusy},
    testing::{StepBuilder, each, millis, number, output, plan, result, status, step, text},
    value::{Type, Value},
};
use std::sync::Arc;

fn bool_of(value: bool) -> Expr {
    Expr::Literal(Value::Bool(value))
}

fn is(left: Expr, right: &str) -> Expr {
    Expr::Binary(Operator::Equal, Box::new(left), Box::new(text(right)))
}

fn numbers(count: u64) -> Expr {
    Expr::Literal(Value::list((0..count).map(|it| Value::Int(i64::try_from(it).unwrap())).collect()))
}

fn limit(chance: &mut Chance) -> Concurrency {
    let when_busy = [WhenBusy::Queue, WhenBusy::ReplaceQueued, WhenBusy::CancelRunning, WhenBusy::Reject];
    Concurrency {
        group: text("group"),
        limit: Some(number(1)),
        when_busy: *chance.pick(&when_busy).unwrap(),
        rate: None,
        per: None,
    }
}

fn callee() -> Arc<Plan> {
    let mut callee = plan([step("inner").output("line", Type::Text, Some(result("stdout")))]).build();
    callee.outputs.push(Output { name: "line".into(), ty: Type::Text, value: Some(output("inner", "line")) });
    Arc::new(callee)
}

pub(super) fn random(chance: &mut Chance) -> Plan {
    let count = 1 + chance.below(7);
    let steps: Vec<_> = (0..count).map(|at| random_step(chance, at)).collect();
    let mut plan = plan(steps).build();
    plan.callees.insert("callee".into(), callee());
    plan.fail_fast = !chance.once_in(3);
    plan.policy.undo_on = if chance.once_in(2) { UndoOn::Failure } else { UndoOn::Manual };
    plan.timeout = chance.once_in(6).then(|| millis(1 + chance.time(60_000)));
    plan.concurrency = chance.once_in(5).then(|| limit(chance));
    plan.policy.max_parallel = chance.once_in(2).then(|| number(1 + chance.time(4)));
    plan.policy.approve_at = chance.once_in(5).then(|| text("medium"));
    if chance.once_in(4) {
        let at = chance.below(count);
        let value = Some(output(&format!("s{at}"), "line"));
        plan.outputs.push(Output { name: "out".into(), ty: Type::Optional(Type::Text.into()), value });
    }
    plan
}

fn random_step(chance: &mut Chance, at: u64) -> StepBuilder {
    let mut step = step(&format!("s{at}"));
    let mut needed = Vec::new();
    for before in 0..at {
        match chance.below(5) {
            0 => {
                step = step.needs(&[&format!("s{before}")]);
                needed.push(before);
            }
            1 => {
                step = step.after(&[&format!("s{before}")]);
                needed.push(before);
            }
            _ => {}
        }
    }
    step = random_action(chance, step);
    if chance.once_in(3) {
        let over = match needed.first() {
            // Known only while the job runs, and sometimes no list at all.
            Some(before) if chance.once_in(3) => output(&format!("s{before}"), "list"),
            _ => numbers(chance.below(5)),
        };
        step = step.for_each(over);
        if chance.once_in(2) {
            step = step.parallel(1 + chance.time(3));
        }
        if chance.once_in(4) {
            step = step.with(|it| it.fan_out.as_mut().unwrap().max_items = Some(number(3)));
        }
        if chance.once_in(5) {
            let odd = Expr::Binary(Operator::Greater, Box::new(each()), Box::new(number(0)));
            step = step.when(odd);
        }
    }
    if chance.once_in(4) {
        let when = match needed.last() {
            Some(before) => is(status(&format!("s{before}")), "succeeded"),
            None => bool_of(chance.once_in(2)),
        };
        step = step.when(when);
    }
    step.with(|it| settings(chance, it))
}

fn random_action(chance: &mut Chance, step: StepBuilder) -> StepBuilder {
    match chance.below(10) {
        0 => step.sleeps(chance.time(20_000)),
        1 => step.listens("go", (!chance.once_in(3)).then(|| chance.time(20_000))),
        2 => {
            let quorum = 1 + chance.time(3);
            step.asks(
                &["user:ann", "user:bob", "user:eve"],
                quorum,
                chance.once_in(2).then(|| chance.time(30_000)),
            )
        }
        3 => step.action(Action::Call { workflow: "callee".into(), params: Vec::new() }),
        4 => step.action(Action::Wait(Wait::Until(Expr::Literal(Value::Time(chance.time(50_000)))))),
        5 => step.runs("rm", text("-rf")),
        _ => step.output("line", Type::Text, Some(result("stdout"))).output(
            "list",
            Type::List(Type::Int.into()),
            None,
        ),
    }
}

fn settings(chance: &mut Chance, it: &mut Step) {
    use engine::plan::{Cache, OnFailure, Repeat, Retry, Undo};
    let performs = !matches!(it.action, Action::Approve(_) | Action::Wait(_));
    if chance.once_in(4) {
        it.on_failure = OnFailure::Continue;
    }
    it.risk = *chance.pick(&Risk::ALL).unwrap();
    if chance.once_in(2) {
        it.risk = Risk::Low;
    }
    it.irreversible = chance.once_in(8);
    if chance.once_in(3) {
        let backoff = [Backoff::Fixed, Backoff::Linear, Backoff::Exponential];
        let on = [&[][..], &[RetryOn::Any], &[RetryOn::Timeout], &[RetryOn::Exit(1)]];
        it.retry = Some(Retry {
            attempts: number(chance.time(5)),
            backoff: *chance.pick(&backoff).unwrap(),
            delay: (!chance.once_in(4)).then(|| millis(chance.time(5_000))),
            max: chance.once_in(3).then(|| millis(chance.time(3_000))),
            jitter: chance.once_in(2),
            on: chance.pick(&on).unwrap().to_vec(),
        });
    }
    if performs && chance.once_in(5) {
        let until = if chance.once_in(3) { bool_of(false) } else { is(result("stdout"), "b") };
        let every = chance.once_in(2).then(|| millis(chance.time(4_000)));
        it.repeat = Some(Repeat { until, every, max: number(1 + chance.time(4)) });
    }
    if performs && chance.once_in(3) {
        it.timeout = Some(millis(chance.time(9_000)));
    }
    if performs && !matches!(it.action, Action::Call { .. }) && chance.once_in(5) {
        it.cache = Some(Cache { key: None, ttl: chance.once_in(2).then(|| millis(1_000)) });
    }
    if chance.once_in(5) {
        it.concurrency = Some(limit(chance));
    }
    if performs && chance.once_in(2) {
        let action = Action::Run { program: "undo".into(), arguments: Vec::new() };
        it.undo = Some(Undo { action, timeout: None, partial: chance.once_in(2), env: Vec::new() });
    }
    if performs && chance.once_in(10) {
        it.artifacts.push(("file".into(), text("out/file")));
    }
    if performs && chance.once_in(8) {
        it.expect = Some(is(result("stdout"), "a"));
    }
    if chance.once_in(30) {
        // What has no value, as nothing gave it.
        it.env.push(("X".into(), Expr::Read(Read::Output { step: it.name.clone(), output: "line".into() })));
    }
}

//! Plans to test with: a small one that fits a page, and one that has everything a plan can have.

use engine::{
    expression::{Expr, Part, Read},
    plan::{
        Action, Approve, Argument, Backoff, Cache, Concurrency, Edge, EdgeKind, FanOut, Interpreter,
        OnFailure, Output, Param, Plan, Policy, Repeat, Retry, RetryOn, Risk, Secret, Step, Target, Trigger,
        Undo, UndoOn, Wait, WhenBusy, Why,
        action::{Http, Script},
    },
    value::{Type, Value},
};
use std::sync::Arc;

pub(super) fn text(text: &str) -> Expr {
    Expr::Literal(Value::Text(text.into()))
}

fn int(number: i64) -> Expr {
    Expr::Literal(Value::Int(number))
}

fn seconds(seconds: i64) -> Expr {
    Expr::Literal(Value::Duration(seconds * 1000))
}

fn param(name: &str) -> Expr {
    Expr::Read(Read::Param(name.into()))
}

/// A step that does next to nothing.
pub(super) fn step(name: &str) -> Step {
    Step::new(name.into(), Action::Wait(Wait::For(seconds(1))))
}

fn needs(why: &[Why]) -> Edge {
    Edge { kind: EdgeKind::Needs, why: why.to_vec() }
}

pub(super) fn small() -> Plan {
    let mut plan = Plan::new("hello".into());
    plan.description = Some("Says \"hi\"\n\u{1}é.".into());
    plan.priority = -3;
    plan.params.push(Param {
        name: "who".into(),
        ty: Type::Text,
        default: Some(text("world")),
        help: None,
        check: None,
    });
    plan.lets.push(("half".into(), Expr::Literal(Value::Float(0.5))));
    let a = plan
        .graph
        .add_node(Step::new("a".into(), Action::Wait(Wait::For(Expr::Literal(Value::Duration(1500))))));
    let greeting = Expr::Text(vec![Part::Chars("Hi ".into()), Part::Value(param("who"))]);
    let run = Action::Run { program: "echo".into(), arguments: vec![Argument::One(greeting)] };
    let b = plan.graph.add_node(Step {
        on_failure: OnFailure::Continue,
        irreversible: true,
        risk: Risk::High,
        outputs: vec![Output {
            name: "line".into(),
            ty: Type::Optional(Type::Text.into()),
            value: Some(Expr::Read(Read::Result("stdout".into()))),
        }],
        ..Step::new("b".into(), run)
    });
    plan.graph.add_edge(b, a, needs(&[Why::Explicit, Why::Output("line".into())]));
    plan
}

fn concurrency(when_busy: WhenBusy) -> Concurrency {
    Concurrency {
        group: text("group"),
        limit: Some(int(1)),
        when_busy,
        rate: Some(int(5)),
        per: Some(seconds(60)),
    }
}

/// Every kind of action.
fn actions() -> Vec<Action> {
    let spread = Argument::Spread(param("hosts"));
    let script = |interpreter| Action::Script {
        interpreter,
        body: Script::literal("echo \"$1\"\n"),
        arguments: vec![Argument::One(text("a")), spread.clone()],
    };
    vec![
        Action::Run { program: "ls".into(), arguments: vec![spread.clone()] },
        script(Interpreter::Sh),
        script(Interpreter::Bash),
        script(Interpreter::Python),
        Action::Do { action: "git_log".into(), params: vec![("limit".into(), int(3))] },
        Action::Http(Box::new(Http {
            method: "POST".into(),
            url: text("https://example.com"),
            headers: vec![("Accept".into(), text("*/*"))],
            query: vec![("q".into(), int(1))],
            body: Some(param("body")),
            auth: Some(Expr::Read(Read::Secret("token".into()))),
        })),
        Action::Agent { model: Some(text("m")), prompt: text("why?"), tools: Some(Expr::List(Vec::new())) },
        Action::Call { workflow: "lib.notify".into(), params: vec![("channel".into(), text("#a"))] },
        Action::Approve(Approve {
            message: Some(text("ok?")),
            approvers: param("people"),
            quorum: Some(int(2)),
            expires: Some(seconds(9)),
        }),
        Action::Wait(Wait::Until(Expr::Literal(Value::Time(0)))),
        Action::Wait(Wait::Signal { name: text("go"), expires: Some(seconds(1)) }),
        Action::Wait(Wait::Signal { name: text("go"), expires: None }),
    ]
}

fn full_step() -> Step {
    let retries =
        [RetryOn::Any, RetryOn::Timeout, RetryOn::Exit(75), RetryOn::HttpClass(5), RetryOn::Http(429)];
    Step {
        on: Some("box".into()),
        overrides: [("memory".into(), Expr::Literal(Value::Size(1 << 20)))].into(),
        when: Some(Expr::Literal(Value::Bool(true))),
        fan_out: Some(FanOut {
            over: param("hosts"),
            key: Some(Expr::Read(Read::EachValue)),
            parallel: Some(int(2)),
            max_items: Some(int(9)),
        }),
        timeout: Some(seconds(5)),
        on_failure: OnFailure::Continue,
        expect: Some(Expr::Read(Read::SelfOutput("done".into()))),
        risk: Risk::Critical,
        reason: Some("because".into()),
        irreversible: true,
        workdir: Some(text("src")),
        stdin: Some(text("in")),
        env: vec![("B".into(), text("b")), ("A".into(), text("a"))],
        files: vec![(text("b"), text("1")), (text("a"), text("2"))],
        retry: Some(Retry {
            attempts: int(3),
            backoff: Backoff::Exponential,
            delay: Some(seconds(1)),
            max: Some(seconds(8)),
            jitter: true,
            on: retries.to_vec(),
        }),
        repeat: Some(Repeat { until: param("x"), every: Some(seconds(2)), max: int(4) }),
        cache: Some(Cache { key: Some(param("x")), ttl: Some(seconds(3)) }),
        concurrency: Some(concurrency(WhenBusy::ReplaceQueued)),
        undo: Some(Undo {
            action: Action::Run { program: "true".into(), arguments: Vec::new() },
            timeout: Some(seconds(6)),
            partial: true,
            env: vec![("A".into(), text("a"))],
        }),
        outputs: vec![Output { name: "done".into(), ty: Type::Bool, value: None }],
        artifacts: vec![("log".into(), text("out.log"))],
        mock: Some(vec![("stdout".into(), text("mocked"))]),
        ..step("full")
    }
}

pub(super) fn full() -> Plan {
    let mut notify = Plan::new("notify".into());
    notify.description = Some("Tells people.".into());
    notify.graph.add_node(step("tell"));
    let notify = Arc::new(notify);
    let mut plan = Plan {
        timeout: Some(seconds(60)),
        fail_fast: false,
        secrets: vec![Secret { name: "token".into(), from: "env:TOKEN".into() }],
        env: vec![("LANG".into(), text("C"))],
        targets: vec![Target {
            name: "box".into(),
            kind: "docker".into(),
            settings: [("image".into(), text("alpine")), ("cpus".into(), int(2))].into(),
            env: vec![("X".into(), text("y"))],
        }],
        triggers: vec![Trigger {
            name: "nightly".into(),
            kind: "schedule".into(),
            settings: [("cron".into(), text("0 3 * * *"))].into(),
            set: vec![("hosts".into(), Expr::List(Vec::new()))],
        }],
        concurrency: Some(concurrency(WhenBusy::CancelRunning)),
        policy: Policy {
            approve_at: Some(text("high")),
            undo_on: UndoOn::Failure,
            max_parallel: Some(int(8)),
        },
        meta: vec![("generated_by".into(), text("nobody"))],
        outputs: vec![Output { name: "n".into(), ty: Type::Int, value: Some(int(1)) }],
        callees: [("lib.notify".into(), Arc::clone(&notify)), ("lib.again".into(), notify)].into(),
        ..small()
    };
    plan.params.push(Param {
        name: "hosts".into(),
        ty: Type::List(Type::Text.into()),
        default: None,
        help: Some("Where.".into()),
        check: Some(Expr::Literal(Value::Bool(true))),
    });
    let full = plan.graph.add_node(full_step());
    let mut last = full;
    for (number, action) in actions().into_iter().enumerate() {
        let node = plan.graph.add_node(Step::new(format!("action_{number}").into(), action));
        let edge = Edge { kind: EdgeKind::After, why: vec![Why::Status, Why::Artifact("log".into())] };
        plan.graph.add_edge(last, node, edge);
        plan.graph.add_edge(full, node, needs(&[Why::Explicit]));
        last = node;
    }
    plan
}

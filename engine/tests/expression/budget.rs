//! Evaluation ends, whatever it is given, and takes no more stack than a small thread has.
#![expect(clippy::disallowed_methods, reason = "a thread of its own has a stack of a known size")]

use super::language::expr;
use engine::{
    expression::{
        Expr, FaultKind, For, Function, Item, Operator, Part, Read, evaluate,
        evaluate::{MAX_STEPS, MAX_VALUE_BYTES},
    },
    value::{Type, Value},
};
use std::collections::BTreeMap;

#[track_caller]
fn runs_out(text: &str, params: &[(&str, Value)]) {
    let scope: BTreeMap<Read, Value> =
        params.iter().map(|(name, value)| (Read::Param((*name).into()), value.clone())).collect();
    let fault =
        evaluate(&expr(text), &scope).map(|value| panic!("{text} gives a {}", value.kind())).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Budget, "{text}: {fault}");
}

/// A list that holds itself twice over, so many times: small in memory, beyond measure when it is walked.
fn doubled(times: usize) -> Value {
    (0..times).fold(Value::text("x"), |inner, _| Value::list(vec![inner.clone(), inner]))
}

#[test]
fn loops_within_loops_run_out_of_steps() {
    runs_out(
        "len([for a in range(1000) : len([for b in range(1000) : len([for c in range(1000) : c])])])",
        &[],
    );
    runs_out("[for a in range(10000) : sum(xs)]", &[("xs", Value::list(vec![Value::Int(1); 100_000]))]);
    runs_out("[for a in range(10000) : a in xs]", &[("xs", Value::list(vec![Value::Float(0.5); 100_000]))]);
}

#[test]
fn large_texts_run_out_of_room() {
    let text = Value::text(&"ab".repeat(1 << 20));
    runs_out("replace(x, \"a\", x)", &[("x", text.clone())]);
    runs_out("join([for i in range(10000) : x], x)", &[("x", text.clone())]);
    runs_out("[for i in range(10000) : upper(x)]", &[("x", text.clone())]);
    runs_out("split(x, \"\")", &[("x", text.clone())]);
    runs_out("[for i in range(10000) : len(x)]", &[("x", text.clone())]);
    // A word ends where a letter does, and which letters beyond ASCII there are the fast search does not know.
    runs_out("matches(x, \"\\\\bid\\\\b\")", &[("x", Value::text(&"é-".repeat(1 << 20)))]);
    let many = Value::text(&format!("[{}0]", "0,".repeat(MAX_VALUE_BYTES / 2 - 10)));
    runs_out("parse_json(x)", &[("x", many)]);
}

#[test]
fn lists_that_grow_fast_run_out_of_room() {
    runs_out("product({ a = range(10000), b = range(10000) })", &[]);
    runs_out(
        "product({ a = xs, b = xs, c = xs, d = xs, e = xs, f = xs, g = xs })",
        &[("xs", Value::list(vec![Value::Null; 10_000]))],
    );
    runs_out("[...xs, ...xs]", &[("xs", Value::list(vec![Value::Null; MAX_VALUE_BYTES / 20]))]);
    runs_out("flatten([for i in range(10000) : xs])", &[("xs", Value::list(vec![Value::Null; 10_000]))]);
}

#[test]
fn shared_values_are_not_walked_beyond_the_budget() {
    for text in [
        "x == y",
        "x in [y]",
        "json(x)",
        "string(json(x))",
        "[x]",
        "distinct([x, y])",
        "contains([x], y)",
        "{ a = x }",
        "chunk(x, 1)",
        "get(flatten([x]), 0)",
    ] {
        runs_out(text, &[("x", doubled(90)), ("y", doubled(90))]);
    }
    let convert = Expr::Convert(Box::new(Type::Json), Box::new(expr("x")));
    let print = Expr::Text(vec![Part::Value(expr("x"))]);
    for expr in [convert, print] {
        let fault = evaluate(&expr, &|_: &Read| Some(doubled(90))).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Budget, "{fault}");
    }
}

#[test]
fn values_nest_only_so_deep() {
    let deep = (0..127).fold(Value::Null, |inner, _| Value::list(vec![inner]));
    let scope = BTreeMap::from([(Read::Param("x".into()), deep.clone())]);
    evaluate(&expr("[x]"), &scope).unwrap();
    runs_out("[[x]]", &[("x", deep)]);
    let brackets = Value::text(&"[".repeat(1 << 20));
    let scope = BTreeMap::from([(Read::Param("x".into()), brackets)]);
    assert_eq!(evaluate(&expr("parse_json(x)"), &scope).unwrap_err().kind, FaultKind::Convert);
}

#[test]
fn long_chains_are_evaluated() {
    let count = 20_000;
    let one = || Expr::Literal(Value::Int(1));
    let sum = (0..count).fold(one(), |left, _| Expr::Binary(Operator::Add, Box::new(left), Box::new(one())));
    assert_eq!(evaluate(&sum, &|_: &Read| None), Ok(Value::Int(count + 1)));
    let steps = i64::try_from(MAX_STEPS).unwrap();
    assert!(count * 2 < steps);
}

#[test]
fn a_fault_far_down_a_chain_has_its_place() {
    let zero = || Box::new(Expr::Literal(Value::Int(0)));
    let fault = Expr::Binary(Operator::Divide, zero(), zero());
    let chain = (0..300).fold(fault, |left, _| Expr::Binary(Operator::Add, Box::new(left), zero()));
    assert_eq!(evaluate(&chain, &|_: &Read| None).unwrap_err().at, [0; 300]);
}

/// Puts an expression into another.
type Wrap = fn(Expr) -> Expr;

/// Every form that holds another expression otherwise than as the first link of a chain.
fn nestings() -> Vec<(&'static str, Wrap)> {
    fn zero() -> Expr {
        Expr::Literal(Value::Int(0))
    }
    fn empty() -> Expr {
        Expr::List(Vec::new())
    }
    vec![
        ("call", |inner| Expr::Call(Function::Flatten, vec![Expr::List(vec![Item::One(inner)])])),
        ("list", |inner| Expr::List(vec![Item::Spread(inner)])),
        ("map", |inner| Expr::Call(Function::Get, vec![Expr::Map(vec![("a".into(), inner)]), text("a")])),
        ("index", |inner| {
            Expr::Binary(
                Operator::Coalesce,
                Box::new(Expr::Literal(Value::Null)),
                Box::new(Expr::List(vec![Item::Spread(inner)])),
            )
        }),
        ("operator", |inner| Expr::If(Box::new(equal(empty(), inner)), Box::new(empty()), Box::new(empty()))),
        ("list gone through", |inner| each(inner, zero(), None)),
        ("body", |inner| Expr::Call(Function::Flatten, vec![each(one(), inner, None)])),
        ("condition", |inner| each(one(), zero(), Some(equal(empty(), inner)))),
        ("text", |inner| {
            let joined = Expr::Call(Function::Join, vec![inner, text("")]);
            Expr::Call(Function::Words, vec![Expr::Text(vec![Part::Value(joined)])])
        }),
    ]
}

fn text(text: &str) -> Expr {
    Expr::Literal(Value::text(text))
}

fn one() -> Expr {
    Expr::List(vec![Item::One(Expr::Literal(Value::Int(1)))])
}

fn equal(left: Expr, right: Expr) -> Expr {
    Expr::Binary(Operator::Equal, Box::new(left), Box::new(right))
}

fn each(list: Expr, body: Expr, condition: Option<Expr>) -> Expr {
    Expr::For(Box::new(For { name: "x".into(), list, body, condition }))
}

#[test]
fn nesting_takes_no_stack() {
    for (name, wrap) in nestings() {
        let run = move || {
            let nested = (0..600).fold(Expr::List(Vec::new()), |inner, _| wrap(inner));
            evaluate(&nested, &|_: &Read| None).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        };
        // What building and dropping such an expression takes is most of it.
        std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
    }
}

//! What an expression reads, what it is made of, and how a plan keeps it.

use super::language::{expr, type_of};
use engine::expression::{Expr, Item, Operator, Part, Read, evaluate};
use engine::value::{Type, Value};

fn reads(text: &str) -> Vec<String> {
    expr(text).reads().map(ToString::to_string).collect()
}

#[test]
fn reads_come_in_the_order_in_which_they_are_written() {
    assert_eq!(reads("a + b * len(c)"), ["param.a", "param.b", "param.c"]);
    assert_eq!(reads("{ k = a, l = [b, ...c] }"), ["param.a", "param.b", "param.c"]);
    assert_eq!(reads("a.x[b] ? c : !d"), ["param.a", "param.b", "param.c", "param.d"]);
}

#[test]
fn names_bound_inside_are_not_read_from_outside() {
    assert_eq!(reads("[for x in xs : x + y if x > z]"), ["param.xs", "param.y", "param.z"]);
    assert_eq!(reads("[for x in [for y in ys : y] : [for y in x : x + y]]"), ["param.ys"]);
    let body = match expr("[for x in [1] : x]") {
        Expr::For(it) => it.body,
        other => panic!("{other:?}"),
    };
    assert_eq!(body.reads().collect::<Vec<_>>(), [&Read::Local("x".into())]);
    assert!(!body.is_constant());
    assert!(expr("[for x in [1] : x]").is_constant());
    assert!(!expr("[for x in [1] : y]").is_constant());
    assert!(expr("trim(\"a\") == \"a\" ? 1 : 2").is_constant());
}

#[test]
fn a_way_leads_to_a_part() {
    let expr = expr("[1, len(a)]");
    assert_eq!(expr.part(&[1, 0]), &Expr::Read(Read::Param("a".into())));
    assert_eq!(expr.part(&[]), &expr);
    assert_eq!(expr.part(&[7, 7]), &expr);
}

#[track_caller]
fn json(expr: &Expr, expected: &str) {
    assert_eq!(serde_json::to_string(expr).unwrap(), expected);
}

#[test]
fn a_plan_keeps_expressions_as_small_objects() {
    json(&expr("1"), r#"{"value":1}"#);
    json(&expr("a"), r#"{"read":"param.a"}"#);
    json(&expr("a.b[0].c"), r#"{"path":[{"read":"param.a"},"b",{"value":0},"c"]}"#);
    json(&expr("len(a)"), r#"{"call":["len",{"read":"param.a"}]}"#);
    json(&expr("!a"), r#"{"not":{"read":"param.a"}}"#);
    json(&expr("-a"), r#"{"negate":{"read":"param.a"}}"#);
    json(&expr("1 + 2 - 3"), r#"{"binary":[{"value":1},"+",{"value":2},"-",{"value":3}]}"#);
    json(&expr("1 - (2 - 3)"), r#"{"binary":[{"value":1},"-",{"binary":[{"value":2},"-",{"value":3}]}]}"#);
    json(&expr("a ?? 1 ?? 2"), r#"{"coalesce":[{"read":"param.a"},{"value":1},{"value":2}]}"#);
    json(
        &expr("(a ?? 1) ?? 2"),
        r#"{"coalesce":[{"coalesce":[{"read":"param.a"},{"value":1}]},{"value":2}]}"#,
    );
    json(
        &expr("a ? 1 : b ? 2 : 3"),
        r#"{"if":[{"read":"param.a"},{"value":1},{"read":"param.b"},{"value":2},{"value":3}]}"#,
    );
    json(&expr("[1, ...a]"), r#"{"list":[{"value":1},{"spread":{"read":"param.a"}}]}"#);
    json(&expr("{ b = 1, a = 2 }"), r#"{"map":[["b",{"value":1}],["a",{"value":2}]]}"#);
    json(&expr("[for x in a : x]"), r#"{"for":["x",{"read":"param.a"},{"read":"x"},null]}"#);
    json(
        &Expr::Text(vec![Part::Chars("v".into()), Part::Value(expr("a"))]),
        r#"{"text":["v",{"read":"param.a"}]}"#,
    );
    json(
        &Expr::Convert(Box::new(Type::list(Type::Int)), Box::new(expr("a"))),
        r#"{"convert":[{"list":"int"},{"read":"param.a"}]}"#,
    );
}

#[test]
fn a_conversion_is_put_in_only_where_the_value_changes() {
    let one = Expr::Literal(Value::Int(1));
    assert_eq!(one.clone().fitted(&Type::Int, &Type::Int.optional()), one);
    assert_eq!(
        one.clone().fitted(&Type::Int, &Type::Float),
        Expr::Convert(Box::new(Type::Float), Box::new(one))
    );
}

#[test]
fn a_field_that_may_be_missing_is_null() {
    let items = "[{ a = 1 }, { a = 2, b = 3 }]";
    let row = match type_of(&expr(items), &mut Vec::new()).unwrap() {
        Type::List(row) => row,
        other => panic!("{other}"),
    };
    let field = |item: &str, name: &str| {
        let field = expr(&format!("{items}[{item}]")).field(&row, name);
        evaluate(&field, &|_: &Read| None).unwrap()
    };
    assert_eq!(row.to_string(), "{a: int, b: int?}");
    assert_eq!((field("0", "a"), field("0", "b")), (Value::Int(1), Value::Null));
    assert_eq!((field("1", "a"), field("1", "b")), (Value::Int(2), Value::Int(3)));
}

#[test]
fn long_chains_take_no_stack() {
    let mut sum = Expr::Literal(Value::Int(0));
    let mut list = Vec::new();
    for i in 0..5_000 {
        let one = Expr::Literal(Value::Int(i));
        list.push(Item::One(one.clone()));
        sum = Expr::Binary(Operator::Add, Box::new(sum), Box::new(one));
    }
    assert!(serde_json::to_string(&sum).unwrap().len() > 5_000 * 10);
    assert!(sum.is_constant());
    assert!(Expr::List(list).is_constant());
}

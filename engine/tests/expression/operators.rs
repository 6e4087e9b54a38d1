//! What operators give and refuse, at check and at evaluation.

use super::language::{expr, type_of, value};
use engine::{
    expression::{FaultKind, Operator, Read, check_binary, check_negate, check_not, evaluate},
    value::{Type, order::equal},
};

#[track_caller]
fn gives(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let (found, expected) = (value(text), value(expected));
        assert!(equal(&found, &expected) && found.kind() == expected.kind(), "{text} gives {found:?}");
    }
}

#[test]
fn arithmetic() {
    gives(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 3 - 2", "5"),
        ("7 / 2", "3.5"),
        ("6 / 2", "3.0"),
        ("7 % 3", "1"),
        ("-7 % 3", "-1"),
        ("7.5 % 2", "1.5"),
        ("1 + 0.5", "1.5"),
        ("-(1.5)", "-1.5"),
        ("1m + 30s", "90s"),
        ("1m - 90s", "-30s"),
        ("-(1m)", "-60s"),
        ("30s * 2", "1m"),
        ("1.5 * 1m", "90s"),
        ("1m / 4", "15s"),
        ("1s / 3", "333ms"),
        ("1s / 3.0", "333ms"),
        ("1m / 30s", "2.0"),
        ("90s % 1m", "30s"),
        ("1GiB + 1MiB", "1025MiB"),
        ("1GiB - 1MiB", "1023MiB"),
        ("1KiB * 3", "3KiB"),
        ("0.5 * 4GiB", "2GiB"),
        ("1GiB / 2", "512MiB"),
        ("3KiB / 1KiB", "3.0"),
        ("5B % 3B", "2B"),
        (r#"string(parse_time("2026-01-01T00:00:00Z") + 36h)"#, r#""2026-01-02T12:00:00Z""#),
        (r#"string(1d + parse_time("2026-01-01T00:00:00Z"))"#, r#""2026-01-02T00:00:00Z""#),
        (r#"string(parse_time("2026-01-01T00:00:00Z") - 1d)"#, r#""2025-12-31T00:00:00Z""#),
    ]);
}

#[test]
fn arithmetic_without_a_result() {
    let cases = [
        "1 / 0",
        "1.0 / 0.0",
        "1 % 0",
        "1m / 0",
        "1m / 0s",
        "1KiB / 0B",
        "1m % 0s",
        "9223372036854775807 + 1",
        "-9223372036854775807 - 2",
        "9223372036854775807 * 2",
        "-(-9223372036854775807 - 1)",
        "106751991167d * 2",
        "1B - 2B",
        "1B * -1",
        "1B / -1",
        "16777215TiB * 2",
        "1.0 * 1B * -1",
        r#"parse_time("9999-12-30T00:00:00Z") + 2d"#,
        r#"float("1e308") * 10"#,
    ];
    for text in cases {
        let expr = expr(text);
        type_of(&expr, &mut Vec::new()).unwrap();
        let fault = evaluate(&expr, &|_: &Read| None).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Arithmetic, "{text}: {fault}");
    }
    // The least int has a remainder although it has no quotient.
    gives(&[("(-9223372036854775807 - 1) % -1", "0")]);
}

#[test]
fn comparison() {
    gives(&[
        ("1 < 1.5", "true"),
        ("2 <= 2.0", "true"),
        ("9007199254740993 > 9007199254740992.0", "true"),
        (r#""a" < "b""#, "true"),
        (r#""Z" < "a""#, "true"),
        ("1m >= 60s", "true"),
        ("1GB < 1GiB", "true"),
        (r#"parse_time("2026-01-01T00:00:00Z") < parse_time("2026-01-02T00:00:00Z")"#, "true"),
        ("1 == 1.0", "true"),
        ("0.0 == -0.0", "true"),
        (r#""a" != "b""#, "true"),
        ("null == null", "true"),
        ("get([1], 0) == null", "false"),
        ("first([1]) == 1", "true"),
        ("[1, 2] == [1, 2.0]", "true"),
        ("{ a = 1, b = 2 } == { b = 2, a = 1 }", "true"),
        (r#"parse_json("[1]") == [1]"#, "true"),
        (r#"parse_json("1") == "1""#, "false"),
        ("2 in [1, 2]", "true"),
        ("null in [1, null]", "true"),
        (r#""a" in to_map([{ key = "a", value = 1 }])"#, "true"),
        (r#""b" in "abc""#, "true"),
    ]);
}

#[test]
fn logic_takes_its_right_side_only_if_it_needs_it() {
    gives(&[
        ("true || 1 / 0 > 0", "true"),
        ("false && 1 / 0 > 0", "false"),
        ("false || true && true", "true"),
        ("!true == false", "true"),
        ("null ?? null ?? 3", "3"),
        ("1 ?? 1 / 0", "1"),
        ("(null ?? 1) + 1", "2"),
        ("true ? 1 : 1 / 0", "1"),
        ("false ? 1 / 0 : true ? 2 : 3", "2.0 + 0.0 == 2.0 ? 2 : 0"),
        (r#"parse_json("null") ?? "x""#, r#""x""#),
    ]);
}

#[test]
fn lists_and_objects() {
    gives(&[
        ("[1, ...[2, 3], ...[]]", "[1, 2, 3]"),
        ("[for x in [1, 2, 3] : x * 2 if x != 2]", "[2, 6]"),
        ("[for x in [1, 2] : [for y in [10, 20] : x + y]]", "[[11, 21], [12, 22]]"),
        ("[for x in [1] : [for x in [2] : x]]", "[[2]]"),
        (r#"[for o in parse_json("{\"c\": [{\"k\": 1}]}").c : string(o.k)]"#, r#"["1"]"#),
        ("{ a = [1] }.a[0]", "1"),
    ]);
}

#[test]
fn what_is_missing_is_a_fault_that_says_where() {
    let cases: [(&str, FaultKind, &[u32]); 12] = [
        ("[1][1]", FaultKind::Missing, &[]),
        ("[1][-1]", FaultKind::Missing, &[]),
        (r#"parse_json("{}").a"#, FaultKind::Missing, &[]),
        (r#"parse_json("{}").a.b.c + 1 == 1"#, FaultKind::Missing, &[0, 0, 0, 0]),
        ("1 + 2 + 3 / 0 + 4", FaultKind::Arithmetic, &[0, 1]),
        ("[1, 2, len([1][5])]", FaultKind::Missing, &[2, 0]),
        ("[for x in [1, 0] : 1 / x]", FaultKind::Arithmetic, &[1]),
        ("[for x in [1, 0] : x if 1 / x > 0]", FaultKind::Arithmetic, &[2, 0]),
        (r#"[for x in parse_json("1") : x]"#, FaultKind::Convert, &[0]),
        (r#"[...parse_json("{}")]"#, FaultKind::Convert, &[0]),
        ("null ?? null ?? 1 / 0", FaultKind::Arithmetic, &[1, 1]),
        ("true ? false ? 1 : 1 / 0 : 2", FaultKind::Arithmetic, &[1, 2]),
    ];
    for (text, kind, at) in cases {
        let expr = expr(text);
        let fault = evaluate(&expr, &|_: &Read| None).unwrap_err();
        assert_eq!((fault.kind, fault.at.as_slice()), (kind, at), "{text}: {fault}");
    }
    let fault = evaluate(&expr("1 + x"), &|_: &Read| None).unwrap_err();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::Unknown, "`param.x` has no value here"));
}

#[test]
fn what_operators_refuse() {
    let refused: [(Operator, Type, Type); 20] = [
        (Operator::Add, Type::Text, Type::Text),
        (Operator::Add, Type::list(Type::Int), Type::list(Type::Int)),
        (Operator::Add, Type::Time, Type::Time),
        (Operator::Add, Type::Int, Type::Int.optional()),
        (Operator::Add, Type::Json, Type::Int),
        (Operator::Subtract, Type::Duration, Type::Time),
        (Operator::Multiply, Type::Duration, Type::Duration),
        (Operator::Divide, Type::Int, Type::Duration),
        (Operator::Remainder, Type::Duration, Type::Int),
        (Operator::And, Type::Bool, Type::Text),
        (Operator::Or, Type::Bool.optional(), Type::Bool),
        (Operator::Less, Type::Int, Type::Duration),
        (Operator::Less, Type::Bool, Type::Bool),
        (Operator::Less, Type::Json, Type::Int),
        (Operator::Equal, Type::Text, Type::Bool),
        (Operator::Equal, Type::Secret, Type::Secret),
        (Operator::In, Type::Text, Type::list(Type::Int)),
        (Operator::In, Type::Int, Type::map(Type::Int)),
        (Operator::In, Type::Text, Type::Json),
        (Operator::Coalesce, Type::Int.optional(), Type::Text),
    ];
    for (operator, left, right) in refused {
        let error = check_binary(operator, &left, &right).unwrap_err();
        assert_eq!(error.operands, [left, right]);
        assert!(error.to_string().starts_with(&format!("`{}` takes ", operator.symbol())), "{error}");
    }
    check_not(&Type::Int).unwrap_err();
    check_negate(&Type::Size).unwrap_err();
}

#[test]
fn coalesce_takes_the_question_mark_off() {
    let coalesce = |left: &Type, right: &Type| check_binary(Operator::Coalesce, left, right).unwrap();
    assert_eq!(coalesce(&Type::Int.optional(), &Type::Int), Type::Int);
    assert_eq!(coalesce(&Type::Int.optional(), &Type::Int.optional()), Type::Int.optional());
    assert_eq!(coalesce(&Type::Null, &Type::Int), Type::Int);
    assert_eq!(coalesce(&Type::list(Type::Int).optional(), &Type::list(Type::Never)), Type::list(Type::Int));
    assert_eq!(coalesce(&Type::Json, &Type::Text), Type::Json);
}

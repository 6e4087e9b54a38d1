//! Values on their way in and out.

use engine::{
    id::Digest,
    value::{
        Artifact, Record, Type, Value, convert, from_json, order::compare, parse::parse_duration, parse_text,
        to_json,
    },
};
use proptest::prelude::*;
use serde_json::json;
use std::{cmp::Ordering, sync::Arc};

fn map(entries: &[(&str, Value)]) -> Value {
    Value::map(entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
}

fn score() -> Type {
    let fields = vec![
        ("model".into(), Type::Text),
        ("auc".into(), Type::Float),
        ("note".into(), Type::Text.optional()),
    ];
    Type::Record(Arc::new(Record { name: Some("Score".into()), fields }))
}

fn artifact() -> Value {
    Value::Artifact(Arc::new(Artifact { path: "out/a".into(), sha256: Digest::of(b"a"), bytes: 1 }))
}

#[test]
fn json_becomes_what_is_declared() {
    let cases = [
        (json!(3), Type::Float, Value::Float(3.0)),
        (json!(3.0), Type::Int, Value::Int(3)),
        (json!("10m"), Type::Duration, Value::Duration(600_000)),
        (json!("4GiB"), Type::Size, Value::Size(4 << 30)),
        (json!(4096), Type::Size, Value::Size(4096)),
        (json!("1970-01-01T00:00:01Z"), Type::Time, Value::Time(1000)),
        (json!("a"), Type::words(&["a"]), Value::text("a")),
        (json!(null), Type::Int.optional(), Value::Null),
        (
            json!([1, null]),
            Type::list(Type::Float.optional()),
            Value::list(vec![Value::Float(1.0), Value::Null]),
        ),
        (json!({"a": "1s"}), Type::map(Type::Duration), map(&[("a", Value::Duration(1000))])),
        (
            json!({"model": "x", "auc": 1, "extra": true}),
            score(),
            map(&[("model", Value::text("x")), ("auc", Value::Float(1.0)), ("note", Value::Null)]),
        ),
        (json!([{"a": null}]), Type::Json, Value::list(vec![map(&[("a", Value::Null)])])),
    ];
    for (json, ty, expected) in cases {
        assert_eq!(convert(&from_json(&json), &ty), Ok(expected), "{json} as {ty}");
    }
}

#[test]
fn a_mismatch_says_where_and_what() {
    let scores = Type::map(Type::list(score()));
    let cases = [
        (
            json!({"items": [{"model": "a", "auc": 1}, {"model": "b", "auc": "high"}]}),
            scores.clone(),
            "at .items[1].auc: expected float, found string",
        ),
        (json!({"items": [{"model": "a"}]}), scores, "at .items[0].auc: expected float, found nothing"),
        (json!({"a b": 1}), Type::map(Type::Text), r#"at ["a b"]: expected string, found int"#),
        (json!(null), Type::Int, "expected int, found null"),
        (json!(2.5), Type::Int, "expected int, found 2.5"),
        (json!("30"), Type::Duration, r#"expected duration, found "30""#),
        (json!(-1), Type::Size, "expected size, found -1"),
        (json!("prd"), Type::words(&["staging", "prod"]), r#"expected enum("staging", "prod"), found "prd""#),
        (json!("x"), Type::Secret, "expected secret, found string"),
        (json!({}), Type::Artifact, "expected artifact, found map"),
        (json!([1]), Type::Never, "expected never, found list"),
    ];
    for (json, ty, expected) in cases {
        assert_eq!(convert(&from_json(&json), &ty).unwrap_err().to_string(), expected);
    }
    let hidden = Value::list(vec![Value::Duration(1)]);
    assert_eq!(
        convert(&hidden, &Type::Json).unwrap_err().to_string(),
        "expected json, found list with what JSON cannot hold"
    );
}

#[test]
fn text_from_a_command_line() {
    let good = [
        (Type::Text, "10m", Value::text("10m")),
        (Type::Text.optional(), "null", Value::text("null")),
        (Type::Int.optional(), "null", Value::Null),
        (Type::Int.optional(), "-3", Value::Int(-3)),
        (Type::Float, "3", Value::Float(3.0)),
        (Type::Bool, "true", Value::Bool(true)),
        (Type::Duration, "1h30m", Value::Duration(5_400_000)),
        (Type::Size, "4KiB", Value::Size(4096)),
        (Type::Size, "12", Value::Size(12)),
        (Type::Time, "1970-01-01T00:00:00Z", Value::Time(0)),
        (Type::words(&["a", "b"]), "b", Value::text("b")),
        (Type::Json, r#"{"a":1}"#, map(&[("a", Value::Int(1))])),
        (Type::list(Type::Duration), r#"["1s"]"#, Value::list(vec![Value::Duration(1000)])),
    ];
    for (ty, text, expected) in good {
        assert_eq!(parse_text(&ty, text), Ok(expected), "{text} as {ty}");
    }
    let bad = [
        (Type::Int, "x", r#"expected int, found "x""#),
        (Type::Bool, "yes", r#"expected bool, found "yes""#),
        (Type::Size, "-1", r#"expected size, found "-1""#),
        (Type::list(Type::Int), "1,2", r#"expected list(int) as JSON, found "1,2""#),
        (Type::list(Type::Int), r#"["a"]"#, "at [0]: expected int, found string"),
        (Type::Secret, "x", r#"expected secret, found "x""#),
        (Type::words(&["a"]), "c", r#"expected enum("a"), found "c""#),
    ];
    for (ty, text, expected) in bad {
        assert_eq!(parse_text(&ty, text).unwrap_err().to_string(), expected);
    }
    let long = parse_text(&Type::Int, &"9".repeat(10_000)).unwrap_err().to_string();
    assert!(long.len() < 120, "{long}");
}

#[test]
fn values_print_inside_a_text() {
    let cases = [
        (Value::Null, "null"),
        (Value::Float(1.0), "1.0"),
        (Value::Float(0.1), "0.1"),
        (Value::Float(1e21), "1.0e21"),
        (Value::Float(-1.5e-9), "-1.5e-9"),
        (Value::Duration(0), "0s"),
        (Value::Duration(90_061_001), "1d1h1m1s1ms"),
        (Value::Duration(-500), "-500ms"),
        (Value::Size(0), "0B"),
        (Value::Size(1536 << 20), "1536MiB"),
        (Value::Size(1 << 40), "1TiB"),
        (Value::Size(1_000), "1000B"),
        (Value::Time(0), "1970-01-01T00:00:00Z"),
        (Value::Time(1_500), "1970-01-01T00:00:01.5Z"),
        (artifact(), "out/a"),
        (Value::list(vec![Value::text("a"), Value::Duration(1000)]), r#"["a","1s"]"#),
    ];
    for (value, expected) in cases {
        assert_eq!(value.to_string(), expected);
    }
}

#[test]
fn plans_keep_values_without_loss() {
    let cases = [
        (Value::Duration(5), r#"{"$":"duration","ms":5}"#),
        (Value::Size(5), r#"{"$":"size","bytes":5}"#),
        (Value::Time(5), r#"{"$":"time","ms":5}"#),
        (Value::Float(1.0), "1.0"),
        (Value::Int(1), "1"),
        (map(&[("a", Value::Null)]), r#"{"a":null}"#),
        (map(&[("$", Value::text("duration"))]), r#"{"$":"map","entries":{"$":"duration"}}"#),
    ];
    for (value, expected) in cases {
        assert_eq!(serde_json::to_string(&value).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Value>(expected).unwrap(), value);
    }
    for broken in [
        r#"{"$":"duration"}"#,
        r#"{"$":"size","bytes":-1}"#,
        r#"{"$":"unheard"}"#,
        r#"{"$":3}"#,
        r#"{"$":"artifact","path":"a","sha256":"00","bytes":1}"#,
        "18446744073709551615",
    ] {
        assert!(serde_json::from_str::<Value>(broken).is_err(), "{broken}");
    }
}

#[test]
fn a_value_is_measured_up_to_a_limit() {
    let value = Value::list(vec![Value::text("abcd"), Value::Null]);
    assert_eq!(value.bytes_within(1000), Some(16 + 20 + 16));
    assert_eq!(value.bytes_within(51), None);
    let mut shared = Value::text("x");
    for _ in 0..100 {
        shared = Value::list(vec![shared.clone(), shared]);
    }
    assert_eq!(shared.bytes_within(1 << 20), None);
    let mut deep = Value::Null;
    for _ in 0..200 {
        deep = Value::list(vec![deep]);
    }
    assert_eq!(deep.bytes_within(usize::MAX), None);
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![any::<i64>().prop_map(Value::Int), (-1e18..1e18_f64).prop_map(Value::Float)];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        ".{0,8}".prop_map(|text| Value::text(&text)),
        any::<i64>().prop_map(Value::Duration),
        any::<u64>().prop_map(Value::Size),
        (-377_705_023_201_000_i64..253_402_207_200_000).prop_map(Value::Time),
        Just(artifact()),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            prop::collection::btree_map("[$a-c]{0,2}", inner, 0..4).prop_map(|entries| Value::map(
                entries.into_iter().map(|(k, v)| (k.as_str().into(), v)).collect()
            )),
        ]
    })
}

/// A type that a value converts to, and what comes of it.
fn declared(value: &Value) -> Option<(Type, Value)> {
    Some(match value {
        Value::Null => (Type::Null, value.clone()),
        Value::Bool(_) => (Type::Bool, value.clone()),
        Value::Int(_) => (Type::Int, value.clone()),
        Value::Float(_) => (Type::Float, value.clone()),
        Value::Text(_) => (Type::Text, value.clone()),
        Value::Duration(_) => (Type::Duration, value.clone()),
        Value::Time(_) => (Type::Time, value.clone()),
        // A size beyond an int is written as a number that is read as a float.
        Value::Size(bytes) => (Type::Size, Value::Size(bytes >> 1)),
        Value::Artifact(_) => return None,
        Value::List(_) => return None,
        Value::Map(entries) => {
            let fields: Vec<_> = entries
                .iter()
                .filter_map(|(key, value)| declared(value).map(|(ty, value)| (key.clone(), ty, value)))
                .collect();
            let kept = fields.iter().map(|(key, _, value)| (key.clone(), value.clone())).collect();
            (Type::object(fields.into_iter().map(|(key, ty, _)| (key, ty)).collect()), Value::map(kept))
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_writes_it_reads(value in any_value()) {
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Value>(&json).unwrap(), &value, "{}", json);
    }

    #[test]
    fn what_goes_out_comes_back_by_its_type(value in any_value()) {
        if let Some((ty, value)) = declared(&value) {
            prop_assert_eq!(convert(&from_json(&to_json(&value)), &ty), Ok(value.clone()));
            prop_assert_eq!(convert(&value, &ty), Ok(value));
        }
    }

    #[test]
    fn what_prints_can_be_read(ms in any::<i64>(), float in any::<f64>(), bytes in any::<u64>()) {
        prop_assert_eq!(parse_duration(&Value::Duration(ms).to_string()), Some(ms));
        prop_assert_eq!(parse_text(&Type::Size, &Value::Size(bytes).to_string()), Ok(Value::Size(bytes)));
        if float.is_finite() {
            let text = Value::Float(float).to_string();
            prop_assert!(text.contains('.'), "{}", text);
            prop_assert_eq!(parse_text(&Type::Float, &text), Ok(Value::Float(float)));
        }
    }

    #[test]
    fn the_order_is_total(a in any_value(), b in any_value(), c in any_value()) {
        prop_assert_eq!(compare(&a, &a), Ordering::Equal);
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
            prop_assert!(compare(&a, &c).is_le());
        }
    }

    #[test]
    fn no_text_breaks_a_reader(text in ".{0,40}") {
        for ty in [Type::Duration, Type::Size, Type::Time, Type::Int, Type::Float, Type::Json] {
            if let Ok(value) = parse_text(&ty, &text) {
                prop_assert!(super::language::inhabits(&value, &ty), "{:?} of {}", value, ty);
            }
        }
    }
}

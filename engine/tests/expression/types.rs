//! Which type fits which, what two have in common, and how types print and are kept.

use engine::value::{Record, Type};
use std::sync::Arc;

fn object(fields: &[(&str, Type)]) -> Type {
    Type::object(fields.iter().map(|(name, ty)| ((*name).into(), ty.clone())).collect())
}

fn record(name: &str, fields: &[(&str, Type)]) -> Type {
    let fields = fields.iter().map(|(name, ty)| ((*name).into(), ty.clone())).collect();
    Type::Record(Arc::new(Record { name: Some(name.into()), fields }))
}

/// One type of each kind, and some that are near each other.
fn samples() -> Vec<Type> {
    vec![
        Type::Never,
        Type::Null,
        Type::Bool,
        Type::Int,
        Type::Float,
        Type::Text,
        Type::Duration,
        Type::Size,
        Type::Time,
        Type::Json,
        Type::Artifact,
        Type::Secret,
        Type::words(&["a"]),
        Type::words(&["a", "b"]),
        Type::list(Type::Int),
        Type::list(Type::Float),
        Type::list(Type::Never),
        Type::map(Type::Int),
        Type::map(Type::Text),
        object(&[]),
        object(&[("a", Type::Int)]),
        object(&[("a", Type::Float), ("b", Type::Text.optional())]),
        record("Score", &[("a", Type::Int), ("b", Type::Text)]),
        Type::Int.optional(),
        Type::list(Type::Int.optional()),
        Type::Json.optional(),
        Type::map(object(&[("a", Type::Int)])).optional(),
    ]
}

#[test]
fn what_fits() {
    let words = Type::words(&["a", "b"]);
    let yes = [
        (Type::Never, Type::Secret),
        (Type::Null, Type::Int.optional()),
        (Type::Null, Type::Json),
        (Type::Int, Type::Int.optional()),
        (Type::Int, Type::Float),
        (Type::Int.optional(), Type::Float.optional()),
        (Type::Int.optional(), Type::Json),
        (words.clone(), Type::Text),
        (Type::words(&["b"]), words.clone()),
        (words.clone(), Type::Json),
        (Type::list(Type::Int), Type::list(Type::Float)),
        (Type::list(Type::Never), Type::list(Type::Time)),
        (object(&[("a", Type::Int), ("b", Type::Int)]), object(&[("a", Type::Float)])),
        (object(&[]), object(&[("a", Type::Int.optional())])),
        (object(&[("a", Type::Int), ("b", Type::Float)]), Type::map(Type::Float)),
        (object(&[("a", Type::list(Type::Int))]), Type::Json),
        (object(&[("a", Type::Int)]), record("A", &[("a", Type::Int)])),
    ];
    for (from, into) in yes {
        assert!(from.fits(&into), "{from} does not fit {into}");
    }
    let no = [
        (Type::Int, Type::Never),
        (Type::Null, Type::Int),
        (Type::Int.optional(), Type::Int),
        (Type::Float, Type::Int),
        (Type::Json, Type::Text),
        (
            Type::Json,
            Type::Json.required().clone().optional().required().clone().optional().required().clone(),
        ),
        (Type::Text, words.clone()),
        (words, Type::words(&["a"])),
        (Type::Duration, Type::Json),
        (Type::list(Type::Size), Type::Json),
        (Type::Secret, Type::Json),
        (Type::Secret, Type::Text),
        (object(&[]), object(&[("a", Type::Int)])),
        (Type::map(Type::Int), object(&[("a", Type::Int)])),
        (object(&[("a", Type::Int), ("b", Type::Text)]), Type::map(Type::Int)),
    ];
    for (from, into) in no.into_iter().filter(|(from, into)| from != into) {
        assert!(!from.fits(&into), "{from} fits {into}");
    }
}

#[test]
fn what_must_be_rewritten() {
    let wide = object(&[("a", Type::Int), ("b", Type::Int)]);
    let narrow = object(&[("a", Type::Int)]);
    let padded = object(&[("a", Type::Int), ("c", Type::Int.optional())]);
    for (from, into) in [
        (Type::Int, Type::Float),
        (Type::Int, Type::Float.optional()),
        (Type::list(Type::Int), Type::list(Type::Float)),
        (wide.clone(), narrow.clone()),
        (narrow.clone(), padded.clone()),
        (Type::list(wide.clone()), Type::list(narrow.clone())),
        (wide, Type::map(Type::Float)),
    ] {
        assert!(from.fits(&into) && from.needs_conversion(&into), "{from} into {into}");
    }
    for ty in samples() {
        assert!(!ty.needs_conversion(&ty), "{ty}");
        assert!(!ty.needs_conversion(&ty.optional()), "{ty}");
    }
    assert!(!narrow.needs_conversion(&record("A", &[("a", Type::Int)])));
    assert!(!Type::Int.needs_conversion(&Type::Json));
}

#[test]
fn fitting_is_reflexive_and_a_join_is_fitted_by_both() {
    for left in samples() {
        assert!(left.fits(&left), "{left}");
        assert_eq!(left.join(&left), Some(left.clone()), "{left}");
        for right in samples() {
            let joined = left.join(&right);
            // Fields may come in another order, so the two joins need not be equal, but they fit each other.
            match (&joined, right.join(&left)) {
                (Some(one), Some(other)) => assert!(one.fits(&other) && other.fits(one), "{one} and {other}"),
                (None, None) => {}
                (one, other) => panic!("{left} and {right} join to {one:?} and {other:?}"),
            }
            if let Some(joined) = joined {
                assert!(left.fits(&joined) && right.fits(&joined), "{left} and {right} join to {joined}");
            }
        }
    }
}

#[test]
fn what_two_types_have_in_common() {
    let cases = [
        (Type::Int, Type::Null, Some(Type::Int.optional())),
        (Type::Int, Type::Float.optional(), Some(Type::Float.optional())),
        (Type::words(&["a"]), Type::words(&["b"]), Some(Type::words(&["a", "b"]))),
        (Type::words(&["a"]), Type::Text, Some(Type::Text)),
        (Type::list(Type::Never), Type::list(Type::Int), Some(Type::list(Type::Int))),
        (Type::Json, Type::Int, Some(Type::Json)),
        (Type::Json, Type::Size, None),
        (Type::Int, Type::Text, None),
        (Type::list(Type::Int), Type::Int, None),
        (
            object(&[("a", Type::Int)]),
            object(&[("b", Type::Text), ("a", Type::Float)]),
            Some(object(&[("a", Type::Float), ("b", Type::Text.optional())])),
        ),
        (
            object(&[("a", Type::Int), ("b", Type::Int)]),
            record("A", &[("a", Type::Int)]),
            Some(record("A", &[("a", Type::Int)])),
        ),
        (record("A", &[("a", Type::Int)]), record("B", &[("b", Type::Int)]), None),
        (object(&[("a", Type::Int)]), object(&[("a", Type::Text)]), None),
        (object(&[("a", Type::Int)]), Type::map(Type::Float), Some(Type::map(Type::Float))),
    ];
    for (left, right, expected) in cases {
        assert_eq!(left.join(&right), expected, "{left} and {right}");
    }
}

#[test]
fn types_print_as_they_are_written() {
    let cases = [
        (Type::list(Type::Text).optional(), "list(string)?"),
        (Type::words(&["a", "b"]), r#"enum("a", "b")"#),
        (Type::map(Type::list(Type::Size)), "map(list(size))"),
        (object(&[("a", Type::Int), ("b", Type::Text.optional())]), "{a: int, b: string?}"),
        (object(&[]), "{}"),
        (record("Score", &[("a", Type::Int)]), "Score"),
        (Type::Int.optional().optional(), "int?"),
    ];
    for (ty, expected) in cases {
        assert_eq!(ty.to_string(), expected);
    }
}

#[test]
fn types_are_kept_as_json() {
    for ty in samples() {
        let json = serde_json::to_string(&ty).unwrap();
        assert_eq!(serde_json::from_str::<Type>(&json).unwrap(), ty, "{json}");
    }
    let cases = [
        (Type::Text, r#""string""#),
        (Type::list(Type::Int).optional(), r#"{"optional":{"list":"int"}}"#),
        (Type::words(&["a"]), r#"{"enum":["a"]}"#),
        (object(&[("a", Type::Int)]), r#"{"record":{"fields":[["a","int"]]}}"#),
        (record("A", &[]), r#"{"record":{"name":"A","fields":[]}}"#),
    ];
    for (ty, expected) in cases {
        assert_eq!(serde_json::to_string(&ty).unwrap(), expected);
    }
}

#[test]
fn questions_about_a_type() {
    assert!(Type::map(object(&[("a", Type::Secret)])).contains_secret());
    assert!(!Type::map(Type::Text).contains_secret());
    assert!(Type::list(Type::words(&["a"]).optional()).holds_json());
    assert!(!object(&[("a", Type::list(Type::Time))]).holds_json());
    assert_eq!(Type::Null.required(), &Type::Never);
    assert_eq!(Type::Never.optional(), Type::Null);
    assert_eq!(Type::Int.optional().required(), &Type::Int);
    assert!(Type::Null.is_optional() && !Type::Json.is_optional());
}

#[test]
fn a_type_too_large_to_work_with_is_told_without_walking_it() {
    let mut wide = Type::Int;
    for _ in 0..200 {
        wide = object(&[("a", wide.clone()), ("b", wide)]);
        if wide.is_too_large() {
            break;
        }
    }
    assert!(wide.is_too_large());
    let mut deep = Type::Int;
    for _ in 0..100 {
        deep = Type::list(deep);
    }
    assert!(deep.is_too_large());
    assert!(samples().iter().all(|ty| !ty.is_too_large()));
}

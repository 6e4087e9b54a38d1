//! The types of calls: what the checker lets through, and how it says what it does not.

use engine::{
    expression::{CallErrorKind, Function, check_call, function::Shape},
    value::Type,
};

fn list(element: Type) -> Type {
    Type::list(element)
}

fn object(fields: &[(&str, Type)]) -> Type {
    Type::object(fields.iter().map(|(name, ty)| ((*name).into(), ty.clone())).collect())
}

#[track_caller]
fn check(function: Function, args: &[Type], expected: &Type) {
    assert_eq!(check_call(function, args).as_ref(), Ok(expected), "{function} of {args:?}");
}

#[track_caller]
fn refuses(function: Function, args: &[Type], message: &str) {
    assert_eq!(check_call(function, args).unwrap_err().to_string(), message);
}

#[test]
fn the_result_follows_from_the_arguments() {
    let text = Type::Text;
    check(Function::First, &[list(Type::Int)], &Type::Int);
    check(Function::First, &[list(Type::Int.optional())], &Type::Int.optional());
    check(Function::First, &[list(Type::Never)], &Type::Never);
    check(Function::Get, &[list(Type::Size), Type::Int], &Type::Size.optional());
    check(Function::Get, &[Type::map(Type::Size), text.clone()], &Type::Size.optional());
    check(Function::Get, &[Type::Json, text.clone()], &Type::Json.optional());
    check(Function::Compact, &[list(Type::Int.optional())], &list(Type::Int));
    check(Function::Compact, &[list(Type::Null)], &list(Type::Never));
    check(Function::Compact, &[list(Type::Json)], &list(Type::Json));
    check(Function::Flatten, &[list(list(text.clone()))], &list(text.clone()));
    check(Function::Chunk, &[list(text.clone()), Type::Int], &list(list(text.clone())));
    check(Function::Len, &[object(&[("a", Type::Int)])], &Type::Int);
    check(Function::Values, &[object(&[("a", Type::Int), ("b", Type::Float)])], &list(Type::Float));
    check(Function::Min, &[list(Type::words(&["a"]))], &Type::words(&["a"]));
    check(Function::Sum, &[list(Type::Float)], &Type::Float);
    check(Function::Sum, &[list(Type::Duration), Type::Duration], &Type::Duration);
    check(Function::Sum, &[list(Type::Int), Type::Float], &Type::Float);
    check(Function::Round, &[Type::Float], &Type::Int);
    check(Function::Round, &[Type::Int, Type::Int], &Type::Float);
    check(Function::Join, &[list(Type::words(&["a", "b"])), text.clone()], &text);
    check(Function::Capture, &[text.clone(), text.clone()], &list(text.clone()).optional());
    check(Function::Contains, &[list(Type::Int.optional()), Type::Null], &Type::Bool);
    check(Function::Contains, &[list(Type::words(&["a"])), text.clone()], &Type::Bool);
    check(Function::Json, &[list(Type::Duration)], &text);
    check(
        Function::ToMap,
        &[list(object(&[("key", text.clone()), ("value", Type::Int)]))],
        &Type::map(Type::Int),
    );
}

#[test]
fn objects_keep_their_fields() {
    let lists = object(&[("model", list(Type::Text)), ("seed", list(Type::Int))]);
    let row = object(&[("model", Type::Text), ("seed", Type::Int)]);
    check(Function::Product, std::slice::from_ref(&lists), &list(row.clone()));
    check(Function::Zip, &[lists], &list(row));
    let under = object(&[("a", Type::Int), ("b", Type::Int)]);
    let over = object(&[("b", Type::Text), ("c", Type::Bool)]);
    let both = object(&[("a", Type::Int), ("b", Type::Text), ("c", Type::Bool)]);
    check(Function::Merge, &[under.clone(), over], &both);
    // A field that may be missing leaves the earlier value where it stands.
    let perhaps = object(&[("b", Type::Float.optional())]);
    let merged = object(&[("a", Type::Int), ("b", Type::Float.optional())]);
    check(Function::Merge, &[under.clone(), perhaps], &merged);
    check(Function::Merge, &[under, Type::map(Type::Int)], &Type::map(Type::Int));
}

#[test]
fn errors_name_the_argument_and_what_it_should_be() {
    refuses(
        Function::Join,
        &[Type::Text, Type::Text],
        "argument 1 of `join` is `string`, expected `list(string)`",
    );
    refuses(
        Function::Len,
        &[Type::Int],
        "argument 1 of `len` is `int`, expected `string or list(T) or map(T)`",
    );
    refuses(Function::Trim, &[Type::Text.optional()], "argument 1 of `trim` is `string?`, expected `string`");
    refuses(Function::Trim, &[Type::Json], "argument 1 of `trim` is `json`, expected `string`");
    refuses(Function::Trim, &[], "`trim` does not take 0 arguments");
    refuses(Function::Substr, &[const { Type::Text }; 4], "`substr` does not take 4 arguments");
    refuses(
        Function::Sum,
        &[list(Type::Duration)],
        "argument 1 of `sum` is `list(duration)`, expected `list(T), T: int or float`",
    );
    refuses(
        Function::Sort,
        &[list(Type::Bool)],
        "argument 1 of `sort` is `list(bool)`, expected `list(T), T: int, float, string, duration, size or time`",
    );
    refuses(
        Function::Contains,
        &[list(Type::Int), Type::Text],
        "argument 2 of `contains` is `string`, expected `T`",
    );
    refuses(
        Function::Product,
        &[object(&[("a", Type::Int)])],
        "argument 1 of `product` is `{a: int}`, expected `an object of lists`",
    );
    refuses(Function::Json, &[list(Type::Secret)], "argument 1 of `json` is `list(secret)`, expected `any`");
    refuses(
        Function::First,
        &[list(Type::Secret)],
        "argument 1 of `first` is `list(secret)`, expected `list(T)`",
    );
    let error = check_call(Function::Get, &[list(Type::Int), Type::Text]).unwrap_err();
    assert!(matches!(&error.kind, CallErrorKind::Argument { index: 1, found: Type::Text, .. }), "{error}");
    assert_eq!(
        error.usage(),
        [
            "get(list: list(T), index: int) -> T?",
            "get(map: map(T), key: string) -> T?",
            "get(json: json, index: int | string) -> json?",
        ]
    );
}

#[test]
fn signatures_read_as_one_would_write_them() {
    let usage = |function: Function| function.spec().usage();
    assert_eq!(usage(Function::Substr), ["substr(text: string, start: int, length?: int) -> string"]);
    assert_eq!(
        usage(Function::Max),
        ["max(list: list(T)) -> T, T: int, float, string, duration, size or time"]
    );
    assert_eq!(usage(Function::ToMap), ["to_map(entries: list({key: string, value: T})) -> map(T)"]);
    assert_eq!(usage(Function::Zip), ["zip(lists: an object of lists) -> a list of objects"]);
    assert_eq!(Shape::Any.to_string(), "any");
}

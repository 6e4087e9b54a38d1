//! What each function gives and refuses.

use super::language::{expr, type_of, value};
use engine::expression::{FaultKind, Function, Read, evaluate};
use engine::value::order::equal;

#[test]
fn each_example_gives_what_the_reference_says() {
    for function in Function::ALL {
        let spec = function.spec();
        assert_eq!(value(spec.example), value(spec.gives), "{}", spec.example);
        assert!(spec.example.contains(&format!("{}(", spec.name)), "{} does not call it", spec.example);
    }
}

#[test]
fn the_table_is_of_one_piece() {
    for function in Function::ALL {
        let spec = function.spec();
        assert_eq!(spec.function, *function, "{} describes another function", spec.name);
        assert_eq!(
            Function::by_name(spec.name),
            Some(*function),
            "{} is the name of two functions",
            spec.name
        );
        assert!(!spec.signatures.is_empty());
        assert!(spec.doc.ends_with('.'), "{}", spec.doc);
        for signature in spec.signatures {
            let optional = signature.params.iter().map(|param| param.optional);
            assert!(
                optional.is_sorted(),
                "in `{}` a parameter that must be given follows an optional one",
                spec.name
            );
        }
    }
    assert_eq!(Function::by_name("length"), None);
}

#[track_caller]
fn gives(cases: &[(&str, &str)]) {
    for (call, expected) in cases {
        let (found, expected) = (value(call), value(expected));
        assert!(equal(&found, &expected), "{call} gives {found:?}, not {expected:?}");
        assert_eq!(found.kind(), expected.kind(), "{call}");
    }
}

#[track_caller]
fn faults(kind: FaultKind, calls: &[&str]) {
    for call in calls {
        let expr = expr(call);
        type_of(&expr, &mut Vec::new()).unwrap_or_else(|error| panic!("{call}: {error}"));
        let fault =
            evaluate(&expr, &|_: &Read| None).map(|value| panic!("{call} gives {value:?}")).unwrap_err();
        assert_eq!(fault.kind, kind, "{call}: {fault}");
    }
}

#[test]
fn text() {
    gives(&[
        (r#"len("äö€")"#, "3"),
        (r#"len("")"#, "0"),
        (r#"lower("ÄB")"#, r#""äb""#),
        (r#"upper("straße")"#, r#""STRASSE""#),
        (r#"trim("\n a b \t")"#, r#""a b""#),
        (r#"split("a,,b", ",")"#, r#"["a", "", "b"]"#),
        (r#"split("", ",")"#, r#"[""]"#),
        (r#"split("aé", "")"#, r#"["a", "é"]"#),
        (r#"join([], ",")"#, r#""""#),
        (r#"join(["a"], ",")"#, r#""a""#),
        (r#"lines("")"#, "[]"),
        (r#"lines("a\n\nb")"#, r#"["a", "", "b"]"#),
        (r#"words(" \n ")"#, "[]"),
        (r#"replace("aaa", "aa", "b")"#, r#""ba""#),
        (r#"replace("abc", "", "x")"#, r#""abc""#),
        (r#"replace("abc", "b", "")"#, r#""ac""#),
        (r#"starts_with("abc", "")"#, "true"),
        (r#"starts_with("abc", "b")"#, "false"),
        (r#"ends_with("abc", "bc")"#, "true"),
        (r#"contains("abc", "b")"#, "true"),
        (r#"contains("abc", "")"#, "true"),
        (r#"contains([1, 2], 2.0)"#, "true"),
        (r#"contains([1, null], null)"#, "true"),
        (r#"contains({ a = 1 }, "a")"#, "true"),
        (r#"contains({ a = 1 }, "b")"#, "false"),
        (r#"matches("x1", "[0-9]")"#, "true"),
        (r#"matches("x1", "^[0-9]+$")"#, "false"),
        (r#"matches("ä", "^\\w$")"#, "true"),
        (r#"capture("abc", "x")"#, "null"),
        (r#"capture("ab", "(x)?(b)")"#, r#"["b", "", "b"]"#),
        (r#"substr("aé€", 1)"#, r#""é€""#),
        (r#"substr("abc", 1, 1)"#, r#""b""#),
        (r#"substr("abc", 9)"#, r#""""#),
        (r#"substr("abc", -2, 3)"#, r#""a""#),
        (r#"substr("abc", 1, -1)"#, r#""""#),
        (r#"substr("abc", 1, 9223372036854775807)"#, r#""bc""#),
    ]);
    faults(
        FaultKind::Argument,
        &[r#"matches("a", "(")"#, r#"capture("a", "a{9999}{9999}")"#, r#"matches("", "(?=a)")"#],
    );
}

#[test]
fn what_picks_an_item_fails_where_there_is_none() {
    faults(FaultKind::Missing, &["first([])", "last([])", "min([])", "max([])"]);
}

#[test]
fn lists() {
    gives(&[
        ("len([])", "0"),
        ("first([1])", "1"),
        ("last([1])", "1"),
        ("get([7, 8], 1)", "8"),
        ("get([7, 8], 2)", "null"),
        ("get([7, 8], -1)", "null"),
        ("range(3)", "[0, 1, 2]"),
        ("range(3, 3)", "[]"),
        ("range(3, 1)", "[]"),
        ("range(-1, 1)", "[-1, 0]"),
        ("len(range(10000))", "10000"),
        ("chunk([], 2)", "[]"),
        ("chunk([1, 2, 3, 4], 2)", "[[1, 2], [3, 4]]"),
        ("flatten([[], [1], []])", "[1]"),
        ("compact([null])", "[]"),
        (r#"len(compact([parse_json("1"), parse_json("null")]))"#, "1"),
        ("distinct([1, 1.0, 2])", "[1, 2]"),
        ("distinct([[1], [2], [1]])", "[[1], [2]]"),
        (r#"sort(["b", "B", "ä", "a"])"#, r#"["B", "a", "b", "ä"]"#),
        ("sort([2.5, 1, 2])", "[1, 2, 2.5]"),
        ("sort([1m, 1s])", "[1s, 1m]"),
        ("reverse([])", "[]"),
        ("any([])", "false"),
        ("all([])", "true"),
        ("all([true, true])", "true"),
    ]);
    faults(FaultKind::Argument, &["chunk([1], 0)", "chunk([1], -1)"]);
    faults(FaultKind::Budget, &["range(10001)", "range(-9223372036854775807, 9223372036854775807)"]);
}

#[test]
fn maps() {
    gives(&[
        (r#"len({ a = 1, b = 2 })"#, "2"),
        (r#"get({ a = 1 }, "a")"#, "1"),
        (r#"get(parse_json("{\"a\": [1]}"), "a")"#, "[1]"),
        (r#"get(parse_json("[1]"), "a")"#, "null"),
        (r#"get(parse_json("3"), 0)"#, "null"),
        (r#"get(get(parse_json("{\"a\": [1]}"), "a") ?? parse_json("[]"), 0)"#, "1"),
        ("keys({})", "[]"),
        ("values({ b = 2, a = 1 })", "[1, 2]"),
        ("merge({}, { a = 1 })", "{ a = 1 }"),
        (r#"merge({ a = 1 }, { a = "x" })"#, r#"{ a = "x" }"#),
        ("merge(to_map([{ key = \"a\", value = 1 }]), { b = 2 })", "{ a = 1, b = 2 }"),
        ("to_map([])", "{}"),
        ("zip({ a = [] })", "[]"),
        ("product({ a = [1, 2], b = [] })", "[]"),
        (
            "product({ b = [1, 2], a = [3, 4] })",
            "[{ a = 3, b = 1 }, { a = 3, b = 2 }, { a = 4, b = 1 }, { a = 4, b = 2 }]",
        ),
        ("len(product({ a = range(10), b = range(10), c = range(10) }))", "1000"),
    ]);
    faults(
        FaultKind::Argument,
        &["zip({ a = [1], b = [1, 2] })", r#"to_map([{ key = "a", value = 1 }, { key = "a", value = 2 }])"#],
    );
}

#[test]
fn numbers() {
    gives(&[
        ("sum([])", "0"),
        ("sum([1, 2])", "3"),
        ("sum([1, 0.5])", "1.5"),
        ("sum([], 0s)", "0s"),
        ("sum([1KiB, 1KiB], 0B)", "2KiB"),
        ("min([2, 1.5])", "1.5"),
        (r#"max(["a", "b"])"#, r#""b""#),
        ("max([1s, 1m])", "1m"),
        ("abs(-2.5)", "2.5"),
        ("abs(-5s)", "5s"),
        ("floor(-2.5)", "-3"),
        ("ceil(-2.5)", "-2"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(7)", "7"),
        ("round(2.55, 0)", "3.0"),
        ("round(1234.5678, 2)", "1234.57"),
        ("round(7, 2)", "7.0"),
    ]);
    faults(
        FaultKind::Arithmetic,
        &[
            "sum([9223372036854775807, 1])",
            "abs(-9223372036854775807 - 1)",
            "floor(1.0 * 10000000000.0 * 10000000000.0)",
        ],
    );
    faults(FaultKind::Argument, &["round(1.5, -1)", "round(1.5, 16)"]);
}

#[test]
fn conversions() {
    gives(&[
        (r#"int("-7")"#, "-7"),
        ("int(2.0)", "2"),
        ("int(1KiB)", "1024"),
        (r#"int(parse_json("\"3\""))"#, "3"),
        (r#"float("1e3")"#, "1000.0"),
        ("float(1)", "1.0"),
        (r#"bool(parse_json("false"))"#, "false"),
        ("string(1.0)", r#""1.0""#),
        ("string(90m)", r#""1h30m""#),
        ("string(1536MiB)", r#""1536MiB""#),
        ("string(true)", r#""true""#),
        (r#"string(parse_json("1.50"))"#, r#""1.5""#),
        (r#"duration("-1.5s")"#, "-1500ms"),
        (r#"size("1.5KiB")"#, "1536B"),
        ("size(10)", "10B"),
        ("json(null)", r#""null""#),
        ("json([1, 1.5])", r#""[1,1.5]""#),
        (r#"json({ b = "ä\n", a = 1KiB, c = 90s })"#, r#""{\"a\":1024,\"b\":\"ä\\n\",\"c\":\"1m30s\"}""#),
        (r#"parse_json("{\"a\": {\"b\": null}}").a.b"#, "null"),
        (r#"parse_json("12345678901234567890")"#, "12345678901234567890.0"),
        (r#"parse_base64(base64("äöü"))"#, r#""äöü""#),
        (r#"url_encode("ä~")"#, r#""%C3%A4~""#),
        (r#"len(sha256("abc"))"#, "64"),
    ]);
    faults(
        FaultKind::Convert,
        &[
            r#"int("x")"#,
            r#"int("")"#,
            r#"int(" 1")"#,
            "int(2.5)",
            r#"int(parse_json("null"))"#,
            r#"int("9223372036854775808")"#,
            r#"float("nan")"#,
            r#"float("inf")"#,
            r#"float("1e999")"#,
            r#"bool("yes")"#,
            r#"bool(parse_json("1"))"#,
            r#"string(parse_json("null"))"#,
            r#"string(parse_json("[]"))"#,
            r#"duration("30")"#,
            r#"duration("")"#,
            r#"duration("1.5ms")"#,
            r#"size("-1B")"#,
            "size(-1)",
            r#"size("99999999TiB")"#,
            r#"parse_json("{")"#,
            r#"parse_json("")"#,
            r#"parse_json("1e999")"#,
            r#"parse_base64("a")"#,
            r#"parse_base64("/w==")"#,
        ],
    );
}

#[test]
fn paths_and_time() {
    gives(&[
        (r#"basename("a/b/")"#, r#""b""#),
        (r#"basename("/")"#, r#""""#),
        (r#"basename("a")"#, r#""a""#),
        (r#"dirname("a")"#, r#"".""#),
        (r#"dirname("/a")"#, r#""/""#),
        (r#"dirname("a//b/")"#, r#""a""#),
        (r#"dirname("/")"#, r#"".""#),
        (r#"extension(".bashrc")"#, r#""""#),
        (r#"extension("a.b/c")"#, r#""""#),
        (r#"extension("a.")"#, r#""""#),
        (r#"path_join("a", "/b")"#, r#""a/b""#),
        (r#"path_join("", "b")"#, r#""b""#),
        (r#"path_join("/", "b")"#, r#""/b""#),
        (r#"path_join(["a/", "", "b"])"#, r#""a/b""#),
        (r#"parse_time("2026-01-02T03:04:05.678Z") - parse_time("2026-01-02T03:04:05Z")"#, "678ms"),
        (r#"parse_time("2026-01-02T03:04:05+02:00") == parse_time("2026-01-02T01:04:05Z")"#, "true"),
        (r#"parse_time("02.01.2026 03:04", "%d.%m.%Y %H:%M") == parse_time("2026-01-02T03:04:00Z")"#, "true"),
        (r#"parse_time("10 +0100", "%s %z") == parse_time("1970-01-01T00:00:10Z")"#, "true"),
        (
            r#"parse_time("1970-01-01 01:00 +0100", "%Y-%m-%d %H:%M %z") == parse_time("1970-01-01T00:00:00Z")"#,
            "true",
        ),
        (r#"string(parse_time("2026-01-02T03:04:05.5Z"))"#, r#""2026-01-02T03:04:05.5Z""#),
        (r#"format_time(parse_time("2026-01-02T03:04:05Z"), "%H:%M:%S %j")"#, r#""03:04:05 002""#),
        ("seconds(-1ms)", "-1"),
        ("seconds(1999ms)", "1"),
    ]);
    faults(
        FaultKind::Convert,
        &[r#"parse_time("yesterday")"#, r#"parse_time("x", "%Y")"#, r#"parse_time("10", "%H")"#],
    );
    faults(FaultKind::Argument, &[r#"format_time(parse_time("2026-01-02T03:04:05Z"), "%!")"#]);
}

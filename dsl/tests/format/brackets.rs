//! Lists, objects, calls and operators: blanks between them, and where they are broken.

use super::check;

#[test]
fn blanks() {
    check("a = f( 1,[ 2,3 ] , { b=4 } )[ 0 ] . c", "a = f(1, [2, 3], { b = 4 })[0].c");
    check(
        "a = !x&&- y<(1+2)*-3\nb=[...xs,...[for x in xs:-x if!x]]",
        "a = !x && -y < (1 + 2) * -3\nb = [...xs, ...[for x in xs : -x if !x]]",
    );
    check("a = x?1:y ?? 2 ?3:- 4", "a = x ? 1 : y ?? 2 ? 3 : -4");
    check("a = x in[1]\nb = x.in[1]", "a = x in [1]\nb = x.in[1]");
    check("a = []\nb={ \n}\nc=f( )", "a = []\nb = {}\nc = f()");
    check(
        "output a :list( string ? ) ?=1\noutput b: enum ( \"a\",\"b\", )",
        "output a: list(string?)? = 1\noutput b: enum(\"a\", \"b\")",
    );
    check("call a . b {x=1_000}", "call a.b { x = 1_000 }");
}

#[test]
fn a_line_break_behind_a_bracket_is_kept() {
    check("run = [\n\"a\",\"b\"]", "run = [\n  \"a\", \"b\",\n]");
    check("run = [\"a\",\n\"b\"]", "run = [\"a\", \"b\"]");
    check("a = f({\nx = 1 }, 2)", "a = f({\n  x = 1,\n}, 2)");
    check("a = (\nx && y)[\n0]", "a = (\n  x && y\n)[0]");
    check("a = [\nfor x in xs : x]", "a = [\n  for x in xs : x\n]");
}

#[test]
fn items_that_share_a_line_still_do() {
    check(
        "run = [\n\"a\", \"b\",\n\"c\",\n\n\n\"d\", \"e\" ]",
        "run = [\n  \"a\", \"b\",\n  \"c\",\n\n  \"d\", \"e\",\n]",
    );
}

#[test]
fn what_is_too_wide_is_broken() {
    let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
    check(&format!("x = f({a}, [{b}], {c})"), &format!("x = f(\n  {a},\n  [{b}],\n  {c},\n)"));
    check(&format!("x = [{a}, {b},\n{c}, {a}]"), &format!("x = [\n  {a}, {b},\n  {c}, {a},\n]"));
    check(&format!("x = f([{a}, {b}, {c}])"), &format!("x = f([\n  {a},\n  {b},\n  {c},\n])"));
    check(&format!("x = f({a})[0] + g({b}, {c})"), &format!("x = f({a})[0] + g(\n  {b},\n  {c},\n)"));
    check(
        &format!("x = {{ a = [{a}], b = [{b}, {c}] }}"),
        &format!("x = {{\n  a = [{a}],\n  b = [{b}, {c}],\n}}"),
    );
}

#[test]
fn operators_are_broken_before_brackets() {
    let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
    check(&format!("x = {a} && {b} && f({c})"), &format!("x = {a}\n  && {b}\n  && f({c})"));
    check(&format!("x = {a} && {b} || f({c})"), &format!("x = {a} && {b}\n  || f({c})"));
    check(&format!("x = {a} ? {b} : f({c})"), &format!("x = {a}\n  ? {b}\n  : f({c})"));
    check(
        &format!("x = [for x in {a} : f({b}) if {c}]"),
        &format!("x = [\n  for x in {a}\n    : f({b})\n    if {c}\n]"),
    );
    check("x = a\n&& b", "x = a && b");
}

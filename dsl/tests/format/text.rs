//! Texts and scripts: their lines move together, and they say the same.

use super::{check, formatted};

#[test]
fn values_in_text() {
    check(
        "x = \"a ${ f( \"b ${c}\",d ) } \\u{41} ${ { a=1 } } ${ [\n1,\n2 ] }\"",
        "x = \"a ${f(\"b ${c}\", d)} \\u{41} ${ { a = 1 } } ${[1, 2]}\"",
    );
}

#[test]
fn a_script_moves_as_a_whole() {
    check(
        "script = <<SH\n            if a; then\n              b\n\n            fi\n            SH",
        "script = <<SH\n  if a; then\n    b\n\n  fi\nSH",
    );
    check("script = <<SH\na\n  b\n \t \nSH", "script = <<SH\n  a\n    b\n   \t \nSH");
    check("script = <<SH\nSH\nargs = []", "script = <<SH\nSH\nargs = []");
}

#[test]
fn a_script_of_blanks_stays() {
    assert!(
        formatted("skynet 1\nworkflow w { step s { script = <<SH\n \n\nSH\n} }")
            .contains("<<SH\n \n\n    SH\n")
    );
}

#[test]
fn nothing_stands_behind_the_end_of_a_script() {
    check("x = [<<SH\na\nSH\n, 1]", "x = [<<SH\n  a\nSH\n, 1]");
    check("x = [\n<<SH\na\nSH\n, 1]", "x = [\n  <<SH\n    a\n  SH\n  ,\n  1,\n]");
    check("x = f(<<SH\na\nSH\n) # c", "x = f(<<SH\n  a\nSH\n)   # c");
}

#[test]
fn a_block_of_text_moves_as_a_whole() {
    check(
        "x = \"\"\"\n a ${ b }\n   c \n\n\td\n  \"\"\"",
        "x = \"\"\"\n   a ${b}\n     c \n\n  \td\n  \"\"\"",
    );
    check("x = \"\"\"\n      a\n        b\n      \"\"\"", "x = \"\"\"\n  a\n    b\n  \"\"\"");
    check("x = \"\"\"\n      a\n    \"\"\"", "x = \"\"\"\n    a\n  \"\"\"");
    check("x = \"\"\"  a\n  b\"\"\"", "x = \"\"\"\n    a\n  b\n  \"\"\"");
    check("x = \"\"\"\n\\u{20}a\n  \\n\"\"\"", "x = \"\"\"\n  \\u{20}a\n    \\n\n  \"\"\"");
    check("x = \"\"\"\n    \n\"\"\"", "x = \"\"\"\n      \n  \"\"\"");
}

#[test]
fn a_block_of_text_on_one_line_stays_there() {
    check("x = \"\"\" a ${ b } \"\"\"\ny = \"\"\"\"\"\"", "x = \"\"\" a ${b} \"\"\"\ny = \"\"\"\"\"\"");
}

#[test]
fn a_call_hugs_a_block_of_text() {
    check("x = trim( \"\"\"\n    a\n    \"\"\" )", "x = trim(\"\"\"\n  a\n  \"\"\")");
}

#[test]
fn a_text_in_a_value_of_a_text_is_left_alone() {
    let value = "${ f(\"\"\"\n b\n  \"\"\") }";
    let out = formatted(&format!("skynet 1\nworkflow w {{ x = \"\"\"\n a {value} c\n   \"\"\" }}"));
    assert!(out.contains(&format!("  x = \"\"\"\n    a {value} c\n    \"\"\"\n")), "{out}");
}

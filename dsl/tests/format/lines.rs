//! Lines: where one ends, and where an empty one stands.

use super::{check, check_file};

#[test]
fn each_statement_has_a_line() {
    check("run=[\"a\"]timeout   =10m\nenv\n{\nA=1}", "run     = [\"a\"]\ntimeout = 10m\nenv {\n  A = 1\n}");
}

#[test]
fn a_body_on_one_line_stays_there() {
    check("env{A=1}\nretry {attempts=2 }", "env { A = 1 }\nretry { attempts = 2 }");
    check("mock { output={a=1,b=[2]} }", "mock { output = { a = 1, b = [2] } }");
    check("undo { http { url=\"u\" } }", "undo { http { url = \"u\" } }");
}

#[test]
fn a_body_of_several_statements_does_not() {
    check("retry { attempts = 2 delay = 1s }", "retry {\n  attempts = 2\n  delay    = 1s\n}");
}

#[test]
fn a_body_that_is_too_wide_does_not() {
    let wide = "x".repeat(90);
    check(&format!("env {{ A = \"{wide}\" }}"), &format!("env {{ A = \"{wide}\" }}"));
    check(&format!("env {{ A = \"{wide}xxx\" }}"), &format!("env {{\n  A = \"{wide}xxx\"\n}}"));
}

#[test]
fn a_long_import_is_broken_before_its_digest() {
    let digest = "0".repeat(64);
    check_file(
        &format!("skynet 1\nimport \"https://example.com/notify.skynet\" as notify sha256 \"{digest}\""),
        &format!(
            "skynet 1\n\nimport \"https://example.com/notify.skynet\" as notify\n  sha256 \"{digest}\"\n"
        ),
    );
}

#[test]
fn an_empty_body_is_two_braces() {
    check("do git_status {\n\n}", "do git_status { }");
    check("do git_status{}", "do git_status { }");
    check_file("skynet 1 workflow w{\n}", "skynet 1\n\nworkflow w { }\n");
}

#[test]
fn one_empty_line_is_kept() {
    check("\n\nrun = [\"a\"]\n\n\n\ntimeout = 1m\n\n", "run = [\"a\"]\n\ntimeout = 1m");
}

#[test]
fn large_parts_stand_apart() {
    check_file(
        "skynet 1\nimport \"./a.skynet\" as a\ntype T {\nx: int }\nworkflow w {\nparam x: int\n# First.\nstep a {\nrun = [\"a\"] }\nstep b { wait { for = 1s } }\nstep c { wait { for = 1s } }\nstep d {\nrun = [\"d\"] } # Last.\noutput y: int = 1\n}\n",
        "\
skynet 1

import \"./a.skynet\" as a

type T {
  x: int
}

workflow w {
  param x: int

  # First.
  step a {
    run = [\"a\"]
  }

  step b { wait { for = 1s } }
  step c { wait { for = 1s } }

  step d {
    run = [\"d\"]
  }   # Last.

  output y: int = 1
}
",
    );
}

#[test]
fn other_parts_need_not() {
    check_file(
        "skynet 1\nworkflow w {\n  target a: docker {\n    image = \"a\"\n  }\n  target b: local { }\n  policy {\n    undo_on = \"failure\"\n  }\n}",
        "skynet 1\n\nworkflow w {\n  target a: docker {\n    image = \"a\"\n  }\n  target b: local { }\n  policy {\n    undo_on = \"failure\"\n  }\n}\n",
    );
}

#[test]
fn line_breaks_of_another_system_and_marks_are_dropped() {
    check_file(
        "\u{FEFF}skynet 1\r\n\r\n# c\r\nworkflow w {\r\n  description = \"\"\"\r\n    a\r\n\r\n    b\r\n    \"\"\"\r\n}",
        "skynet 1\n\n# c\nworkflow w {\n  description = \"\"\"\n    a\n\n    b\n    \"\"\"\n}\n",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let errors = dsl::format::format("skynet 1\nworkflow w { x = [1 }").unwrap_err();
    assert!(!errors.is_empty() && errors.iter().all(grammar::Diagnostic::is_error));
}

#[test]
fn a_file_that_is_wrong_otherwise_is_not() {
    check("nonsense=step.nowhere+\"a\"", "nonsense = step.nowhere + \"a\"");
}

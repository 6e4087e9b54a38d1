//! Which `=` stand in one column.

use super::{check, check_file};

#[test]
fn settings_on_adjacent_lines() {
    check(
        "on = target.x\ntimeout = 1m\n\nrisk = \"low\"",
        "on      = target.x\ntimeout = 1m\n\nrisk = \"low\"",
    );
}

#[test]
fn not_across_a_comment() {
    check("on = target.x\n# why\ntimeout = 1m", "on = target.x\n# why\ntimeout = 1m");
    check("on = target.x # why\ntimeout = 1m", "on      = target.x   # why\ntimeout = 1m");
}

#[test]
fn a_value_of_several_lines_is_the_last() {
    check(
        "on = target.x\nrun = [\n\"a\",\n]\ntimeout = 1m\nrisk = \"low\"",
        "on  = target.x\nrun = [\n  \"a\",\n]\ntimeout = 1m\nrisk    = \"low\"",
    );
}

#[test]
fn a_script_is_not_aligned() {
    check(
        "on = target.x\nscript = <<SH\n  a\nSH\ntimeout = 1m",
        "on = target.x\nscript = <<SH\n  a\nSH\ntimeout = 1m",
    );
}

#[test]
fn keys_that_differ_much_are_not() {
    check(
        "on = target.x\nrisk = \"high\"\nirreversible = true\nrun = [\"a\"]\nstdin = \"b\"",
        "on   = target.x\nrisk = \"high\"\nirreversible = true\nrun   = [\"a\"]\nstdin = \"b\"",
    );
}

#[test]
fn a_block_between_settings_is_as_the_author_wants_it() {
    check(
        "for_each = xs\non = target.x\nenv { A = 1 }\nneeds    = [step.a]\nrisk = \"low\"",
        "for_each = xs\non       = target.x\nenv { A = 1 }\nneeds = [step.a]\nrisk  = \"low\"",
    );
    check(
        "for_each = xs\non       = target.x\nenv { A = 1 }\nneeds    = [step.a]\nrisk = \"low\"",
        "for_each = xs\non       = target.x\nenv { A = 1 }\nneeds    = [step.a]\nrisk     = \"low\"",
    );
}

#[test]
fn declarations_are_as_the_author_wants_them() {
    check(
        "output a: int = 1\noutput long: int = 2\noutput b: int    = 3\noutput more: int = 4",
        "output a: int = 1\noutput long: int = 2\noutput b: int    = 3\noutput more: int = 4",
    );
    check_file(
        "skynet 1\nworkflow w {\nsecret a    { from = \"env:A\" }\nsecret long { from = \"env:B\" }\nsecret b { from = \"env:C\" }\n}",
        "skynet 1\n\nworkflow w {\n  secret a    { from = \"env:A\" }\n  secret long { from = \"env:B\" }\n  secret b { from = \"env:C\" }\n}\n",
    );
}

#[test]
fn wide_letters_count_twice() {
    check(
        "files {\n\"\u{65e5}\u{672c}\" = a\n\"abcdef\" = b\n}",
        "files {\n  \"\u{65e5}\u{672c}\"   = a\n  \"abcdef\" = b\n}",
    );
}

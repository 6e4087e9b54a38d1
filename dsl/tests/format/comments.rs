//! Where comments go.

use super::{check, check_file, formatted};

#[test]
fn those_on_lines_of_their_own_are_indented() {
    check("# a\nrun = [\"a\"]\n\n\n      # b\n#c   \n", "# a\nrun = [\"a\"]\n\n# b\n#c");
    check_file(
        "# a\nskynet 1\n# b\nworkflow w { } # c\n# d",
        "# a\nskynet 1\n\n# b\nworkflow w { }   # c\n# d\n",
    );
}

#[test]
fn those_behind_code_keep_their_column() {
    check("    a = 1                 # x\n    b = 2 # y", "a = 1                 # x\nb = 2   # y");
    check(
        "    a = 1         # x\n    b = \"long text\" # y\n    c = 2         # z",
        "a = 1         # x\nb = \"long text\"   # y\nc = 2         # z",
    );
}

#[test]
fn those_in_one_column_move_together() {
    check(
        "    a       = f(1,2)   # x\n    b       = 3        # y",
        "a = f(1, 2)        # x\nb = 3              # y",
    );
    check(
        "    a = f(1,2,3,4)   # x\n    b = 3            # y",
        "a = f(1, 2, 3, 4)   # x\nb = 3               # y",
    );
}

#[test]
fn those_behind_braces_stay_there() {
    check("retry { # a\nattempts = 1 # b\n# c\n} # d", "retry {   # a\n  attempts = 1   # b\n  # c\n}   # d");
    check("retry # a\n# b\n{ # c\n}", "retry {   # a\n  # b\n  # c\n}");
    check("env # a\n{ A = 1 }", "env { A = 1 }   # a");
}

#[test]
fn those_in_lists() {
    check(
        "run = [ # a\n# b\n\"x\" # c\n, # d\n\n# e\n\"y\", \"z\" # f\n# g\n]",
        "run = [   # a\n  # b\n  \"x\",   # c\n  # d\n\n  # e\n  \"y\", \"z\",   # f\n  # g\n]",
    );
    check("run = [\n# nothing\n]", "run = [\n  # nothing\n]");
    check("x = y[ # a\n0]", "x = y[   # a\n  0\n]");
}

#[test]
fn those_in_expressions() {
    check("x = # a\n1 + # b\n# c\n2", "x =   # a\n  1 +   # b\n  # c\n  2");
    check("output x # a\n: # b\nint", "output x   # a\n  :   # b\n  int");
}

#[test]
fn one_in_a_value_of_a_text_is_left_alone() {
    let out = formatted("skynet 1\nworkflow w { x = \"a ${ b # c\n  } d ${ e }\" # f\n }");
    assert!(out.contains("  x = \"a ${ b # c\n  } d ${e}\"   # f\n"), "{out}");
}

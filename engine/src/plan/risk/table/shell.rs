//! Words of the shell that run code which looks like data.

use super::{
    Row,
    When::{Operand, Option, Text},
    machine::{STEERING, STEERS},
    row,
};
use crate::plan::Risk::Medium;

/// A shell evaluates the index in the name of a variable, whatever quotes kept it whole.
const INDEX: &[super::When] = &[Text(&["$(", "`"])];
const EVALUATES: &str = "the shell may run what stands in the name of a variable";
const RENAMES: &str = "lets a name stand for another program";
const RUNS: &str = "runs code of the shell for what it reads";

// One row on one line where it fits: a table is read downwards.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("[", "", INDEX, Medium, EVALUATES),
    row("declare", "", &[Operand(STEERING)], Medium, STEERS),
    row("declare", "", INDEX, Medium, EVALUATES),
    row("export", "", &[Operand(STEERING)], Medium, STEERS),
    row("export", "", INDEX, Medium, EVALUATES),
    row("getopts", "", INDEX, Medium, EVALUATES),
    row("hash", "", &[Option(&["-p"])], Medium, RENAMES),
    row("let", "", INDEX, Medium, EVALUATES),
    row("local", "", INDEX, Medium, EVALUATES),
    row("mapfile", "", &[Option(&["-C"])], Medium, RUNS),
    row("mapfile", "", INDEX, Medium, EVALUATES),
    row("printf", "", &[Option(&["-v"]), Text(&["$(", "`"])], Medium, EVALUATES),
    row("read", "", INDEX, Medium, EVALUATES),
    row("readarray", "", &[Option(&["-C"])], Medium, RUNS),
    row("readarray", "", INDEX, Medium, EVALUATES),
    row("readonly", "", &[Operand(STEERING)], Medium, STEERS),
    row("readonly", "", INDEX, Medium, EVALUATES),
    row("rg", "", &[Option(&["--hostname-bin", "--pre"])], Medium, "starts another program"),
    row("test", "", INDEX, Medium, EVALUATES),
    row("typeset", "", &[Operand(STEERING)], Medium, STEERS),
    row("typeset", "", INDEX, Medium, EVALUATES),
    row("unset", "", INDEX, Medium, EVALUATES),
    row("wait", "", INDEX, Medium, EVALUATES),
];

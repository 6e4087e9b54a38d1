//! Functions of paths and of time.

use super::{Function, FunctionSpec, Shape, option, param, signature};

pub(super) const BASENAME: FunctionSpec = FunctionSpec {
    function: Function::Basename,
    name: "basename",
    signatures: &[signature(&[param("path", Shape::Text)], Shape::Text)],
    doc: "Returns the last part of a path.",
    example: r#"basename("out/a.tar.gz")"#,
    gives: r#""a.tar.gz""#,
};

pub(super) const DIRNAME: FunctionSpec = FunctionSpec {
    function: Function::Dirname,
    name: "dirname",
    signatures: &[signature(&[param("path", Shape::Text)], Shape::Text)],
    doc: "Returns a path without its last part; `.` if it has only one.",
    example: r#"dirname("out/a.tar.gz")"#,
    gives: r#""out""#,
};

pub(super) const EXTENSION: FunctionSpec = FunctionSpec {
    function: Function::Extension,
    name: "extension",
    signatures: &[signature(&[param("path", Shape::Text)], Shape::Text)],
    doc: "Returns what stands behind the last dot of the last part; empty if there is none.",
    example: r#"extension("out/a.tar.gz")"#,
    gives: r#""gz""#,
};

pub(super) const PATH_JOIN: FunctionSpec = FunctionSpec {
    function: Function::PathJoin,
    name: "path_join",
    signatures: &[
        signature(&[param("base", Shape::Text), param("part", Shape::Text)], Shape::Text),
        signature(&[param("parts", Shape::TEXTS)], Shape::Text),
    ],
    doc: "Joins parts of a path with one `/` between two. A later part never replaces an earlier one, even if it begins with `/`.",
    example: r#"path_join("out/", "a.txt")"#,
    gives: r#""out/a.txt""#,
};

pub(super) const FORMAT_TIME: FunctionSpec = FunctionSpec {
    function: Function::FormatTime,
    name: "format_time",
    signatures: &[signature(&[param("time", Shape::Time), param("format", Shape::Text)], Shape::Text)],
    doc: "Prints a time in UTC by a format of `strftime`.",
    example: r#"format_time(parse_time("2026-01-02T03:04:05Z"), "%Y-%m-%d")"#,
    gives: r#""2026-01-02""#,
};

pub(super) const PARSE_TIME: FunctionSpec = FunctionSpec {
    function: Function::ParseTime,
    name: "parse_time",
    signatures: &[signature(&[param("text", Shape::Text), option("format", Shape::Text)], Shape::Time)],
    doc: "Reads a time as RFC 3339, or by a format of `strptime`; without an offset it is in UTC. Fails otherwise.",
    example: r#"string(parse_time("2026-01-02", "%Y-%m-%d"))"#,
    gives: r#""2026-01-02T00:00:00Z""#,
};

pub(super) const SECONDS: FunctionSpec = FunctionSpec {
    function: Function::Seconds,
    name: "seconds",
    signatures: &[signature(&[param("duration", Shape::Duration)], Shape::Int)],
    doc: "Returns the whole seconds of a duration, rounded down; divide by `1s` for a float.",
    example: "seconds(1m30s)",
    gives: "90",
};

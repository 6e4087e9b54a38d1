//! Functions of paths and of time.

use super::{Function, FunctionSpec, Shape, mistyped, option, param, signature};
use crate::{
    expression::{Fault, evaluate::Meter},
    value::{Value, parse},
};
use jiff::{
    Timestamp,
    civil::Time,
    fmt::strtime::{self, BrokenDownTime},
    tz::TimeZone,
};

pub(super) const BASENAME: FunctionSpec = FunctionSpec {
    function: Function::Basename,
    name: "basename",
    signatures: &[signature(&[param("path", Shape::Text)], Shape::Text)],
    doc: "Returns the last part of a path.",
    example: r#"basename("out/a.tar.gz")"#,
    gives: r#""a.tar.gz""#,
    apply: basename,
};

pub(super) const DIRNAME: FunctionSpec = FunctionSpec {
    function: Function::Dirname,
    name: "dirname",
    signatures: &[signature(&[param("path", Shape::Text)], Shape::Text)],
    doc: "Returns a path without its last part; `.` if it has only one.",
    example: r#"dirname("out/a.tar.gz")"#,
    gives: r#""out""#,
    apply: dirname,
};

pub(super) const EXTENSION: FunctionSpec = FunctionSpec {
    function: Function::Extension,
    name: "extension",
    signatures: &[signature(&[param("path", Shape::Text)], Shape::Text)],
    doc: "Returns what stands behind the last dot of the last part; empty if there is none.",
    example: r#"extension("out/a.tar.gz")"#,
    gives: r#""gz""#,
    apply: extension,
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
    apply: path_join,
};

pub(super) const FORMAT_TIME: FunctionSpec = FunctionSpec {
    function: Function::FormatTime,
    name: "format_time",
    signatures: &[signature(&[param("time", Shape::Time), param("format", Shape::Text)], Shape::Text)],
    doc: "Prints a time in UTC by a format of `strftime`.",
    example: r#"format_time(parse_time("2026-01-02T03:04:05Z"), "%Y-%m-%d")"#,
    gives: r#""2026-01-02""#,
    apply: format_time,
};

pub(super) const PARSE_TIME: FunctionSpec = FunctionSpec {
    function: Function::ParseTime,
    name: "parse_time",
    signatures: &[signature(&[param("text", Shape::Text), option("format", Shape::Text)], Shape::Time)],
    doc: "Reads a time as RFC 3339, or by a format of `strptime`; without an offset it is in UTC. Fails otherwise.",
    example: r#"string(parse_time("2026-01-02", "%Y-%m-%d"))"#,
    gives: r#""2026-01-02T00:00:00Z""#,
    apply: parse_time,
};

pub(super) const SECONDS: FunctionSpec = FunctionSpec {
    function: Function::Seconds,
    name: "seconds",
    signatures: &[signature(&[param("duration", Shape::Duration)], Shape::Int)],
    doc: "Returns the whole seconds of a duration, rounded down; divide by `1s` for a float.",
    example: "seconds(1m30s)",
    gives: "90",
    apply: seconds,
};

fn basename(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(path)] => meter.text(last_part(path).1),
        _ => Err(mistyped(Function::Basename, args)),
    }
}

fn dirname(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Text(path)] = args else { return Err(mistyped(Function::Dirname, args)) };
    let (before, _) = last_part(path);
    let folder = before.trim_end_matches('/');
    meter.text(match (folder, before) {
        ("", "") => ".",
        ("", _) => "/",
        _ => folder,
    })
}

fn extension(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Text(path)] = args else { return Err(mistyped(Function::Extension, args)) };
    let extension = match last_part(path).1.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        Some(_) | None => "",
    };
    meter.text(extension)
}

fn path_join(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let parts = match args {
        [Value::List(parts)] => parts.as_slice(),
        _ => args,
    };
    let mut joined = String::new();
    for part in parts {
        let Value::Text(part) = part else { return Err(mistyped(Function::PathJoin, args)) };
        if joined.is_empty() {
            joined.push_str(part);
        } else if !part.is_empty() {
            joined.truncate(joined.trim_end_matches('/').len());
            joined.push('/');
            joined.push_str(part.trim_start_matches('/'));
        }
        meter.foresee(joined.len())?;
    }
    meter.text(&joined)
}

fn format_time(meter: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    let [Value::Time(ms), Value::Text(format)] = args else {
        return Err(mistyped(Function::FormatTime, args));
    };
    let format = known_format(format)?;
    let time = Timestamp::from_millisecond(*ms).map_err(|_| Fault::arithmetic("the time is out of range"))?;
    let text = strtime::format(format, &time.to_zoned(TimeZone::UTC));
    meter.text(&text.map_err(|error| Fault::argument(format!("{format:?} is not a time format: {error}")))?)
}

fn parse_time(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Text(text)] => parse::parse_time(text)
            .map(Value::Time)
            .ok_or_else(|| Fault::convert("the text is no time by RFC 3339, such as 2026-01-02T03:04:05Z")),
        [Value::Text(text), Value::Text(format)] => {
            let time = time_by(text, known_format(format)?);
            time.map(|time| Value::Time(time.as_millisecond()))
                .map_err(|error| Fault::convert(format!("the text is no time by {format:?}: {error}")))
        }
        _ => Err(mistyped(Function::ParseTime, args)),
    }
}

fn seconds(_: &mut Meter, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Duration(ms)] => Ok(Value::Int(ms.div_euclid(1000))),
        _ => Err(mistyped(Function::Seconds, args)),
    }
}

/// The longest format; a few signs of one can stand for hundreds of characters.
const MAX_FORMAT: usize = 256;

fn known_format(format: &str) -> Result<&str, Fault> {
    if format.len() > MAX_FORMAT {
        return Err(Fault::argument(format!("a time format has at most {MAX_FORMAT} bytes")));
    }
    Ok(format)
}

fn time_by(text: &str, format: &str) -> Result<Timestamp, jiff::Error> {
    let parts = BrokenDownTime::parse(format, text)?;
    if parts.offset().is_some() || parts.timestamp().is_some() {
        return parts.to_timestamp();
    }
    let date = parts.to_date()?;
    // A format that says nothing of the hour means the beginning of the day.
    let time = if parts.hour().is_some() { parts.to_time()? } else { Time::midnight() };
    Ok(date.to_datetime(time).to_zoned(TimeZone::UTC)?.timestamp())
}

/// What stands before the last part of a path, and the part; slashes at the end do not count.
fn last_part(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches('/');
    path.rfind('/').and_then(|slash| path.split_at_checked(slash + 1)).unwrap_or(("", path))
}

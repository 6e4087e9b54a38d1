//! How values print inside a text. What prints can be read back by [`super::parse`].

use super::{Value, json::to_json};
use jiff::Timestamp;
use std::fmt;

impl fmt::Display for Value {
    /// Text as it is, a float with its point (`1.0`), a duration as `1h30m`, a size as `4GiB`, a time as RFC 3339 in
    /// UTC, an artifact by its path. The types keep lists and maps out of texts; here they print as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write_float(f, *value),
            Self::Text(text) => f.write_str(text),
            Self::Duration(ms) => write_duration(f, *ms),
            Self::Size(bytes) => write_size(f, *bytes),
            Self::Time(ms) => write_time(f, *ms),
            Self::Artifact(artifact) => f.write_str(&artifact.path),
            Self::List(_) | Self::Map(_) => write!(f, "{}", to_json(self)),
        }
    }
}

const DURATION_UNITS: [(u64, &str); 5] =
    [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

const SIZE_UNITS: [(u64, &str); 5] =
    [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")];

/// The shortest text that reads back as the same float, always with a point.
fn write_float(f: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => write!(f, "{digits}.0e{exponent}"),
        Some(_) | None => f.write_str(&text),
    }
}

fn write_duration(f: &mut fmt::Formatter<'_>, ms: i64) -> fmt::Result {
    if ms == 0 {
        return f.write_str("0s");
    }
    if ms < 0 {
        f.write_str("-")?;
    }
    let mut rest = ms.unsigned_abs();
    for (unit, word) in DURATION_UNITS {
        if rest >= unit {
            write!(f, "{}{word}", rest / unit)?;
            rest %= unit;
        }
    }
    Ok(())
}

/// In the largest unit that leaves no fraction.
fn write_size(f: &mut fmt::Formatter<'_>, bytes: u64) -> fmt::Result {
    let exact = SIZE_UNITS.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    match exact {
        Some((unit, word)) => write!(f, "{}{word}", bytes / unit),
        None => f.write_str("0B"),
    }
}

fn write_time(f: &mut fmt::Formatter<'_>, ms: i64) -> fmt::Result {
    match Timestamp::from_millisecond(ms) {
        Ok(time) => write!(f, "{time}"),
        // Past the years that RFC 3339 can write; no operation of the language gets there.
        Err(_) => write!(f, "{ms}ms since 1970"),
    }
}

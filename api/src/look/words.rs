//! Times, lengths of time and values, as people read and write them.

use crate::failure::Failure;
use engine::{
    event::Values,
    value::{Type, Value, parse_text, to_json},
};

/// Says when something was.
#[must_use]
pub fn time(ms: i64) -> String {
    Value::Time(ms).to_string()
}

/// Says how long something took; what is longer than a second, to the second.
#[must_use]
pub fn took(ms: i64) -> String {
    let rounded = if ms < 1_000 { ms } else { ms - ms % 1_000 };
    Value::Duration(rounded).to_string()
}

/// Says values, a line each.
pub fn values(values: &Values) -> impl Iterator<Item = String> {
    values.iter().map(|(name, value)| format!("{name} = {}", to_json(value)))
}

/// Reads a time: as RFC 3339 has it, a day alone, or how long ago it was.
///
/// # Errors
/// If it is none of these.
pub fn moment(word: &str, now: i64) -> Result<i64, Failure> {
    let read = |ty: &Type, text: &str| match parse_text(ty, text) {
        Ok(Value::Time(ms)) => Some(ms),
        Ok(Value::Duration(ago)) => now.checked_sub(ago),
        Ok(_) | Err(_) => None,
    };
    let day = || read(&Type::Time, &format!("{word}T00:00:00Z"));
    let found = read(&Type::Time, word).or_else(day).or_else(|| read(&Type::Duration, word));
    found.ok_or_else(|| {
        Failure::new(
            format!("`{word}` is no time"),
            "write 2026-05-01, 2026-05-01T12:30:00Z, or how long ago: 90s, 2h, 7d",
        )
    })
}

/// Says how many there are of something.
#[must_use]
pub fn count(n: u64, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_time_is_read_in_three_ways() {
        let now = 1_000_000_000;
        for (word, ms) in [
            ("1970-01-02", 86_400_000),
            ("1970-01-01T00:00:01Z", 1_000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("90s", now - 90_000),
            ("1w", now - 604_800_000),
        ] {
            assert_eq!(moment(word, now), Ok(ms), "{word}");
        }
        for word in ["", "yesterday", "1970-13-01", "7"] {
            assert!(moment(word, now).is_err(), "{word}");
        }
    }
}
